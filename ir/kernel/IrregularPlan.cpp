#include "ir/kernel/IrregularPlan.h"

#include "ir/types/Types.h"
#include "llvm/Support/MathExtras.h"

namespace plx {

namespace {
// What a size is taken for where it is not known.
constexpr int64_t kUnknownSize = 64;
// Along a unit axis of this many coordinates every thread finds work.
constexpr int64_t kEnoughUnits = 16;
constexpr int64_t kMany = int64_t{1} << 40;

int64_t estimate(Dim dim) {
  std::optional<int64_t> value =
      dim ? dim.evaluate([](DimAtom) { return std::optional<int64_t>(kUnknownSize); })
          : std::nullopt;
  return std::clamp<int64_t>(value.value_or(kUnknownSize), 1, kMany);
}

int64_t logOf(int64_t count) { return llvm::Log2_64_Ceil(count) + 1; }

Dim one(IrregularFuncOp kernel) { return Dim::constant(kernel.getContext(), 1); }

llvm::SmallVector<Dim> twoArrays(Dim numRecords, unsigned words) {
  Dim bytes = numRecords * (8 * static_cast<int64_t>(words));
  return {bytes, bytes};
}

IrregularPlan planLines(IrregularFuncOp kernel, IrregularKind kind) {
  int64_t axis = intOption(kernel, "axis");
  mlir::Type operand = bufferType(kernel, 0);
  LineDims lines(operand, axis);
  mlir::Type element = bufferType(kernel, 0).getElementType();
  Dim kept = dimOf(bufferType(kernel, 1), axis);  // top_k: k
  int64_t work = estimate(lines.size) * logOf(estimate(lines.size));
  if (kind == IrregularKind::TopK)
    work = 2 * estimate(lines.size) + estimate(kept) * logOf(estimate(kept));
  return {lines.outer * lines.inner, 4 * work, twoArrays(kept, recordWords(element, lines.size))};
}

IrregularPlan planScatter(IrregularFuncOp kernel) {
  mlir::RankedTensorType operand = bufferType(kernel, 0);
  Dim units = dimOf(operand, scatterUnitAxis(kernel));
  int64_t elements =
      estimate(numElements(operand)) / 8 + estimate(numElements(bufferType(kernel, 1)));
  // At least one: with nothing to write to, indices are out of range all the same.
  return {max(units, 1), std::max<int64_t>(1, elements / estimate(units)), {}};
}

IrregularPlan planUnique(IrregularFuncOp kernel) {
  Dim items = dimOf(bufferType(kernel, 3), 0);
  unsigned words =
      hasOption(kernel, "axis") ? 1 : recordWords(bufferType(kernel, 0).getElementType(), items);
  return {one(kernel), kMany, twoArrays(items, words)};
}

IrregularPlan planBoxes(IrregularFuncOp kernel) {
  mlir::RankedTensorType scores = bufferType(kernel, 1);
  Dim boxes = dimOf(scores, 2);
  llvm::SmallVector<Dim> scratch = twoArrays(boxes, recordWords(scores.getElementType(), boxes));
  scratch.push_back(boxes * 40);
  return {one(kernel), kMany, scratch};
}
}  // namespace

LineDims::LineDims(mlir::Type tensor, int64_t axis) {
  llvm::SmallVector<Dim> dims = dimsOf(tensor);
  llvm::ArrayRef<Dim> all = dims;
  outer = numElements(tensor.getContext(), all.take_front(axis));
  size = all[axis];
  inner = numElements(tensor.getContext(), all.drop_front(axis + 1));
}

unsigned keyBits(mlir::Type element) { return element.getIntOrFloatBitWidth() > 32 ? 64 : 32; }

unsigned recordWords(mlir::Type element, Dim numRecords) {
  std::optional<int64_t> most = numRecords.upperBound();
  return keyBits(element) == 32 && most && *most <= UINT32_MAX ? 1 : 2;
}

int64_t scatterUnitAxis(IrregularFuncOp kernel) {
  mlir::RankedTensorType operand = bufferType(kernel, 0);
  int64_t best = 0;
  for (int64_t axis = 0; axis < operand.getRank(); ++axis) {
    if (estimate(dimOf(operand, axis)) > estimate(dimOf(operand, best))) best = axis;
    if (estimate(dimOf(operand, best)) >= kEnoughUnits) break;
  }
  return best;
}

IrregularPlan planOf(IrregularFuncOp kernel) {
  IrregularKind kind = *irregularKindNamed(kernel.getKind());
  switch (kind) {
    case IrregularKind::Scatter:
      return planScatter(kernel);
    case IrregularKind::Sort:
    case IrregularKind::TopK:
      return planLines(kernel, kind);
    case IrregularKind::Nonzero:
      return {one(kernel), kMany, {}};
    case IrregularKind::Unique:
      return planUnique(kernel);
    case IrregularKind::NonMaxSuppression:
      return planBoxes(kernel);
  }
  llvm_unreachable("the list of kinds is closed");
}

mlir::RankedTensorType bufferType(IrregularFuncOp kernel, unsigned buffer) {
  return mlir::cast<mlir::RankedTensorType>(
      mlir::cast<mlir::TypeAttr>(kernel.getBuffers()[buffer]).getValue());
}

int64_t intOption(IrregularFuncOp kernel, llvm::StringRef name) {
  return kernel.getOptions().getAs<mlir::IntegerAttr>(name).getInt();
}

bool hasOption(IrregularFuncOp kernel, llvm::StringRef name) {
  return kernel.getOptions().contains(name);
}

}  // namespace plx
