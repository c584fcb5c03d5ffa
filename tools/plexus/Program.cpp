#include "tools/plexus/Program.h"

#include <elf.h>

#include <cstring>
#include <fstream>
#include <utility>

#include "tools/plexus/Failure.h"

namespace plx {

void checkStatus(plx_status status, const plx_error &error) {
  if (status != PLX_OK) throw Failure(error.message);
}

Program::Program(Program &&other) noexcept
    : program_(std::exchange(other.program_, nullptr)),
      session_(std::exchange(other.session_, nullptr)),
      wasCached_(other.wasCached_) {}

Program::~Program() {
  if (session_)
    Compiler::get().sessionDestroy(session_);
  else
    plx_program_release(program_);
}

bool isLibrary(const std::string &path) {
  char magic[SELFMAG] = {};
  std::ifstream(path, std::ios::binary).read(magic, sizeof magic);
  return memcmp(magic, ELFMAG, SELFMAG) == 0;
}

Program Program::open(const std::string &library, bool isOfCache) {
  plx_load_options options = {};
  options.struct_bytes = sizeof options;
  Program out;
  plx_error error;
  checkStatus(plx_program_open(library.c_str(), &options, &out.program_, &error), error);
  out.wasCached_ = isOfCache;
  return out;
}

Program Program::session(const plexus_model *model, const std::string &device) {
  const Compiler &compiler = Compiler::get();
  Program out;
  char *message = nullptr;
  checkStatus(compiler.sessionCreate(model, device.c_str(), &out.session_, &message), message);
  out.program_ = compiler.sessionProgram(out.session_);
  return out;
}

namespace {

/// The model's own file and those its weights are in.
std::vector<std::string> filesOf(const plexus_model *model) {
  std::vector<std::string> files;
  for (int32_t i = 0; i < Compiler::get().modelNumFiles(model); ++i)
    files.emplace_back(Compiler::get().modelFile(model, i));
  return files;
}

Program loadThroughCache(const Cache &cache, const std::string &path, const ModelOptions &options) {
  std::string key = cacheKey(path, options.key(), compilerPath());
  if (std::optional<std::string> entry = cache.lookup(key)) {
    try {
      return Program::open(*entry, true);
    } catch (const Failure &) {
      cache.remove(key);  // removed by another process, or of no use: compile anew
    }
  }
  ModelHandle model = openModel(path, options);
  std::optional<std::string> entry = storeCompiled(cache, key, model.get());
  if (!entry) return Program::session(model.get(), options.device);
  return Program::open(*entry, false);
}

}  // namespace

Cache cacheOf(const CommonOptions &common) {
  bool looksInside = !common.printAfter.empty() || !common.saveTemps.empty();
  if (common.device == "reference" || common.noCache || looksInside) return Cache("");
  return Cache(common.cacheDir.empty() ? Cache::defaultFolder() : common.cacheDir);
}

std::optional<std::string> storeCompiled(
    const Cache &cache, const std::string &key, const plexus_model *model,
    const std::function<void(const std::string &path)> &writeBeside) {
  return cache.store(key, [&](const std::string &path) {
    char *message = nullptr;
    checkStatus(Compiler::get().modelWrite(model, PLEXUS_EMIT_LIBRARY,
                                           PLEXUS_SHARED_RUNTIME | PLEXUS_NO_HEADER, path.c_str(),
                                           &message),
                message);
    if (writeBeside) writeBeside(path);
    return filesOf(model);
  });
}

std::string architectureOf(const std::string &device) {
  char text[256];
  plx_error error;
  checkStatus(plx_device_describe(device.c_str(), 0, text, sizeof text, &error), error);
  std::string description = text;
  size_t at = description.find("sm_");
  return at == std::string::npos ? "" : description.substr(at, description.find(',', at) - at);
}

Program Program::load(const std::string &path, const CommonOptions &common, uint32_t flags) {
  if (isLibrary(path)) {
    Program program = open(path, false);
    const plx_device_code *code = program.module().device_code;
    std::string device = code ? code->device : "cpu";
    if (common.device != device && common.device != "cpu")
      throw Failure("'" + path + "' is compiled for " + device + "; --device " + common.device +
                    " needs the model itself");
    return program;
  }
  ModelOptions options = ModelOptions::of(common);
  options.flags |= flags;
  // First of all: nothing is compiled for a device that is not there.
  if (options.device != "cpu") options.cpu = architectureOf(options.device);
  if (Cache cache = cacheOf(common); cache.isThere()) return loadThroughCache(cache, path, options);
  ModelHandle model = openModel(path, options);
  return session(model.get(), common.device);
}

plx_context_options contextOptions(const CommonOptions &common, bool trace) {
  plx_context_options options = {};
  options.struct_bytes = sizeof options;
  options.threads = common.threads;
  options.seed = common.seed;
  options.trace = trace;
  return options;
}

Context createContext(const Program &program, const CommonOptions &common, bool trace) {
  plx_context_options options = contextOptions(common, trace);
  plx_context *context = nullptr;
  plx_error error;
  checkStatus(plx_context_create(program.get(), &options, &context, &error), error);
  return Context(context, plx_context_destroy);
}

}  // namespace plx
