// How an irregular kernel's work is cut among threads, and the scratch memory it needs: what the
// pass writes on a kernel and the code emitted for it goes by.
//
// Units, by kind: sort and top_k take a line along the axis each; scatter a coordinate along
// `scatterUnitAxis`; the others run as one unit, since where a result goes depends on all before
// it.
#ifndef PLEXUS_IR_KERNEL_IRREGULARPLAN_H
#define PLEXUS_IR_KERNEL_IRREGULARPLAN_H

#include "ir/kernel/Kernel.h"

namespace plx {

/// A tensor seen as lines along an axis: [outer, size, inner].
struct LineDims {
  LineDims() = default;
  LineDims(mlir::Type tensor, int64_t axis);
  Dim outer, size, inner;
};

/// What is sorted is records: a key whose unsigned order is the elements' order, and the element's
/// position. In one 64-bit word (key above position) where both have 32 bits, else a word each. A
/// record of a slice is its position alone.
unsigned recordWords(mlir::Type element, Dim numRecords);
/// Bits of an element's key: 32 or 64.
unsigned keyBits(mlir::Type element);

/// Axis of a scatter's operand whose coordinates are its units.
int64_t scatterUnitAxis(IrregularFuncOp kernel);

struct IrregularPlan {
  Dim units;
  int64_t operationsPerUnit;  // as far as sizes are known: for the grain
  /// Bytes (multiples of 8) of each part of a thread's scratch memory, which lie one after the
  /// other.
  ///   sort, top_k, unique: records, and as much again to merge into
  ///   non_max_suppression: the same, then 5 numbers of the boxes' type for each box taken: corners
  ///   and area
  llvm::SmallVector<Dim> scratch;
};
IrregularPlan planOf(IrregularFuncOp kernel);

/// Element types of all buffers, and the tensor types by number.
mlir::RankedTensorType bufferType(IrregularFuncOp kernel, unsigned buffer);
int64_t intOption(IrregularFuncOp kernel, llvm::StringRef name);
bool hasOption(IrregularFuncOp kernel, llvm::StringRef name);

}  // namespace plx

#endif  // PLEXUS_IR_KERNEL_IRREGULARPLAN_H
