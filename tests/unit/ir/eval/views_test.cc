// Data movement by strides.
#include "ir/eval/Views.h"

#include "gtest/gtest.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/MLIRContext.h"

namespace plx::eval {
namespace {

struct ViewsTest : testing::Test {
  mlir::MLIRContext context;
  mlir::Type i32 = mlir::IntegerType::get(&context, 32);
  Tensor counted(llvm::ArrayRef<int64_t> shape) {
    Tensor tensor(i32, shape);
    for (int64_t i = 0; i < tensor.numElements(); ++i) tensor.setInt(i, i);
    return tensor;
  }
  static std::vector<int64_t> elements(const Tensor &tensor) {
    std::vector<int64_t> out;
    for (int64_t i = 0; i < tensor.numElements(); ++i)
      out.push_back(static_cast<int64_t>(tensor.ints()[i]));
    return out;
  }
};

TEST_F(ViewsTest, StridesAreRowMajor) {
  EXPECT_EQ(stridesOf({2, 3, 4}), (llvm::SmallVector<int64_t>{12, 4, 1}));
  EXPECT_TRUE(stridesOf({}).empty());
  EXPECT_EQ(stridesOf({5}), (llvm::SmallVector<int64_t>{1}));
}

TEST_F(ViewsTest, AViewMayTransposeReverseAndRepeat) {
  Tensor x = counted({2, 3});
  EXPECT_EQ(elements(stridedView(x, {3, 2}, 0, {1, 3})), (std::vector<int64_t>{0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(elements(stridedView(x, {3}, 5, {-2})), (std::vector<int64_t>{5, 3, 1}));
  EXPECT_EQ(elements(stridedView(x, {2, 2}, 1, {0, 1})), (std::vector<int64_t>{1, 2, 1, 2}));
  EXPECT_EQ(elements(stridedView(x, {}, 4, {})), (std::vector<int64_t>{4}));
  EXPECT_TRUE(elements(stridedView(x, {0, 7}, 0, {1, 1})).empty());
}

TEST_F(ViewsTest, WritingIsTheMirrorOfReading) {
  Tensor result = filled(counted({1}), {2, 4});
  stridedWrite(result, counted({2, 2}), 1, {4, 2});
  EXPECT_EQ(elements(result), (std::vector<int64_t>{0, 0, 0, 1, 0, 2, 0, 3}));
  EXPECT_EQ(elements(stridedView(result, {2, 2}, 1, {4, 2})), (std::vector<int64_t>{0, 1, 2, 3}));
}

TEST_F(ViewsTest, FilledHasOneElementEverywhere) {
  Tensor seven(i32, {});
  seven.setInt(0, 7);
  EXPECT_EQ(elements(filled(seven, {2, 2})), (std::vector<int64_t>{7, 7, 7, 7}));
  EXPECT_EQ(filled(seven, {0}).numElements(), 0);
}

}  // namespace
}  // namespace plx::eval
