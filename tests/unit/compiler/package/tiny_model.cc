#include "tests/unit/compiler/package/tiny_model.h"

#include "llvm/AsmParser/Parser.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "runtime/include/plexus_abi.h"

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

constexpr char kKernel[] = R"(
define void @tiny_kernel(ptr %run, ptr %buffers, ptr %sizes, i64 %begin, i64 %end, i32 %thread) {
entry:
  %x = load ptr, ptr %buffers
  %b1 = getelementptr ptr, ptr %buffers, i64 1
  %w = load ptr, ptr %b1
  %b2 = getelementptr ptr, ptr %buffers, i64 2
  %y = load ptr, ptr %b2
  br label %test
test:
  %i = phi i64 [%begin, %entry], [%next, %body]
  %more = icmp slt i64 %i, %end
  br i1 %more, label %body, label %done
body:
  %xi.at = getelementptr float, ptr %x, i64 %i
  %xi = load float, ptr %xi.at
  %j = and i64 %i, 3
  %wj.at = getelementptr float, ptr %w, i64 %j
  %wj = load float, ptr %wj.at
  %twice = fmul float %xi, 2.0
  %sum = fadd float %twice, %wj
  %yi.at = getelementptr float, ptr %y, i64 %i
  store float %sum, ptr %yi.at
  %next = add i64 %i, 1
  br label %test
done:
  ret void
}
)";

}  // namespace

std::string objectOf(const char *ir) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(ir, diagnostic, context);
  assert(module);
  llvm::Triple triple(llvm::sys::getDefaultTargetTriple());
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  std::unique_ptr<llvm::TargetMachine> machine(
      target->createTargetMachine(triple, "generic", "", {}, llvm::Reloc::PIC_));
  module->setTargetTriple(triple);
  module->setDataLayout(machine->createDataLayout());
  llvm::SmallString<0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  machine->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile);
  passes.run(*module);
  return bytes.str().str();
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
  program.objects = {{"host", objectOf(kHost), "", ""}, {"kernel", objectOf(kKernel), "", ""}};
  auto weights = std::make_shared<std::vector<float>>();
  for (int i = 0; i < 4; ++i) weights->push_back(bias + static_cast<float>(i));
  program.weights = {{"w", PLX_F32, {4}, 64, 16, reinterpret_cast<const char *>(weights->data())}};
  program.weightsBytes = 128;  // with bytes before and after w that must come out as zeros
  program.owned = weights;
  return program;
}

}  // namespace plx
