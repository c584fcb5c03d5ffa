#include "tools/plexus/Cache.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <sstream>

#include "runtime/include/plexus_rt.h"

namespace plx {
namespace fs = std::filesystem;
namespace {

/// The last bytes of an entry.
struct Trailer {
  uint64_t libraryBytes;  // of the library itself
  uint64_t filesBytes;    // of the list of files, which follows it
  uint64_t hash;          // plx_hash64 of library and list
  char magic[8];
};
constexpr char kMagic[9] = "PLXCACH1";

/// What may lie beside an entry, by the ending behind its name.
constexpr const char *kBeside[] = {".weights", ".training"};

/// "SIZE MTIME INODE" of a file; "" when it is not there.
std::string stateOf(const std::string &path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return "";
  std::ostringstream out;
  out << info.st_size << ' ' << info.st_mtim.tv_sec << '.' << info.st_mtim.tv_nsec << ' '
      << info.st_ino;
  return out.str();
}

/// A line a file: state, tab, path. A path with a newline makes a list that never matches.
bool filesAreUnchanged(const std::string &list) {
  std::istringstream lines(list);
  for (std::string line; std::getline(lines, line);) {
    size_t tab = line.find('\t');
    if (tab == std::string::npos || stateOf(line.substr(tab + 1)) != line.substr(0, tab))
      return false;
  }
  return true;
}

bool isSound(const std::string &path) {
  plx_mapping mapping;
  if (plx_map_file(path.c_str(), 0, &mapping, nullptr) != PLX_OK) return false;
  Trailer trailer = {};
  bool sound = mapping.bytes >= sizeof trailer;
  if (sound) {
    uint64_t body = mapping.bytes - sizeof trailer;
    auto *bytes = static_cast<const char *>(mapping.data);
    memcpy(&trailer, bytes + body, sizeof trailer);
    sound = memcmp(trailer.magic, kMagic, sizeof trailer.magic) == 0 &&
            trailer.filesBytes <= body && trailer.libraryBytes == body - trailer.filesBytes &&
            plx_hash64(bytes, body, 0) == trailer.hash &&
            filesAreUnchanged(std::string(bytes + trailer.libraryBytes, trailer.filesBytes));
  }
  plx_unmap_file(&mapping);
  return sound;
}

bool syncPath(const std::string &path) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  bool done = fsync(file) == 0;
  close(file);
  return done;
}

/// Appends list and trailer to a library, and syncs it.
bool seal(const std::string &path, const std::vector<std::string> &files) {
  std::string list;
  for (const std::string &file : files) {
    std::error_code code;
    std::string absolute = fs::absolute(file, code).string();
    list += stateOf(absolute) + "\t" + absolute + "\n";
  }
  int file = open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC);
  if (file < 0) return false;
  bool done = write(file, list.data(), list.size()) == static_cast<ssize_t>(list.size());
  plx_mapping mapping;
  if (done && plx_map_file(path.c_str(), 0, &mapping, nullptr) == PLX_OK) {
    Trailer trailer = {
        mapping.bytes - list.size(), list.size(), plx_hash64(mapping.data, mapping.bytes, 0), {}};
    memcpy(trailer.magic, kMagic, sizeof trailer.magic);
    plx_unmap_file(&mapping);
    done = write(file, &trailer, sizeof trailer) == static_cast<ssize_t>(sizeof trailer) &&
           fsync(file) == 0;
  } else {
    done = false;
  }
  close(file);
  return done;
}

/// A folder for one entry while it is written.
class WorkFolder {
 public:
  explicit WorkFolder(const std::string &cache) {
    std::string pattern = cache + "/.work-XXXXXX";
    if (mkdtemp(pattern.data())) path_ = pattern;
  }
  ~WorkFolder() {
    std::error_code code;
    if (!path_.empty()) fs::remove_all(path_, code);
  }
  const std::string &path() const { return path_; }

 private:
  std::string path_;
};

bool moveInto(const std::string &from, const std::string &to) {
  return syncPath(from) && rename(from.c_str(), to.c_str()) == 0;
}

}  // namespace

std::string Cache::defaultFolder() {
  // The XDG specification: a relative path is to be ignored.
  if (const char *cache = getenv("XDG_CACHE_HOME"); cache && cache[0] == '/')
    return std::string(cache) + "/plexus";
  if (const char *home = getenv("HOME"); home && home[0] == '/')
    return std::string(home) + "/.cache/plexus";
  return "";
}

std::optional<std::string> Cache::lookup(const std::string &key) const {
  if (folder_.empty()) return std::nullopt;
  std::string path = folder_ + "/" + key + ".so";
  if (access(path.c_str(), F_OK) != 0) return std::nullopt;
  if (!isSound(path)) {
    remove(key);
    return std::nullopt;
  }
  utimensat(AT_FDCWD, path.c_str(), nullptr, 0);  // used now; no harm where it fails
  return path;
}

void Cache::remove(const std::string &key) const {
  unlink((folder_ + "/" + key + ".so").c_str());
  for (const char *ending : kBeside) unlink((folder_ + "/" + key + ".so" + ending).c_str());
}

std::optional<std::string> Cache::store(
    const std::string &key,
    const std::function<std::vector<std::string>(const std::string &path)> &write) const {
  if (folder_.empty()) return std::nullopt;
  std::error_code code;
  fs::create_directories(fs::path(folder_).parent_path(), code);
  if (mkdir(folder_.c_str(), 0700) != 0 && errno != EEXIST) return std::nullopt;
  WorkFolder work(folder_);
  if (work.path().empty()) return std::nullopt;
  // The library knows its weights' file by name, so it gets its final name now.
  std::string name = key + ".so";
  std::string made = work.path() + "/" + name, path = folder_ + "/" + name;
  std::vector<std::string> files = write(made);
  if (!seal(made, files)) return std::nullopt;
  for (const char *ending : kBeside)
    if (access((made + ending).c_str(), F_OK) == 0 && !moveInto(made + ending, path + ending))
      return std::nullopt;
  if (!moveInto(made, path)) return std::nullopt;
  syncPath(folder_);
  evict(path);
  return path;
}

void Cache::evict(const std::string &kept) const {
  struct Entry {
    fs::file_time_type used;
    uint64_t bytes;
    fs::path path;
  };
  std::vector<Entry> entries;
  uint64_t total = 0;
  std::error_code code;
  auto now = fs::file_time_type::clock::now();
  for (fs::directory_iterator it(folder_, code), end; !code && it != end; it.increment(code)) {
    std::error_code ignored;
    fs::path path = it->path();
    fs::file_time_type used = fs::last_write_time(path, ignored);
    // Left by a process that died; nobody compiles for a day.
    if (path.filename().string().starts_with(".work-") && now - used > std::chrono::hours(24))
      fs::remove_all(path, ignored);
    if (path.extension() != ".so") continue;
    Entry entry = {used, fs::file_size(path, ignored), path};
    for (const char *ending : kBeside)
      if (fs::path beside = path.string() + ending; fs::exists(beside, ignored))
        entry.bytes += fs::file_size(beside, ignored);
    total += entry.bytes;
    entries.push_back(std::move(entry));
  }
  std::sort(entries.begin(), entries.end(),
            [](const Entry &a, const Entry &b) { return a.used < b.used; });
  for (const Entry &entry : entries) {
    if (total <= maxBytes_) break;
    if (entry.path == kept) continue;
    fs::remove(entry.path, code);
    for (const char *ending : kBeside) fs::remove(entry.path.string() + ending, code);
    total -= entry.bytes;
  }
}

}  // namespace plx
