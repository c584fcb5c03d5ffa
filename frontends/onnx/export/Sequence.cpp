// Sequences and optionals.
#include "ir/ops/Sequence.h"
#include "frontends/onnx/export/Exporter.h"
#include "ir/ops/Host.h"
#include "ir/ops/Optional.h"

namespace plx::onnxio {
namespace {

void exportConstruct(Exporter &e, SequenceConstructOp op) {
  if (!op.getItems().empty())
    return e.define(op.getResult(), e.node("SequenceConstruct", e.of(op.getItems())));
  auto item = mlir::dyn_cast<mlir::TensorType>(
      mlir::cast<SequenceType>(op.getResult().getType()).element());
  if (!item) unsupported("ONNX's empty sequences are of tensors alone");
  int64_t code = elementTypeCode(item.getElementType());
  e.define(op.getResult(), e.node("SequenceEmpty", {}, {attrOf("dtype", code)}));
}
PLX_ONNX_EXPORT(SequenceConstructOp, exportConstruct);

void exportAt(Exporter &e, SequenceAtOp op) {
  e.define(op.getResult(), e.node("SequenceAt", {e.of(op.getSequence()), e.of(op.getPosition())}));
}
PLX_ONNX_EXPORT(SequenceAtOp, exportAt);

void exportInsert(Exporter &e, SequenceInsertOp op) {
  Names in{e.of(op.getSequence()), e.of(op.getItem())};
  if (op.getPosition()) in.push_back(e.of(op.getPosition()));
  e.define(op.getResult(), e.node("SequenceInsert", in));
}
PLX_ONNX_EXPORT(SequenceInsertOp, exportInsert);

void exportErase(Exporter &e, SequenceEraseOp op) {
  Names in{e.of(op.getSequence())};
  if (op.getPosition()) in.push_back(e.of(op.getPosition()));
  e.define(op.getResult(), e.node("SequenceErase", in));
}
PLX_ONNX_EXPORT(SequenceEraseOp, exportErase);

void exportLength(Exporter &e, SequenceLengthOp op) {
  e.define(op.getResult(), e.node("SequenceLength", {e.of(op.getSequence())}));
}
PLX_ONNX_EXPORT(SequenceLengthOp, exportLength);

void exportConcatSequence(Exporter &e, SequenceConcatOp op) {
  e.define(op.getResult(), e.node("ConcatFromSequence", {e.of(op.getSequence())},
                                  {attrOf("axis", static_cast<int64_t>(op.getAxis())),
                                   attrOf("new_axis", int64_t{op.getNewAxis()})}));
}
PLX_ONNX_EXPORT(SequenceConcatOp, exportConcatSequence);

void exportSplit(Exporter &e, SequenceSplitOp op) {
  Names in{e.of(op.getOperand())};
  if (op.getSizes()) in.push_back(e.of(op.getSizes()));
  e.define(op.getResult(), e.node("SplitToSequence", in,
                                  {attrOf("axis", static_cast<int64_t>(op.getAxis())),
                                   attrOf("keepdims", int64_t{!op.getDropAxis()})}));
}
PLX_ONNX_EXPORT(SequenceSplitOp, exportSplit);

void exportOptional(Exporter &e, OptionalOp op) {
  if (op.getValue()) return e.define(op.getResult(), e.node("Optional", {e.of(op.getValue())}));
  Type element = mlir::cast<OptionalType>(op.getResult().getType()).element();
  e.define(op.getResult(), e.node("Optional", {}, {attrOf("type", e.typeProto(element))}));
}
PLX_ONNX_EXPORT(OptionalOp, exportOptional);

void exportOptionalHas(Exporter &e, OptionalHasOp op) {
  e.define(op.getResult(), e.node("OptionalHasElement", {e.of(op.getOptional())}));
}
PLX_ONNX_EXPORT(OptionalHasOp, exportOptionalHas);

void exportOptionalGet(Exporter &e, OptionalGetOp op) {
  e.define(op.getResult(), e.node("OptionalGetElement", {e.of(op.getOptional())}));
}
PLX_ONNX_EXPORT(OptionalGetOp, exportOptionalGet);

void exportHost(Exporter &, HostOp op) {
  unsupported("ONNX has no operator for the host function '" + op.getFunction() + "'");
}
PLX_ONNX_EXPORT(HostOp, exportHost);

}  // namespace
}  // namespace plx::onnxio
