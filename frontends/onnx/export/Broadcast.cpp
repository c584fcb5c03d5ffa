#include "frontends/onnx/export/Broadcast.h"

#include "ir/ops/Broadcast.h"
#include "mlir/IR/Matchers.h"

namespace plx::onnxio {

mlir::DenseElementsAttr splatOf(Value value) {
  mlir::Attribute attr;
  if (!mlir::matchPattern(value, mlir::m_Constant(&attr))) return {};
  auto dense = mlir::dyn_cast<mlir::DenseElementsAttr>(attr);
  if (!dense || !dense.isSplat()) return {};
  return dense.resizeSplat(mlir::RankedTensorType::get({}, dense.getElementType()));
}

Repeated repeatedOf(Value value) {
  Repeated repeated{value, {}, dimsOf(value.getType())};
  int64_t rank = repeated.dims.size();
  Dim one = Dim::constant(value.getContext(), 1);
  if (splatOf(value)) {
    repeated.source = value;
    repeated.dims.assign(rank, one);
    return repeated;
  }
  auto broadcast = broadcastOf(value);
  if (!broadcast) return repeated;
  repeated.source = broadcast.getOperand();
  repeated.along.assign(broadcast.getDims().begin(), broadcast.getDims().end());
  repeated.dims.assign(rank, one);
  for (auto [axis, dim] : llvm::zip(repeated.along, dimsOf(repeated.source.getType())))
    repeated.dims[axis] = dim;
  int64_t first = repeated.along.empty() ? rank : repeated.along[0];
  for (int64_t axis = first; axis < rank; ++axis)
    if (!llvm::is_contained(repeated.along, axis)) repeated.inserted.push_back(axis - first);
  return repeated;
}

Name unrepeated(Exporter &e, const Repeated &repeated) {
  if (!repeated.source) return e.of(repeated.value);
  bool isOne = llvm::all_of(repeated.dims, [](Dim dim) { return dim && dim.isConstant(1); });
  if (mlir::DenseElementsAttr splat = splatOf(repeated.source); splat && isOne)
    return e.constant(mlir::ElementsAttr(splat));
  return e.unsqueeze(e.of(repeated.source), repeated.inserted);
}

namespace {

void exportBroadcast(Exporter &e, BroadcastOp op) {
  Repeated repeated = repeatedOf(op.getResult());
  Dims to = dimsOf(op.getResult().getType());
  bool isPlain = repeated.dims == to && repeated.along.size() == to.size();
  Name name = e.unsqueeze(e.of(op.getOperand()), repeated.inserted);
  e.define(op.getResult(), isPlain ? name : e.expand(name, to));
}
PLX_ONNX_EXPORT(BroadcastOp, exportBroadcast);

}  // namespace
}  // namespace plx::onnxio
