// LLVM IR for the value of a Dim.
#ifndef PLEXUS_COMPILER_NATIVE_EMITDIM_H
#define PLEXUS_COMPILER_NATIVE_EMITDIM_H

#include "ir/types/Dim.h"
#include "llvm/IR/IRBuilder.h"

namespace plx {

/// What emitDim calls with two i64 operands to multiply or add; null: plain wrapping arithmetic.
/// The host program, which sees sizes of users, passes functions that check for overflow; kernels
/// run on sizes the host has checked.
struct DimArithmetic {
  std::function<llvm::Value *(llvm::Value *, llvm::Value *)> multiply, add;
};

/// The value of `dim` (i64, or a vector of i64 when a symbol's value is one; scalars are splatted
/// as needed). `valueOf` gives each symbol's value. Division by zero gives 0.
llvm::Value *emitDim(llvm::IRBuilderBase &b, Dim dim,
                     llvm::function_ref<llvm::Value *(DimAtom)> valueOf,
                     const DimArithmetic &arithmetic = {});

/// Rounds towards minus infinity, as Dim's floordiv; operands both i64 or both vectors.
llvm::Value *emitFloorDiv(llvm::IRBuilderBase &b, llvm::Value *a, llvm::Value *c);

}  // namespace plx

#endif  // PLEXUS_COMPILER_NATIVE_EMITDIM_H
