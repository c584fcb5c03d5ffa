// From a plx module to native objects: the whole pipeline behind one call.
//
//   plx module --graph passes, fusion, schedules, memory plan--> host program + kernels --cpu-->
//   ELF objects
//
// The result is position-independent relocatable objects and the bytes of the weights;
// compiler/package makes a shared library, an executable or a running session of the very same
// objects.
#ifndef PLEXUS_COMPILER_COMPILE_H
#define PLEXUS_COMPILER_COMPILE_H

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace plx {

/// Where the bytes of a named weight are: row-major elements as plx programs hold them (sub-byte
/// types a byte an element).
struct WeightBytes {
  const char *data = nullptr;
  uint64_t bytes = 0;
};
/// Looks up a plx.parameter's bytes by name; the memory outlives the compilation (a mapped file).
using WeightLookup = std::function<absl::StatusOr<WeightBytes>(const std::string &name)>;

struct CompileOptions {
  std::string modelName = "model";
  std::string triple;          // empty: this machine's
  std::string cpu = "host";    // LLVM's CPU name; "host": this machine, with its features
  std::string features;        // further features, "+avx512vnni,-avx512f"
  std::string device = "cpu";  // where kernels run: "cpu", "cuda", "cuda-emulated"
  std::vector<int> cudaArchitectures{80, 90};  // of cubins, ascending; PTX is of the last
  bool deviceImages = true;                    // false: the kernels' sources are enough
  int compileThreads = 0;                      // 0: as many as this process may use
  /// Bytes that a program which updates inputs may take: those inputs, weights, the arena. 0: any.
  int64_t memoryLimit = 0;
  bool fastMath = false;                // --fast-math: lets floats be reassociated
  bool tf32 = false;                    // --tf32: lets a CUDA device multiply f32 as tf32
  bool verifyAfterAll = false;          // run the verifier after every pass
  std::vector<std::string> printAfter;  // passes after which the module is printed ("all")
  std::string saveTemps;                // folder for every stage's text; empty: none
  bool keepText = false;                // fill mlirText, llvmText and asmText of the result
  std::vector<std::pair<std::string, int64_t>> dims;  // symbolic dims that are given a value
  std::function<bool(const char *stage, double share)> progress;  // false cancels

  bool wantsText() const { return keepText || !saveTemps.empty(); }
};

/// One ELF relocatable object.
struct Object {
  std::string name;  // "host", "kernel_softmax_3", ...
  std::string bytes;
  std::string llvmText, asmText;  // filled when saveTemps or asked for by --emit
};

/// Bytes placed in the weights blob.
struct PlacedWeight {
  std::string name;
  int elementType;  // ONNX number
  std::vector<int64_t> dims;
  uint64_t offset, bytes;  // offset a multiple of 64
  const char *data;        // into `owned` or a mapped file
};

// What the module descriptor says (runtime/include/plexus_abi.h has the meaning of each).
struct DimInfo {
  int64_t constant = -1;
  int32_t symbol = -1;
  std::string text;
};
struct ValueInfo {
  std::string name;
  int32_t elementType;  // of an object: that of the tensors in it
  std::vector<DimInfo> dims;
  int32_t donated = -1;
  int32_t kind = 0;  // plx_value_kind
};
/// Kind and element type of a value of this type, the rest left open.
ValueInfo kindOf(mlir::Type type);
struct KernelInfo {
  std::string name, schedule, nodes;
  int64_t flops = -1, bytes = -1;
  int deviceKernel = -1;  // index into DeviceCode::kernels
};
struct SiteInfo {
  std::string node, op, message;  // message empty: the fault code's own text
};
struct ImportInfo {
  std::string name, attributes;
};
/// Code of kernels for a device (plx_device_code).
struct DeviceImage {
  int kind;          // plx_image_kind
  int architecture;  // 90 for sm_90
  std::string bytes;
};
struct DeviceOperand {
  int access, elementBytes;
  std::string bytes;  // an expression over s0, s1, ...; empty: unknown
};
/// What the assembler said of a kernel for an architecture.
struct DeviceReport {
  int architecture, registers, spilledBytes, sharedBytes;
};
struct DeviceKernelInfo {
  std::string entry, schedule, nodes;
  std::string source;  // CUDA C++, complete
  std::string blocks;  // of a launch: an expression over its sizes
  std::vector<DeviceOperand> operands;
  int numSizes = 0, firstImage = 0, numImages = 1, threads = 256, sharedBytes = 0;
  bool wantsScratch = false;
  std::vector<DeviceReport> reports;
  std::vector<std::string> warnings;
};
struct DeviceCode {
  std::string device;  // empty: none, kernels are code of the CPU
  std::vector<DeviceImage> images;
  std::vector<DeviceKernelInfo> kernels;  // each once
};
struct ProgramInfo {
  std::string modelName, targetCpu, features, triple;
  std::vector<std::pair<std::string, int64_t>> symbols;  // name, lower bound
  std::vector<ValueInfo> inputs, outputs;
  std::vector<KernelInfo> kernels;
  std::vector<SiteInfo> sites;
  std::vector<ImportInfo> imports;
  int32_t numStates = 0;
  uint64_t scratchBytes = 0;
  int64_t arenaBytes = -1;
  std::string runSymbol =
      "plx_module_run";  // the host program's function, defined in one of the objects
};

struct CompiledProgram {
  ProgramInfo info;
  std::vector<Object>
      objects;  // host program and kernels; the descriptor is added by compiler/package
  std::vector<PlacedWeight>
      weights;  // in order of offset: what the program reads, packed where the schedule wants it
  uint64_t weightsBytes = 0;
  DeviceCode device;
  std::shared_ptr<void> owned;  // keeps computed weights alive
  std::string mlirText;         // the program just before target emission, when asked for
};

/// Compiles @main of `module`. Errors name file, node and op.
absl::StatusOr<CompiledProgram> compileModule(mlir::OwningOpRef<mlir::ModuleOp> module,
                                              const WeightLookup &weights,
                                              const CompileOptions &options);

}  // namespace plx

#endif  // PLEXUS_COMPILER_COMPILE_H
