// The table of scalar functions: names, types and neutral elements.
#include "ir/types/ScalarFn.h"

#include "gtest/gtest.h"
#include "ir/Dialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/MLIRContext.h"

namespace plx {
namespace {

struct ScalarFnTest : testing::Test {
  ScalarFnTest() { context.loadDialect<PlxDialect>(); }
  mlir::MLIRContext context;
  mlir::Builder b{&context};
  mlir::Type f32 = b.getF32Type(), f16 = b.getF16Type(), i32 = b.getI32Type(), i1 = b.getI1Type();
  mlir::Type ui8 = mlir::IntegerType::get(&context, 8, mlir::IntegerType::Unsigned);
};

TEST_F(ScalarFnTest, NamesGoBothWays) {
  for (const char *name : {"add", "not", "select", "round", "xor"}) {
    std::optional<ScalarFn> fn = scalarFnNamed(name);
    ASSERT_TRUE(fn) << name;
    EXPECT_EQ(infoOf(*fn).name, name);
    EXPECT_EQ(infoOf(*fn).fn, *fn);
  }
  EXPECT_FALSE(scalarFnNamed("Add"));
  EXPECT_FALSE(scalarFnNamed(""));
}

TEST_F(ScalarFnTest, ResultsHaveTheTypeOfTheLastOperandOrAreBool) {
  EXPECT_EQ(scalarResultType(ScalarFn::mul_, {f32, f32}), f32);
  EXPECT_EQ(scalarResultType(ScalarFn::lt_, {f32, f32}), i1);
  EXPECT_EQ(scalarResultType(ScalarFn::select_, {i1, i32, i32}), i32);
}

TEST_F(ScalarFnTest, RefusesWrongTypesWithTheirNames) {
  EXPECT_EQ(checkScalarFn(ScalarFn::add_, {f32, f32}), "");
  EXPECT_EQ(checkScalarFn(ScalarFn::and_, {i1, i1}), "");
  EXPECT_EQ(checkScalarFn(ScalarFn::select_, {i1, f16, f16}), "");
  struct {
    ScalarFn fn;
    std::vector<mlir::Type> elements;
    const char *part;
  } wrong[] = {{ScalarFn::exp_, {i32}, "i32"},      {ScalarFn::add_, {i1, i1}, "i1"},
               {ScalarFn::add_, {f32, i32}, "i32"}, {ScalarFn::and_, {f32, f32}, "f32"},
               {ScalarFn::neg_, {f32, f32}, "2"},   {ScalarFn::select_, {f32, f32, f32}, "f32"}};
  for (const auto &test : wrong) {
    std::string message = checkScalarFn(test.fn, test.elements);
    EXPECT_NE(message.find(test.part), std::string::npos)
        << infoOf(test.fn).name.str() << ": " << message;
  }
}

TEST_F(ScalarFnTest, NeutralElementsLeaveValuesAlone) {
  auto number = [&](FoldKind kind, mlir::Type element) {
    return mlir::cast<mlir::FloatAttr>(neutralOf(kind, element)).getValueAsDouble();
  };
  EXPECT_EQ(number(FoldKind::Sum, f32), 0);
  EXPECT_EQ(number(FoldKind::Product, f32), 1);
  EXPECT_EQ(number(FoldKind::Max, f32), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(number(FoldKind::Min, f16), std::numeric_limits<double>::infinity());
  auto bits = [&](FoldKind kind, mlir::Type element) {
    return mlir::cast<mlir::IntegerAttr>(neutralOf(kind, element)).getValue();
  };
  EXPECT_EQ(bits(FoldKind::Max, i32).getSExtValue(), INT32_MIN);
  EXPECT_EQ(bits(FoldKind::Min, i32).getSExtValue(), INT32_MAX);
  EXPECT_EQ(bits(FoldKind::Max, ui8).getZExtValue(), 0u);
  EXPECT_EQ(bits(FoldKind::Min, ui8).getZExtValue(), 255u);
  EXPECT_TRUE(bits(FoldKind::And, i32).isAllOnes());
  EXPECT_TRUE(bits(FoldKind::Or, i32).isZero());
}

TEST_F(ScalarFnTest, NarrowFloatsAccumulateInF32) {
  EXPECT_EQ(accumulatorType(FoldKind::Sum, f16), f32);
  EXPECT_EQ(accumulatorType(FoldKind::Sum, b.getBF16Type()), f32);
  EXPECT_EQ(accumulatorType(FoldKind::Sum, b.getF64Type()), b.getF64Type());
  EXPECT_EQ(accumulatorType(FoldKind::Sum, i32), i32);
  for (FoldKind kind : {FoldKind::Sum, FoldKind::Product, FoldKind::Max, FoldKind::Min,
                        FoldKind::And, FoldKind::Or})
    EXPECT_EQ(foldKindNamed(nameOf(kind)), kind);
}

}  // namespace
}  // namespace plx
