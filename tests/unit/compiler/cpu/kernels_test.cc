// Kernels as the CPU target emits them, against the reference evaluator: functions go through
// fusion, outlining and schedule selection, their kernels are compiled and run in order on random
// inputs.
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
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

namespace {

using namespace plx;
using Kernel = void (*)(void *, void *const *, const int64_t *, int64_t, int64_t, int32_t);

struct FakeRun {  // the fields of plx_run that kernels read
  char before[56];
  void *const *scratch;
};

class Harness {
 public:
  Harness() { context_.loadDialect<PlxDialect, mlir::func::FuncDialect>(); }

  /// Runs @f of `text` both ways; `cpu`: LLVM CPU name. Returns the largest error relative to 1 +
  /// |expected|.
  double compare(const std::string &text, const std::vector<std::vector<int64_t>> &shapes,
                 const std::string &cpu = "host", int64_t parts = 1) {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context_);
    if (!module) return 1e30;
    auto function = module->lookupSymbol<mlir::func::FuncOp>("f");
    llvm::SmallVector<eval::Value> inputs;
    std::mt19937 random(7);
    for (auto [type, shape] : llvm::zip(function.getArgumentTypes(), shapes))
      inputs.push_back(
          randomTensor(mlir::cast<mlir::RankedTensorType>(type).getElementType(), shape, random));
    eval::Evaluator evaluator(*module);
    auto expected = evaluator.run("f", inputs);
    EXPECT_TRUE(succeeded(expected)) << evaluator.error();
    if (failed(expected)) return 1e30;
    auto actual = runKernels(*module, function, inputs, cpu, parts);
    double worst = 0;
    for (size_t i = 0; i < actual.size(); ++i)
      worst = std::max(worst, difference((*expected)[i].tensor(), actual[i]));
    return worst;
  }
  std::string lowered;
  std::string schedules;

 private:
  static eval::Tensor randomTensor(mlir::Type element, llvm::ArrayRef<int64_t> shape,
                                   std::mt19937 &random) {
    eval::Tensor tensor(element, shape);
    for (int64_t i = 0; i < tensor.numElements(); ++i) {
      if (tensor.isFloat())
        tensor.setFloat(i, std::uniform_real_distribution<>(-2, 2)(random));
      else
        tensor.setInt(i, std::uniform_int_distribution<>(0, 3)(random));
    }
    return tensor;
  }

  static double difference(const eval::Tensor &expected, const eval::Tensor &actual) {
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

  std::vector<eval::Tensor> runKernels(mlir::ModuleOp module, mlir::func::FuncOp function,
                                       llvm::ArrayRef<eval::Value> inputs, const std::string &cpu,
                                       int64_t parts) {
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
            if (name.asSymbol()->symbol() == symbol.symbol())
              return Dim::constant(&context_, value);
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

  mlir::MLIRContext context_;
};

const char *const kCpus[] = {"host", "x86-64", "haswell"};

void expectClose(const std::string &text, const std::vector<std::vector<int64_t>> &shapes,
                 double tolerance) {
  for (const char *cpu : kCpus) {
    if (llvm::StringRef(cpu) == "haswell" && !__builtin_cpu_supports("avx2")) continue;
    for (int64_t parts : {1, 3}) {
      Harness harness;
      EXPECT_LE(harness.compare(text, shapes, cpu, parts), tolerance) << cpu << "\n"
                                                                      << harness.lowered;
    }
  }
}

TEST(Kernels, PointwiseChain) {
  expectClose(R"(func.func @f(%x: tensor<5x37xf32>, %y: tensor<5x37xf32>) -> tensor<5x37xf32> {
    %a = plx.pointwise add(%x, %y) : (tensor<5x37xf32>, tensor<5x37xf32>) -> tensor<5x37xf32>
    %b = plx.pointwise exp(%a) : (tensor<5x37xf32>) -> tensor<5x37xf32>
    return %b : tensor<5x37xf32>
  })",
              {{5, 37}, {5, 37}}, 1e-6);
}

TEST(Kernels, Softmax) {
  expectClose(
      R"(func.func @f(%x: tensor<?x37xf32, #plx.dims<[n, 37]>>) -> tensor<?x37xf32, #plx.dims<[n, 37]>> {
    %m = plx.reduce max %x [1] : (tensor<?x37xf32, #plx.dims<[n, 37]>>) -> tensor<?xf32, #plx.dims<[n]>>
    %mb = plx.broadcast %m [0] : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?x37xf32, #plx.dims<[n, 37]>>
    %d = plx.pointwise sub(%x, %mb) : (tensor<?x37xf32, #plx.dims<[n, 37]>>, tensor<?x37xf32, #plx.dims<[n, 37]>>) -> tensor<?x37xf32, #plx.dims<[n, 37]>>
    %e = plx.pointwise exp(%d) : (tensor<?x37xf32, #plx.dims<[n, 37]>>) -> tensor<?x37xf32, #plx.dims<[n, 37]>>
    %s = plx.reduce sum %e [1] : (tensor<?x37xf32, #plx.dims<[n, 37]>>) -> tensor<?xf32, #plx.dims<[n]>>
    %sb = plx.broadcast %s [0] : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?x37xf32, #plx.dims<[n, 37]>>
    %r = plx.pointwise div(%e, %sb) : (tensor<?x37xf32, #plx.dims<[n, 37]>>, tensor<?x37xf32, #plx.dims<[n, 37]>>) -> tensor<?x37xf32, #plx.dims<[n, 37]>>
    return %r : tensor<?x37xf32, #plx.dims<[n, 37]>>
  })",
      {{6, 37}}, 1e-6);
}

TEST(Kernels, Matmul) {
  for (auto [m, k, n] : {std::tuple{1, 7, 19}, {13, 5, 64}, {37, 64, 50}, {8, 100, 16}}) {
    std::string a = "tensor<" + std::to_string(m) + "x" + std::to_string(k) + "xf32>";
    std::string b = "tensor<" + std::to_string(k) + "x" + std::to_string(n) + "xf32>";
    std::string c = "tensor<" + std::to_string(m) + "x" + std::to_string(n) + "xf32>";
    std::string v = "tensor<" + std::to_string(n) + "xf32>";
    expectClose("func.func @f(%a: " + a + ", %b: " + b + ", %v: " + v + ") -> " + c +
                    " {\n"
                    "%d = plx.dot_general %a, %b batch [] x [] contract [1] x [0] : (" +
                    a + ", " + b + ") -> " + c +
                    "\n"
                    "%w = plx.broadcast %v [1] : (" +
                    v + ") -> " + c +
                    "\n"
                    "%e = plx.pointwise add(%d, %w) : (" +
                    c + ", " + c + ") -> " + c +
                    "\n"
                    "%t = plx.pointwise tanh(%e) : (" +
                    c + ") -> " + c +
                    "\n"
                    "return %t : " +
                    c + "}",
                {{m, k}, {k, n}, {n}}, 2e-5);
  }
}

TEST(Kernels, MatmulOfSymbolicRowsAndTransposedColumns) {
  for (int64_t rows : {0, 1, 5, 33})
    expectClose(
        R"(func.func @f(%a: tensor<?x24xf32, #plx.dims<[m, 24]>>, %b: tensor<?x24xf32, #plx.dims<[n, 24]>>) -> tensor<?x?xf32, #plx.dims<[m, n]>> {
      %d = plx.dot_general %a, %b batch [] x [] contract [1] x [1] : (tensor<?x24xf32, #plx.dims<[m, 24]>>, tensor<?x24xf32, #plx.dims<[n, 24]>>) -> tensor<?x?xf32, #plx.dims<[m, n]>>
      return %d : tensor<?x?xf32, #plx.dims<[m, n]>>
    })",
        {{rows, 24}, {19, 24}}, 2e-5);
}

TEST(Kernels, Convolution) {
  expectClose(
      R"(func.func @f(%x: tensor<2x9x10x3xf32>, %w: tensor<3x3x3x20xf32>) -> tensor<2x4x4x20xf32> {
    %d = plx.convolution %x, %w strides [2, 2] dilations [1, 1] groups 1 : (tensor<2x9x10x3xf32>, tensor<3x3x3x20xf32>) -> tensor<2x4x4x20xf32>
    return %d : tensor<2x4x4x20xf32>
  })",
      {{2, 9, 10, 3}, {3, 3, 3, 20}}, 2e-5);
  expectClose(
      R"(func.func @f(%x: tensor<1x9x9x20xf32>, %w: tensor<3x3x1x20xf32>) -> tensor<1x7x7x20xf32> {
    %d = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 20 : (tensor<1x9x9x20xf32>, tensor<3x3x1x20xf32>) -> tensor<1x7x7x20xf32>
    return %d : tensor<1x7x7x20xf32>
  })",
      {{1, 9, 9, 20}, {3, 3, 1, 20}}, 2e-5);
}

TEST(Kernels, LongSums) {
  for (int64_t n : {1, 127, 128, 129, 1000, 40000})
    expectClose(
        R"(func.func @f(%x: tensor<?x19xf32, #plx.dims<[n, 19]>>) -> tensor<19xf32> {
          %s = plx.reduce sum %x [0] : (tensor<?x19xf32, #plx.dims<[n, 19]>>) -> tensor<19xf32>
          return %s : tensor<19xf32>
        })",
        {{n, 19}}, 5e-5);
  expectClose(R"(func.func @f(%x: tensor<700x9x19xf32>) -> tensor<9xf32> {
      %s = plx.reduce sum %x [0, 2] : (tensor<700x9x19xf32>) -> tensor<9xf32>
      return %s : tensor<9xf32>
    })",
              {{700, 9, 19}}, 5e-5);
  expectClose(R"(func.func @f(%x: tensor<700x9x19xf32>) -> tensor<9x19xf32> {
      %s = plx.reduce max %x [0] : (tensor<700x9x19xf32>) -> tensor<9x19xf32>
      return %s : tensor<9x19xf32>
    })",
              {{700, 9, 19}}, 0);
}

TEST(Kernels, RunningFolds) {
  const std::string t = "tensor<3x?x19xf32, #plx.dims<[3, n, 19]>>";
  for (const char *axis : {"0", "1", "2"})
    for (const char *flags : {"", " exclusive", " reverse", " exclusive reverse"})
      for (int64_t n : {0, 1, 37})
        expectClose("func.func @f(%x: " + t + ") -> " + t + "{\n %r = plx.cumulative sum %x axis " +
                        axis + flags + " : (" + t + ") -> " + t + "\n return %r : " + t + "}",
                    {{3, n, 19}}, 1e-5);
}

TEST(Kernels, RunningFoldsOfMoreThanOneDirectionAndLevel) {
  const std::string t = "tensor<9x37xf32>";
  // One pass does the first two; each of the others is folded from memory.
  std::string text = R"(func.func @f(%x: T) -> T {
    %a = plx.cumulative sum %x axis 0 : (T) -> T
    %e = plx.pointwise exp(%x) : (T) -> T
    %b = plx.cumulative max %e axis 0 exclusive : (T) -> T
    %c = plx.cumulative sum %e axis 0 reverse : (T) -> T
    %d = plx.cumulative sum %c axis 1 : (T) -> T
    %ab = plx.pointwise mul(%a, %b) : (T, T) -> T
    %cd = plx.pointwise max(%c, %d) : (T, T) -> T
    %r = plx.pointwise max(%ab, %cd) : (T, T) -> T
    return %r : T })";
  for (size_t at; (at = text.find('T')) != std::string::npos;) text.replace(at, 1, t);
  expectClose(text, {{9, 37}}, 1e-5);
}

TEST(Kernels, LayerNormIsOneKernel) {
  Harness harness;
  std::string t = "tensor<6x48xf32>", r = "tensor<6xf32>";
  double error = harness.compare("func.func @f(%x: " + t + ") -> " + t + R"( {
    %n = plx.constant dense<48.0> : tensor<6xf32>
    %s = plx.reduce sum %x [1] : (tensor<6x48xf32>) -> tensor<6xf32>
    %m = plx.pointwise div(%s, %n) : (tensor<6xf32>, tensor<6xf32>) -> tensor<6xf32>
    %mb = plx.broadcast %m [0] : (tensor<6xf32>) -> tensor<6x48xf32>
    %d = plx.pointwise sub(%x, %mb) : (tensor<6x48xf32>, tensor<6x48xf32>) -> tensor<6x48xf32>
    %q = plx.pointwise mul(%d, %d) : (tensor<6x48xf32>, tensor<6x48xf32>) -> tensor<6x48xf32>
    %v = plx.reduce sum %q [1] : (tensor<6x48xf32>) -> tensor<6xf32>
    %w = plx.pointwise div(%v, %n) : (tensor<6xf32>, tensor<6xf32>) -> tensor<6xf32>
    %o = plx.pointwise sqrt(%w) : (tensor<6xf32>) -> tensor<6xf32>
    %ob = plx.broadcast %o [0] : (tensor<6xf32>) -> tensor<6x48xf32>
    %y = plx.pointwise div(%d, %ob) : (tensor<6x48xf32>, tensor<6x48xf32>) -> tensor<6x48xf32>
    return %y : tensor<6x48xf32> })",
                                 {{6, 48}});
  EXPECT_LE(error, 1e-5) << harness.lowered;
  EXPECT_EQ(harness.schedules, "row ");
}

}  // namespace
