#include "compiler/native/Target.h"

#include <mutex>

#include "absl/strings/str_cat.h"
#include "llvm/Analysis/CGSCCPassManager.h"
#include "llvm/Analysis/LoopAnalysisManager.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/PassManager.h"
#include "llvm/IR/Verifier.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Utils/Cloning.h"
#include "llvm/Transforms/Utils/Mem2Reg.h"

namespace plx {

absl::StatusOr<TargetName> resolveTarget(const CompileOptions &options) {
  static std::once_flag initialized;
  std::call_once(initialized, [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    llvm::InitializeAllAsmParsers();
  });
  TargetName name;
  name.triple = options.triple.empty() ? llvm::sys::getProcessTriple() : options.triple;
  name.cpu = options.cpu.empty() ? "generic" : options.cpu;
  if (name.cpu == "host") {
    name.cpu = llvm::sys::getHostCPUName().str();
    // By name and features: what a virtual machine offers may be less than its CPU's name says.
    llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
    std::vector<std::string> sorted;
    for (const auto &entry : features)
      sorted.push_back((entry.second ? "+" : "-") + entry.first().str());
    llvm::sort(sorted);
    for (const std::string &feature : sorted)
      name.features += (name.features.empty() ? "" : ",") + feature;
  }
  if (!options.features.empty())
    name.features += (name.features.empty() ? "" : ",") + options.features;
  return name;
}

absl::StatusOr<std::unique_ptr<llvm::TargetMachine>> makeTargetMachine(const TargetName &name) {
  std::string error;
  llvm::Triple triple(name.triple);
  const llvm::Target *target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target)
    return absl::InvalidArgumentError(absl::StrCat("unknown target `", name.triple, "`: ", error));
  llvm::TargetOptions options;
  options.FunctionSections = false;
  std::unique_ptr<llvm::TargetMachine> machine(
      target->createTargetMachine(triple, name.cpu, name.features, options, llvm::Reloc::PIC_,
                                  std::nullopt, llvm::CodeGenOptLevel::Default));
  if (!machine)
    return absl::InvalidArgumentError(
        absl::StrCat("no code can be generated for `", name.triple, "`"));
  if (!machine->getMCSubtargetInfo()->isCPUStringValid(name.cpu))
    return absl::InvalidArgumentError(
        absl::StrCat("`", name.cpu, "` is no CPU of target `", name.triple, "`"));
  return machine;
}

static void promoteAndJoin(llvm::Module &module, llvm::TargetMachine &machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::FunctionPassManager passes;
  passes.addPass(llvm::PromotePass());
  passes.addPass(llvm::EarlyCSEPass(/*UseMemorySSA=*/false));
  llvm::ModulePassManager manager;
  manager.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(passes)));
  manager.run(module, modules);
}

/// The lane of a constant mask that holds one lane alone.
static std::optional<uint64_t> onlyLane(llvm::Value *mask) {
  auto *constant = llvm::dyn_cast<llvm::Constant>(mask);
  auto *type = llvm::dyn_cast<llvm::FixedVectorType>(mask->getType());
  std::optional<uint64_t> only;
  for (unsigned lane = 0; constant && lane < type->getNumElements(); ++lane) {
    llvm::Constant *element = constant->getAggregateElement(lane);
    if (!element || element->isNullValue()) continue;
    if (only || !element->isOneValue()) return std::nullopt;
    only = lane;
  }
  return only;
}

/// Stores of one lane as plain stores. LLVM 22 for x86 stores the lane of a masked store of
/// truncated elements at the width it had before (llvm/llvm-project issue 179489): two bytes too
/// many of a bf16, behind the end of the buffer or into what another thread has written.
static void storeOneLanePlainly(llvm::Module &module) {
  llvm::SmallVector<llvm::IntrinsicInst *> stores;
  for (llvm::Function &function : module)
    for (llvm::Instruction &instruction : llvm::instructions(function)) {
      auto *call = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction);
      if (call && call->getIntrinsicID() == llvm::Intrinsic::masked_store) stores.push_back(call);
    }
  for (llvm::IntrinsicInst *store : stores) {
    std::optional<uint64_t> lane = onlyLane(store->getArgOperand(2));
    if (!lane) continue;
    llvm::IRBuilder<> b(store);
    llvm::Value *values = store->getArgOperand(0), *pointer = store->getArgOperand(1);
    llvm::Type *type = values->getType()->getScalarType();
    llvm::Align align = llvm::commonAlignment(
        store->getParamAlign(1).valueOrOne(),
        *lane * module.getDataLayout().getTypeStoreSize(type).getFixedValue());
    b.CreateAlignedStore(b.CreateExtractElement(values, *lane),
                         b.CreateConstGEP1_64(type, pointer, *lane), align);
    store->eraseFromParent();
  }
}

absl::StatusOr<Object> emitObject(llvm::Module &module, llvm::TargetMachine &machine,
                                  bool wantText) {
  module.setTargetTriple(machine.getTargetTriple());
  module.setDataLayout(machine.createDataLayout());
  std::string wrong;
  llvm::raw_string_ostream wrongStream(wrong);
  if (llvm::verifyModule(module, &wrongStream))
    return absl::InternalError(
        absl::StrCat("generated code for ", module.getName().str(), " is not valid: ", wrong));
  Object object;
  object.name = module.getName().str();
  promoteAndJoin(module, machine);
  storeOneLanePlainly(module);
  auto generate = [&](llvm::Module &what, llvm::CodeGenFileType type,
                      llvm::raw_pwrite_stream &stream) {
    llvm::legacy::PassManager passes;
    if (machine.addPassesToEmitFile(passes, stream, nullptr, type)) return false;
    passes.run(what);
    return true;
  };
  if (wantText) {
    llvm::raw_string_ostream(object.llvmText) << module;
    llvm::SmallString<0> text;
    llvm::raw_svector_ostream stream(text);
    std::unique_ptr<llvm::Module> copy = llvm::CloneModule(module);
    generate(*copy, llvm::CodeGenFileType::AssemblyFile, stream);
    object.asmText = text.str().str();
  }
  llvm::SmallString<0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  if (!generate(module, llvm::CodeGenFileType::ObjectFile, stream))
    return absl::InvalidArgumentError("the target cannot write object files");
  object.bytes = bytes.str().str();
  return object;
}

}  // namespace plx
