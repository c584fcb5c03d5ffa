// Folds of schedule window: a window that slides along a variable, several of its places at a time.
// What does not depend on the place (the weights of a depthwise convolution) is loaded once for all
// of them, what neighbouring windows share is loaded once where a window's last variable is
// unrolled, and the places' sums are chains of additions that do not wait for each other.
#include "compiler/cpu/Nest.h"
#include "ir/kernel/Contraction.h"

namespace plx::cpu {

namespace {
// Longest innermost extent of a window that is written out term by term.
constexpr int64_t kUnrolled = 8;

/// Whether terms that are products may be added by fused multiply-add.
bool hasMultiplyAdd(mlir::Type element, const Facts &facts) {
  return facts.math.fma && (element.isF32() || element.isF64());
}
}  // namespace

void Folds::addTerm(FoldOp fold, llvm::AllocaInst *sum) {
  llvm::Type *type = sum->getAllocatedType();
  llvm::Value *before = b_.CreateLoad(type, sum);
  auto widened = [&](mlir::Value scalar) {
    return type->isVectorTy() ? s_.emitVector(scalar) : s_.emit(scalar);
  };
  llvm::Value *after;
  auto product = productIn(fold);
  if (product && hasMultiplyAdd(fold.getType(), s_.facts())) {
    llvm::Value *x = widened(product.getOperand(0)), *y = widened(product.getOperand(1));
    after = s_.multiplyAdd(x, y, before);
  } else {
    after = s_.combine(*foldKindNamed(fold.getKind()), fold.getType(), before,
                       widened(fold.getValue()));
  }
  b_.CreateStore(after, sum);
}

llvm::SmallVector<llvm::Value *> Folds::foldPlaces(FoldOp fold, mlir::StringAttr along,
                                                   llvm::Value *base, int64_t count) {
  llvm::Value *start = s_.neutral(*foldKindNamed(fold.getKind()), fold.getType());
  if (s_.dependsOnLanes(fold)) start = s_.splat(start);
  llvm::SmallVector<llvm::AllocaInst *> sums;
  for (int64_t place = 0; place < count; ++place) {
    sums.push_back(s_.local(start->getType()));
    b_.CreateStore(start, sums.back());
  }
  s_.unsetVariable(along);  // what is hoisted below does not depend on the place
  auto addAll = [&](mlir::StringAttr last, llvm::Value *k) {
    s_.setVariable(last, k);
    s_.hoist({fold.getValue()}, {along});
    for (int64_t place = 0; place < count; ++place) {
      Scalars::Scope scope(s_);
      s_.setVariable(along, b_.CreateAdd(base, s_.i64(place)));
      addTerm(fold, sums[place]);
    }
  };
  auto names = namesOf(fold.getVariables());
  mlir::StringAttr last = names.pop_back_val();
  llvm::ArrayRef<Dim> extents = fold.getExtents().dims();
  std::optional<int64_t> known = extents.back().constant();
  loops(names, extents.drop_back(), fold.getValue(), [&] {
    if (!known || *known > kUnrolled)
      return s_.loop(s_.i64(0), s_.dim(extents.back()), 1,
                     [&](llvm::Value *k) { addAll(last, k); });
    for (int64_t k = 0; k < *known; ++k) {
      Scalars::Scope scope(s_);
      addAll(last, s_.i64(k));
    }
  });
  llvm::SmallVector<llvm::Value *> results;
  for (llvm::AllocaInst *sum : sums) results.push_back(b_.CreateLoad(start->getType(), sum));
  return results;
}

}  // namespace plx::cpu
