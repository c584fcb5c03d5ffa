#include "tests/unit/compiler/package/tiny_model.h"

#include "compiler/native/Target.h"
#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SourceMgr.h"
#include "runtime/include/plexus_abi.h"
#include "tests/unit/compiler/loop_kernel.h"

namespace plx {
namespace {

// Offsets are those of plexus_abi.h.
constexpr char kHost[] = R"(
declare ptr @plx_rt_output(ptr, i32, i32, ptr)
declare i32 @plx_rt_parallel(ptr, i32, ptr, ptr, ptr, i64, i64)
declare void @tiny_kernel(ptr, ptr, ptr, i64, i64, i32)
define i32 @plx_module_run(ptr %run) {
  %buffers = alloca [3 x ptr]
  %inputs.at = getelementptr i8, ptr %run, i64 8
  %inputs = load ptr, ptr %inputs.at
  %x = load ptr, ptr %inputs
  %dims.at = getelementptr i8, ptr %inputs, i64 8
  %dims = load ptr, ptr %dims.at
  %n = load i64, ptr %dims
  %y = call ptr @plx_rt_output(ptr %run, i32 0, i32 1, ptr %dims)
  %failed = icmp eq ptr %y, null
  br i1 %failed, label %fault, label %launch
launch:
  %parameters.at = getelementptr i8, ptr %run, i64 24
  %parameters = load ptr, ptr %parameters.at
  %w = load ptr, ptr %parameters
  store ptr %x, ptr %buffers
  %b1 = getelementptr ptr, ptr %buffers, i64 1
  store ptr %w, ptr %b1
  %b2 = getelementptr ptr, ptr %buffers, i64 2
  store ptr %y, ptr %b2
  %code = call i32 @plx_rt_parallel(ptr %run, i32 0, ptr @tiny_kernel, ptr %buffers, ptr null, i64 %n, i64 1)
  ret i32 %code
fault:
  %code.at = getelementptr i8, ptr %run, i64 64
  %fault.code = load i32, ptr %code.at
  ret i32 %fault.code
}
)";

// v = 2 * x[i] + w[i % 4]
constexpr char kValue[] = R"(  %x.at = getelementptr float, ptr %b0, i64 %i
  %x = load float, ptr %x.at
  %j = and i64 %i, 3
  %w.at = getelementptr float, ptr %b1, i64 %j
  %w = load float, ptr %w.at
  %twice = fmul float %x, 2.0
  %v = fadd float %twice, %w)";

}  // namespace

std::string objectOf(const std::string &ir) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(ir, diagnostic, context);
  assert(module);
  CompileOptions options;
  options.cpu = "generic";
  auto machine = makeTargetMachine(*resolveTarget(options));
  return emitObject(*module, **machine, /*wantText=*/false)->bytes;
}

CompiledProgram tinyModel(const std::string &name, float bias) {
  CompiledProgram program;
  ProgramInfo &info = program.info;
  info.modelName = name;
  info.targetCpu = "generic";
  info.symbols = {{"n", 0}};
  DimInfo n{-1, 0, "n"};
  info.inputs = {{"x", PLX_F32, {n}, -1}};
  info.outputs = {{"y", PLX_F32, {n}, -1}};
  info.kernels = {{"tiny_kernel", "map", "/mul, /add", -1, -1}};
  info.sites = {{"/mul", "Mul", ""}};
  info.arenaBytes = 0;
  program.objects = {{"host", objectOf(kHost), "", ""},
                     {"kernel", objectOf(loopKernel("tiny_kernel", 3, kValue)), "", ""}};
  auto weights = std::make_shared<std::vector<float>>();
  for (int i = 0; i < 4; ++i) weights->push_back(bias + static_cast<float>(i));
  program.weights = {{"w", PLX_F32, {4}, 64, 16, reinterpret_cast<const char *>(weights->data())}};
  program.weightsBytes = 128;  // with bytes before and after w that must come out as zeros
  program.owned = weights;
  return program;
}

}  // namespace plx
