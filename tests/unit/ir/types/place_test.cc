#include "ir/types/Place.h"

#include <gtest/gtest.h>

#include "mlir/IR/Builders.h"
#include "mlir/IR/MLIRContext.h"

namespace plx {
namespace {

TEST(Place, NodesAreNamedWithTheirOp) {
  EXPECT_EQ(nodeAndOp("conv1(Conv)"),
            std::make_pair(llvm::StringRef("conv1"), llvm::StringRef("Conv")));
  EXPECT_EQ(nodeAndOp("a(b)c"), std::make_pair(llvm::StringRef("a(b)c"), llvm::StringRef("")));
  EXPECT_EQ(nodeAndOp("(Conv)"), std::make_pair(llvm::StringRef(""), llvm::StringRef("Conv")));
  EXPECT_EQ(nodeAndOp(""), std::make_pair(llvm::StringRef(""), llvm::StringRef("")));
}

TEST(Place, TextIsTheNodeElseTheFileElseNothing) {
  mlir::MLIRContext context;
  mlir::Location unknown = mlir::UnknownLoc::get(&context);
  mlir::Location file = mlir::FileLineColLoc::get(&context, "m.mlir", 3, 8);
  auto named = [&](llvm::StringRef name, mlir::Location inside) -> mlir::Location {
    return mlir::NameLoc::get(mlir::StringAttr::get(&context, name), inside);
  };
  EXPECT_EQ(placeText(unknown), "");
  EXPECT_EQ(placeText(file), "m.mlir:3:8");
  EXPECT_EQ(placeText(named("/add(Add)", unknown)), "node '/add' (Add)");
  EXPECT_EQ(placeText(named("sum", file)), "node 'sum'");
  EXPECT_EQ(placeText(mlir::FusedLoc::get(&context, {unknown, named("x(Mul)", unknown)})),
            "node 'x' (Mul)");
}

}  // namespace
}  // namespace plx
