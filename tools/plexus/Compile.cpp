// plexus compile: ahead-of-time build.
#include "tools/plexus/Commands.h"
#include "tools/plexus/Compiler.h"
#include "tools/plexus/Failure.h"

namespace plx {
namespace {

/// By --emit, else by OUT's ending.
int32_t emitOf(const CompileCommand &options) {
  std::string emit = options.emit;
  auto endsWith = [&](const char *ending) { return options.out.ends_with(ending); };
  if (emit.empty())
    emit = endsWith(".so") ? "so" : endsWith(".o") ? "obj" : endsWith(".onnx") ? "onnx" : "exe";
  static constexpr std::pair<const char *, int32_t> table[] = {
      {"so", PLEXUS_EMIT_LIBRARY}, {"exe", PLEXUS_EMIT_EXECUTABLE}, {"obj", PLEXUS_EMIT_OBJECT},
      {"mlir", PLEXUS_EMIT_MLIR},  {"llvm", PLEXUS_EMIT_LLVM},      {"asm", PLEXUS_EMIT_ASM},
      {"onnx", PLEXUS_EMIT_ONNX},  {"cuda", PLEXUS_EMIT_CUDA},      {"ptx", PLEXUS_EMIT_PTX},
      {"cubin", PLEXUS_EMIT_CUBIN}};
  for (auto [name, number] : table)
    if (emit == name) return number;
  throw Failure("--emit " + emit + " is not known", kWrongUsage);
}

}  // namespace

int compileCommand(const CompileCommand &options) {
  int32_t emit = emitOf(options);
  bool isKernels = emit >= PLEXUS_EMIT_CUDA && emit <= PLEXUS_EMIT_CUBIN;
  if (options.common.device == "reference")
    throw Failure("--device reference runs the language itself; there is no code of it");
  if (isKernels && options.common.device != "cuda")
    throw Failure("--emit " + options.emit + " writes CUDA kernels; it wants --device cuda");
  ModelOptions given = ModelOptions::of(options.common);
  given.dims = parseDims(options.common.dims);
  given.target = options.target;
  given.cpu = options.cpu;
  given.features = options.features;
  if (options.opset != 0 && emit != PLEXUS_EMIT_ONNX)
    throw Failure("--opset says how a model is written as ONNX; it wants --emit onnx");
  given.opset = options.opset;
  ModelHandle model = openModel(options.model, given);
  uint32_t flags = options.runtime == "shared" ? PLEXUS_SHARED_RUNTIME : 0;
  char *message = nullptr;
  checkStatus(Compiler::get().modelWrite(model.get(), emit, flags, options.out.c_str(), &message),
              message);
  return 0;
}

}  // namespace plx
