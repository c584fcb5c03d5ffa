// Export of programs as ONNX: a module of plx in, a model file out. No type of protobuf or onnx
// appears here.
//
//   absl::Status status = plx::exportOnnxFile(module, weights, "out.onnx", {});
//
// @main becomes the graph; its inputs, outputs, parameters and symbolic sizes keep their names.
// The module is read only. What is written has passed onnx's checker and its strict inference, and
// appears whole or not at all. Errors: Unimplemented with every op and type that ONNX lacks (at
// the opset asked for), all in one message; PermissionDenied where the file cannot be written.
// Nothing throws or aborts. Threads: as an MLIRContext may be read.
#ifndef PLEXUS_FRONTENDS_ONNX_EXPORT_H
#define PLEXUS_FRONTENDS_ONNX_EXPORT_H

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "llvm/ADT/StringRef.h"
#include "mlir/IR/BuiltinOps.h"

namespace plx {

/// The bytes of a plx.parameter: row-major, little-endian, a byte an element for bool and types
/// below a byte. They live until the export returns.
using ExportWeights = std::function<absl::StatusOr<llvm::StringRef>(const std::string &name)>;

struct ExportOptions {
  std::string name = "main";  // of the graph
  /// Of ai.onnx, 13 or more. 0: that which the module came from (`plx.opset`) where it holds every
  /// op used, else the lowest that does.
  int opset = 0;
  /// Weights of more bytes than this lie in a file beside, "OUT.weights": protobuf ends at 2 GiB.
  uint64_t maxInsideBytes = uint64_t{1} << 30;
};

absl::Status exportOnnxFile(mlir::ModuleOp module, const ExportWeights &weights,
                            const std::string &path, const ExportOptions &options);

}  // namespace plx

#endif  // PLEXUS_FRONTENDS_ONNX_EXPORT_H
