#include "tools/plexus/Compiler.h"

#include <dlfcn.h>
#include <unistd.h>

#include <charconv>
#include <cstdio>
#include <filesystem>

#include "tools/plexus/Failure.h"

namespace plx {
namespace fs = std::filesystem;

constexpr char kLibrary[] = "libplexus_compiler.so";

std::string compilerPath() {
  std::error_code code;
  fs::path folder = fs::read_symlink("/proc/self/exe", code).parent_path();
  fs::path beside = folder / kLibrary;
  if (fs::exists(beside, code)) return beside.string();
  return (folder.parent_path() / "lib" / kLibrary).string();
}

namespace {

template <typename Function>
void find(void *library, const char *name, Function &function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (!function)
    throw Failure("'" + compilerPath() + "' does not define " + name +
                  ": it is of another version of Plexus than this program");
}

Compiler load() {
  std::string path = compilerPath();
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    throw Failure("compiling needs the compiler library, which cannot be opened: " +
                  std::string(dlerror()));
  Compiler out;
  find(library, "plexus_free", out.free);
  find(library, "plexus_warm_up", out.warmUp);
  find(library, "plexus_operators", out.operators);
  find(library, "plexus_architectures", out.architectures);
  find(library, "plexus_architecture_write", out.architectureWrite);
  find(library, "plexus_model_open", out.modelOpen);
  find(library, "plexus_model_open_training", out.modelOpenTraining);
  find(library, "plexus_model_open_gradient", out.modelOpenGradient);
  find(library, "plexus_model_close", out.modelClose);
  find(library, "plexus_training_target", out.trainingTarget);
  find(library, "plexus_training_prediction", out.trainingPrediction);
  find(library, "plexus_training_num_states", out.trainingNumStates);
  find(library, "plexus_training_state", out.trainingState);
  find(library, "plexus_training_num_notes", out.trainingNumNotes);
  find(library, "plexus_training_note", out.trainingNote);
  find(library, "plexus_training_save", out.trainingSave);
  find(library, "plexus_model_num_files", out.modelNumFiles);
  find(library, "plexus_model_file", out.modelFile);
  find(library, "plexus_model_unseeded", out.modelUnseeded);
  find(library, "plexus_model_num_exempt", out.modelNumExempt);
  find(library, "plexus_model_exempt", out.modelExempt);
  find(library, "plexus_model_text", out.modelText);
  find(library, "plexus_model_check", out.modelCheck);
  find(library, "plexus_model_check_gradient", out.modelCheckGradient);
  find(library, "plexus_model_write", out.modelWrite);
  find(library, "plexus_session_create", out.sessionCreate);
  find(library, "plexus_session_program", out.sessionProgram);
  find(library, "plexus_session_destroy", out.sessionDestroy);
  return out;
}

/// One line that is written over; cleared by the last call.
int32_t showProgress(void *, const char *stage, uint64_t done, uint64_t total) {
  uint64_t percent = total == 0 ? 0 : done * 100 / total;
  if (percent >= 100)
    fprintf(stderr, "\r\033[K");
  else
    fprintf(stderr, "\r\033[K%s %d %%", stage, static_cast<int>(percent));
  fflush(stderr);
  return 0;
}

}  // namespace

const Compiler &Compiler::get() {
  static const Compiler compiler = load();
  return compiler;
}

void checkStatus(plx_status status, char *message) {
  if (status == PLX_OK) return;
  std::string text = message ? message : plx_status_name(status);
  Compiler::get().free(message);
  throw Failure(text);
}

ModelOptions ModelOptions::of(const CommonOptions &common) {
  ModelOptions out;
  if (common.fastMath) out.flags |= PLEXUS_FAST_MATH;
  if (common.tf32) out.flags |= PLEXUS_TF32;
  if (common.verifyAfterAll) out.flags |= PLEXUS_VERIFY_AFTER_ALL;
  out.printAfter = common.printAfter;
  out.saveTemps = common.saveTemps;
  out.threads = common.threads;
  if (common.device != "reference") out.device = common.device;
  return out;
}

std::string ModelOptions::key() const {
  std::string out = "flags " + std::to_string(flags & ~uint32_t{PLEXUS_VERIFY_AFTER_ALL});
  for (const auto &[name, size] : dims) out += "\ndim " + name + "=" + std::to_string(size);
  if (memoryLimit > 0) out += "\nmemory " + std::to_string(memoryLimit);
  return out + "\ndevice " + device + "\ntarget " + target + "\ncpu " + cpu + "\nfeatures " +
         features;
}

ModelHandle openModel(const std::string &path, const ModelOptions &options) {
  return openModel(options, [&](const plexus_options &given, plexus_model **model, char **message) {
    return Compiler::get().modelOpen(path.c_str(), &given, model, message);
  });
}

ModelHandle openModel(const ModelOptions &options, const ModelOpener &open) {
  const Compiler &compiler = Compiler::get();
  std::vector<const char *> names;
  std::vector<int64_t> sizes;
  for (const auto &[name, size] : options.dims) {
    names.push_back(name.c_str());
    sizes.push_back(size);
  }
  auto orNull = [](const std::string &text) { return text.empty() ? nullptr : text.c_str(); };
  plexus_options given = {};
  given.struct_bytes = sizeof given;
  given.flags = options.flags;
  given.threads = options.threads;
  given.num_dims = static_cast<int32_t>(names.size());
  given.dim_names = names.data();
  given.dim_sizes = sizes.data();
  given.target = orNull(options.target);
  given.cpu = orNull(options.cpu);
  given.device = options.device.c_str();
  given.features = orNull(options.features);
  given.opset = options.opset;
  given.memory_limit = options.memoryLimit;
  given.print_after = orNull(options.printAfter);
  given.save_temps = orNull(options.saveTemps);
  if (isatty(STDERR_FILENO)) given.progress = showProgress;
  plexus_model *model = nullptr;
  char *message = nullptr;
  checkStatus(open(given, &model, &message), message);
  return ModelHandle(model, compiler.modelClose);
}

std::vector<std::pair<std::string, int64_t>> parseDims(const std::vector<std::string> &items) {
  std::vector<std::pair<std::string, int64_t>> dims;
  for (const std::string &item : items) {
    size_t equals = item.rfind('=');
    int64_t size = -1;
    const char *end = item.data() + item.size();
    if (equals != std::string::npos && equals > 0) {
      auto [rest, error] = std::from_chars(item.data() + equals + 1, end, size);
      if (error != std::errc() || rest != end) size = -1;
    }
    if (size < 0)
      throw Failure("--dim " + item + ": expected NAME=SIZE, SIZE an integer of at least 0",
                    kWrongUsage);
    dims.emplace_back(item.substr(0, equals), size);
  }
  return dims;
}

}  // namespace plx
