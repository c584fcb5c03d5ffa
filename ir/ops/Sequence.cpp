#include "ir/ops/Sequence.h"

#include "ir/eval/Accumulator.h"
#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Sequence.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(sequence, SequenceConstructOp, SequenceAtOp, SequenceInsertOp, SequenceEraseOp,
                 SequenceLengthOp, SequenceConcatOp, SequenceSplitOp);

// ---- Verify -------------------------------------------------------------------------------------

namespace {
mlir::Type elementOf(mlir::Type sequence) { return mlir::cast<SequenceType>(sequence).element(); }

mlir::LogicalResult verifyItem(mlir::Operation *op, llvm::StringRef what, mlir::Type item,
                               mlir::Type sequence, mlir::ArrayAttr fresh = {}) {
  std::string wrong = misfit(item, elementOf(sequence), {fresh});
  if (wrong.empty()) return mlir::success();
  return op->emitOpError() << what << " has " << wrong << ", the element type of " << sequence;
}

mlir::LogicalResult verifyPosition(mlir::Operation *op, mlir::Value position) {
  if (!position || isIntScalar(position.getType())) return mlir::success();
  return op->emitOpError() << "`position` is " << position.getType()
                           << ", expected an int tensor of rank 0";
}
}  // namespace

mlir::LogicalResult SequenceConstructOp::verify() {
  for (auto [i, item] : llvm::enumerate(getItems()))  // sequence_construct.c1
    if (failed(verifyItem(*this, "item " + std::to_string(i), item.getType(), getType())))
      return mlir::failure();
  return checkTensors(*this);
}

mlir::LogicalResult SequenceAtOp::verify() {
  if (failed(checkTensors(*this)) ||
      failed(verifyPosition(*this, getPosition())) ||                             // sequence_at.c1
      failed(verifyItem(*this, "the result", getType(), getSequence().getType(),  // sequence_at.c2
                        getFreshAttr())))
    return mlir::failure();
  return verifyFresh(*this, getFreshAttr(), getType());  // sequence_at.c3
}

mlir::LogicalResult SequenceInsertOp::verify() {
  if (failed(checkTensors(*this)) ||
      failed(verifyItem(*this, "the item", getItem().getType(), getType())))  // sequence_insert.c1
    return mlir::failure();
  return verifyPosition(*this, getPosition());  // sequence_insert.c2
}

mlir::LogicalResult SequenceEraseOp::verify() {
  return verifyPosition(*this, getPosition());  // sequence_erase.c1
}

mlir::LogicalResult SequenceLengthOp::verify() { return mlir::success(); }

mlir::LogicalResult SequenceConcatOp::verify() {
  if (failed(checkTensors(*this))) return mlir::failure();
  auto result = mlir::cast<mlir::RankedTensorType>(getType());
  mlir::Type element = elementOf(getSequence().getType());
  auto items = mlir::dyn_cast<mlir::TensorType>(element);
  int64_t rank = result.getRank() - (getNewAxis() ? 1 : 0);
  if (!items || items.getElementType() != result.getElementType() ||  // sequence_concat.c1
      (items.hasRank() && items.getRank() != rank))
    return emitOpError() << "the sequence's elements are " << element << ", expected tensors of "
                         << result.getElementType() << " and rank " << rank << " for the result "
                         << result;
  if (static_cast<int64_t>(getAxis()) >= result.getRank())  // sequence_concat.c2
    return emitOpError() << "`axis` is " << static_cast<int64_t>(getAxis())
                         << ", expected one in [0, rank); the result has rank " << result.getRank();
  return verifyFresh(*this, getFreshAttr(), getType());  // sequence_concat.c3
}

mlir::LogicalResult SequenceSplitOp::verify() {
  if (failed(checkTensors(*this))) return mlir::failure();
  auto operand = mlir::cast<mlir::RankedTensorType>(getOperand().getType());
  int64_t axis = getAxis();
  if (failed(inferAxis(getLoc(), "sequence_split", axis, operand.getRank())))  // sequence_split.c1
    return mlir::failure();
  if (getSizes()) {  // sequence_split.c2
    auto sizes = mlir::cast<mlir::RankedTensorType>(getSizes().getType());
    if (!isNumberInt(sizes.getElementType()) || sizes.getRank() > 1 || getDropAxis())
      return emitOpError() << "`sizes` is " << sizes << (getDropAxis() ? " with `drop_axis`" : "")
                           << ", expected an int tensor of rank 0 or 1, without `drop_axis`";
  }
  llvm::SmallVector<Dim> piece = dimsOf(operand);
  if (getDropAxis()) piece.erase(piece.begin() + axis);
  auto element = mlir::dyn_cast<mlir::TensorType>(elementOf(getType()));
  std::string wrong = "another kind of element";
  if (element && element.getElementType() != operand.getElementType()) {
    wrong = "element type " + text(operand.getElementType());
  } else if (element) {
    wrong.clear();
    if (auto ranked = mlir::dyn_cast<mlir::RankedTensorType>(element)) {
      if (!getDropAxis()) piece[axis] = {};  // sizes along the axis are data
      wrong = misfitOfDims(piece, dimsOf(ranked));
    }
  }
  if (wrong.empty()) return mlir::success();
  return emitOpError() << "the pieces have " << wrong  // sequence_split.c3
                       << ", the element type of " << getType();
}

// ---- Infer --------------------------------------------------------------------------------------

mlir::LogicalResult SequenceInsertOp::inferReturnTypes(mlir::MLIRContext *,
                                                       std::optional<mlir::Location>,
                                                       Adaptor adaptor,
                                                       llvm::SmallVectorImpl<mlir::Type> &types) {
  types.push_back(adaptor.getSequence().getType());
  return mlir::success();
}

mlir::LogicalResult SequenceEraseOp::inferReturnTypes(mlir::MLIRContext *,
                                                      std::optional<mlir::Location>,
                                                      Adaptor adaptor,
                                                      llvm::SmallVectorImpl<mlir::Type> &types) {
  types.push_back(adaptor.getSequence().getType());
  return mlir::success();
}

mlir::LogicalResult SequenceLengthOp::inferReturnTypes(mlir::MLIRContext *context,
                                                       std::optional<mlir::Location>, Adaptor,
                                                       llvm::SmallVectorImpl<mlir::Type> &types) {
  types.push_back(mlir::RankedTensorType::get({}, mlir::IntegerType::get(context, 64)));
  return mlir::success();
}

// ---- Evaluate -----------------------------------------------------------------------------------

namespace {
/// The position that operand `number` names, in [0, end); negatives count from `length`.
mlir::FailureOr<int64_t> positionOf(mlir::Operation *op, const eval::Value &position,
                                    int64_t length, int64_t end, eval::Scope &scope) {
  int64_t value = position.tensor().ints()[0], wrapped = value < 0 ? value + length : value;
  if (wrapped >= 0 && wrapped < end) return wrapped;
  return scope.fail(op, "position " + llvm::Twine(value) + " is out of range [" +
                            llvm::Twine(-length) + ", " + llvm::Twine(end) +
                            ") of a sequence of length " + llvm::Twine(length));
}
}  // namespace

mlir::FailureOr<llvm::SmallVector<eval::Value>> SequenceConstructOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &) {
  return llvm::SmallVector<eval::Value>{eval::Sequence{operands.vec()}};
}

mlir::FailureOr<llvm::SmallVector<eval::Value>> SequenceAtOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  const std::vector<eval::Value> &items = operands[0].sequence().items;
  int64_t length = static_cast<int64_t>(items.size());
  auto position = positionOf(*this, operands[1], length, length, scope);
  if (failed(position)) return mlir::failure();
  llvm::SmallVector<eval::Value> results{items[*position]};
  if (failed(bindFresh(*this, getFreshAttr(), getType(), results, scope))) return mlir::failure();
  return results;
}

mlir::FailureOr<llvm::SmallVector<eval::Value>> SequenceInsertOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  eval::Sequence result = operands[0].sequence();
  int64_t length = static_cast<int64_t>(result.items.size()), at = length;
  if (getPosition()) {
    auto position = positionOf(*this, operands[2], length, length + 1, scope);
    if (failed(position)) return mlir::failure();
    at = *position;
  }
  result.items.insert(result.items.begin() + at, operands[1]);
  return llvm::SmallVector<eval::Value>{result};
}

mlir::FailureOr<llvm::SmallVector<eval::Value>> SequenceEraseOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  eval::Sequence result = operands[0].sequence();
  int64_t length = static_cast<int64_t>(result.items.size()), at = length - 1;
  if (getPosition()) {
    auto position = positionOf(*this, operands[1], length, length, scope);
    if (failed(position)) return mlir::failure();
    at = *position;
  }
  if (at < 0) return scope.fail(*this, "the sequence is empty, expected an item to erase");
  result.items.erase(result.items.begin() + at);
  return llvm::SmallVector<eval::Value>{result};
}

mlir::FailureOr<llvm::SmallVector<eval::Value>> SequenceLengthOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &) {
  eval::Tensor result(mlir::IntegerType::get(getContext(), 64), {});
  result.setInt(0, static_cast<int64_t>(operands[0].sequence().items.size()));
  return llvm::SmallVector<eval::Value>{result};
}

namespace {
/// Copies `x` into `result` along `axis`, from position `offset` on.
void copyAlong(const eval::Tensor &x, eval::Tensor &result, int64_t axis, int64_t offset) {
  eval::Lines from(x.shape(), axis), to(result.shape(), axis);
  for (int64_t o = 0; o < from.outer; ++o)
    for (int64_t k = 0; k < from.size; ++k)
      for (int64_t i = 0; i < from.inner; ++i)
        result.copyElement(to.at(o, offset + k, i), x, from.at(o, k, i));
}

/// The piece of `x` at [start, start + size) along `axis`.
eval::Tensor pieceOf(const eval::Tensor &x, int64_t axis, int64_t start, int64_t size) {
  llvm::SmallVector<int64_t> shape(x.shape());
  shape[axis] = size;
  eval::Tensor piece(x.elementType(), shape);
  eval::Lines from(x.shape(), axis), to(shape, axis);
  for (int64_t o = 0; o < to.outer; ++o)
    for (int64_t k = 0; k < size; ++k)
      for (int64_t i = 0; i < to.inner; ++i)
        piece.copyElement(to.at(o, k, i), x, from.at(o, start + k, i));
  return piece;
}

/// Sizes of the pieces of `size` elements that the operand `sizes` (perhaps absent) asks for.
mlir::FailureOr<llvm::SmallVector<int64_t>> pieceSizes(mlir::Operation *op, int64_t size,
                                                       const eval::Tensor *sizes,
                                                       eval::Scope &scope) {
  if (sizes && sizes->rank() == 1) {
    llvm::SmallVector<int64_t> pieces(sizes->ints().begin(), sizes->ints().end());
    int64_t sum = 0;
    for (int64_t piece : pieces) {
      if (piece < 0 || piece > size - sum)
        return scope.fail(op, "piece sizes must be >= 0 and sum up to " + llvm::Twine(size) +
                                  "; one of them is " + llvm::Twine(piece));
      sum += piece;
    }
    if (sum == size) return pieces;
    return scope.fail(
        op, "the piece sizes sum up to " + llvm::Twine(sum) + ", expected " + llvm::Twine(size));
  }
  int64_t chunk = sizes ? sizes->ints()[0] : 1;
  if (chunk <= 0)
    return scope.fail(op, "the piece size is " + llvm::Twine(chunk) + ", expected > 0");
  llvm::SmallVector<int64_t> pieces;
  for (int64_t left = size; left > 0; left -= pieces.back())
    pieces.push_back(std::min(chunk, left));
  return pieces;
}
}  // namespace

mlir::FailureOr<llvm::SmallVector<eval::Value>> SequenceConcatOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  auto type = mlir::cast<mlir::RankedTensorType>(getType());
  int64_t axis = getAxis(), total = 0;
  llvm::SmallVector<int64_t> shape;
  std::vector<eval::Tensor> items;
  for (auto [number, item] : llvm::enumerate(operands[0].sequence().items)) {
    llvm::SmallVector<int64_t> own(item.tensor().shape());
    if (getNewAxis() && axis <= static_cast<int64_t>(own.size())) own.insert(own.begin() + axis, 1);
    if (items.empty()) shape = own;
    bool fits = static_cast<int64_t>(own.size()) == type.getRank();
    for (int64_t d = 0; fits && d < type.getRank(); ++d) fits = d == axis || own[d] == shape[d];
    if (!fits)
      return scope.fail(*this, "item " + llvm::Twine(number) + " has another shape than item 0 " +
                                   "or another rank than the result; items differ along axis " +
                                   llvm::Twine(axis) + " only");
    total += own[axis];
    items.push_back(item.tensor().withShape(own));
  }
  if (items.empty()) {
    auto sizes = emptyShape(*this, type, getFreshAttr(), scope);
    if (failed(sizes)) return mlir::failure();
    shape = *sizes;
  }
  shape[axis] = total;
  eval::Tensor result(type.getElementType(), shape);
  int64_t offset = 0;
  for (const eval::Tensor &item : items) {
    copyAlong(item, result, axis, offset);
    offset += item.shape()[axis];
  }
  llvm::SmallVector<eval::Value> results{result};
  if (failed(bindFresh(*this, getFreshAttr(), type, results, scope))) return mlir::failure();
  return results;
}

mlir::FailureOr<llvm::SmallVector<eval::Value>> SequenceSplitOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  const eval::Tensor &x = operands[0].tensor();
  int64_t axis = getAxis(), start = 0;
  auto sizes =
      pieceSizes(*this, x.shape()[axis], getSizes() ? &operands[1].tensor() : nullptr, scope);
  if (failed(sizes)) return mlir::failure();
  eval::Sequence result;
  for (int64_t size : *sizes) {
    eval::Tensor piece = pieceOf(x, axis, start, size);
    llvm::SmallVector<int64_t> shape(piece.shape());
    if (getDropAxis()) shape.erase(shape.begin() + axis);
    result.items.push_back(piece.withShape(shape));
    start += size;
  }
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Differentiate ------------------------------------------------------------------------------

#define PLX_NO_DERIVATIVE(OP)                             \
  mlir::LogicalResult OP::differentiate(Cotangents &ct) { \
    return ct.refuse("sequences are values of the host"); \
  }
PLX_NO_DERIVATIVE(SequenceConstructOp)
PLX_NO_DERIVATIVE(SequenceAtOp)
PLX_NO_DERIVATIVE(SequenceInsertOp)
PLX_NO_DERIVATIVE(SequenceEraseOp)
PLX_NO_DERIVATIVE(SequenceConcatOp)
PLX_NO_DERIVATIVE(SequenceSplitOp)
#undef PLX_NO_DERIVATIVE

mlir::LogicalResult SequenceLengthOp::differentiate(Cotangents &ct) {
  return ct.zero("a length is an int");
}

// ---- Host call
// -----------------------------------------------------------------------------------

namespace {
HostForm hostForm(mlir::Operation *op, const char *function,
                  llvm::ArrayRef<mlir::NamedAttribute> settings = {}) {
  return {std::string("plx:") + function, mlir::DictionaryAttr::get(op->getContext(), settings)};
}
}  // namespace

HostForm SequenceConstructOp::hostForm() { return plx::hostForm(*this, "sequence_construct"); }
HostForm SequenceInsertOp::hostForm() { return plx::hostForm(*this, "sequence_insert"); }
HostForm SequenceEraseOp::hostForm() { return plx::hostForm(*this, "sequence_erase"); }
HostForm SequenceLengthOp::hostForm() { return plx::hostForm(*this, "sequence_length"); }

HostForm SequenceAtOp::hostForm() {
  HostForm form = plx::hostForm(*this, "sequence_at");
  form.givesExisting = true;
  return form;
}

HostForm SequenceConcatOp::hostForm() {
  mlir::Builder b(getContext());
  auto type = mlir::cast<mlir::RankedTensorType>(getType());
  llvm::SmallVector<int64_t> empty;  // sizes that data decides are 0
  for (int64_t size : type.getShape())
    empty.push_back(mlir::ShapedType::isDynamic(size) ? 0 : size);
  HostForm form = plx::hostForm(
      *this, "sequence_concat",
      {b.getNamedAttr("axis", getAxisAttr()),
       b.getNamedAttr("new_axis", b.getBoolAttr(getNewAxis())),
       b.getNamedAttr("element_type", b.getI64IntegerAttr(elementTypeCode(type.getElementType()))),
       b.getNamedAttr("rank", b.getI64IntegerAttr(type.getRank())),
       b.getNamedAttr("empty", b.getDenseI64ArrayAttr(empty))});
  // Sizes that the type claims are checked, not taken.
  form.givesExisting = true;
  return form;
}

HostForm SequenceSplitOp::hostForm() {
  mlir::Builder b(getContext());
  return plx::hostForm(*this, "sequence_split",
                       {b.getNamedAttr("axis", getAxisAttr()),
                        b.getNamedAttr("drop_axis", b.getBoolAttr(getDropAxis()))});
}

// ---- Iterate ------------------------------------------------------------------------------------

#define PLX_ON_HOST(OP)                                                      \
  Nature OP::nature() { return Nature::Whole; }                              \
  mlir::Value OP::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim>) { \
    return b.noLoopNest("sequences are values of the host");                 \
  }
PLX_ON_HOST(SequenceConstructOp)
PLX_ON_HOST(SequenceAtOp)
PLX_ON_HOST(SequenceInsertOp)
PLX_ON_HOST(SequenceEraseOp)
PLX_ON_HOST(SequenceLengthOp)
PLX_ON_HOST(SequenceConcatOp)
PLX_ON_HOST(SequenceSplitOp)
#undef PLX_ON_HOST

}  // namespace plx
