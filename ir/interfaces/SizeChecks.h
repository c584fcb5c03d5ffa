// The interface of ops that ask something of sizes at run time (SizeChecks.td is its contract).
// Apart from Interfaces.h: half of the ops have it.
#ifndef PLEXUS_IR_INTERFACES_SIZECHECKS_H
#define PLEXUS_IR_INTERFACES_SIZECHECKS_H

#include <string>

#include "ir/types/Dim.h"
#include "mlir/IR/OpDefinition.h"

namespace plx {

/// low <= value <= high, both inclusive; a null bound asks nothing.
struct SizeCheck {
  static SizeCheck equal(Dim a, Dim b, int64_t axis);
  /// True where no valuation of the symbols can break it.
  bool isProved() const;

  Dim value, low, high;
  int64_t axis;  // of the operand, or where the operand has none: of the result
  /// {0}: the value; {1}: the allowed one that is next to it; {2}: the axis.
  std::string message;
  bool orOne = false;    // 1 is allowed too
  Dim elements = Dim();  // asks nothing where this is 0; null: always asks
};

/// Operands of `types` have one shape.
void checkOneShape(mlir::TypeRange types, llvm::SmallVectorImpl<SizeCheck> &checks);

}  // namespace plx

#include "ir/interfaces/SizeChecks.h.inc"

#endif  // PLEXUS_IR_INTERFACES_SIZECHECKS_H
