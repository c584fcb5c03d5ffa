#include "irregular_harness.h"

#include <gtest/gtest.h>

#include "compiler/cpu/Irregular.h"
#include "compiler/irregular/Passes.h"
#include "compiler/native/Target.h"
#include "ir/eval/Evaluator.h"
#include "ir/ops/Constant.h"
#include "ir/types/Types.h"
#include "llvm/Object/ObjectFile.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

namespace plx::cpu::test {

namespace {
using Kernel = void (*)(void *, void *const *, const int64_t *, int64_t, int64_t, int32_t);
constexpr size_t kGuardBytes = 64;
constexpr char kGuard = 0x55;

/// The fields of plx_run that kernels read, and what they report.
struct FakeRun {
  char before[56];
  void *const *scratch;
  std::vector<int64_t> *fault;
};

int32_t recordFault(FakeRun *run, int32_t code, int32_t, int64_t v0, int64_t v1, int64_t v2) {
  if (run->fault->empty()) *run->fault = {code, v0, v1, v2};
  return code;
}

/// Bytes followed by guards, which no kernel may touch.
std::vector<char> guarded(size_t bytes) { return std::vector<char>(bytes + kGuardBytes, kGuard); }
bool isIntact(const std::vector<char> &memory) {
  return std::all_of(memory.end() - kGuardBytes, memory.end(), [](char c) { return c == kGuard; });
}

void checkUndefinedSymbols(const Object &object) {
  auto file = llvm::cantFail(
      llvm::object::ObjectFile::createObjectFile(llvm::MemoryBufferRef(object.bytes, "object")));
  for (const llvm::object::SymbolRef &symbol : file->symbols()) {
    std::string name = llvm::cantFail(symbol.getName()).str();
    if (!(llvm::cantFail(symbol.getFlags()) & llvm::object::SymbolRef::SF_Undefined)) continue;
    bool isKnown = name.empty() || name == "plx_rt_fail" || name == "memcpy" || name == "memmove" ||
                   name == "memset";
    EXPECT_TRUE(isKnown) << "undefined symbol " << name;
  }
}
}  // namespace

struct Memory {
  llvm::DenseMap<mlir::Value, std::vector<char>> bytes;
  llvm::StringMap<int64_t> symbols;

  int64_t valueOf(Dim dim) const {
    return *dim.evaluate([&](DimAtom symbol) -> std::optional<int64_t> {
      auto found = symbols.find(symbol.symbol().getValue());
      return found == symbols.end() ? std::nullopt : std::optional<int64_t>(found->second);
    });
  }
  size_t bytesOf(mlir::Type element, llvm::ArrayRef<Dim> dims) const {
    size_t bytes = bytesOfElement(element);
    for (Dim dim : dims) bytes *= valueOf(dim);
    return bytes;
  }
};

struct Compiled::Outcome {
  std::vector<eval::Tensor> results;
  std::vector<int64_t> fault;
};

int64_t randomInt(Random &random, int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(random);
}

eval::Tensor randomTensor(mlir::Type element, llvm::ArrayRef<int64_t> shape, Random &random) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double special[] = {std::nan(""), kInfinity, -kInfinity, 0.0, -0.0, 1.0, 1.5, -2.0};
  eval::Tensor tensor(element, shape);
  for (int64_t i = 0; i < tensor.numElements(); ++i) {
    bool any = randomInt(random, 0, 1);
    if (tensor.isInt())
      tensor.setInt(i, any ? static_cast<int64_t>(random() * 0x100000001ull * 0x9e3779b97f4a7c15)
                           : randomInt(random, -2, 2));
    else if (mlir::isa<mlir::FloatType>(element))
      tensor.setFloat(
          i, any ? std::normal_distribution<>(0, 3)(random) : special[randomInt(random, 0, 7)]);
    else
      tensor.complexes()[i] = {special[randomInt(random, 3, 5)], special[randomInt(random, 3, 5)]};
  }
  return tensor;
}

eval::Tensor randomInts(mlir::Type element, llvm::ArrayRef<int64_t> shape, int64_t low,
                        int64_t high, Random &random) {
  eval::Tensor tensor(element, shape);
  for (int64_t i = 0; i < tensor.numElements(); ++i) tensor.setInt(i, randomInt(random, low, high));
  return tensor;
}

Compiled::Compiled(const std::string &text, const std::string &cpu)
    : context_(std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED)) {
  context_->loadDialect<PlxDialect, mlir::func::FuncDialect>();
  reference_ = mlir::parseSourceString<mlir::ModuleOp>(text, context_.get());
  if (!reference_) llvm::report_fatal_error(llvm::StringRef("cannot parse: " + text));
  lowered_ = reference_->clone();
  mlir::PassManager passes(context_.get());
  passes.addPass(createLowerIrregularPass());
  EXPECT_TRUE(succeeded(passes.run(*lowered_)));
  CompileOptions options;
  options.cpu = cpu;
  auto machine = *makeTargetMachine(*resolveTarget(options));
  llvm::LLVMContext llvmContext;
  llvm::Module module("kernels", llvmContext);
  for (auto kernel : lowered_->getOps<IrregularFuncOp>())
    emitIrregular(kernel, factsOf(*machine), module, kernel.getSymName());
  auto object = emitObject(module, *machine, /*wantText=*/false);
  if (!object.ok()) llvm::report_fatal_error(llvm::StringRef(object.status().ToString()));
  checkUndefinedSymbols(*object);
  jit_ = llvm::cantFail(llvm::orc::LLJITBuilder().create());
  llvm::cantFail(jit_->getMainJITDylib().define(llvm::orc::absoluteSymbols(
      {{jit_->mangleAndIntern("plx_rt_fail"),
        {llvm::orc::ExecutorAddr::fromPtr(recordFault), llvm::JITSymbolFlags::Exported}}})));
  llvm::cantFail(jit_->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(object->bytes)));
}

Compiled::~Compiled() = default;

mlir::Type Compiled::element(unsigned i) {
  auto function = mlir::cast<mlir::func::FuncOp>(reference_->lookupSymbol("f"));
  return mlir::cast<mlir::RankedTensorType>(function.getArgumentTypes()[i]).getElementType();
}

void Compiled::runLaunch(mlir::Operation *op, Memory &memory, Outcome &outcome, Random *cuts) {
  auto launch = mlir::cast<LaunchOp>(op);
  auto kernel = mlir::cast<IrregularFuncOp>(lowered_->lookupSymbol(launch.getCallee()));
  auto bounds = launch->getAttrOfType<mlir::ArrayAttr>("bounds");
  std::vector<void *> buffers;
  for (mlir::Value input : launch.getInputs()) buffers.push_back(memory.bytes[input].data());
  std::vector<std::vector<char>> results;
  for (auto [i, result] : llvm::enumerate(launch.getResultTypes())) {
    llvm::SmallVector<Dim> dims = dimsOf(result);
    if (bounds)
      dims.assign(mlir::cast<DimsAttr>(bounds[i]).dims().begin(),
                  mlir::cast<DimsAttr>(bounds[i]).dims().end());
    results.push_back(
        guarded(memory.bytesOf(mlir::cast<mlir::RankedTensorType>(result).getElementType(), dims)));
    buffers.push_back(results.back().data());
  }
  Memory callee;
  std::vector<int64_t> sizes;
  for (auto [name, size] : llvm::zip(kernel.getSymbols().dims(), launch.getSizes().dims())) {
    sizes.push_back(memory.valueOf(size));
    callee.symbols[name.asSymbol()->symbol().getValue()] = sizes.back();
  }
  sizes.push_back(0);
  auto scratchBytes = kernel->getAttrOfType<DimsAttr>("scratch");
  std::vector<char> scratch = guarded(scratchBytes ? callee.valueOf(scratchBytes[0]) : 0);
  void *scratchTable[1] = {scratch.data()};
  FakeRun run{{}, scratchTable, &outcome.fault};
  auto function = llvm::cantFail(jit_->lookup(launch.getCallee())).toPtr<Kernel>();
  int64_t units = callee.valueOf(kernel->getAttrOfType<DimsAttr>("units")[0]);
  for (int64_t begin = 0; begin < units;) {
    int64_t end = cuts ? randomInt(*cuts, begin, units) : units;
    function(&run, buffers.data(), sizes.data(), begin, end, 0);
    begin = end;
  }
  EXPECT_TRUE(isIntact(scratch)) << launch.getCallee().str() << ": wrote beyond its scratch memory";
  for (auto [result, bytes] : llvm::zip(launch.getResults(), results)) {
    EXPECT_TRUE(isIntact(bytes)) << launch.getCallee().str() << ": wrote beyond a result";
    memory.bytes[result] = std::move(bytes);
  }
  auto counts = launch->getAttrOfType<mlir::ArrayAttr>("counts");
  if (!counts || !outcome.fault.empty()) return;
  for (auto count : counts.getAsRange<mlir::DictionaryAttr>()) {
    mlir::Value holder = launch.getResult(count.getAs<mlir::IntegerAttr>("result").getInt());
    int64_t value;
    std::memcpy(&value, memory.bytes[holder].data(), sizeof value);
    memory.symbols[count.getAs<mlir::StringAttr>("symbol").getValue()] = value;
  }
}

eval::Tensor Compiled::resultOf(mlir::Value value, Memory &memory) {
  auto type = mlir::cast<mlir::RankedTensorType>(value.getType());
  llvm::SmallVector<int64_t> shape;
  for (Dim dim : dimsOf(type)) shape.push_back(memory.valueOf(dim));
  size_t bytes = memory.bytesOf(type.getElementType(), dimsOf(type));
  if (bytes + kGuardBytes > memory.bytes[value].size()) {
    ADD_FAILURE() << "a result of " << bytes << " bytes in a buffer of "
                  << memory.bytes[value].size() - kGuardBytes;
    return eval::Tensor(type.getElementType(), llvm::SmallVector<int64_t>(shape.size(), 0));
  }
  return *eval::Tensor::fromBytes(type.getElementType(), shape,
                                  llvm::ArrayRef<char>(memory.bytes[value].data(), bytes));
}

Compiled::Outcome Compiled::runKernels(llvm::ArrayRef<eval::Value> inputs, Random *cuts) {
  auto function = mlir::cast<mlir::func::FuncOp>(lowered_->lookupSymbol("f"));
  Memory memory;
  Outcome outcome;
  for (auto [argument, input] : llvm::zip(function.getArguments(), inputs)) {
    memory.bytes[argument] = input.tensor().toBytes();
    for (auto [dim, size] : llvm::zip(dimsOf(argument.getType()), input.tensor().shape()))
      if (auto symbol = dim.asSymbol()) memory.symbols[symbol->symbol().getValue()] = size;
  }
  for (mlir::Operation &op : function.getBody().front()) {
    if (auto constant = mlir::dyn_cast<ConstantOp>(op))
      memory.bytes[constant.getResult()] =
          eval::Tensor::fromAttr(mlir::cast<mlir::DenseElementsAttr>(constant.getValue()))
              .toBytes();
    else if (mlir::isa<LaunchOp>(op))
      runLaunch(&op, memory, outcome, cuts);
    else if (!mlir::isa<mlir::func::ReturnOp>(op))
      ADD_FAILURE() << "left in the function: " << op.getName().getStringRef().str();
    if (!outcome.fault.empty()) return outcome;
  }
  for (mlir::Value value : function.getBody().front().getTerminator()->getOperands())
    outcome.results.push_back(resultOf(value, memory));
  return outcome;
}

void Compiled::check(llvm::ArrayRef<eval::Value> inputs, Random &random) {
  eval::Evaluator evaluator(*reference_);
  auto expected = evaluator.run("f", inputs);
  Outcome whole = runKernels(inputs, nullptr);
  fault = whole.fault;
  if (failed(expected)) {
    EXPECT_FALSE(fault.empty()) << "no fault where the evaluator says: " << evaluator.error();
  } else if (!fault.empty()) {
    ADD_FAILURE() << "fault " << fault[0] << " (" << fault[1] << ", " << fault[2] << ", "
                  << fault[3] << ") where the evaluator finds none";
  } else {
    for (auto [i, result] : llvm::enumerate(whole.results)) {
      const eval::Tensor &wanted = (*expected)[i].tensor();
      EXPECT_EQ(wanted.shape(), result.shape()) << "result " << i;
      EXPECT_EQ(wanted.toBytes(), result.toBytes()) << "result " << i;
    }
  }
  for (int round = 0; round < 2; ++round) {
    Outcome cut = runKernels(inputs, &random);
    EXPECT_EQ(cut.fault, whole.fault);
    ASSERT_EQ(cut.results.size(), whole.results.size());
    for (size_t i = 0; i < cut.results.size(); ++i)
      EXPECT_EQ(cut.results[i].toBytes(), whole.results[i].toBytes()) << "result " << i << ", cut";
  }
}

}  // namespace plx::cpu::test
