#include "ir/kernel/HostProgram.h"

#include "mlir/IR/OpImplementation.h"

#define GET_OP_CLASSES
#include "ir/kernel/HostProgram.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(hostProgram, ProgramOp, InputOp, OutputOp, WeightOp, AllocOp, StateOp, AdvanceOp,
                 CopyOp, PlaceOp, ReserveOp, SizeOp, SetSymbolOp, RequireOp, LoadScalarOp,
                 StoreScalarsOp, RunOp, CheckCancelledOp);

mlir::LogicalResult ProgramOp::verify() {
  if (getInputNames().size() != getInputTypes().size())
    return emitOpError() << getInputNames().size() << " names for " << getInputTypes().size()
                         << " inputs";
  if (getOutputNames().size() != getOutputTypes().size())
    return emitOpError() << getOutputNames().size() << " names for " << getOutputTypes().size()
                         << " outputs";
  for (mlir::ArrayAttr types : {getInputTypes(), getOutputTypes()})
    for (mlir::Attribute type : types)
      if (!mlir::isa<mlir::RankedTensorType>(mlir::cast<mlir::TypeAttr>(type).getValue()))
        return emitOpError() << "inputs and outputs are tensors, found " << type;
  return mlir::success();
}

mlir::LogicalResult SizeOp::verify() {
  if (getExpression().size() != 1)
    return emitOpError() << "takes one expression, found " << getExpression().size();
  return mlir::success();
}

}  // namespace plx
