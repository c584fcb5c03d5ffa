// Kernels without a loop nest: the closed list of their algorithms, and how an op asks for one.
//
// What each kind computes is what the plx op of that name means. Its buffers are the op's operands,
// then its results, then, where the number of results depends on data, one i64 that takes this
// number. Options (a dictionary):
//   scatter              {combine: "replace" | "sum" | "product" | "max" | "min", axes: array<i64>,
//   position: i64} sort                 {axis: i64, descending: unit, optional} top_k {axis: i64,
//   smallest: unit, optional}; k is the result's size along the axis nonzero              {} unique
//   {axis: i64, optional; sorted: bool} non_max_suppression  {center_point_box: unit, optional}
#ifndef PLEXUS_IR_KERNEL_IRREGULAR_H
#define PLEXUS_IR_KERNEL_IRREGULAR_H

#include <optional>

#include "ir/types/Dim.h"

namespace plx {

enum class IrregularKind { Scatter, Sort, TopK, Nonzero, Unique, NonMaxSuppression };
llvm::StringRef nameOf(IrregularKind kind);
std::optional<IrregularKind> irregularKindNamed(llvm::StringRef name);

/// What an op says to become an irregular kernel.
struct IrregularForm {
  IrregularKind kind;
  mlir::DictionaryAttr options;
  /// Symbol that the number of results found becomes; null where sizes do not depend on data.
  mlir::StringAttr countSymbol;
  /// With a countSymbol: for each result, sizes that hold whatever the data (no mention of the
  /// symbol). The result proper lies dense at the beginning of a buffer of these sizes.
  llvm::SmallVector<DimsAttr> bounds;
};

}  // namespace plx

#endif  // PLEXUS_IR_KERNEL_IRREGULAR_H
