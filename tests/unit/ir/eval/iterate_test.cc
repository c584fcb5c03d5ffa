// An op says twice what it means: Evaluate by plain code, Iterate in index form. Here both are held
// together, element by element, on every op that the values tests run.
#include <filesystem>
#include <set>

#include "gtest/gtest.h"
#include "ir/Dialect.h"
#include "ir/eval/Evaluator.h"
#include "ir/eval/ValueTests.h"
#include "ir/interfaces/Interfaces.h"
#include "ir/ops/Bind.h"
#include "ir/ops/Host.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "tests/unit/ir/eval/interpreter.h"

namespace plx::eval {
namespace {

/// Follows a run by the evaluator's hook, and interprets each op's Iterate on the operands it had.
class Comparison {
 public:
  void note(mlir::Value value, const Value &is) {
    values_[value] = is;
    const auto *tensor = std::get_if<Tensor>(&is.is);
    if (!tensor || !mlir::isa<mlir::RankedTensorType>(value.getType())) return;
    for (auto [axis, dim] : llvm::enumerate(dimsOf(value.getType())))
      solve(dim, tensor->shape()[axis]);
  }

  void compare(mlir::Operation *op, llvm::ArrayRef<Value> results) {
    for (auto [value, is] : llvm::zip(op->getResults(), results)) note(value, is);
    if (auto bind = mlir::dyn_cast<BindOp>(op))
      for (auto [i, symbol] : llvm::enumerate(bind.symbols()))
        solve(symbol, std::as_const(values_[bind.getOperand()]).tensor().ints()[i]);
    auto iterable = mlir::dyn_cast<Iterate>(op);
    if (!iterable || iterable.nature() == Nature::Whole || op->getNumRegions() != 0) return;
    llvm::SmallVector<Value> operands;
    for (mlir::Value operand : op->getOperands()) operands.push_back(values_[operand]);
    for (unsigned r = 0; r < op->getNumResults(); ++r) compareResult(op, operands, r, results[r]);
  }

  std::set<std::string> opsCompared;

 private:
  /// Sizes in the tests are symbols, or a symbol times or plus a number.
  void solve(Dim dim, int64_t value) {
    llvm::SmallVector<DimAtom> symbols;
    if (dim) dim.collectSymbols(symbols);
    if (symbols.size() != 1) return;
    auto linear = dim.splitLinear(symbols[0].symbol().getValue());
    if (!linear || !linear->first.constant() || !linear->second.constant()) return;
    symbols_[symbols[0].symbol().getValue().str()] =
        (value - *linear->second.constant()) / *linear->first.constant();
  }

  void compareResult(mlir::Operation *op, llvm::ArrayRef<Value> operands, unsigned r,
                     const Value &result) {
    const Tensor &expected = result.tensor();
    bool hasStrings = mlir::isa<StringType>(expected.elementType()) ||
                      llvm::any_of(op->getOperandTypes(), [](mlir::Type type) {
                        return mlir::isa<StringType>(mlir::getElementTypeOrSelf(type));
                      });
    if (hasStrings) return;  // live on the host
    for (Index i(expected.shape()); i; ++i) {
      Interpreter interpreter(op, operands, symbols_);
      std::optional<Tensor> element = interpreter.element(r, *i);
      std::string where =
          op->getName().getStringRef().str() + " element " + std::to_string(i.linear());
      ASSERT_TRUE(element) << where << ": " << interpreter.fault() << " "
                           << interpreter.whyNot().str();
      Tensor one(expected.elementType(), {});
      one.copyElement(0, expected, i.linear());
      // Folds may run in another order than Evaluate's.
      EXPECT_EQ(difference({one, 1e-5, 1e-6}, *element), "") << where;
    }
    opsCompared.insert(op->getName().stripDialect().str());
  }

  llvm::DenseMap<mlir::Value, Value> values_;
  Interpreter::Symbols symbols_;
};

std::filesystem::path opsFolder() {
  return std::filesystem::path(__FILE__).parent_path() / "../../../ops";
}

void compareTest(mlir::ModuleOp module, const ValueTest &test, std::set<std::string> &compared) {
  if (!test.failure.empty()) return;
  Comparison comparison;
  Evaluator evaluator(module);
  auto function = module.lookupSymbol<mlir::func::FuncOp>(test.function);
  // Host functions have no loop nest, and are not linked here.
  if (function.walk([](HostOp) { return mlir::WalkResult::interrupt(); }).wasInterrupted()) return;
  for (auto [argument, input] : llvm::zip(function.getArguments(), test.inputs))
    comparison.note(argument, input);
  evaluator.setHook([&](mlir::Operation *op, llvm::ArrayRef<Value> results) {
    if (op->getParentOp() == function) comparison.compare(op, results);
  });
  EXPECT_TRUE(succeeded(evaluator.run(test.function, test.inputs))) << evaluator.error();
  compared.insert(comparison.opsCompared.begin(), comparison.opsCompared.end());
}

TEST(Iterate, AgreesWithEvaluate) {
  std::set<std::string> compared;
  for (const auto &entry : std::filesystem::directory_iterator(opsFolder())) {
    std::string path = entry.path().string();
    if (!llvm::StringRef(path).ends_with("-values.mlir")) continue;
    SCOPED_TRACE(path);
    mlir::MLIRContext context;
    context.loadDialect<PlxDialect, mlir::func::FuncDialect>();
    auto module = mlir::parseSourceFile<mlir::ModuleOp>(path, &context);
    ASSERT_TRUE(module);
    auto tests = valueTestsOf(*module);
    ASSERT_TRUE(succeeded(tests));
    for (const ValueTest &test : *tests) {
      SCOPED_TRACE(test.function);
      compareTest(*module, test, compared);
    }
  }
  for (const char *op :
       {"arg_reduce",  "attention",     "bitcast",    "broadcast", "cast",        "concat",
        "convolution", "cumulative",    "dequantize", "dims",      "dot_general", "gather",
        "iota",        "pad",           "pointwise",  "quantize",  "random_bits", "rebind",
        "reduce",      "reduce_window", "reshape",    "slice",     "transpose"})
    EXPECT_TRUE(compared.count(op)) << op << " was not compared";
}

}  // namespace
}  // namespace plx::eval
