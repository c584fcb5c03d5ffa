// Views, sizes as values, positions.
#include "frontends/onnx/export/Broadcast.h"
#include "ir/ops/Bind.h"
#include "ir/ops/Concat.h"
#include "ir/ops/Dims.h"
#include "ir/ops/Iota.h"
#include "ir/ops/Pad.h"
#include "ir/ops/Rebind.h"
#include "ir/ops/Reshape.h"
#include "ir/ops/Slice.h"
#include "ir/ops/Transpose.h"

namespace plx::onnxio {

Value vectorOf(Value value, Dim size) {
  auto isVector = [&](Value x) {
    Dims dims = dimsOf(x.getType());
    return dims.size() == 1 && dims[0] == size;
  };
  if (Value source = repeatedOf(value).source) value = source;
  if (isVector(value)) return value;
  Value from = reshapedFrom(value);
  return isVector(from) ? from : Value();
}

Value reshapedFrom(Value value) {
  auto reshape = value.getDefiningOp<ReshapeOp>();
  return reshape ? reshape.getOperand() : value;
}

namespace {

Type elementOf(Value x) { return mlir::cast<mlir::RankedTensorType>(x.getType()).getElementType(); }

void exportReshape(Exporter &e, ReshapeOp op) {
  e.define(op.getResult(), e.reshape(e.of(op.getOperand()), dimsOf(op.getOperand().getType()),
                                     dimsOf(op.getResult().getType())));
}
PLX_ONNX_EXPORT(ReshapeOp, exportReshape);

void exportTranspose(Exporter &e, TransposeOp op) {
  e.define(op.getResult(), e.transpose(e.of(op.getOperand()), op.getPermutation()));
}
PLX_ONNX_EXPORT(TransposeOp, exportTranspose);

// A Reshape to the sizes claimed: it fails where the number of elements is another, and who infers
// shapes learns the claim.
void exportRebind(Exporter &e, RebindOp op) {
  Dims to = dimsOf(op.getResult().getType());
  Name x = e.of(op.getOperand());
  if (dimsOf(op.getOperand().getType()) == to) return e.define(op.getResult(), x);
  std::vector<NodeAttr> attrs;
  if (e.opset >= 14) attrs.push_back(attrOf("allowzero", int64_t{1}));
  e.define(op.getResult(), e.node("Reshape", {x, e.dims(to)}, attrs));
}
PLX_ONNX_EXPORT(RebindOp, exportRebind);

void exportConcat(Exporter &e, ConcatOp op) {
  e.define(op.getResult(), e.node("Concat", e.of(op.getOperands()),
                                  {attrOf("axis", static_cast<int64_t>(op.getAxis()))}));
}
PLX_ONNX_EXPORT(ConcatOp, exportConcat);

// ---- sizes

void exportDims(Exporter &e, DimsOp op) {
  auto type = mlir::cast<mlir::RankedTensorType>(op.getResult().getType());
  Name name = e.dims(op.getValue().dims());
  if (!type.getElementType().isInteger(64) || type.getElementType().isUnsignedInteger())
    name = e.cast(name, type.getElementType());
  Dims flat{e.k(type.getNumElements())};
  e.define(op.getResult(), e.reshape(name, flat, dimsOf(type)));
}
PLX_ONNX_EXPORT(DimsOp, exportDims);

void exportBind(Exporter &e, BindOp op) {
  auto type = mlir::cast<mlir::RankedTensorType>(op.getOperand().getType());
  Name values = e.of(op.getOperand());
  if (!type.getElementType().isInteger(64)) values = e.cast(values, e.i64());
  auto names = op.getNames().getAsValueRange<mlir::StringAttr>();
  if (type.getRank() == 0) values = e.unsqueeze(values, {0});
  bool isOne = type.getNumElements() == 1;
  for (auto [i, name] : llvm::enumerate(names)) {
    Name one = isOne ? values : e.node("Gather", {values, e.ints({static_cast<int64_t>(i)})});
    e.defineSymbol(name, {e.depth(), one});
  }
}
PLX_ONNX_EXPORT(BindOp, exportBind);

void exportIota(Exporter &e, IotaOp op) {
  Dims dims = dimsOf(op.getResult().getType());
  int64_t axis = op.getAxis(), rank = dims.size();
  Name name = e.arange(dims[axis]);
  Type element = elementOf(op.getResult());
  if (!element.isSignlessInteger(64)) name = e.cast(name, element);
  Ints after;
  for (int64_t i = axis + 1; i < rank; ++i) after.push_back(i - axis);
  name = e.unsqueeze(name, after);
  e.define(op.getResult(), rank == 1 ? name : e.expand(name, dims));
}
PLX_ONNX_EXPORT(IotaOp, exportIota);

// ---- slices

// Where ONNX's Slice ends; before the first element it is the least int, for -1 counts from the
// end.
Name endsOf(Exporter &e, SliceOp op) {
  Dims ends;
  bool mayPassFront = false;
  for (size_t d = 0; d < op.getStarts().size(); ++d) {
    Dim start = op.getStarts()[d], size = op.getSizes()[d], step = op.getSteps()[d];
    Dim end = step.isConstant(1) ? start + size : start + size * step;
    if (end.constant() && *end.constant() < 0) end = e.k(INT64_MIN + 1);
    mayPassFront |= !end.constant() && end.lowerBound().value_or(-1) < 0;
    ends.push_back(end);
  }
  Name name = e.dims(ends);
  if (!mayPassFront) return name;
  Name isBefore = e.node("Less", {name, e.scalarInt(0, e.i64())});
  return e.node("Where", {isBefore, e.scalarInt(INT64_MIN + 1, e.i64()), name});
}

void exportSlice(Exporter &e, SliceOp op) {
  Dims from = dimsOf(op.getOperand().getType()), steps(op.getSteps().dims());
  if (llvm::any_of(steps, [](Dim step) { return step.isConstant(0); }))
    unsupported("a slice with the step " + op.getSteps().str());
  Ints axes;
  Dims starts;
  for (size_t d = 0; d < from.size(); ++d) axes.push_back(d);
  e.define(op.getResult(), e.node("Slice", {e.of(op.getOperand()), e.dims(op.getStarts().dims()),
                                            endsOf(e, op), e.ints(axes), e.dims(steps)}));
}
PLX_ONNX_EXPORT(SliceOp, exportSlice);

// ---- pad

bool isZeros(llvm::ArrayRef<Dim> dims) {
  return llvm::all_of(dims, [](Dim dim) { return dim.isConstant(0); });
}

Name paddedBy(Exporter &e, const Name &x, const Name &value, Dims low, Dims high) {
  low.append(high);
  if (isZeros(low)) return x;
  return e.node("Pad", {x, e.dims(low), value});
}

// Values between elements: each axis gets one behind it, padded, joined with it, and loses the
// values behind its last element.
Name spread(Exporter &e, PadOp op, Name x, const Name &value, Dims &dims) {
  for (size_t d = 0; d < dims.size(); ++d) {
    Dim between = op.getInterior()[d];
    if (between.isConstant(0)) continue;
    Dims opened(dims), low(dims.size() + 1, e.k(0)), high(low);
    opened.insert(opened.begin() + d + 1, between + 1);
    high[d + 1] = between;
    x = paddedBy(e, e.unsqueeze(x, {static_cast<int64_t>(d) + 1}), value, low, high);
    dims[d] = dims[d] * (between + 1);
    x = e.reshape(x, opened, dims);
    Dim kept = max(dims[d] - between, 0);
    x = e.node("Slice", {x, e.ints({0}), e.dims({kept}), e.ints({static_cast<int64_t>(d)})});
    dims[d] = kept;
  }
  return x;
}

void exportPad(Exporter &e, PadOp op) {
  Dims dims = dimsOf(op.getOperand().getType());
  Name value = e.of(op.getValue());
  Name x = spread(e, op, e.of(op.getOperand()), value, dims);
  e.define(op.getResult(),
           paddedBy(e, x, value, Dims(op.getLow().dims()), Dims(op.getHigh().dims())));
}
PLX_ONNX_EXPORT(PadOp, exportPad);

}  // namespace
}  // namespace plx::onnxio
