#include "compiler/native/EmitDim.h"

namespace plx {

namespace {

/// Gives both values the wider one's type: a scalar beside a vector is splatted.
void match(llvm::IRBuilderBase &b, llvm::Value *&x, llvm::Value *&y) {
  auto widen = [&](llvm::Value *scalar, llvm::Value *like) -> llvm::Value * {
    auto vector = llvm::dyn_cast<llvm::FixedVectorType>(like->getType());
    if (!vector || scalar->getType()->isVectorTy()) return scalar;
    return b.CreateVectorSplat(vector->getNumElements(), scalar);
  };
  x = widen(x, y);
  y = widen(y, x);
}

class Emitter {
 public:
  Emitter(llvm::IRBuilderBase &b, llvm::function_ref<llvm::Value *(DimAtom)> valueOf,
          const DimArithmetic &arithmetic)
      : b_(b), valueOf_(valueOf), arithmetic_(arithmetic) {}

  llvm::Value *dim(Dim dim) {
    llvm::Value *sum = nullptr;
    for (const DimTerm &term : dim.terms()) {
      llvm::Value *value = this->term(term);
      sum = sum ? add(sum, value) : value;
    }
    return sum ? sum : b_.getInt64(0);
  }

 private:
  llvm::Value *add(llvm::Value *x, llvm::Value *y) {
    match(b_, x, y);
    return arithmetic_.add ? arithmetic_.add(x, y) : b_.CreateAdd(x, y);
  }
  llvm::Value *multiply(llvm::Value *x, llvm::Value *y) {
    match(b_, x, y);
    return arithmetic_.multiply ? arithmetic_.multiply(x, y) : b_.CreateMul(x, y);
  }

  llvm::Value *term(const DimTerm &term) {
    if (term.factors.empty()) return b_.getInt64(term.coefficient);
    llvm::Value *product = nullptr;
    for (DimAtom factor : term.factors) {
      llvm::Value *value = atom(factor);
      product = product ? multiply(product, value) : value;
    }
    return term.coefficient == 1 ? product : multiply(product, b_.getInt64(term.coefficient));
  }

  llvm::Value *atom(DimAtom atom) {
    if (atom.kind() == DimAtomKind::Symbol) return valueOf_(atom);
    llvm::Value *lhs = dim(atom.lhs()), *rhs = dim(atom.rhs());
    if (atom.kind() == DimAtomKind::Max) {
      match(b_, lhs, rhs);
      return b_.CreateBinaryIntrinsic(llvm::Intrinsic::smax, lhs, rhs);
    }
    bool isFloor = atom.kind() == DimAtomKind::FloorDiv;
    std::optional<int64_t> divisor = atom.rhs().constant();
    bool nonNegative = atom.lhs().lowerBound().value_or(-1) >= 0;
    if (isFloor && divisor && *divisor > 0 && nonNegative) {
      match(b_, lhs, rhs);
      return b_.CreateUDiv(lhs, rhs);
    }
    match(b_, lhs, rhs);
    if (isFloor) return emitFloorDiv(b_, lhs, rhs);
    return b_.CreateNeg(emitFloorDiv(b_, b_.CreateNeg(lhs), rhs));
  }

  llvm::IRBuilderBase &b_;
  llvm::function_ref<llvm::Value *(DimAtom)> valueOf_;
  const DimArithmetic &arithmetic_;
};

}  // namespace

llvm::Value *emitFloorDiv(llvm::IRBuilderBase &b, llvm::Value *a, llvm::Value *c) {
  llvm::Type *type = a->getType();
  llvm::Value *zero = llvm::ConstantInt::get(type, 0), *one = llvm::ConstantInt::get(type, 1);
  // A zero divisor would trap; the quotient is defined as 0 then.
  llvm::Value *isZero = b.CreateICmpEQ(c, zero);
  llvm::Value *safe = b.CreateSelect(isZero, one, c);
  llvm::Value *quotient = b.CreateSDiv(a, safe);
  llvm::Value *remainder = b.CreateSub(a, b.CreateMul(quotient, safe));
  llvm::Value *crossed = b.CreateAnd(b.CreateICmpNE(remainder, zero),
                                     b.CreateICmpSLT(b.CreateXor(remainder, safe), zero));
  llvm::Value *floor = b.CreateSub(quotient, b.CreateZExt(crossed, type));
  return b.CreateSelect(isZero, zero, floor);
}

llvm::Value *emitDim(llvm::IRBuilderBase &b, Dim dim,
                     llvm::function_ref<llvm::Value *(DimAtom)> valueOf,
                     const DimArithmetic &arithmetic) {
  return Emitter(b, valueOf, arithmetic).dim(dim);
}

}  // namespace plx
