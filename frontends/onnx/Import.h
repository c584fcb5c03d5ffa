// Import of ONNX models: bytes in, a module of plx out. No type of protobuf or onnx appears here.
//
//   plx::ImportOptions options;
//   absl::StatusOr<plx::ImportedModule> imported = plx::importOnnxFile(context, "model.onnx",
//   options); if (!imported.ok()) return imported.status();   // one message: file, node, tensor,
//   expected and found imported->module->dump();
//
// The module holds `func.func @main`. Its arguments and results carry the names of the model's
// inputs and outputs in the attribute `plx.name`; sizes that the model leaves open are symbols:
// those named by the model keep their names, others are fresh. Operations carry the node they came
// from as their location, a NameLoc "node (OpType)". Weights stay where they are: `plx.parameter
// "name"` refers to an entry of `weights`.
//
// Errors. A model is hostile until checked: malformed bytes, models that do not type-check and
// files that are missing or lie outside the model's folder give InvalidArgument or NotFound; a
// model that is valid but uses what plx does not have gives Unimplemented, with every such node in
// one message. Nothing throws or aborts. Threads. Imports into different contexts may run at once.
#ifndef PLEXUS_FRONTENDS_ONNX_IMPORT_H
#define PLEXUS_FRONTENDS_ONNX_IMPORT_H

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace plx {

/// Bytes that outlive the import: a mapped file or a buffer of its own. Immutable; shared between
/// threads freely.
class WeightStorage {
 public:
  virtual ~WeightStorage() = default;
  virtual const char *data() const = 0;
  virtual uint64_t size() const = 0;            // bytes
  virtual const std::string &path() const = 0;  // "" when the bytes are no file's
};

/// A weight: `byteLength` bytes at `byteOffset` of a storage, row-major, little-endian, of the type
/// that the parameter has (bool and types below a byte: a byte an element).
struct ImportedWeight {
  std::string name;
  std::shared_ptr<const WeightStorage> storage;
  uint64_t byteOffset = 0;
  uint64_t byteLength = 0;
  mlir::RankedTensorType type;
  const char *data() const { return storage->data() + byteOffset; }
};

/// The value of an input that is compiled in. The function keeps the argument.
struct KnownInput {
  std::string name;
  mlir::DenseElementsAttr value;
};

/// What becomes of nodes that act differently in training.
enum class TrainingImport {
  Off,       // inference
  AsIs,      // as the model says: BatchNormalization with training_mode, Dropout with its operand
  Auto,      // all BatchNormalization and Dropout nodes train
  Inference  // none does, as in the model that Retrain.h writes
};

struct ImportOptions {
  std::string name;                     // of the model in messages; default: the path
  std::map<std::string, int64_t> dims;  // symbols given a size
  std::vector<KnownInput> knownInputs;
  /// Every dim of every input becomes a symbol of its own, but those that give another tensor its
  /// rank: the length of a 1-D integer input that is used as a shape, axes or sizes, and the last
  /// dim of an index. ImportedModule lists these.
  bool symbolicInputs = false;
  /// Other than Off: ImportedModule::training is filled, what it names are parameters whatever
  /// their size, and @main has a last argument "$step" (i64, rank 0; `plx.name`), by which random
  /// numbers differ from step to step; results with the attribute `plx.updates` = "NAME" are the
  /// new values of the statistics.
  TrainingImport training = TrainingImport::Off;
  uint64_t seed = 0;      // of random numbers in training
  bool keepTied = false;  // in training an Identity of a weight is that weight, not a copy
  /// Whether the user has a C function of this name, "my.domain:MyOp": nodes of that op call it.
  std::function<bool(const std::string &name)> isHostFunction;
};

/// A dim of an input that keeps its size under `symbolicInputs`.
struct ExemptDim {
  std::string input;
  int64_t axis, size;
};

/// What a model holds for training. Names are those of initializers of the main graph.
struct TrainingInfo {
  /// Float tensors of rank 1 or more that are weights: not bounds, ratios or scales of an operator.
  /// An Identity's output is one where it copies a weight.
  std::vector<std::string> weights;
  std::vector<std::string> statistics;  // running means and variances
  std::vector<std::string> scales;  // of one element, factors wherever they are used: not trained
  int normalizations = 0, dropouts = 0;  // nodes that Auto turned to training
};

struct ImportedModule {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<ImportedWeight> weights;  // sorted by name
  std::vector<ExemptDim> exempt;        // sorted by name and axis; empty without symbolicInputs
  TrainingInfo training;
};

/// Reads `path`. The file is mapped, and stays so while a weight refers to it.
absl::StatusOr<ImportedModule> importOnnxFile(mlir::MLIRContext &context, const std::string &path,
                                              const ImportOptions &options);
/// The same from bytes, which are copied where weights lie in them; external data are looked for in
/// `folder` ("": refused).
absl::StatusOr<ImportedModule> importOnnxBytes(mlir::MLIRContext &context, const void *bytes,
                                               size_t numBytes, const std::string &folder,
                                               const ImportOptions &options);

/// An operator that can be imported, by a converter or through its ONNX function body.
struct SupportedOperator {
  std::string domain, name;
  std::vector<int> versions;  // opsets of the domain that changed it, ascending
  std::string types;          // of the newest version, "T: f16 f32; I: i64"; "": ONNX has no schema
  std::string way;            // "mapped", "ONNX function"
};
/// Sorted by domain and name.
std::vector<SupportedOperator> supportedOnnxOperators();

}  // namespace plx

#endif  // PLEXUS_FRONTENDS_ONNX_IMPORT_H
