#include "ir/kernel/Builder.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

namespace plx {

KernelBuilder::~KernelBuilder() = default;

mlir::Value KernelBuilder::constant(double value, mlir::Type element) {
  if (auto type = mlir::dyn_cast<mlir::FloatType>(element))
    return constant(mlir::TypedAttr(mlir::FloatAttr::get(type, value)));
  return constant(static_cast<int64_t>(value), element);
}

mlir::Value KernelBuilder::constant(int64_t value, mlir::Type element) {
  if (mlir::isa<mlir::FloatType>(element)) return constant(static_cast<double>(value), element);
  auto type = mlir::cast<mlir::IntegerType>(element);
  return constant(mlir::TypedAttr(mlir::IntegerAttr::get(
      type, llvm::APInt(type.getWidth(), static_cast<uint64_t>(value), /*isSigned=*/true,
                        /*implicitTrunc=*/true))));
}

mlir::Value KernelBuilder::noLoopNest(llvm::StringRef why) {
  whyNot_ = why.str();
  return {};
}

}  // namespace plx
