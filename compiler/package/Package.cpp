#include "compiler/package/Package.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstring>
#include <deque>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "compiler/package/CHeader.h"
#include "compiler/package/Descriptor.h"
#include "compiler/package/ElfWriter.h"
#include "compiler/package/Link.h"
#include "compiler/package/SymbolCheck.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ObjCopy/CommonConfig.h"
#include "llvm/ObjCopy/ConfigManager.h"
#include "llvm/ObjCopy/ObjCopy.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"
#include "runtime/include/plexus_rt.h"

namespace plx {
namespace {

std::string baseName(const std::string &path) { return path.substr(path.find_last_of('/') + 1); }

/// A file that is written under a passing name beside its place and moved there by commit.
class PendingFile {
 public:
  explicit PendingFile(std::string path) : path_(std::move(path)) {
    size_t slash = path_.find_last_of('/') + 1;
    temporary_ =
        absl::StrCat(path_.substr(0, slash), ".", path_.substr(slash), ".", getpid(), ".tmp");
  }
  ~PendingFile() {
    if (file_ >= 0) close(file_);
    if (!committed_) unlink(temporary_.c_str());
  }
  PendingFile(const PendingFile &) = delete;
  PendingFile &operator=(const PendingFile &) = delete;

  const std::string &temporary() const { return temporary_; }

  absl::StatusOr<int> open() {
    file_ = ::open(temporary_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file_ < 0) return failed("cannot be created");
    return file_;
  }
  absl::Status commit() {
    if (file_ >= 0 && close(std::exchange(file_, -1)) != 0) return failed("cannot be written");
    if (rename(temporary_.c_str(), path_.c_str()) != 0) return failed("cannot be written");
    committed_ = true;
    return absl::OkStatus();
  }

 private:
  absl::Status failed(const char *what) const {
    return absl::PermissionDeniedError(absl::StrCat("'", path_, "' ", what, ": ", strerror(errno)));
  }
  std::string path_, temporary_;
  int file_ = -1;
  bool committed_ = false;
};

absl::Status writeText(PendingFile &pending, const std::string &text) {
  absl::StatusOr<int> file = pending.open();
  if (!file.ok()) return file.status();
  return writeAll(*file, text.data(), text.size());
}

bool needsHostLibrary(const ProgramInfo &info) {
  for (const ImportInfo &import : info.imports)
    if (absl::StartsWith(import.name, PLX_HOST_LIBRARY)) return true;
  return false;
}

/// Writes one package: the objects as memory files, then one run of the linker.
class Packager {
 public:
  Packager(const CompiledProgram &program, const PackageOptions &options)
      : program_(program), options_(options), prefix_(prefixOf(options.path)) {}

  absl::Status write();

 private:
  absl::Status writeWeightsBeside();
  absl::Status addObjects();
  absl::Status addMemory(const char *name, const std::string &contents);
  absl::Status addPackageFile(const std::string &name);
  absl::Status addLibraries();
  absl::Status addHostLibrary();
  absl::Status linkSharedLibrary(const std::string &out);
  absl::Status linkExecutable(const std::string &out);
  absl::Status linkObject(const std::string &out);
  absl::Status renameSymbols(const std::string &from, const std::string &to);
  std::string header() const;
  std::string headerPath() const;

  const CompiledProgram &program_;
  const PackageOptions &options_;
  std::string prefix_;
  WeightsPlace place_;
  std::optional<PendingFile> weights_;
  std::deque<MemoryFile> memory_;
  std::vector<std::string> args_;  // of the linker: files, so far
};

absl::Status Packager::writeWeightsBeside() {
  if (program_.weightsBytes <= options_.maxInsideBytes) return absl::OkStatus();
  std::string path = options_.path + ".weights";
  weights_.emplace(path);
  absl::StatusOr<int> file = weights_->open();
  if (!file.ok()) return file.status();
  if (absl::Status status = writeWeightsBlob(program_, *file); !status.ok()) return status;
  // Hashed as the file holds them, which is what loading will see.
  plx_mapping mapping;
  plx_error error;
  if (plx_map_file(weights_->temporary().c_str(), 0, &mapping, &error))
    return absl::DataLossError(error.message);
  place_ = {WeightsPlace::Kind::External, baseName(path),
            plx_hash64(mapping.data, mapping.bytes, 0)};
  plx_unmap_file(&mapping);
  return absl::OkStatus();
}

absl::Status Packager::addMemory(const char *name, const std::string &contents) {
  absl::StatusOr<MemoryFile> memory = MemoryFile::of(name, contents);
  if (!memory.ok()) return memory.status();
  memory_.push_back(*std::move(memory));
  args_.push_back(memory_.back().path());
  return absl::OkStatus();
}

absl::Status Packager::addPackageFile(const std::string &name) {
  absl::StatusOr<std::string> path = findPackageFile(name);
  if (path.ok()) args_.push_back(*path);
  return path.status();
}

absl::Status Packager::addObjects() {
  absl::StatusOr<std::string> descriptor = emitDescriptor(program_, place_);
  if (!descriptor.ok()) return descriptor.status();
  if (absl::Status status = addMemory("descriptor.o", *descriptor); !status.ok()) return status;
  for (const Object &object : program_.objects)
    if (absl::Status status = addMemory(object.name.c_str(), object.bytes); !status.ok())
      return status;
  if (program_.weightsBytes == 0 || place_.kind == WeightsPlace::Kind::External)
    return absl::OkStatus();
  absl::StatusOr<MemoryFile> memory = MemoryFile::create("weights.o");
  if (!memory.ok()) return memory.status();
  if (absl::Status status = writeWeightsObject(program_, memory->file()); !status.ok())
    return status;
  memory_.push_back(*std::move(memory));
  args_.push_back(memory_.back().path());
  return absl::OkStatus();
}

/// The runtime and the C library; only for this machine's own target.
absl::Status Packager::addLibraries() {
  llvm::Triple host(llvm::sys::getDefaultTargetTriple());
  llvm::Triple target(program_.info.triple.empty() ? host.str() : program_.info.triple);
  if (target.getArch() != host.getArch() || target.getOS() != host.getOS())
    return absl::UnimplementedError(absl::StrCat(
        "target '", target.str(), "' is not this machine's ('", host.str(),
        "'), whose runtime and C library are at hand; --emit obj makes an object for it"));
  if (absl::Status status =
          addPackageFile(options_.sharedRuntime ? "libplexus_rt.so" : "libplexus_rt.a");
      !status.ok())
    return status;
  if (absl::Status status = addHostLibrary(); !status.ok()) return status;
  args_.push_back("--as-needed");
  for (const char *name : {"libc.so.6", "libm.so.6"}) {
    absl::StatusOr<std::string> path = findSystemLibrary(name);
    if (!path.ok()) return path.status();
    args_.push_back(*path);
  }
  return absl::OkStatus();
}

/// libplexus_host is a library of its own, linked where the model calls it: found beside what is
/// made here, or where it is now.
absl::Status Packager::addHostLibrary() {
  if (!needsHostLibrary(program_.info)) return absl::OkStatus();
  absl::StatusOr<std::string> path = findPackageFile("libplexus_host.so");
  if (!path.ok()) return path.status();
  std::string folder = path->substr(0, path->find_last_of('/'));
  for (const std::string &arg : {std::string("--no-as-needed"), *path, std::string("-rpath"),
                                 absl::StrCat("$ORIGIN:", folder)})
    args_.push_back(arg);
  return absl::OkStatus();
}

const char *const kLinkOptions[] = {
    "--gc-sections", "--no-undefined", "--hash-style=gnu", "-z", "now", "-z",
    "relro",         "--build-id=none"};

absl::Status Packager::linkSharedLibrary(const std::string &out) {
  if (absl::Status status = addPackageFile("plexus_entry.o"); !status.ok()) return status;
  if (absl::Status status = addLibraries(); !status.ok()) return status;
  std::string exports = absl::StrCat("{ global: " PLX_MODULE_SYMBOL "; ", prefix_, "_descriptor; ");
  for (const char *function : kEntryFunctions) {
    args_.push_back(absl::StrCat("--defsym=", prefix_, "_", function, "=plx_entry_", function));
    absl::StrAppend(&exports, prefix_, "_", function, "; ");
  }
  args_.push_back(absl::StrCat("--defsym=", prefix_, "_descriptor=" PLX_MODULE_SYMBOL));
  absl::StatusOr<MemoryFile> script =
      MemoryFile::of("exports.map", absl::StrCat(exports, "local: *; };\n"));
  if (!script.ok()) return script.status();
  args_.insert(args_.end(), std::begin(kLinkOptions), std::end(kLinkOptions));
  for (const std::string &arg :
       {std::string("-shared"), std::string("-Bsymbolic"), std::string("-soname"),
        baseName(options_.path), "--version-script=" + script->path(), std::string("-o"), out})
    args_.push_back(arg);
  return runLinker(args_);
}

absl::Status Packager::linkExecutable(const std::string &out) {
  if (absl::Status status = addPackageFile("plexus_start.o"); !status.ok()) return status;
  if (absl::Status status = addLibraries(); !status.ok()) return status;
  absl::StatusOr<std::string> interpreter = programInterpreter();
  if (!interpreter.ok()) return interpreter.status();
  args_.insert(args_.end(), std::begin(kLinkOptions), std::end(kLinkOptions));
  for (const std::string &arg :
       {std::string("-pie"), std::string("--dynamic-linker"), *interpreter, std::string("-o"), out})
    args_.push_back(arg);
  return runLinker(args_);
}

/// One object whose only global symbols are the model's own, so that several link together.
absl::Status Packager::linkObject(const std::string &out) {
  absl::StatusOr<ElfTarget> own = elfTargetOf("");
  absl::StatusOr<ElfTarget> target = elfTargetOf(program_.info.triple);
  if (!target.ok()) return target.status();
  // The entry functions are built for this machine; elsewhere plexus_rt.h and the descriptor serve.
  if (own.ok() && own->machine == target->machine)
    if (absl::Status status = addPackageFile("plexus_entry.o"); !status.ok()) return status;
  PendingFile merged(out + ".merged");
  for (const std::string &arg : {std::string("-r"), std::string("-o"), merged.temporary()})
    args_.push_back(arg);
  if (absl::Status status = runLinker(args_); !status.ok()) return status;
  return renameSymbols(merged.temporary(), out);
}

absl::Status Packager::renameSymbols(const std::string &from, const std::string &to) {
  auto failed = [&](llvm::Error error) {
    return absl::InternalError(absl::StrCat("'", options_.path, "': ", toString(std::move(error))));
  };
  llvm::objcopy::ConfigManager config;
  llvm::objcopy::CommonConfig &common = config.Common;
  std::deque<std::string> names;
  auto keep = [&](const std::string &inside, const std::string &outside) {
    names.push_back(inside);
    std::string &old = names.back();
    names.push_back(outside);
    common.SymbolsToRename[old] = names.back();
    llvm::Expected<llvm::objcopy::NameOrPattern> pattern = llvm::objcopy::NameOrPattern::create(
        old, llvm::objcopy::MatchStyle::Literal, [](llvm::Error error) { return error; });
    if (!pattern) return pattern.takeError();
    return common.SymbolsToKeepGlobal.addMatcher(std::move(pattern));
  };
  if (llvm::Error error = keep(PLX_MODULE_SYMBOL, prefix_ + "_descriptor"))
    return failed(std::move(error));
  for (const char *function : kEntryFunctions)
    if (llvm::Error error =
            keep(absl::StrCat("plx_entry_", function), absl::StrCat(prefix_, "_", function)))
      return failed(std::move(error));

  llvm::Expected<llvm::object::OwningBinary<llvm::object::ObjectFile>> merged =
      llvm::object::ObjectFile::createObjectFile(from);
  if (!merged) return failed(merged.takeError());
  std::error_code code;
  llvm::raw_fd_ostream stream(to, code);
  if (code)
    return absl::PermissionDeniedError(
        absl::StrCat("'", options_.path, "' cannot be created: ", code.message()));
  if (llvm::Error error =
          llvm::objcopy::executeObjcopyOnBinary(config, *merged->getBinary(), stream))
    return failed(std::move(error));
  stream.close();
  if (stream.has_error())
    return absl::PermissionDeniedError(
        absl::StrCat("'", options_.path, "' cannot be written: ", stream.error().message()));
  return absl::OkStatus();
}

std::string Packager::headerPath() const {
  size_t slash = options_.path.find_last_of('/') + 1;
  size_t dot = options_.path.find_last_of('.');
  bool hasEnding = dot != std::string::npos && dot > slash;
  return options_.path.substr(0, hasEnding ? dot : std::string::npos) + ".h";
}

std::string Packager::header() const {
  std::string file = baseName(options_.path);
  std::string line = file;
  if (options_.kind == PackageOptions::Kind::Object)
    line += " -lplexus_rt -lm -lpthread -ldl";
  else if (options_.sharedRuntime)
    line += " -lplexus_rt";
  return writeCHeader(program_.info, prefix_, baseName(headerPath()), line);
}

absl::Status Packager::write() {
  if (absl::Status status = checkSymbols(program_); !status.ok()) return status;
  if (absl::Status status = writeWeightsBeside(); !status.ok()) return status;
  if (absl::Status status = addObjects(); !status.ok()) return status;
  PendingFile out(options_.path);
  // The linker's own message for a folder that is not there would name the passing file.
  if (absl::StatusOr<int> file = out.open(); !file.ok()) return file.status();
  absl::Status status;
  switch (options_.kind) {
    case PackageOptions::Kind::SharedLibrary:
      status = linkSharedLibrary(out.temporary());
      break;
    case PackageOptions::Kind::Executable:
      status = linkExecutable(out.temporary());
      break;
    case PackageOptions::Kind::Object:
      status = linkObject(out.temporary());
      break;
  }
  if (!status.ok()) return status;
  if (options_.writeHeader && options_.kind != PackageOptions::Kind::Executable) {
    PendingFile headerFile(headerPath());
    if (absl::Status text = writeText(headerFile, header()); !text.ok()) return text;
    if (absl::Status moved = headerFile.commit(); !moved.ok()) return moved;
  }
  if (weights_)
    if (absl::Status moved = weights_->commit(); !moved.ok()) return moved;
  return out.commit();
}

}  // namespace

absl::Status writePackage(const CompiledProgram &program, const PackageOptions &options) {
  return Packager(program, options).write();
}

}  // namespace plx
