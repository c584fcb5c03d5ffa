// Ops on indices and order.
#include "frontends/onnx/export/Exporter.h"
#include "ir/ops/Gather.h"
#include "ir/ops/NonMaxSuppression.h"
#include "ir/ops/Nonzero.h"
#include "ir/ops/Scatter.h"
#include "ir/ops/Sort.h"
#include "ir/ops/TopK.h"
#include "ir/ops/Unique.h"

namespace plx::onnxio {
namespace {

Type elementOf(Value x) { return mlir::cast<mlir::RankedTensorType>(x.getType()).getElementType(); }
int64_t rankOf(Value x) { return mlir::cast<mlir::RankedTensorType>(x.getType()).getRank(); }

Ints inverseOf(llvm::ArrayRef<int64_t> permutation) {
  Ints inverse(permutation.size());
  for (size_t i = 0; i < permutation.size(); ++i) inverse[permutation[i]] = i;
  return inverse;
}

// Operand axes with the indexed ones first.
Ints indexedFirst(int64_t rank, llvm::ArrayRef<int64_t> axes) {
  Ints order(axes);
  for (int64_t axis = 0; axis < rank; ++axis)
    if (!llvm::is_contained(axes, axis)) order.push_back(axis);
  return order;
}

// From [J.., rest..] to where plx has J: before the `position`-th of the rest.
Ints movedTo(int64_t indexRank, int64_t numRest, int64_t position) {
  Ints order;
  for (int64_t i = 0; i < position; ++i) order.push_back(indexRank + i);
  for (int64_t i = 0; i < indexRank; ++i) order.push_back(i);
  for (int64_t i = position; i < numRest; ++i) order.push_back(indexRank + i);
  return order;
}

Name asI64(Exporter &e, Value index) {
  return elementOf(index).isSignlessInteger(64) ? e.of(index) : e.cast(e.of(index), e.i64());
}

// Coordinates in the last dim, as GatherND and ScatterND take them.
Name stacked(Exporter &e, mlir::ValueRange indices) {
  int64_t rank = rankOf(indices[0]);
  Names parts;
  for (Value index : indices) parts.push_back(e.unsqueeze(asI64(e, index), {rank}));
  return parts.size() == 1 ? parts[0] : e.node("Concat", parts, {attrOf("axis", rank)});
}

void exportGather(Exporter &e, GatherOp op) {
  int64_t rank = rankOf(op.getOperand()), indexRank = rankOf(op.getIndices()[0]);
  int64_t position = op.getPosition(), numRest = rank - static_cast<int64_t>(op.getAxes().size());
  Name x = e.of(op.getOperand());
  if (op.getAxes().size() == 1) {
    int64_t axis = op.getAxes()[0];
    Type element = elementOf(op.getIndices()[0]);
    bool isDirect = element.isSignlessInteger(64) || element.isSignlessInteger(32);
    Name index = isDirect ? e.of(op.getIndices()[0]) : asI64(e, op.getIndices()[0]);
    if (axis == position)
      return e.define(op.getResult(), e.node("Gather", {x, index}, {attrOf("axis", axis)}));
    x = e.node("Gather", {e.transpose(x, indexedFirst(rank, {axis})), index},
               {attrOf("axis", int64_t{0})});
    return e.define(op.getResult(), e.transpose(x, movedTo(indexRank, numRest, position)));
  }
  x = e.transpose(x, indexedFirst(rank, op.getAxes()));
  x = e.node("GatherND", {x, stacked(e, op.getIndices())});
  e.define(op.getResult(), e.transpose(x, movedTo(indexRank, numRest, position)));
}
PLX_ONNX_EXPORT(GatherOp, exportGather);

void exportScatter(Exporter &e, ScatterOp op) {
  int64_t rank = rankOf(op.getOperand()), indexRank = rankOf(op.getIndices()[0]);
  int64_t numRest = rank - static_cast<int64_t>(op.getAxes().size());
  Ints order = indexedFirst(rank, op.getAxes());
  Ints moved = movedTo(indexRank, numRest, op.getPosition());
  std::vector<NodeAttr> attrs;
  if (op.getKind() != "replace") {
    llvm::StringRef kind = op.getKind();
    attrs.push_back(attrOf("reduction", kind == "sum"       ? llvm::StringRef("add")
                                        : kind == "product" ? llvm::StringRef("mul")
                                                            : kind));
  }
  Name result = e.node("ScatterND",
                       {e.transpose(e.of(op.getOperand()), order), stacked(e, op.getIndices()),
                        e.transpose(e.of(op.getUpdates()), inverseOf(moved))},
                       attrs);
  e.define(op.getResult(), e.transpose(result, inverseOf(order)));
}
PLX_ONNX_EXPORT(ScatterOp, exportScatter);

void exportSort(Exporter &e, SortOp op) {
  int64_t axis = op.getAxis();
  Dim size = dimsOf(op.getOperand().getType())[axis];
  e.define(op->getResults(),
           e.nodes("TopK", {e.of(op.getOperand()), e.dim(size)}, 2,
                   {attrOf("axis", axis), attrOf("largest", int64_t{op.getDescending()})}));
}
PLX_ONNX_EXPORT(SortOp, exportSort);

void exportTopK(Exporter &e, TopKOp op) {
  e.define(op->getResults(), e.nodes("TopK", {e.of(op.getOperand()), e.dim(op.getK()[0])}, 2,
                                     {attrOf("axis", static_cast<int64_t>(op.getAxis())),
                                      attrOf("largest", int64_t{!op.getSmallest()})}));
}
PLX_ONNX_EXPORT(TopKOp, exportTopK);

void exportNonzero(Exporter &e, NonzeroOp op) {
  e.define(op.getResult(), e.node("NonZero", {e.of(op.getOperand())}));
}
PLX_ONNX_EXPORT(NonzeroOp, exportNonzero);

void exportUnique(Exporter &e, UniqueOp op) {
  std::vector<NodeAttr> attrs{attrOf("sorted", int64_t{op.getSorted()})};
  if (op.getAxis()) attrs.push_back(attrOf("axis", static_cast<int64_t>(*op.getAxis())));
  e.define(op->getResults(), e.nodes("Unique", {e.of(op.getOperand())}, 4, attrs));
}
PLX_ONNX_EXPORT(UniqueOp, exportUnique);

void exportNonMaxSuppression(Exporter &e, NonMaxSuppressionOp op) {
  Type element = elementOf(op.getBoxes());
  auto f32 = [&](Value x) { return element.isF32() ? e.of(x) : e.cast(e.of(x), e.f32()); };
  if (element.isF64()) unsupported("ONNX's NonMaxSuppression has no f64");
  e.define(op.getResult(), e.node("NonMaxSuppression",
                                  {f32(op.getBoxes()), f32(op.getScores()), e.of(op.getMaxOutput()),
                                   e.of(op.getIouThreshold()), e.of(op.getScoreThreshold())},
                                  {attrOf("center_point_box", int64_t{op.getCenterPointBox()})}));
}
PLX_ONNX_EXPORT(NonMaxSuppressionOp, exportNonMaxSuppression);

}  // namespace
}  // namespace plx::onnxio
