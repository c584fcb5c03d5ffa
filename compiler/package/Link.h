// lld's ELF linker inside this process. No compiler driver is ever called.
#ifndef PLEXUS_COMPILER_PACKAGE_LINK_H
#define PLEXUS_COMPILER_PACKAGE_LINK_H

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace plx {

/// A file without a name, in memory: for what only the linker reads. It dies with the object, a
/// crash leaves nothing behind.
class MemoryFile {
 public:
  static absl::StatusOr<MemoryFile> create(const char *name);
  static absl::StatusOr<MemoryFile> of(const char *name, const std::string &contents);
  MemoryFile(MemoryFile &&other) noexcept : file_(other.file_) { other.file_ = -1; }
  MemoryFile &operator=(MemoryFile &&other) noexcept;
  ~MemoryFile();

  int file() const { return file_; }
  /// A path that opens it anew, in this process.
  std::string path() const;

 private:
  explicit MemoryFile(int file) : file_(file) {}
  int file_;
};

/// Runs `ld.lld args`. lld keeps global state: calls are serialised. The status holds lld's own
/// messages.
absl::Status runLinker(const std::vector<std::string> &args);

/// What linking needs besides the model's objects. Each is looked for beside this library and in
/// ../lib of the program that holds it; NotFound says where it was looked for.
absl::StatusOr<std::string> findPackageFile(const std::string &name);
/// A library of this process's C library: "libc.so.6", "libm.so.6".
absl::StatusOr<std::string> findSystemLibrary(const std::string &name);
/// The program interpreter of this process ("/lib64/ld-linux-x86-64.so.2").
absl::StatusOr<std::string> programInterpreter();

}  // namespace plx

#endif  // PLEXUS_COMPILER_PACKAGE_LINK_H
