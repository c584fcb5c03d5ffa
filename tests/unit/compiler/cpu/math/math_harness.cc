#include "math_harness.h"

#include <cmath>
#include <limits>

#include "llvm/ADT/StringMap.h"
#include "llvm/ExecutionEngine/Orc/JITTargetMachineBuilder.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Object/ObjectFile.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"

namespace plx::cpu::test {
namespace {

template <typename T>
T check(llvm::Expected<T> value) {
  if (!value) llvm::report_fatal_error(value.takeError());
  return std::move(*value);
}

void initializeTargets() {
  static const bool done = [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    return true;
  }();
  (void)done;
}

template <typename T>
double ulpErrorOf(T got, long double want) {
  constexpr double kWrong = std::numeric_limits<double>::infinity();
  using Limits = std::numeric_limits<T>;
  if (std::isnan(want) || std::isnan(got)) return std::isnan(want) == std::isnan(got) ? 0 : kWrong;
  if (std::signbit(want) != std::signbit(got)) return kWrong;
  long double g = std::fabs(static_cast<long double>(got)), w = std::fabs(want);
  if (w == 0 || std::isinf(w)) return g == w ? 0 : kWrong;
  long double overflow = std::ldexp(1.0L, Limits::max_exponent);
  if (std::isinf(got)) g = overflow;
  if (w > overflow) w = overflow;
  int exponent = std::max(std::ilogb(w), Limits::min_exponent - 1);
  exponent = std::min(exponent, Limits::max_exponent - 1);
  return static_cast<double>(std::fabs(g - w) / std::ldexp(1.0L, exponent - Limits::digits + 1));
}

}  // namespace

std::vector<Variant> hostVariants() {
  std::vector<Variant> variants{{"plain", {}}};
  auto features = llvm::sys::getHostCPUFeatures();
  bool x86 = llvm::Triple(llvm::sys::getProcessTriple()).isX86();
  if (!x86 || features.lookup("fma"))
    variants.push_back({"fma", {.fma = true, .roundInstructions = true, .f16c = true}});
  if (features.lookup("avx512f") && features.lookup("avx512vl") && features.lookup("avx512dq"))
    variants.push_back(
        {"avx512", {.fma = true, .roundInstructions = true, .avx512 = true, .f16c = true}});
  return variants;
}

Emit unary(llvm::Value *(*f)(llvm::IRBuilderBase &, const MathFacts &, llvm::Value *)) {
  return [f](llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x, llvm::Value *) {
    return f(b, facts, x);
  };
}

Emit binary(llvm::Value *(*f)(llvm::IRBuilderBase &, const MathFacts &, llvm::Value *,
                              llvm::Value *)) {
  return [f](llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *x, llvm::Value *y) {
    return f(b, facts, x, y);
  };
}

void buildLoop(llvm::Module &module, const std::string &name, const Emit &emit,
               const MathFacts &facts, llvm::Type *in, llvm::Type *out, unsigned width) {
  llvm::LLVMContext &context = module.getContext();
  llvm::IRBuilder<> b(context);
  auto shaped = [&](llvm::Type *t) {
    return width == 1 ? t : llvm::FixedVectorType::get(t, width);
  };
  auto *type = llvm::FunctionType::get(
      b.getVoidTy(), {b.getPtrTy(), b.getPtrTy(), b.getPtrTy(), b.getInt64Ty()}, false);
  auto *f = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, module);
  auto *entry = llvm::BasicBlock::Create(context, "entry", f);
  auto *body = llvm::BasicBlock::Create(context, "body", f);
  b.SetInsertPoint(entry);
  b.CreateBr(body);
  b.SetInsertPoint(body);
  auto *i = b.CreatePHI(b.getInt64Ty(), 2);
  i->addIncoming(b.getInt64(0), entry);
  llvm::Align inAlign(in->getScalarSizeInBits() / 8), outAlign(out->getScalarSizeInBits() / 8);
  auto *x = b.CreateAlignedLoad(shaped(in), b.CreateGEP(in, f->getArg(0), i), inAlign);
  auto *y = b.CreateAlignedLoad(shaped(in), b.CreateGEP(in, f->getArg(1), i), inAlign);
  auto *result = emit(b, facts, x, y);
  b.CreateAlignedStore(result, b.CreateGEP(out, f->getArg(2), i), outAlign);
  auto *next = b.CreateAdd(i, b.getInt64(width));
  i->addIncoming(next, b.GetInsertBlock());
  auto *done = llvm::BasicBlock::Create(context, "done", f);
  b.CreateCondBr(b.CreateICmpSLT(next, f->getArg(3)), body, done);
  b.SetInsertPoint(done);
  b.CreateRetVoid();
}

llvm::Type *typeNamed(llvm::LLVMContext &context, const std::string &name) {
  if (name == "f32") return llvm::Type::getFloatTy(context);
  if (name == "f64") return llvm::Type::getDoubleTy(context);
  return llvm::Type::getIntNTy(context, std::stoi(name.substr(1)));
}

Jit::Jit(const Emit &emit, const MathFacts &facts, const std::string &in, const std::string &out,
         const std::vector<unsigned> &widths) {
  initializeTargets();
  auto context = std::make_unique<llvm::LLVMContext>();
  auto module = std::make_unique<llvm::Module>("math", *context);
  for (unsigned width : widths)
    buildLoop(*module, "loop" + std::to_string(width), emit, facts, typeNamed(*context, in),
              typeNamed(*context, out), width);
  if (llvm::verifyModule(*module, &llvm::errs())) llvm::report_fatal_error("malformed IR");
  jit_ = check(llvm::orc::LLJITBuilder().create());
  module->setDataLayout(jit_->getDataLayout());
  if (auto error =
          jit_->addIRModule(llvm::orc::ThreadSafeModule(std::move(module), std::move(context))))
    llvm::report_fatal_error(std::move(error));
  for (unsigned width : widths)
    loops_.push_back({width, check(jit_->lookup("loop" + std::to_string(width))).toPtr<Loop>()});
}

void Jit::run(unsigned width, const void *x, const void *y, void *out, int64_t count) const {
  for (auto [loopWidth, loop] : loops_)
    if (loopWidth == width) return loop(x, y, out, count);
  llvm::report_fatal_error("no loop of this width was compiled");
}

double ulpError(float got, long double want) { return ulpErrorOf(got, want); }
double ulpError(double got, long double want) { return ulpErrorOf(got, want); }

std::vector<std::string> undefinedSymbols(llvm::Module &module, const std::string &triple,
                                          const std::string &cpu) {
  initializeTargets();
  llvm::Triple parsed(triple);
  std::string error;
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(parsed, error);
  if (!target) llvm::report_fatal_error(llvm::StringRef(error));
  std::unique_ptr<llvm::TargetMachine> machine(
      target->createTargetMachine(parsed, cpu, "", {}, llvm::Reloc::PIC_));
  module.setTargetTriple(parsed);
  module.setDataLayout(machine->createDataLayout());
  llvm::SmallVector<char, 0> object;
  llvm::raw_svector_ostream stream(object);
  llvm::legacy::PassManager passes;
  machine->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile);
  passes.run(module);
  auto file = check(llvm::object::ObjectFile::createObjectFile(
      llvm::MemoryBufferRef(llvm::StringRef(object.data(), object.size()), "object")));
  std::vector<std::string> names;
  for (const auto &symbol : file->symbols())
    if (check(symbol.getFlags()) & llvm::object::SymbolRef::SF_Undefined)
      if (auto name = check(symbol.getName()); !name.empty()) names.push_back(name.str());
  return names;
}

}  // namespace plx::cpu::test
