// Arithmetic of small int tensors whose elements are sizes.
#include "ir/eval/SymbolicArithmetic.h"

#include "gtest/gtest.h"
#include "ir/Dialect.h"
#include "mlir/IR/Builders.h"

namespace plx::eval {
namespace {

struct LoadedContext : mlir::MLIRContext {
  LoadedContext() { loadDialect<PlxDialect>(); }
};

struct SymbolicArithmeticTest : testing::Test {
  LoadedContext context;
  mlir::Builder b{&context};
  Dim n = Dim::symbol(&context, "n", 1), m = Dim::symbol(&context, "m", 1);
  Dim c(int64_t value) { return Dim::constant(&context, value); }
  SymbolicTensor of(llvm::ArrayRef<Dim> elements) {
    auto size = static_cast<int64_t>(elements.size());
    return {mlir::RankedTensorType::get({size}, b.getI64Type()), llvm::SmallVector<Dim>(elements)};
  }
  /// fn(x, y), empty where it is not known.
  llvm::SmallVector<Dim> apply(ScalarFn fn, llvm::ArrayRef<Dim> x, llvm::ArrayRef<Dim> y) {
    SymbolicTensor result;
    result.type = of(x).type;
    if (!applySymbolic(fn, {of(x), of(y)}, result)) return {};
    return result.elements;
  }
  using Dims = llvm::SmallVector<Dim>;
};

TEST_F(SymbolicArithmeticTest, SizesAreAddedAndMultiplied) {
  EXPECT_EQ(apply(ScalarFn::add_, {n, c(2)}, {c(1), m}), (Dims{n + 1, m + 2}));
  EXPECT_EQ(apply(ScalarFn::mul_, {n, n}, {m, c(0)}), (Dims{n * m, c(0)}));
  EXPECT_EQ(apply(ScalarFn::sub_, {n}, {n}), (Dims{c(0)}));
}

TEST_F(SymbolicArithmeticTest, QuotientsOfWhatIsNotNegative) {
  EXPECT_EQ(apply(ScalarFn::div_, {n * 6}, {c(3)}), (Dims{n * 2}));
  EXPECT_EQ(apply(ScalarFn::div_, {n * m}, {m}), (Dims{n}));
  EXPECT_EQ(apply(ScalarFn::div_, {c(7)}, {c(2)}), (Dims{c(3)}));
}

TEST_F(SymbolicArithmeticTest, ADivisorOfZeroIsNotFollowed) {
  EXPECT_TRUE(apply(ScalarFn::div_, {n}, {c(0)}).empty());
  EXPECT_TRUE(apply(ScalarFn::div_, {n, n}, {c(1), c(0)}).empty());
}

TEST_F(SymbolicArithmeticTest, ReductionsAlongAnAxis) {
  SymbolicTensor x{mlir::RankedTensorType::get({2, 2}, b.getI64Type()), {n, c(2), m, c(3)}};
  SymbolicTensor result;
  result.type = mlir::RankedTensorType::get({2}, b.getI64Type());
  ASSERT_TRUE(reduceSymbolic(FoldKind::Product, x, {1}, result));
  EXPECT_EQ(result.elements, (Dims{n * 2, m * 3}));
  result.elements.clear();
  ASSERT_TRUE(reduceSymbolic(FoldKind::Sum, x, {0}, result));
  EXPECT_EQ(result.elements, (Dims{n + m, c(5)}));
}

TEST_F(SymbolicArithmeticTest, CastsToWideIntsAndBool) {
  SymbolicTensor narrow, flag, byte;
  narrow.type = mlir::RankedTensorType::get({1}, b.getI32Type());
  flag.type = mlir::RankedTensorType::get({1}, b.getI1Type());
  byte.type = mlir::RankedTensorType::get({1}, b.getI8Type());
  EXPECT_TRUE(castSymbolic(of({n}), narrow));
  EXPECT_EQ(narrow.elements, (Dims{n}));
  EXPECT_TRUE(castSymbolic(of({n}), flag));  // n >= 1
  EXPECT_EQ(flag.elements, (Dims{c(1)}));
  EXPECT_FALSE(castSymbolic(of({n}), byte));
}

}  // namespace
}  // namespace plx::eval
