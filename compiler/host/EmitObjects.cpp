// Calls of host functions, and objects.
#include "compiler/host/Emitter.h"
#include "runtime/include/plexus_abi.h"

namespace plx {

/// Room for the arguments and the results of the calls that have most.
void Emitter::makeTensors() {
  size_t arguments = 0, results = 0;
  program_.walk([&](HostCallOp call) {
    arguments = std::max(arguments, call.getInputs().size() + 1);
    results = std::max(results, call.getResultTypes().size() + 1);
  });
  auto room = [&](size_t count, const char *name) {
    auto type = llvm::ArrayType::get(b_.getInt8Ty(), count * sizeof(plx_tensor));
    llvm::AllocaInst *array = b_.CreateAlloca(type, nullptr, name);
    array->setAlignment(llvm::Align(alignof(plx_tensor)));
    return array;
  };
  if (arguments == 0) return;
  argumentTensors_ = room(arguments, "arguments");
  resultTensors_ = room(results, "results");
}

void Emitter::storeTensor(llvm::AllocaInst *array, size_t index, mlir::Type type, llvm::Value *data,
                          bool isObject, size_t &firstDim) {
  auto field = [&](size_t offset) {
    return b_.CreateConstGEP1_64(b_.getInt8Ty(), array, index * sizeof(plx_tensor) + offset);
  };
  auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
  llvm::SmallVector<Dim> dims = dimsOf(type);
  llvm::Value *firstPlace = b_.CreateConstGEP1_64(i64_, sizesArray_, firstDim);
  for (Dim size : dims)
    b_.CreateStore(dim(size), b_.CreateConstGEP1_64(i64_, sizesArray_, firstDim++));
  int32_t code = isObject ? PLX_OBJECT : elementTypeCode(tensor.getElementType());
  b_.CreateStore(data, field(offsetof(plx_tensor, data)));
  b_.CreateStore(tensor ? firstPlace : llvm::ConstantPointerNull::get(b_.getPtrTy()),
                 field(offsetof(plx_tensor, dims)));
  b_.CreateStore(b_.getInt32(dims.size()), field(offsetof(plx_tensor, rank)));
  b_.CreateStore(b_.getInt32(code), field(offsetof(plx_tensor, element_type)));
}

void Emitter::emitHostCall(HostCallOp op) {
  size_t firstDim = 0;
  for (auto [i, type] : llvm::enumerate(op.getInputTypes().getAsValueRange<mlir::TypeAttr>())) {
    mlir::Value input = op.getInputs()[i];
    storeTensor(argumentTensors_, i, type, value(input), mlir::isa<ObjectType>(input.getType()),
                firstDim);
  }
  size_t nextPlace = 0, numResults = op.getResultTypes().size();
  llvm::SmallVector<size_t> objects;
  for (auto [i, type] : llvm::enumerate(op.getResultTypes().getAsValueRange<mlir::TypeAttr>())) {
    bool isObject = mlir::isa<ObjectType>(type);
    if (isObject) objects.push_back(i);
    llvm::Value *place = isObject ? llvm::ConstantPointerNull::get(b_.getPtrTy())
                                  : value(op.getPlaced()[nextPlace++]);
    storeTensor(resultTensors_, i, type, place, isObject, firstDim);
  }
  llvm::Value *code =
      b_.CreateCall(calls_.hostCall,
                    {run_, b_.getInt32(tables_.import(op)), b_.getInt32(tables_.site(op.getLoc())),
                     argumentTensors_, b_.getInt32(op.getInputs().size()), resultTensors_,
                     b_.getInt32(numResults)});
  leaveIf(b_.CreateICmpNE(code, b_.getInt32(0)));
  for (auto [i, object] : llvm::zip_equal(objects, op.getObjects()))
    values_[object] = b_.CreateLoad(
        ptr_, b_.CreateConstGEP1_64(b_.getInt8Ty(), resultTensors_,
                                    i * sizeof(plx_tensor) + offsetof(plx_tensor, data)));
}

void Emitter::emitView(ViewOp op) {
  llvm::Value *data = b_.CreateCall(
      calls_.view, {run_, b_.getInt32(tables_.site(op.getLoc())), value(op.getObject()),
                    b_.getInt32(elementTypeCode(op.getElementType())),
                    b_.getInt32(op.getSizes().size()), sizesArray_});
  leaveIf(b_.CreateIsNull(data));
  values_[op.getBuffer()] = data;
  for (auto [axis, size] : llvm::enumerate(op.getSizes()))
    values_[size] = b_.CreateLoad(i64_, b_.CreateConstGEP1_64(i64_, sizesArray_, axis));
}

void Emitter::emitOutputObject(OutputObjectOp op) {
  checkNotNegative(op.getDims());
  llvm::SmallVector<llvm::Value *> dims;
  for (Dim size : op.getDims().dims()) dims.push_back(dim(size));
  llvm::Value *code =
      b_.CreateCall(calls_.outputObject, {run_, b_.getInt32(op.getIndex()), value(op.getObject()),
                                          b_.getInt32(dims.size()), array(dims, sizesArray_)});
  leaveIf(b_.CreateICmpNE(code, b_.getInt32(0)));
}

void Emitter::emitMark(MarkOp op) { values_[op.getResult()] = b_.CreateCall(calls_.mark, {run_}); }

void Emitter::emitKeep(KeepOp op) {
  llvm::SmallVector<llvm::Value *> objects;
  for (mlir::Value object : op.getObjects()) objects.push_back(value(object));
  b_.CreateCall(calls_.keep, {run_, value(op.getMark()), array(objects, buffersArray_),
                              b_.getInt32(objects.size())});
}

}  // namespace plx
