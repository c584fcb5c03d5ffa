#include "tests/unit/compiler/cpu/kernel_harness.h"

#include <gtest/gtest.h>

#include <random>

#include "compiler/cpu/Kernels.h"
#include "compiler/fusion/Passes.h"
#include "compiler/schedule/Passes.h"
#include "ir/eval/Evaluator.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Reshape.h"
#include "ir/types/Types.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

namespace plx::cpu::test {

namespace {

using Kernel = void (*)(void *, void *const *, const int64_t *, int64_t, int64_t, int32_t);

struct FakeRun {  // the fields of plx_run that kernels read
  char before[56];
  void *const *scratch;
};

eval::Tensor randomTensor(mlir::Type element, llvm::ArrayRef<int64_t> shape, std::mt19937 &random) {
  eval::Tensor tensor(element, shape);
  for (int64_t i = 0; i < tensor.numElements(); ++i) {
    if (tensor.isFloat())
      tensor.setFloat(i, std::uniform_real_distribution<>(-2, 2)(random));
    else
      tensor.setInt(i, std::uniform_int_distribution<>(0, 3)(random));
  }
  return tensor;
}

double difference(const eval::Tensor &expected, const eval::Tensor &actual) {
  if (expected.shape() != actual.shape()) return 1e30;
  double worst = 0;
  for (int64_t i = 0; i < expected.numElements(); ++i) {
    double e = expected.isFloat() ? expected.floats()[i] : expected.ints()[i];
    double a = expected.isFloat() ? actual.floats()[i] : actual.ints()[i];
    if (std::isnan(e) && std::isnan(a)) continue;
    if (e == a) continue;
    double error = std::abs(e - a) / (1 + std::abs(e));
    worst = std::max(worst, std::isnan(error) ? 1e30 : error);
  }
  return worst;
}

}  // namespace

KernelHarness::KernelHarness() { context_.loadDialect<PlxDialect, mlir::func::FuncDialect>(); }

double KernelHarness::compare(const std::string &text,
                              const std::vector<std::vector<int64_t>> &shapes,
                              const std::string &cpu, int64_t parts) {
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context_);
  if (!module) return 1e30;
  auto function = module->lookupSymbol<mlir::func::FuncOp>("f");
  std::mt19937 random(7);
  std::vector<eval::Tensor> tensors;
  for (auto [type, shape] : llvm::zip(function.getArgumentTypes(), shapes))
    tensors.push_back(
        randomTensor(mlir::cast<mlir::RankedTensorType>(type).getElementType(), shape, random));
  if (changeInputs) changeInputs(tensors);
  llvm::SmallVector<eval::Value> inputs(tensors.begin(), tensors.end());
  eval::Evaluator evaluator(*module);
  auto expected = evaluator.run("f", inputs);
  EXPECT_TRUE(succeeded(expected)) << evaluator.error();
  if (failed(expected)) return 1e30;
  lowered.clear();
  schedules.clear();
  results = runKernels(*module, function, inputs, cpu, parts);
  double worst = 0;
  for (size_t i = 0; i < results.size(); ++i)
    worst = std::max(worst, difference((*expected)[i].tensor(), results[i]));
  return worst;
}

std::vector<eval::Tensor> KernelHarness::runKernels(mlir::ModuleOp module,
                                                    mlir::func::FuncOp function,
                                                    llvm::ArrayRef<eval::Value> inputs,
                                                    const std::string &cpu, int64_t parts) {
  CompileOptions options;
  options.cpu = cpu;
  options.compileThreads = 1;
  TargetName target = *resolveTarget(options);
  cpu::Facts facts = cpu::factsOf(**makeTargetMachine(target));
  mlir::PassManager passes(&context_);
  passes.addPass(mlir::createCanonicalizerPass());
  passes.addPass(mlir::createCSEPass());
  passes.addNestedPass<mlir::func::FuncOp>(createFusePass());
  passes.addPass(createOutlinePass());
  passes.addPass(createSelectSchedulePass({facts.vectorBytes, facts.vectorRegisters}));
  EXPECT_TRUE(succeeded(passes.run(module)));
  llvm::raw_string_ostream(lowered) << module;
  auto objects = cpu::compileKernels(module, target, "k_", options);
  EXPECT_TRUE(objects.ok()) << objects.status();
  auto jit = llvm::cantFail(llvm::orc::LLJITBuilder().create());
  auto fail = llvm::orc::ExecutorAddr::fromPtr(
      +[](void *, int, int, int64_t, int64_t, int64_t) { return 1; });
  llvm::cantFail(jit->getMainJITDylib().define(llvm::orc::absoluteSymbols(
      {{jit->mangleAndIntern("plx_rt_fail"), {fail, llvm::JITSymbolFlags::Exported}}})));
  for (Object &object : *objects)
    llvm::cantFail(jit->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(object.bytes)));
  // values as bytes
  llvm::DenseMap<mlir::Value, std::vector<char>> bytes;
  llvm::DenseMap<mlir::Attribute, int64_t> symbols;
  for (auto [argument, input] : llvm::zip(function.getArguments(), inputs)) {
    bytes[argument] = input.tensor().toBytes();
    bytes[argument].resize(bytes[argument].size() + 64);
    for (auto [dim, size] : llvm::zip(dimsOf(argument.getType()), input.tensor().shape()))
      if (auto symbol = dim.asSymbol()) symbols[symbol->symbol()] = size;
  }
  auto valueOf = [&](Dim dim) {
    return *dim.evaluate([&](DimAtom symbol) -> std::optional<int64_t> {
      auto found = symbols.find(symbol.symbol());
      return found == symbols.end() ? std::nullopt : std::optional<int64_t>(found->second);
    });
  };
  std::vector<eval::Tensor> results;
  for (mlir::Operation &op : function.getBody().front()) {
    if (auto constant = mlir::dyn_cast<ConstantOp>(op)) {
      bytes[constant] =
          eval::Tensor::fromAttr(mlir::cast<mlir::DenseElementsAttr>(constant.getValue()))
              .toBytes();
    } else if (mlir::isa<ReshapeOp>(op)) {
      bytes[op.getResult(0)] = bytes[op.getOperand(0)];
    } else if (auto launch = mlir::dyn_cast<LaunchOp>(op)) {
      auto callee = module.lookupSymbol<KernelFuncOp>(launch.getCallee());
      std::vector<void *> buffers;
      for (mlir::Value input : launch.getInputs()) buffers.push_back(bytes[input].data());
      for (mlir::Value result : launch.getResults()) {
        auto type = mlir::cast<mlir::RankedTensorType>(result.getType());
        bytes[result].resize(
            valueOf(numElements(type)) * bytesOfElement(type.getElementType()) + 64, 0x55);
        buffers.push_back(bytes[result].data());
      }
      std::vector<int64_t> sizes;
      for (Dim size : launch.getSizes().dims()) sizes.push_back(valueOf(size));
      Dim units = callee->getAttrOfType<DimsAttr>("units")[0].substitute([&](DimAtom symbol) {
        for (auto [name, value] : llvm::zip(callee.getSymbols().dims(), sizes))
          if (name.asSymbol()->symbol() == symbol.symbol()) return Dim::constant(&context_, value);
        return Dim();
      });
      sizes.push_back(0);
      std::vector<char> scratch(1 << 22);
      void *scratchTable[1] = {scratch.data()};
      FakeRun run{{}, scratchTable};
      auto kernel = llvm::cantFail(jit->lookup("k_" + launch.getCallee().str())).toPtr<Kernel>();
      int64_t total = *units.constant();
      for (int64_t p = 0; p < parts; ++p)
        kernel(&run, buffers.data(), sizes.data(), total * p / parts, total * (p + 1) / parts, 0);
      schedules += callee.getSchedule().str() + " ";
    } else if (auto done = mlir::dyn_cast<mlir::func::ReturnOp>(op)) {
      for (mlir::Value value : done.getOperands()) {
        auto type = mlir::cast<mlir::RankedTensorType>(value.getType());
        llvm::SmallVector<int64_t> shape;
        for (Dim dim : dimsOf(type)) shape.push_back(valueOf(dim));
        size_t size = bytesOfElement(type.getElementType());
        for (int64_t dim : shape) size *= dim;
        results.push_back(*eval::Tensor::fromBytes(
            type.getElementType(), shape, llvm::ArrayRef<char>(bytes[value].data(), size)));
      }
    } else {
      ADD_FAILURE() << "left in the function: " << op.getName().getStringRef().str() << "\n"
                    << lowered;
    }
  }
  return results;
}

std::vector<std::string> testCpus() {
  std::vector<std::string> cpus{"host", "x86-64"};
  if (__builtin_cpu_supports("avx2")) cpus.push_back("haswell");
  return cpus;
}

void expectClose(const std::string &text, const std::vector<std::vector<int64_t>> &shapes,
                 double tolerance) {
  for (const std::string &cpu : testCpus()) {
    std::vector<std::vector<char>> bits;
    for (int64_t parts : {1, 3}) {
      KernelHarness harness;
      EXPECT_LE(harness.compare(text, shapes, cpu, parts), tolerance) << cpu << "\n"
                                                                      << harness.lowered;
      if (harness.results.empty()) return;
      bits.push_back(harness.results[0].toBytes());
    }
    EXPECT_EQ(bits[0], bits[1]) << cpu << ": another cut, other bits";
  }
}

}  // namespace plx::cpu::test
