// The compile cache on disk: compiled models, found by what they were made of. No LLVM here: a hit
// loads a file and nothing else.
//
// An entry is one shared library, KEY.so (weights above 1 GiB lie in KEY.so.weights beside it, what
// a training run has to know of its step in KEY.so.training).
// Behind the library's own bytes stands a trailer: the files the model refers to, with size, mtime
// and inode, and a hash of everything, so that a damaged entry and one whose weights have changed
// are misses. Entries are written in a folder of their own, synced and renamed: a crash leaves no
// half entry, and processes that store the same entry at once both succeed. The oldest used are
// removed when the whole outgrows its limit.
#ifndef PLEXUS_TOOLS_PLEXUS_CACHE_H
#define PLEXUS_TOOLS_PLEXUS_CACHE_H

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace plx {

class Cache {
 public:
  /// `folder` is made when something is stored. "": there is none, every lookup misses and nothing
  /// is stored.
  explicit Cache(std::string folder, uint64_t maxBytes = uint64_t{4} << 30)
      : folder_(std::move(folder)), maxBytes_(maxBytes) {}
  /// $XDG_CACHE_HOME/plexus, else ~/.cache/plexus, else "".
  static std::string defaultFolder();

  bool isThere() const { return !folder_.empty(); }
  /// Path of a sound entry; marks it as used now.
  std::optional<std::string> lookup(const std::string &key) const;
  /// Calls write(path), which writes a library to `path` (and what lies beside it) and gives the
  /// files it depends on; makes it the entry of `key`. Gives its path; nothing when the cache's
  /// folder cannot be written. What `write` throws passes through.
  std::optional<std::string> store(
      const std::string &key,
      const std::function<std::vector<std::string>(const std::string &path)> &write) const;
  /// Drops an entry that turned out to be of no use.
  void remove(const std::string &key) const;

 private:
  void evict(const std::string &kept) const;
  std::string folder_;
  uint64_t maxBytes_;
};

/// 32 hexadecimal digits of the model's bytes, the options' text, the compiler library's build and
/// this machine's CPU. Throws Failure when the model cannot be read.
std::string cacheKey(const std::string &modelPath, const std::string &optionsText,
                     const std::string &compilerPath);

/// Model and features of this CPU as a text: the same text, the same code runs.
std::string cpuIdentity();
/// Build-id of an ELF file in hexadecimal; its size and mtime where it has none; "" where there is
/// no such file.
std::string buildIdentity(const std::string &path);

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_CACHE_H
