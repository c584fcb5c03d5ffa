// Recognises kernels that are attention, and the roles of their variables.
#ifndef PLEXUS_IR_KERNEL_ATTENTION_H
#define PLEXUS_IR_KERNEL_ATTENTION_H

#include <optional>

#include "ir/kernel/Kernel.h"

namespace plx {

/// out[.., i, e] = epilogue(sum / total), where for score(i, j) = f(dot(i, j), i, j) and
/// dot(i, j) = sum over c of q[.., i, c] * k[.., j, c]:
///   highest(i) = max over j of score,   total(i) = sum over j of exp(score - highest),
///   sum(i, e) = sum over j of exp(score - highest) * v[.., j, e].
/// Only j in [0, last(i)] take part, where there is a `last`. Scores are the same in all three
/// folds; the values here are those of `sum`.
struct Attention {
  FoldOp sum, total, dot;
  LoadOp q, k, v;           // linear in their variables
  mlir::Value score;        // a function of `dot`; no other fold below it
  LoadOp turned;            // of score: lies along j, not along i (a mask); may be null
  InsideOp takesPart;       // may be null: all do
  Dim last;                 // null where takesPart is: the last j that takes part, linear in `row`
  mlir::StringAttr row;     // i: the last variable that only q depends on; may be null (one row)
  mlir::StringAttr column;  // e: the last iteration variable; stores are consecutive in it
  mlir::StringAttr key, depth;      // j and c
  Dim rows, columns, keys, depths;  // extents; rows is 1 without a row variable
};

/// Only an op that is attention nests a sum of products in another fold (fusion never does), so
/// reads lie within their buffers for all i, j, c and e, whether they take part or not.
std::optional<Attention> findAttention(KernelFuncOp kernel);

/// How attention is cut: a unit takes `rows` of q (whole vectors), and goes over blocks of `keys`.
struct AttentionTile {
  int64_t rows, keys;
};
AttentionTile chooseTile(const Attention &attention, int64_t lanes);

/// A thread's scratch: offsets of its parts, in elements of the type accumulated in.
struct AttentionScratch {
  Dim queries;                   // [depth][rows]
  Dim weights;                   // [keys][rows]: scores, then exponentials of them
  Dim sums;                      // [rows][columns, whole vectors]
  Dim highest, totals, factors;  // [rows] each
  Dim keyCopy;                   // [keys][depth], where copiesKeys
  Dim valueCopy;                 // [keys][columns, whole vectors], where copiesValues
  Dim turned;                    // [keys][rows], where there is such a load
  Dim end;
  bool copiesKeys;    // narrow floats: widened once a block
  bool copiesValues;  // those, and where columns do not fill vectors as they lie
};
AttentionScratch scratchOf(Attention attention, AttentionTile tile, int64_t lanes);

}  // namespace plx

#endif  // PLEXUS_IR_KERNEL_ATTENTION_H
