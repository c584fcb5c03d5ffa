#include "ir/ops/Yield.h"

#include "ir/ops/If.h"
#include "ir/ops/Loop.h"
#include "ir/ops/Scan.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Yield.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(yield, YieldOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult YieldOp::verify() {
  mlir::Operation *parent = (*this)->getParentOp();
  if (!mlir::isa_and_nonnull<IfOp, LoopOp, ScanOp>(parent))  // yield.c1
    return emitOpError() << "is inside `" << (parent ? parent->getName().getStringRef() : "nothing")
                         << "`, expected plx.if, plx.loop or plx.scan";
  return checkTensors(*this);
}

}  // namespace plx
