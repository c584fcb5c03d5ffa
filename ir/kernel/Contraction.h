// Recognises kernels that are a sum of products of two buffers, and the roles of their variables.
#ifndef PLEXUS_IR_KERNEL_CONTRACTION_H
#define PLEXUS_IR_KERNEL_CONTRACTION_H

#include <optional>

#include "ir/kernel/Kernel.h"

namespace plx {

/// out[.., m, .., n] = epilogue(sum over k of a[.., m, k] * b[.., n, k]).
/// `column` (n) is the last iteration variable: a does not depend on it, every store is consecutive
/// in it. `row` (m) is the last variable of eight values or more that b does not depend on, else
/// the longest; absent where there is none (a vector times a matrix). The other iteration variables
/// run outside of both.
struct Contraction {
  FoldOp fold;
  LoadOp a, b;  // unguarded
  mlir::StringAttr column;
  mlir::StringAttr row;  // may be null
  Dim columns, rows;     // extents; rows is 1 without a row variable
};

std::optional<Contraction> findContraction(KernelFuncOp kernel);

/// The load behind a scalar, through a widening conversion: read always or, where `guard` is given,
/// also where that holds; null: something else.
LoadOp loadBehind(mlir::Value scalar, InsideOp guard = {});
/// The application of `fn` that gives `value`, or null.
ApplyOp applied(mlir::Value value, llvm::StringRef fn);
/// The product that a sum adds up: its value is a `mul`; null: another fold.
ApplyOp productIn(FoldOp fold);

/// Register tile of a contraction: `rows` x `columns` accumulators.
struct Tile {
  int64_t rows = 1, columns = 16;
};
/// The tile with the least work for m x n results (unknown sizes: large), of `mostRows` rows at
/// most, for `lanes` elements a register and `registers` of them: rows * vectors + vectors + 1
/// registers are live (CODEGEN measurements: more spill).
Tile chooseTile(std::optional<int64_t> m, std::optional<int64_t> n, int64_t lanes,
                int64_t registers, int64_t mostRows = 32);

/// b's offset with column = width * block + lane, so that it is linear in both where b is packed in
/// panels. `block` and `lane` are variables of their own.
Dim splitColumn(Dim offset, mlir::StringAttr column, Dim block, Dim lane, int64_t width,
                std::optional<int64_t> numBlocks);

}  // namespace plx

#endif  // PLEXUS_IR_KERNEL_CONTRACTION_H
