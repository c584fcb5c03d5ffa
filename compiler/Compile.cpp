#include "compiler/Compile.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "compiler/Limit.h"
#include "compiler/Pipeline.h"
#include "compiler/cpu/Kernels.h"
#include "compiler/cuda/Kernels.h"
#include "compiler/graph/Prepare.h"
#include "compiler/host/Emit.h"
#include "compiler/native/Target.h"
#include "compiler/package/Session.h"
#include "ir/types/Dim.h"
#include "ir/types/HostTypes.h"
#include "ir/types/Types.h"
#include "llvm/IR/LLVMContext.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "runtime/include/plexus_abi.h"

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
        llvm::SmallVector<Dim> dims = dimsOf(type);
        if (llvm::is_contained(dims, Dim())) return {type, mlir::WalkResult::skip()};  // of items
        return {tensorType(type.getElementType(), replaceAll(dims)), mlir::WalkResult::skip()};
      });
  replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true, /*replaceLocs=*/false,
                                        /*replaceTypes=*/true);
}

/// Writes a file of --save-temps, where that is asked for.
absl::Status saveText(const CompileOptions &options, const std::string &name,
                      const std::string &text) {
  if (options.saveTemps.empty()) return absl::OkStatus();
  std::error_code error;
  std::filesystem::create_directories(options.saveTemps, error);
  std::string path = options.saveTemps + "/" + name;
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file.fail())
    return absl::FailedPreconditionError(absl::StrCat("--save-temps: cannot write '", path, "'"));
  return absl::OkStatus();
}

absl::Status saveObjects(const CompileOptions &options, const std::vector<Object> &objects) {
  for (const Object &object : objects)
    for (auto [ending, text] : {std::pair(".ll", &object.llvmText),
                                std::pair(".s", &object.asmText), std::pair(".o", &object.bytes)})
      if (absl::Status status = saveText(options, object.name + ending, *text); !status.ok())
        return status;
  return absl::OkStatus();
}

std::string textOf(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream(text) << module;
  return text;
}

absl::Status saveModule(const CompileOptions &options, const std::string &name,
                        mlir::ModuleOp module) {
  return options.saveTemps.empty() ? absl::OkStatus() : saveText(options, name, textOf(module));
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

/// What weights alone determine, computed once: the bytes of parameters "prepared.N".
struct Prepared {
  std::map<std::string, WeightBytes> weights;
  std::shared_ptr<char> memory;
};

/// The kernels of `module` as code of the device, in `out`.
absl::Status compileForDevice(const std::vector<cuda::KernelSource> &sources,
                              const std::string &prefix, const CompileOptions &options,
                              CompiledProgram &out) {
  absl::StatusOr<DeviceCode> code = cuda::compileSources(sources, options);
  if (!code.ok()) return code.status();
  out.device = std::move(*code);
  for (const cuda::KernelSource &source : sources)
    if (absl::Status status = saveText(options, source.name + ".cu", source.text); !status.ok())
      return status;
  for (KernelInfo &kernel : out.info.kernels)
    for (size_t i = 0; i < sources.size(); ++i)
      if (kernel.name == prefix + sources[i].symbol) kernel.deviceKernel = static_cast<int>(i);
  return absl::OkStatus();
}

/// From tensors to objects: everything after the graph passes.
absl::StatusOr<CompiledProgram> lower(mlir::OwningOpRef<mlir::ModuleOp> &owned,
                                      const WeightLookup &weights, const CompileOptions &options,
                                      const TargetName &target, llvm::TargetMachine &machine) {
  bool onDevice = options.device != "cpu";
  if (absl::Status status = lowerWithinLimit(owned, options, cpu::factsOf(machine)); !status.ok())
    return status;
  mlir::ModuleOp module = *owned;
  CompiledProgram out;
  if (options.wantsText()) out.mlirText = textOf(module);
  if (absl::Status status = saveText(options, "3-program.mlir", out.mlirText); !status.ok())
    return status;

  HostOptions hostOptions;
  hostOptions.modelName = options.modelName;
  hostOptions.onDevice = onDevice;
  std::vector<cuda::KernelSource> sources;
  if (onDevice) sources = cuda::printKernels(module, options);
  llvm::LLVMContext context;
  absl::StatusOr<HostProgram> host = emitHostProgram(module, context, hostOptions);
  if (!host.ok()) return host.status();
  absl::StatusOr<Object> hostObject = absl::InternalError("not compiled");
  std::thread hostThread(
      [&] { hostObject = emitObject(*host->module, machine, options.wantsText()); });
  absl::StatusOr<std::vector<Object>> kernels = std::vector<Object>();
  absl::Status deviceStatus;
  out.info = std::move(host->info);
  if (onDevice)
    deviceStatus = compileForDevice(sources, hostOptions.kernelPrefix, options, out);
  else
    kernels = cpu::compileKernels(module, target, hostOptions.kernelPrefix, options);
  hostThread.join();
  if (!hostObject.ok()) return hostObject.status();
  if (!kernels.ok()) return kernels.status();
  if (!deviceStatus.ok()) return deviceStatus;
  out.info.triple = target.triple;
  out.info.targetCpu = target.cpu;
  out.info.features = target.features;
  out.objects.push_back(std::move(*hostObject));
  for (Object &kernel : *kernels) out.objects.push_back(std::move(kernel));
  if (absl::Status status = saveObjects(options, out.objects); !status.ok()) return status;
  if (absl::Status status = placeWeights(host->weights, weights, out); !status.ok()) return status;
  return out;
}

/// Compiles @prepare for this machine and runs it.
absl::StatusOr<Prepared> prepare(mlir::OwningOpRef<mlir::ModuleOp> &module,
                                 llvm::ArrayRef<std::string> names, const WeightLookup &weights,
                                 const CompileOptions &options) {
  CompileOptions here = options;
  here.device = "cpu";
  here.triple.clear();
  here.cpu = "host";
  here.features.clear();
  here.saveTemps.clear();
  here.keepText = false;
  here.printAfter.clear();
  here.memoryLimit = 0;
  absl::StatusOr<TargetName> target = resolveTarget(here);
  if (!target.ok()) return target.status();
  absl::StatusOr<std::unique_ptr<llvm::TargetMachine>> machine = makeTargetMachine(*target);
  if (!machine.ok()) return machine.status();
  auto main = module->lookupSymbol<mlir::func::FuncOp>("main");
  llvm::SmallVector<mlir::Type> types(main.getResultTypes());
  absl::StatusOr<CompiledProgram> program = lower(module, weights, here, *target, **machine);
  if (!program.ok()) return program.status();
  std::vector<uint64_t> offsets;
  uint64_t total = 0;
  for (mlir::Type type : types) {
    offsets.push_back(total);
    uint64_t bytes = *numElements(type).constant() *
                     bytesOfElement(mlir::cast<mlir::RankedTensorType>(type).getElementType());
    total += (bytes + kWeightAlignment - 1) / kWeightAlignment * kWeightAlignment;
  }
  Prepared prepared;
  auto *memory = static_cast<char *>(
      std::aligned_alloc(kWeightAlignment, std::max<uint64_t>(total, kWeightAlignment)));
  if (!memory)
    return absl::ResourceExhaustedError(
        absl::StrCat("no memory for ", total, " bytes of prepared weights"));
  prepared.memory = std::shared_ptr<char>(memory, std::free);
  std::vector<plx_tensor> outputs;
  for (auto [i, type] : llvm::enumerate(types)) {
    auto tensor = mlir::cast<mlir::RankedTensorType>(type);
    outputs.push_back({memory + offsets[i], tensor.getShape().data(),
                       static_cast<int32_t>(tensor.getRank()),
                       elementTypeCode(tensor.getElementType())});
    uint64_t bytes = *numElements(type).constant() * bytesOfElement(tensor.getElementType());
    prepared.weights[names[i]] = {memory + offsets[i], bytes};
  }
  if (absl::Status status = runOnce(*program, {}, outputs, options.compileThreads); !status.ok())
    return status;
  return prepared;
}

}  // namespace

ValueInfo kindOf(mlir::Type type) {
  ValueInfo info;
  if (mlir::isa<SequenceType>(type)) info.kind = PLX_KIND_SEQUENCE;
  if (mlir::isa<OptionalType>(type)) info.kind = PLX_KIND_OPTIONAL;
  if (mlir::isa<MapType>(type)) info.kind = PLX_KIND_MAP;
  for (;;) {
    if (auto sequence = mlir::dyn_cast<SequenceType>(type))
      type = sequence.element();
    else if (auto optional = mlir::dyn_cast<OptionalType>(type))
      type = optional.element();
    else
      break;
  }
  auto map = mlir::dyn_cast<MapType>(type);
  info.elementType =
      elementTypeCode(map ? map.value() : mlir::cast<mlir::TensorType>(type).getElementType());
  return info;
}

absl::StatusOr<CompiledProgram> compileModule(mlir::OwningOpRef<mlir::ModuleOp> module,
                                              const WeightLookup &weights,
                                              const CompileOptions &given) {
  CompileOptions options = given;
  // What is left to the host is a line of calls: code for any CPU serves, and goes to any machine
  // that has the device.
  if (options.device != "cpu" && options.cpu == "host") options.cpu = "generic";
  absl::StatusOr<TargetName> target = resolveTarget(options);
  if (!target.ok()) return target.status();
  absl::StatusOr<std::unique_ptr<llvm::TargetMachine>> machine = makeTargetMachine(*target);
  if (!machine.ok()) return machine.status();
  specialize(*module, options.dims);
  if (absl::Status status = saveModule(options, "1-imported.mlir", *module); !status.ok())
    return status;

  mlir::PassManager graph(module->getContext());
  addGraphPasses(graph, cpu::factsOf(**machine), options.device != "cpu");
  if (absl::Status status = runPasses(graph, *module, options); !status.ok()) return status;
  if (absl::Status status = saveModule(options, "2-graph.mlir", *module); !status.ok())
    return status;

  auto [prepareModule, names] = takePrepare(*module);
  Prepared prepared;
  if (prepareModule) {
    absl::StatusOr<Prepared> done = prepare(prepareModule, names, weights, options);
    if (!done.ok()) return done.status();
    prepared = std::move(*done);
  }
  auto lookup = [&](const std::string &name) -> absl::StatusOr<WeightBytes> {
    auto found = prepared.weights.find(name);
    return found == prepared.weights.end() ? weights(name) : found->second;
  };
  absl::StatusOr<CompiledProgram> out = lower(module, lookup, options, *target, **machine);
  if (out.ok())
    out->owned = std::make_shared<std::pair<std::shared_ptr<void>, std::shared_ptr<void>>>(
        out->owned, prepared.memory);
  return out;
}

}  // namespace plx
