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

constexpr int kMostLinks = 1000;         // of a chain of insertions that is followed
constexpr int64_t kMostItems = 1 << 16;  // of a sequence that is told

/// A value, or its part along an axis: the slice is made for those items that are used.
struct Item {
  Value value;
  SequenceSplitOp split = {};  // null: the value is the item
  int64_t start = 0, size = 0;
};
using Items = llvm::SmallVector<Item>;

Value valueOf(NodeContext &c, const Item &item) {
  SequenceSplitOp split = item.split;
  if (!split) return item.value;
  auto axis = static_cast<int64_t>(split.getAxis());
  Value part = c.sliceAxis(item.value, axis, item.start, item.size);
  return split.getDropAxis() ? c.squeeze(part, {axis}) : part;
}

// `position` as one of 0 .. count - 1; null: the end.
std::optional<int64_t> knownPosition(NodeContext &c, Value position, int64_t count, int64_t end) {
  if (!position) return end;
  std::optional<Ints> known = c.knownInts(position);
  if (!known || known->size() != 1) return std::nullopt;
  int64_t at = known->front() < 0 ? known->front() + count : known->front();
  if (at < 0 || at > end) return std::nullopt;  // the run says so
  return at;
}

std::optional<Items> piecesOf(NodeContext &c, SequenceSplitOp split) {
  Value x = split.getOperand(), sizes = split.getSizes();
  std::optional<int64_t> whole = Emit::dims(x)[split.getAxis()].constant();
  if (!whole) return std::nullopt;
  Ints known;
  if (sizes && Emit::rank(sizes) == 1) {
    std::optional<Ints> told = c.knownInts(sizes);
    if (!told) return std::nullopt;
    known = *told;
  } else {  // pieces of one size, the last smaller
    std::optional<Ints> each = sizes ? c.knownInts(sizes) : Ints{1};
    if (!each || each->front() < 1 || *whole / each->front() >= kMostItems) return std::nullopt;
    for (int64_t rest = *whole; rest > 0; rest -= known.back())
      known.push_back(std::min(rest, each->front()));
  }
  Items pieces;
  int64_t start = 0;
  for (int64_t size : known) {
    if (size < 0 || size > *whole - start) return std::nullopt;
    pieces.push_back({x, split, start, size});
    start += size;
  }
  if (start != *whole) return std::nullopt;
  return pieces;
}

/// What the nodes before made the sequence of; nothing where that is told by the run alone, or
/// where a position or size is wrong, which the run says. So torch's chunk and unbind, which its
/// exporter writes as SplitToSequence and SequenceAt, are slices, with derivatives.
std::optional<Items> itemsOf(NodeContext &c, Value sequence, int links = 0) {
  mlir::Operation *made = sequence.getDefiningOp();
  if (!made || links > kMostLinks) return std::nullopt;
  if (mlir::isa<SequenceConstructOp>(made))
    return Items(llvm::map_range(made->getOperands(), [](Value item) { return Item{item}; }));
  if (auto split = mlir::dyn_cast<SequenceSplitOp>(made)) return piecesOf(c, split);
  if (!mlir::isa<SequenceInsertOp, SequenceEraseOp>(made)) return std::nullopt;
  std::optional<Items> items = itemsOf(c, made->getOperand(0), links + 1);
  if (!items) return std::nullopt;
  auto count = static_cast<int64_t>(items->size());
  if (auto insertion = mlir::dyn_cast<SequenceInsertOp>(made)) {
    std::optional<int64_t> at = knownPosition(c, insertion.getPosition(), count, count);
    if (!at) return std::nullopt;
    items->insert(items->begin() + *at, Item{insertion.getItem()});
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
  if (std::optional<Items> items = itemsOf(c, sequence)) {
    auto count = static_cast<int64_t>(items->size());
    if (std::optional<int64_t> at = knownPosition(c, c.in(1), count, count - 1))
      return c.out(valueOf(c, (*items)[*at]));
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
  if (std::optional<Items> items = itemsOf(c, c.anyIn(0)))
    return c.out(
        c.scalarInt(static_cast<int64_t>(items->size()), mlir::IntegerType::get(c.context(), 64)));
  c.out(c.op("plx.sequence_length", {c.anyIn(0)}));
}
PLX_ONNX_OP("", SequenceLength, 11, length);

/// Whether the tensors agree in all sizes but that along `axis` (-1: in all).
bool mayBeJoined(const Values &items, int64_t axis) {
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
  auto item = mlir::dyn_cast<mlir::TensorType>(itemOf(sequence));
  if (!item) unsupported("a sequence whose items are no tensors");
  bool stacks = c.intOf("new_axis", 0) != 0;
  if (std::optional<Items> items = itemsOf(c, sequence); items && !items->empty()) {
    Values parts = llvm::map_to_vector(*items, [&](const Item &i) { return valueOf(c, i); });
    int64_t axis = c.axis(c.intOf("axis", 0), Emit::rank(parts[0]) + stacks);
    if (mayBeJoined(parts, stacks ? -1 : axis)) {
      for (Value &part : parts)
        if (stacks) part = c.expandDims(part, {axis});
      return c.out(c.concat(axis, parts));
    }
  }
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
