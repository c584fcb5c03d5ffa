#include "compiler/package/Link.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <mutex>

#include "absl/strings/str_cat.h"
#include "compiler/package/ElfWriter.h"
#include "lld/Common/Driver.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

namespace plx {

absl::StatusOr<MemoryFile> MemoryFile::create(const char *name) {
  int file = memfd_create(name, MFD_CLOEXEC);
  if (file < 0)
    return absl::ResourceExhaustedError(absl::StrCat("memfd_create failed: ", strerror(errno)));
  return MemoryFile(file);
}

absl::StatusOr<MemoryFile> MemoryFile::of(const char *name, const std::string &contents) {
  absl::StatusOr<MemoryFile> memory = create(name);
  if (!memory.ok()) return memory.status();
  if (absl::Status status = writeAll(memory->file(), contents.data(), contents.size());
      !status.ok())
    return status;
  return memory;
}

MemoryFile &MemoryFile::operator=(MemoryFile &&other) noexcept {
  std::swap(file_, other.file_);
  return *this;
}

MemoryFile::~MemoryFile() {
  if (file_ >= 0) close(file_);
}

std::string MemoryFile::path() const { return absl::StrCat("/proc/self/fd/", file_); }

absl::Status runLinker(const std::vector<std::string> &args) {
  static std::mutex mutex;
  std::lock_guard<std::mutex> lock(mutex);
  std::vector<const char *> list = {"ld.lld"};
  for (const std::string &arg : args) list.push_back(arg.c_str());
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  lld::Result result = lld::lldMain(list, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode != 0) return absl::InternalError(absl::StrCat("linking failed:\n", messages));
  return absl::OkStatus();
}

absl::StatusOr<std::string> findPackageFile(const std::string &name) {
  Dl_info info;
  if (!dladdr(reinterpret_cast<const void *>(&runLinker), &info) || !info.dli_fname)
    return absl::InternalError("this library's own path is unknown");
  llvm::SmallString<256> folder;
  // A program's own name may be relative to a folder that has been left since.
  if (llvm::sys::fs::real_path(info.dli_fname, folder) &&
      llvm::sys::fs::real_path("/proc/self/exe", folder))
    return absl::InternalError(absl::StrCat("'", info.dli_fname, "' cannot be resolved"));
  llvm::sys::path::remove_filename(folder);
  std::string places;
  for (const char *below : {"", "../lib"}) {
    llvm::SmallString<256> path = folder;
    llvm::sys::path::append(path, below, name);
    if (llvm::sys::fs::exists(path)) return path.str().str();
    absl::StrAppend(&places, places.empty() ? "" : ", ", "'", path.str().str(), "'");
  }
  return absl::NotFoundError(absl::StrCat(
      "'", name, "', a part of Plexus that linking needs, is missing; looked for ", places));
}

absl::StatusOr<std::string> findSystemLibrary(const std::string &name) {
  Dl_info info;
  void *symbol = dlsym(RTLD_DEFAULT, "gnu_get_libc_version");
  if (!symbol || !dladdr(symbol, &info) || !info.dli_fname)
    return absl::UnimplementedError(
        "this process has no GNU C library to link against; --emit obj makes an object");
  llvm::SmallString<256> path(info.dli_fname);
  llvm::sys::path::remove_filename(path);
  llvm::sys::path::append(path, name);
  if (!llvm::sys::fs::exists(path))
    return absl::NotFoundError(absl::StrCat("'", path.str().str(), "' is missing"));
  return path.str().str();
}

absl::StatusOr<std::string> programInterpreter() {
  auto *headers = reinterpret_cast<const ElfW(Phdr) *>(getauxval(AT_PHDR));
  unsigned long count = getauxval(AT_PHNUM);
  // The program's load address: where its headers are, less where the file says that they are.
  uintptr_t base = 0;
  for (unsigned long i = 0; i < count; ++i)
    if (headers[i].p_type == PT_PHDR)
      base = reinterpret_cast<uintptr_t>(headers) - headers[i].p_vaddr;
  for (unsigned long i = 0; i < count; ++i)
    if (headers[i].p_type == PT_INTERP)
      return std::string(reinterpret_cast<const char *>(base + headers[i].p_vaddr));
  return absl::NotFoundError("this process has no program interpreter: it is linked statically");
}

}  // namespace plx
