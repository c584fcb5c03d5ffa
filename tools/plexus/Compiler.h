// libplexus_compiler.so, opened when there is something to compile. This program links no LLVM.
#ifndef PLEXUS_TOOLS_PLEXUS_COMPILER_H
#define PLEXUS_TOOLS_PLEXUS_COMPILER_H

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tools/api/plexus.h"
#include "tools/plexus/Commands.h"

namespace plx {

/// Path of the library: beside this program, or in ../lib. It need not exist.
std::string compilerPath();

/// The functions of plexus.h. get() opens the library at its first call and never closes it.
struct Compiler {
  decltype(&plexus_free) free;
  decltype(&plexus_warm_up) warmUp;
  decltype(&plexus_operators) operators;
  decltype(&plexus_architectures) architectures;
  decltype(&plexus_architecture_write) architectureWrite;
  decltype(&plexus_model_open) modelOpen;
  decltype(&plexus_model_open_training) modelOpenTraining;
  decltype(&plexus_model_open_gradient) modelOpenGradient;
  decltype(&plexus_model_close) modelClose;
  decltype(&plexus_training_target) trainingTarget;
  decltype(&plexus_training_prediction) trainingPrediction;
  decltype(&plexus_training_num_states) trainingNumStates;
  decltype(&plexus_training_state) trainingState;
  decltype(&plexus_training_num_notes) trainingNumNotes;
  decltype(&plexus_training_note) trainingNote;
  decltype(&plexus_training_save) trainingSave;
  decltype(&plexus_model_num_files) modelNumFiles;
  decltype(&plexus_model_file) modelFile;
  decltype(&plexus_model_unseeded) modelUnseeded;
  decltype(&plexus_model_num_exempt) modelNumExempt;
  decltype(&plexus_model_exempt) modelExempt;
  decltype(&plexus_model_text) modelText;
  decltype(&plexus_model_check) modelCheck;
  decltype(&plexus_model_check_gradient) modelCheckGradient;
  decltype(&plexus_model_write) modelWrite;
  decltype(&plexus_session_create) sessionCreate;
  decltype(&plexus_session_program) sessionProgram;
  decltype(&plexus_session_destroy) sessionDestroy;

  /// Throws Failure when the library is missing or does not fit.
  static const Compiler &get();
};

using ModelHandle = std::unique_ptr<plexus_model, void (*)(plexus_model *)>;

/// What importing and compiling are told.
struct ModelOptions {
  uint32_t flags = 0;  // enum plexus_flags
  std::vector<std::pair<std::string, int64_t>> dims;
  std::string device = "cpu";  // or "cuda", "cuda-emulated": where kernels run
  std::string target, cpu, features, printAfter, saveTemps;
  int threads = 0;
  int opset = 0;             // of a model written as ONNX; 0: its own
  uint64_t memoryLimit = 0;  // of a step of training, bytes; 0: none

  static ModelOptions of(const CommonOptions &common);
  /// Text that differs when what is compiled may differ.
  std::string key() const;
};

/// Imports a model; a line of progress on stderr where that is a terminal. Throws Failure.
ModelHandle openModel(const std::string &path, const ModelOptions &options);
/// The same by another function of the compiler than plexus_model_open.
using ModelOpener =
    std::function<plx_status(const plexus_options &given, plexus_model **model, char **message)>;
ModelHandle openModel(const ModelOptions &options, const ModelOpener &open);

/// Throws Failure(message) of a call that gave `status`, and frees the message.
void checkStatus(plx_status status, char *message);

/// "NAME=SIZE" items; throws Failure (wrong usage).
std::vector<std::pair<std::string, int64_t>> parseDims(const std::vector<std::string> &items);

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_COMPILER_H
