#include "ir/interfaces/SizeChecks.h"

#include "ir/interfaces/SizeChecks.cpp.inc"

namespace plx {

SizeCheck SizeCheck::equal(Dim a, Dim b, int64_t axis) {
  return {a, b, b, axis,
          ("dim {2} is {0} by `" + a.text() + "` but {1} by `" + b.text() + "`").str()};
}

bool SizeCheck::isProved() const {
  if (orOne && value.isConstant(1)) return true;
  if (elements && elements.isConstant(0)) return true;
  return (!low || value == low || provablyGreaterEqual(value, low)) &&
         (!high || value == high || provablyGreaterEqual(high, value));
}

void checkOneShape(mlir::TypeRange types, llvm::SmallVectorImpl<SizeCheck> &checks) {
  llvm::SmallVector<Dim> first = dimsOf(types[0]);
  for (mlir::Type type : types.drop_front())
    for (auto [axis, dim] : llvm::enumerate(dimsOf(type)))
      checks.push_back(SizeCheck::equal(dim, first[axis], axis));
}

}  // namespace plx
