// Every scalar function has a derivative by every operand or a reason for zero; the rules agree
// with central differences in f64, order 1 and 2, and keep the stated conventions at kinks and
// ties.
#include "ir/ops/PointwiseDerivatives.h"

#include <cmath>
#include <random>

#include "gtest/gtest.h"
#include "ir/Dialect.h"
#include "ir/eval/Evaluator.h"
#include "ir/ops/Build.h"
#include "ir/ops/Pointwise.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace plx {
namespace {

constexpr int64_t kPoints = 16;
using Column = std::vector<double>;  // one operand at every point

struct Range {
  double low, high;
};

/// Where operands of `fn` are drawn from: inside its domain, away from its kinks.
Range domainOf(ScalarFn fn, unsigned operand) {
  switch (fn) {
    case ScalarFn::asin_:
    case ScalarFn::acos_:
    case ScalarFn::atanh_:
      return {-0.8, 0.8};
    case ScalarFn::acosh_:
      return {1.5, 3};
    case ScalarFn::tan_:
      return {-1, 1};
    case ScalarFn::log_:
    case ScalarFn::sqrt_:
    case ScalarFn::abs_:
    case ScalarFn::pow_:
      return {0.5, 2};
    case ScalarFn::log1p_:
      return {-0.5, 2};
    case ScalarFn::rem_:  // quotients between 1.1 and 1.9
      return operand == 0 ? Range{2.2, 2.8} : Range{1.5, 2};
    case ScalarFn::max_:
    case ScalarFn::min_:
    case ScalarFn::div_:
    case ScalarFn::atan2_:
      return operand == 0 ? Range{-2, 0.5} : Range{0.6, 2};
    default:
      return {-2, 2};
  }
}

/// @f(operands) -> (fn, its first derivatives, theirs), each an f64 tensor of kPoints.
class Derivatives {
 public:
  explicit Derivatives(ScalarFn fn) : b_(&context_) {
    context_.loadDialect<PlxDialect, mlir::func::FuncDialect>();
    module_ = mlir::ModuleOp::create(loc_);
    b_.setInsertionPointToEnd(module_->getBody());
    numInputs = infoOf(fn).arity;
    auto f64 = mlir::RankedTensorType::get({kPoints}, b_.getF64Type());
    auto i1 = mlir::RankedTensorType::get({kPoints}, b_.getI1Type());
    llvm::SmallVector<mlir::Type> inputs(numInputs, f64);
    if (fn == ScalarFn::select_) inputs[0] = i1;
    auto function = mlir::func::FuncOp::create(b_, loc_, "f", b_.getFunctionType(inputs, {}));
    block_ = function.addEntryBlock();
    b_.setInsertionPointToEnd(block_);
    results_.push_back(build::pointwise(b_, loc_, fn, block_->getArguments()));
    for (unsigned order = 0, done = 0; order < 2; ++order)
      for (unsigned end = results_.size(); done < end; ++done) append(gradient(results_[done]));
    mlir::func::ReturnOp::create(b_, loc_, results_);
    function.setType(b_.getFunctionType(inputs, mlir::TypeRange(mlir::ValueRange(results_))));
  }

  std::vector<Column> run(llvm::ArrayRef<Column> columns) {
    llvm::SmallVector<eval::Value> inputs;
    for (auto [argument, column] : llvm::zip(block_->getArguments(), columns)) {
      eval::Tensor tensor(mlir::getElementTypeOrSelf(argument.getType()), {kPoints});
      for (int64_t i = 0; i < kPoints; ++i)
        tensor.isFloat() ? tensor.setFloat(i, column[i]) : tensor.setInt(i, column[i] > 0);
      inputs.push_back(tensor);
    }
    eval::Evaluator evaluator(*module_);
    auto results = evaluator.run("f", inputs);
    EXPECT_TRUE(succeeded(results)) << evaluator.error();
    std::vector<Column> columnsOut;
    if (succeeded(results))
      for (const eval::Value &result : *results) columnsOut.push_back(result.tensor().floats());
    return columnsOut;
  }

  unsigned numInputs;

 private:
  void append(llvm::ArrayRef<mlir::Value> values) { results_.append(values.begin(), values.end()); }

  /// Reverse mode over the pointwise ops of the block: all there are between inputs and `of`.
  llvm::SmallVector<mlir::Value> gradient(mlir::Value of) {
    llvm::DenseMap<mlir::Value, mlir::Value> cotangents;
    cotangents[of] = build::splat(b_, loc_, 1, b_.getF64Type(), dimsOf(of.getType()));
    llvm::SmallVector<PointwiseOp> ops(block_->getOps<PointwiseOp>());
    for (PointwiseOp op : llvm::reverse(ops))
      if (mlir::Value ct = cotangents.lookup(op.getResult())) backward(op, ct, cotangents);
    llvm::SmallVector<mlir::Value> gradients;
    for (mlir::Value input : block_->getArguments()) {
      mlir::Value ct = cotangents.lookup(input);
      gradients.push_back(ct ? ct
                             : build::splat(b_, loc_, 0, b_.getF64Type(), dimsOf(of.getType())));
    }
    return gradients;
  }

  void backward(PointwiseOp op, mlir::Value ct,
                llvm::DenseMap<mlir::Value, mlir::Value> &cotangents) {
    for (auto [i, operand] : llvm::enumerate(op.getOperands())) {
      mlir::Value part =
          pointwiseCotangent(b_, loc_, op.function(), op.getOperands(), op.getResult(), ct, i);
      if (!part) continue;
      mlir::Value &sum = cotangents[operand];
      sum = sum ? build::pointwise(b_, loc_, ScalarFn::add_, {sum, part}) : part;
    }
  }

  mlir::MLIRContext context_;
  mlir::OpBuilder b_;
  mlir::Location loc_ = mlir::UnknownLoc::get(&context_);
  mlir::OwningOpRef<mlir::ModuleOp> module_;
  mlir::Block *block_;
  llvm::SmallVector<mlir::Value> results_;
};

/// All results' derivatives by one input: central differences at h and h / 2, whose h^2 terms
/// cancel.
std::vector<Column> differences(Derivatives &f, const std::vector<Column> &at, unsigned input) {
  auto central = [&](double h) {
    std::vector<Column> above = at, below = at;
    for (int64_t i = 0; i < kPoints; ++i) above[input][i] += h, below[input][i] -= h;
    std::vector<Column> high = f.run(above), low = f.run(below);
    for (auto [column, lowColumn] : llvm::zip(high, low))
      for (int64_t i = 0; i < kPoints; ++i) column[i] = (column[i] - lowColumn[i]) / (2 * h);
    return high;
  };
  std::vector<Column> fine = central(5e-4), coarse = central(1e-3);
  for (auto [column, coarseColumn] : llvm::zip(fine, coarse))
    for (int64_t i = 0; i < kPoints; ++i) column[i] = (4 * column[i] - coarseColumn[i]) / 3;
  return fine;
}

bool isDifferentiable(ScalarFn fn) {
  const ScalarFnInfo &info = infoOf(fn);
  return whyZeroDerivative(fn, info.arity - 1).empty();
}

const ScalarFn kAll[] = {
#define PLX_SCALAR_FN(name, arity, domain, result, cost) ScalarFn::name##_,
#include "ir/types/ScalarFn.def"
};

TEST(PointwiseDerivatives, EveryFunctionHasARuleOrAReason) {
  for (ScalarFn fn : kAll)
    for (unsigned operand = 0; operand < infoOf(fn).arity; ++operand) {
      if (!whyZeroDerivative(fn, operand).empty()) continue;
      mlir::MLIRContext context;
      context.loadDialect<PlxDialect>();
      mlir::OpBuilder b(&context);
      mlir::Block block;
      b.setInsertionPointToEnd(&block);
      auto loc = b.getUnknownLoc();
      mlir::Value x = block.addArgument(mlir::RankedTensorType::get({2}, b.getF64Type()), loc);
      mlir::Value condition =
          block.addArgument(mlir::RankedTensorType::get({2}, b.getI1Type()), loc);
      llvm::SmallVector<mlir::Value> operands(infoOf(fn).arity, x);
      if (fn == ScalarFn::select_) operands[0] = condition;
      EXPECT_TRUE(pointwiseCotangent(b, loc, fn, operands, x, x, operand))
          << infoOf(fn).name.str() << ", operand " << operand;
    }
}

TEST(PointwiseDerivatives, AgreeWithCentralDifferencesInOrder1And2) {
  std::mt19937 random(1);
  for (ScalarFn fn : kAll) {
    if (!isDifferentiable(fn)) continue;
    SCOPED_TRACE(infoOf(fn).name.str());
    Derivatives f(fn);
    std::vector<Column> at(f.numInputs, Column(kPoints));
    for (unsigned operand = 0; operand < f.numInputs; ++operand)
      for (double &x : at[operand]) {
        Range range = domainOf(fn, operand);
        x = std::uniform_real_distribution<>(range.low, range.high)(random);
      }
    std::vector<Column> values = f.run(at);
    ASSERT_EQ(values.size(), 1 + f.numInputs * (1 + f.numInputs));
    for (unsigned input = 0; input < f.numInputs; ++input) {
      if (!whyZeroDerivative(fn, input).empty()) continue;
      std::vector<Column> slopes = differences(f, at, input);
      // Result k's derivative by input j is result 1 + k * numInputs + j.
      for (unsigned k = 0; k <= f.numInputs; ++k)
        for (int64_t i = 0; i < kPoints; ++i)
          EXPECT_NEAR(values[1 + k * f.numInputs + input][i], slopes[k][i],
                      1e-8 * std::max(1.0, std::abs(slopes[k][i])))
              << "result " << k << " by operand " << input << " at point " << i;
    }
  }
}

/// fn's first derivatives at one point.
Column slopesAt(ScalarFn fn, llvm::ArrayRef<double> point) {
  Derivatives f(fn);
  std::vector<Column> at;
  for (double x : point) at.emplace_back(kPoints, x);
  std::vector<Column> values = f.run(at);
  Column slopes;
  for (unsigned i = 0; i < f.numInputs; ++i) slopes.push_back(values[1 + i][0]);
  return slopes;
}

TEST(PointwiseDerivatives, ConventionsAtKinksAndTies) {
  EXPECT_EQ(slopesAt(ScalarFn::abs_, {0}), (Column{0}));
  EXPECT_EQ(slopesAt(ScalarFn::max_, {0, 0}), (Column{0, 1}));
  EXPECT_EQ(slopesAt(ScalarFn::min_, {2, 2}), (Column{0, 1}));
  EXPECT_EQ(slopesAt(ScalarFn::pow_, {0, 0}), (Column{0, 0}));
  EXPECT_EQ(slopesAt(ScalarFn::pow_, {0, 1}), (Column{1, 0}));
  EXPECT_EQ(slopesAt(ScalarFn::pow_, {0, 2}), (Column{0, 0}));
}

}  // namespace
}  // namespace plx
