#include "ir/kernel/HostProgram.h"

#include "mlir/IR/OpImplementation.h"

#define GET_OP_CLASSES
#include "ir/kernel/HostProgram.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(hostProgram, ProgramOp, InputOp, OutputOp, WeightOp, AllocOp, StateOp, AdvanceOp,
                 CopyOp, PlaceOp, ReserveOp, SizeOp, SetSymbolOp, RequireOp, LoadScalarOp,
                 StoreScalarsOp, RunOp, InputObjectOp, HostCallOp, ViewOp, OutputObjectOp, MarkOp,
                 KeepOp, CheckCancelledOp);

llvm::SmallVector<ProgramOp> programsOf(mlir::ModuleOp module) {
  return llvm::to_vector(module.getOps<ProgramOp>());
}

mlir::LogicalResult ProgramOp::verify() {
  if (getInputNames().size() != getInputTypes().size())
    return emitOpError() << getInputNames().size() << " names for " << getInputTypes().size()
                         << " inputs";
  if (getOutputNames().size() != getOutputTypes().size())
    return emitOpError() << getOutputNames().size() << " names for " << getOutputTypes().size()
                         << " outputs";
  for (mlir::ArrayAttr types : {getInputTypes(), getOutputTypes()})
    for (mlir::Attribute type : types)
      if (!mlir::isa<mlir::RankedTensorType, SequenceType, OptionalType, MapType>(
              mlir::cast<mlir::TypeAttr>(type).getValue()))
        return emitOpError()
               << "inputs and outputs are tensors, sequences, optionals and maps, found " << type;
  if (!getDonated()) return mlir::success();
  if (getDonated()->size() != getOutputNames().size())
    return emitOpError() << "`donated` has " << getDonated()->size() << " entries, there are "
                         << getOutputNames().size() << " outputs";
  llvm::SmallVector<bool> taken(getInputTypes().size());
  for (auto [output, input] : llvm::enumerate(*getDonated())) {
    if (input == -1) continue;
    if (input < 0 || input >= static_cast<int64_t>(taken.size()) || taken[input] ||
        getInputTypes()[input] != getOutputTypes()[output])
      return emitOpError() << "output " << output << " cannot take the place of input " << input
                           << ": it has another type, another output has it, or it is none";
    taken[input] = true;
  }
  return mlir::success();
}

mlir::LogicalResult SizeOp::verify() {
  if (getExpression().size() != 1)
    return emitOpError() << "takes one expression, found " << getExpression().size();
  return mlir::success();
}

mlir::LogicalResult HostCallOp::verify() {
  if (getInputs().size() != getInputTypes().size())
    return emitOpError() << getInputTypes().size() << " types for " << getInputs().size()
                         << " inputs";
  size_t objects = llvm::count_if(getResultTypes(), [](mlir::Attribute type) {
    return mlir::isa<ObjectType>(mlir::cast<mlir::TypeAttr>(type).getValue());
  });
  if (objects == getObjects().size() && getResultTypes().size() - objects == getPlaced().size())
    return mlir::success();
  return emitOpError() << "its result types ask for " << objects << " objects and "
                       << getResultTypes().size() - objects << " places, found "
                       << getObjects().size() << " and " << getPlaced().size();
}

bool isWholeBuffer(mlir::Value buffer) {
  mlir::Operation *op = buffer.getDefiningOp();
  return op && mlir::isa<InputOp, OutputOp, WeightOp, AllocOp, StateOp>(op);
}

}  // namespace plx
