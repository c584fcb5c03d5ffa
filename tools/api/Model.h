// A model read into plx: what the C API calls plexus_model.
#ifndef PLEXUS_TOOLS_API_MODEL_H
#define PLEXUS_TOOLS_API_MODEL_H

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler/Compile.h"
#include "frontends/builder/GradientGraph.h"
#include "frontends/onnx/Import.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "tools/api/plexus.h"

namespace plx {

/// A tensor that a step of training takes and gives.
struct TrainingState {
  std::string name;
  plexus_state_kind kind;
  int elementType;
  std::vector<int64_t> dims;
  WeightBytes initial;  // data null: zeros
};

struct TrainedModel {
  std::string target, prediction;
  std::vector<TrainingState> states;
  std::vector<std::string> notes;
};

class Model {
 public:
  /// Reads a file by its ending: .mlir is textual plx, everything else ONNX.
  static absl::StatusOr<std::unique_ptr<Model>> open(const std::string &path,
                                                     const plexus_options &options);
  static absl::StatusOr<std::unique_ptr<Model>> parse(const void *bytes, size_t numBytes,
                                                      const std::string &name,
                                                      const std::string &folder,
                                                      const plexus_options &options);

  /// Reads an ONNX model and makes of it a step of its training.
  static absl::StatusOr<std::unique_ptr<Model>> openTraining(
      const std::string &path, const plexus_options &options,
      const plexus_training_options &training);

  /// Reads an ONNX model and adds derivatives to its outputs.
  static absl::StatusOr<std::unique_ptr<Model>> openGradient(
      const std::string &path, const plexus_options &options,
      const builder::GradientOptions &gradient);

  /// Loads dialects and registers operators once, so that forked children find it done.
  static void warmUp();

  /// Where its kernels will run: "cpu", "cuda", "cuda-emulated".
  const std::string &device() const { return compileOptions_.device; }

  mlir::ModuleOp module() const { return *module_; }
  const std::string &name() const { return name_; }
  const std::vector<std::string> &files() const { return files_; }
  const std::string &unseeded() const { return unseeded_; }
  const std::vector<std::string> &exempt() const { return exempt_; }

  /// Of a model opened for training; null otherwise.
  const TrainedModel *training() const { return training_.get(); }

  /// Bytes of a plx.parameter.
  absl::StatusOr<WeightBytes> weight(const std::string &name) const;
  /// Compiles a copy. `wantText`: keep the text of every stage.
  absl::StatusOr<CompiledProgram> compile(bool wantText) const;
  /// The same for a device; `deviceImages` as in CompileOptions.
  absl::StatusOr<CompiledProgram> compileKernels(bool deviceImages) const;
  /// Compiles another module with this model's options and weights.
  absl::StatusOr<CompiledProgram> compile(mlir::OwningOpRef<mlir::ModuleOp> module,
                                          bool wantText) const;
  /// The program as it was imported, as ONNX of the opset that the options ask for.
  absl::Status writeOnnx(const std::string &path) const;

 private:
  Model(const std::string &name, const plexus_options &options);
  absl::Status readMlir(const std::string &path);
  absl::Status importOnnx(const void *bytes, size_t numBytes, const std::string &place,
                          uint32_t flags, ImportOptions options = {});
  absl::Status finish(uint32_t flags);

  std::string name_;
  CompileOptions compileOptions_;
  int opset_;
  std::unique_ptr<mlir::MLIRContext> context_;
  mlir::OwningOpRef<mlir::ModuleOp> module_;
  std::map<std::string, WeightBytes> weights_;
  std::vector<std::shared_ptr<const void>> storage_;  // keeps the weights' bytes
  std::vector<std::string> files_, exempt_;
  std::string unseeded_;
  TrainingInfo trainingInfo_;
  std::unique_ptr<TrainedModel> training_;
};

/// Writes the model at `modelPath` with these elements in the place of its weights'.
absl::Status saveTrained(const std::string &modelPath, llvm::ArrayRef<plexus_weight> weights,
                         const std::string &path);

/// Makes every tensor that @main computes a result of it, after those it has: named for its
/// location, "node (OpType)", with #2, #3, ... where that repeats. `evenResults`: those that are
/// results already too, so that all stand in the program's order.
void exposeAllValues(mlir::ModuleOp module, bool evenResults = false);

}  // namespace plx

#endif  // PLEXUS_TOOLS_API_MODEL_H
