// A model ready to run, whatever it came from: a compiled library, the cache, or the compiler.
#ifndef PLEXUS_TOOLS_PLEXUS_PROGRAM_H
#define PLEXUS_TOOLS_PLEXUS_PROGRAM_H

#include <memory>
#include <string>

#include "tools/plexus/Cache.h"
#include "tools/plexus/Compiler.h"

namespace plx {

using Context = std::unique_ptr<plx_context, void (*)(plx_context *)>;
using Array = std::unique_ptr<plx_array, void (*)(plx_array *)>;
using Object = std::unique_ptr<plx_object, void (*)(plx_object *)>;

/// Owns a program. Contexts must be destroyed before.
class Program {
 public:
  /// MODEL is a model, or a library that `plexus compile` made. Throws Failure.
  static Program load(const std::string &model, const CommonOptions &common, uint32_t flags = 0);
  /// An imported model, compiled for `device` into this process.
  static Program session(const plexus_model *model, const std::string &device);
  static Program open(const std::string &library, bool isOfCache);

  plx_program *get() const { return program_; }
  const plx_module &module() const { return *plx_program_module(program_); }
  bool wasCached() const { return wasCached_; }

  Program(Program &&other) noexcept;
  Program &operator=(Program &&) = delete;
  ~Program();

 private:
  Program() = default;
  plx_program *program_ = nullptr;
  plexus_session *session_ = nullptr;  // owns program_ where it is set
  bool wasCached_ = false;
};

/// Throws Failure with the message, if there is one.
void checkStatus(plx_status status, const plx_error &error);

plx_context_options contextOptions(const CommonOptions &common, bool trace = false);
Context createContext(const Program &program, const CommonOptions &common, bool trace = false);

/// "sm_90" of the device that is there, "" where it has none (the emulator). Throws Failure.
std::string architectureOf(const std::string &device);

/// The cache that is asked for; one without a folder where nothing is to come from it: --no-cache,
/// the reference evaluator, stages that are to be seen.
Cache cacheOf(const CommonOptions &common);
/// Compiles a model into the cache; nothing where its folder cannot be written. `writeBeside` gets
/// the library's path. Throws Failure.
std::optional<std::string> storeCompiled(
    const Cache &cache, const std::string &key, const plexus_model *model,
    const std::function<void(const std::string &path)> &writeBeside = nullptr);

/// True for a shared library, by its first bytes.
bool isLibrary(const std::string &path);

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_PROGRAM_H
