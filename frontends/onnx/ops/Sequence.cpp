// Sequences and optionals: host values.
#include "ir/ops/Sequence.h"
#include "frontends/onnx/Graph.h"
#include "frontends/onnx/NodeContext.h"
#include "ir/ops/Optional.h"

namespace plx::onnxio {
namespace {

Type itemOf(Value sequence) {
  auto type = mlir::dyn_cast<SequenceType>(sequence.getType());
  if (!type) invalid("operand 0 must be a sequence");
  return type.element();
}

// The type that a value of this loose type has: sizes not known become fresh symbols, named in
// `fresh`. An unknown rank is what inference says, or refused.
Type bound(NodeContext &c, Type loose, std::vector<std::string> &fresh) {
  auto tensor = mlir::dyn_cast<mlir::TensorType>(loose);
  if (!tensor) return loose;
  Ints shape;
  if (tensor.hasRank()) {
    shape.assign(tensor.getShape().begin(), tensor.getShape().end());
  } else {
    const auto *inferred = c.graph.inferredType(c.node.output(0));
    if (!inferred || !inferred->tensor_type().has_shape())
      unsupported("the rank of a sequence's items is not known");
    for (const auto &dim : inferred->tensor_type().shape().dim())
      shape.push_back(dim.has_dim_value() ? dim.dim_value() : mlir::ShapedType::kDynamic);
  }
  Dims dims;
  for (int64_t size : shape) {
    if (!mlir::ShapedType::isDynamic(size)) {
      dims.push_back(c.k(size));
      continue;
    }
    fresh.push_back(c.fresh(c.stem()));
    dims.push_back(Dim::symbol(c.context(), fresh.back()));
  }
  return tensorType(tensor.getElementType(), dims);
}

llvm::SmallVector<mlir::NamedAttribute> freshAttr(NodeContext &c,
                                                  const std::vector<std::string> &fresh) {
  if (fresh.empty()) return {};
  return {c.strsAttr("fresh", fresh)};
}

// What is known of both: sizes that differ become `?`.
Type common(Type a, Type b) {
  auto x = mlir::dyn_cast<mlir::TensorType>(a), y = mlir::dyn_cast<mlir::TensorType>(b);
  if (!x || !y) {
    if (a != b) unsupported("a sequence of items of different kinds");
    return a;
  }
  if (x.getElementType() != y.getElementType())
    invalid("the items of a sequence differ in element type");
  if (!x.hasRank() || !y.hasRank() || x.getRank() != y.getRank())
    return mlir::UnrankedTensorType::get(x.getElementType());
  Ints shape;
  for (auto [d, e] : llvm::zip(x.getShape(), y.getShape()))
    shape.push_back(d == e ? d : mlir::ShapedType::kDynamic);
  return mlir::RankedTensorType::get(shape, x.getElementType());
}

// ---- sequences whose items the model tells

constexpr int kMostLinks = 1000;  // of a chain of insertions that is followed

std::optional<Values> itemsOf(NodeContext &c, Value sequence, int links = 0);

// `position` as one of 0 .. count - 1; null: the end.
std::optional<int64_t> knownPosition(NodeContext &c, Value position, int64_t count, int64_t end) {
  if (!position) return end;
  std::optional<Ints> known = c.knownInts(position);
  if (!known || known->size() != 1) return std::nullopt;
  int64_t at = known->front() < 0 ? known->front() + count : known->front();
  if (at < 0 || at > end) return std::nullopt;  // the run says so
  return at;
}

std::optional<Values> piecesOf(NodeContext &c, SequenceSplitOp split) {
  Value x = split.getOperand();
  auto axis = static_cast<int64_t>(split.getAxis());
  std::optional<int64_t> size = Emit::dims(x)[axis].constant();
  if (!size) return std::nullopt;
  std::optional<Ints> sizes = Ints(*size, 1);
  if (split.getSizes()) sizes = c.knownInts(split.getSizes());
  if (!sizes) return std::nullopt;
  if (split.getSizes() && Emit::rank(split.getSizes()) == 0) {
    int64_t each = sizes->front();
    if (each < 1) return std::nullopt;
    sizes = Ints(*size / each, each);
    if (*size % each) sizes->push_back(*size % each);
  }
  int64_t sum = 0;
  for (int64_t piece : *sizes) {
    if (piece < 0 || piece > *size - sum) return std::nullopt;
    sum += piece;
  }
  if (sum != *size) return std::nullopt;
  Values pieces;
  int64_t start = 0;
  for (int64_t piece : *sizes) {
    Value part = c.sliceAxis(x, axis, start, piece);
    pieces.push_back(split.getDropAxis() ? c.squeeze(part, {axis}) : part);
    start += piece;
  }
  return pieces;
}

/// What the nodes before made the sequence of; nothing where that is told by the run alone, or
/// where a position or size is wrong, which the run says. So torch's chunk and unbind, which its
/// exporter writes as SplitToSequence and SequenceAt, are slices, with derivatives.
std::optional<Values> itemsOf(NodeContext &c, Value sequence, int links) {
  mlir::Operation *made = sequence.getDefiningOp();
  if (!made || links > kMostLinks) return std::nullopt;
  if (mlir::isa<SequenceConstructOp>(made)) return Values(made->getOperands());
  if (auto split = mlir::dyn_cast<SequenceSplitOp>(made)) return piecesOf(c, split);
  if (!mlir::isa<SequenceInsertOp, SequenceEraseOp>(made)) return std::nullopt;
  std::optional<Values> items = itemsOf(c, made->getOperand(0), links + 1);
  if (!items) return std::nullopt;
  auto count = static_cast<int64_t>(items->size());
  if (auto insertion = mlir::dyn_cast<SequenceInsertOp>(made)) {
    std::optional<int64_t> at = knownPosition(c, insertion.getPosition(), count, count);
    if (!at) return std::nullopt;
    items->insert(items->begin() + *at, insertion.getItem());
    return items;
  }
  Value position = mlir::cast<SequenceEraseOp>(made).getPosition();
  std::optional<int64_t> at = knownPosition(c, position, count, count - 1);
  if (!at || count == 0) return std::nullopt;
  items->erase(items->begin() + *at);
  return items;
}

void construct(NodeContext &c) {
  Values items;
  for (int64_t i = 0; i < c.numInputs(); ++i) items.push_back(c.anyIn(i));
  if (items.empty()) invalid("there is no operand");
  Type item = loosened(items[0].getType());
  for (Value value : items) item = common(item, loosened(value.getType()));
  c.out(c.op("plx.sequence_construct", items, {}, SequenceType::get(item)));
}
PLX_ONNX_OP("", SequenceConstruct, 11, construct);

void empty(NodeContext &c) {
  Type element = c.elementTypeOf(c.intOf("dtype", 1));
  c.out(c.op("plx.sequence_construct", {}, {},
             SequenceType::get(mlir::UnrankedTensorType::get(element))));
}
PLX_ONNX_OP("", SequenceEmpty, 11, empty);

void at(NodeContext &c) {
  Value sequence = c.anyIn(0);
  if (std::optional<Values> items = itemsOf(c, sequence); items && !items->empty()) {
    auto count = static_cast<int64_t>(items->size());
    if (std::optional<int64_t> at = knownPosition(c, c.in(1), count, count - 1))
      return c.out((*items)[*at]);
  }
  std::vector<std::string> fresh;
  Type type = bound(c, itemOf(sequence), fresh);
  c.out(c.op("plx.sequence_at", {sequence, c.reshape(c.in(1), {})}, freshAttr(c, fresh), type));
}
PLX_ONNX_OP("", SequenceAt, 11, at);

void insert(NodeContext &c) {
  Value sequence = c.anyIn(0), item = c.anyIn(1);
  Type wide = common(itemOf(sequence), loosened(item.getType()));
  Values operands{sequence, item};
  if (c.hasIn(2)) operands.push_back(c.reshape(c.in(2), {}));
  if (wide == itemOf(sequence)) return c.out(c.op("plx.sequence_insert", operands));
  unsupported("an item that does not fit the sequence's items");
}
PLX_ONNX_OP("", SequenceInsert, 11, insert);

void erase(NodeContext &c) {
  Values operands{c.anyIn(0)};
  itemOf(operands[0]);
  if (c.hasIn(1)) operands.push_back(c.reshape(c.in(1), {}));
  c.out(c.op("plx.sequence_erase", operands));
}
PLX_ONNX_OP("", SequenceErase, 11, erase);

void length(NodeContext &c) {
  itemOf(c.anyIn(0));
  if (std::optional<Values> items = itemsOf(c, c.anyIn(0)))
    return c.out(
        c.scalarInt(static_cast<int64_t>(items->size()), mlir::IntegerType::get(c.context(), 64)));
  c.out(c.op("plx.sequence_length", {c.anyIn(0)}));
}
PLX_ONNX_OP("", SequenceLength, 11, length);

/// Whether the items are tensors that agree in all sizes but that along `axis` (-1: in all).
bool mayBeJoined(const Values &items, int64_t axis) {
  if (items.empty() || !llvm::all_of(items, Emit::isTensor)) return false;
  Dims first = Emit::dims(items[0]);
  return llvm::all_of(items, [&](Value item) {
    Dims dims = Emit::dims(item);
    if (dims.size() != first.size()) return false;
    for (size_t i = 0; i < dims.size(); ++i)
      if (static_cast<int64_t>(i) != axis && dims[i] != first[i]) return false;
    return true;
  });
}

void concatFrom(NodeContext &c) {
  Value sequence = c.anyIn(0);
  if (std::optional<Values> items = itemsOf(c, sequence);
      items && !items->empty() && Emit::isTensor(items->front())) {
    bool stacks = c.intOf("new_axis", 0) != 0;
    int64_t axis = c.axis(c.intOf("axis", 0), Emit::rank(items->front()) + stacks);
    if (mayBeJoined(*items, stacks ? -1 : axis)) {
      for (Value &item : *items)
        if (stacks) item = c.expandDims(item, {axis});
      return c.out(c.concat(axis, *items));
    }
  }
  auto item = mlir::dyn_cast<mlir::TensorType>(itemOf(sequence));
  if (!item) unsupported("a sequence whose items are no tensors");
  bool stacks = c.intOf("new_axis", 0) != 0;
  std::vector<std::string> fresh;
  Type type;
  if (item.hasRank()) {
    int64_t rank = item.getRank() + (stacks ? 1 : 0), axis = c.axis(c.intOf("axis", 0), rank);
    Ints shape(item.getShape());
    if (stacks)
      shape.insert(shape.begin() + axis, mlir::ShapedType::kDynamic);
    else
      shape[axis] = mlir::ShapedType::kDynamic;
    type = bound(c, mlir::RankedTensorType::get(shape, item.getElementType()), fresh);
  } else {
    type = bound(c, item, fresh);
  }
  auto attributes = freshAttr(c, fresh);
  attributes.push_back(c.intAttr(
      "axis", c.axis(c.intOf("axis", 0), mlir::cast<mlir::RankedTensorType>(type).getRank())));
  if (stacks) attributes.push_back(c.unitAttr("new_axis"));
  c.out(c.op("plx.sequence_concat", {sequence}, attributes, type));
}
PLX_ONNX_OP("", ConcatFromSequence, 11, concatFrom);

void splitTo(NodeContext &c) {
  Value x = c.in(0);
  int64_t axis = c.axis(c.intOf("axis", 0), Emit::rank(x));
  bool drops = !c.hasIn(1) && c.intOf("keepdims", 1) == 0;
  Ints shape(mlir::cast<mlir::RankedTensorType>(x.getType()).getShape());
  shape[axis] = c.hasIn(1) ? mlir::ShapedType::kDynamic : 1;
  if (drops) shape.erase(shape.begin() + axis);
  Values operands{x};
  if (c.hasIn(1)) operands.push_back(c.in(1));
  llvm::SmallVector<mlir::NamedAttribute> attributes{c.intAttr("axis", axis)};
  if (drops) attributes.push_back(c.unitAttr("drop_axis"));
  c.out(c.op("plx.sequence_split", operands, attributes,
             SequenceType::get(mlir::RankedTensorType::get(shape, Emit::elem(x)))));
}
PLX_ONNX_OP("", SplitToSequence, 11, splitTo);

// ---- optionals
// -------------------------------------------------------------------------------------------------------

void optional(NodeContext &c) {
  if (c.hasIn(0)) {
    Value value = c.anyIn(0);
    return c.out(c.op("plx.optional", {value}, {}, OptionalType::get(loosened(value.getType()))));
  }
  const auto *type = c.find("type");
  Type item = type ? looseTypeOf(type->tp(), c.context()) : Type();
  if (!item) unsupported("an optional of this type");
  c.out(c.op("plx.optional", {}, {}, OptionalType::get(item)));
}
PLX_ONNX_OP("", Optional, 15, optional);

bool isOptional(Value value) { return mlir::isa<OptionalType>(value.getType()); }

void hasElement(NodeContext &c) {
  if (!c.hasIn(0)) return c.out(c.scalarInt(0, c.i1()));
  Value value = c.anyIn(0);
  if (auto made = value.getDefiningOp<OptionalOp>())
    return c.out(c.scalarInt(made->getNumOperands(), c.i1()));
  c.out(isOptional(value) ? c.op("plx.optional_has", {value}) : c.scalarInt(1, c.i1()));
}
PLX_ONNX_OP("", OptionalHasElement, 15, hasElement);

void getElement(NodeContext &c) {
  Value value = c.anyIn(0);
  if (!isOptional(value)) return c.out(value);
  if (auto made = value.getDefiningOp<OptionalOp>(); made && made->getNumOperands() == 1)
    return c.out(made->getOperand(0));
  std::vector<std::string> fresh;
  Type type = bound(c, mlir::cast<OptionalType>(value.getType()).element(), fresh);
  c.out(c.op("plx.optional_get", {value}, freshAttr(c, fresh), type));
}
PLX_ONNX_OP("", OptionalGetElement, 15, getElement);

}  // namespace
}  // namespace plx::onnxio
