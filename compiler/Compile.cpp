#include "compiler/Compile.h"

#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "compiler/Pipeline.h"
#include "compiler/cpu/Kernels.h"
#include "compiler/host/Emit.h"
#include "compiler/native/Target.h"
#include "ir/types/Dim.h"
#include "ir/types/Types.h"
#include "llvm/IR/LLVMContext.h"
#include "mlir/IR/AttrTypeSubElements.h"

namespace plx {

namespace {

constexpr uint64_t kWeightAlignment = 64;  // PLX_ALIGNMENT

/// Gives symbols their values, throughout types and attributes.
void specialize(mlir::ModuleOp module, const std::vector<std::pair<std::string, int64_t>> &values) {
  if (values.empty()) return;
  mlir::MLIRContext *context = module.getContext();
  auto replace = [&](Dim dim) {
    return dim.substitute([&](DimAtom symbol) {
      for (const auto &[name, value] : values)
        if (symbol.symbol() == name) return Dim::constant(context, value);
      return Dim();
    });
  };
  auto replaceAll = [&](llvm::ArrayRef<Dim> dims) {
    llvm::SmallVector<Dim> out;
    for (Dim dim : dims) out.push_back(replace(dim));
    return out;
  };
  mlir::AttrTypeReplacer replacer;
  replacer.addReplacement([&](DimsAttr dims) -> std::pair<mlir::Attribute, mlir::WalkResult> {
    return {DimsAttr::get(context, replaceAll(dims.dims())), mlir::WalkResult::skip()};
  });
  replacer.addReplacement(
      [&](mlir::RankedTensorType type) -> std::pair<mlir::Type, mlir::WalkResult> {
        return {tensorType(type.getElementType(), replaceAll(dimsOf(type))),
                mlir::WalkResult::skip()};
      });
  replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true, /*replaceLocs=*/false,
                                        /*replaceTypes=*/true);
}

void saveText(const CompileOptions &options, const std::string &name, const std::string &text) {
  if (options.saveTemps.empty()) return;
  std::ofstream(options.saveTemps + "/" + name) << text;
}

std::string textOf(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream(text) << module;
  return text;
}

/// Places the program's weights in the blob: the model's own by lookup, constants from the program.
absl::Status placeWeights(const std::vector<HostWeight> &wanted, const WeightLookup &lookup,
                          CompiledProgram &out) {
  auto constants = std::make_shared<std::vector<std::string>>();
  constants->reserve(wanted.size());
  for (const HostWeight &weight : wanted) {
    PlacedWeight placed{weight.name, weight.elementType, weight.dims, out.weightsBytes, 0, nullptr};
    if (weight.isConstant) {
      constants->push_back(weight.bytes);
      placed.data = constants->back().data();
      placed.bytes = constants->back().size();
    } else {
      absl::StatusOr<WeightBytes> bytes = lookup(weight.name);
      if (!bytes.ok()) return bytes.status();
      placed.data = bytes->data;
      placed.bytes = bytes->bytes;
    }
    out.weightsBytes =
        (placed.offset + placed.bytes + kWeightAlignment - 1) / kWeightAlignment * kWeightAlignment;
    out.weights.push_back(std::move(placed));
  }
  out.owned = constants;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CompiledProgram> compileModule(mlir::OwningOpRef<mlir::ModuleOp> module,
                                              const WeightLookup &weights,
                                              const CompileOptions &options) {
  absl::StatusOr<TargetName> target = resolveTarget(options);
  if (!target.ok()) return target.status();
  absl::StatusOr<std::unique_ptr<llvm::TargetMachine>> machine = makeTargetMachine(*target);
  if (!machine.ok()) return machine.status();
  cpu::Facts facts = cpu::factsOf(**machine);
  specialize(*module, options.dims);
  saveText(options, "1-imported.mlir", options.saveTemps.empty() ? "" : textOf(*module));

  mlir::PassManager graph(module->getContext());
  addGraphPasses(graph, facts);
  if (absl::Status status = runPasses(graph, *module, options); !status.ok()) return status;
  saveText(options, "2-graph.mlir", options.saveTemps.empty() ? "" : textOf(*module));

  mlir::PassManager lowering(module->getContext());
  addLoweringPasses(lowering, facts);
  if (absl::Status status = runPasses(lowering, *module, options); !status.ok()) return status;
  CompiledProgram out;
  if (options.wantsText()) out.mlirText = textOf(*module);
  saveText(options, "3-program.mlir", out.mlirText);

  HostOptions hostOptions;
  hostOptions.modelName = options.modelName;
  llvm::LLVMContext context;
  absl::StatusOr<HostProgram> host = emitHostProgram(*module, context, hostOptions);
  if (!host.ok()) return host.status();
  absl::StatusOr<Object> hostObject = absl::InternalError("not compiled");
  std::thread hostThread(
      [&] { hostObject = emitObject(*host->module, **machine, options.wantsText()); });
  absl::StatusOr<std::vector<Object>> kernels =
      cpu::compileKernels(*module, *target, hostOptions.kernelPrefix, options);
  hostThread.join();
  if (!hostObject.ok()) return hostObject.status();
  if (!kernels.ok()) return kernels.status();
  out.info = std::move(host->info);
  out.info.triple = target->triple;
  out.info.targetCpu = target->cpu;
  out.info.features = target->features;
  out.objects.push_back(std::move(*hostObject));
  for (Object &kernel : *kernels) out.objects.push_back(std::move(kernel));
  for (const Object &object : out.objects) {
    saveText(options, object.name + ".ll", object.llvmText);
    saveText(options, object.name + ".s", object.asmText);
  }
  if (absl::Status status = placeWeights(host->weights, weights, out); !status.ok()) return status;
  return out;
}

}  // namespace plx
