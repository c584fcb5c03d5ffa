#include "frontends/onnx/NodeContext.h"

#include <algorithm>
#include <tuple>

#include "frontends/onnx/Import.h"

namespace plx::onnxio {

// ---- operands
// --------------------------------------------------------------------------------------------------------

Value NodeContext::anyIn(int64_t i) {
  if (!hasIn(i))
    invalid("operand " + llvm::Twine(i) + " is missing; the node has " + llvm::Twine(numInputs()));
  return inputs_[i];
}

Value NodeContext::in(int64_t i) {
  Value value = anyIn(i);
  if (!isTensor(value)) unsupported("operand " + llvm::Twine(i) + " is no tensor");
  return value;
}

Values NodeContext::allIn(int64_t first) {
  Values values;
  for (int64_t i = first; i < numInputs(); ++i) values.push_back(in(i));
  return values;
}

Ints NodeContext::intsIn(int64_t i) {
  std::optional<Ints> known = knownInts(in(i));
  if (!known) lengthOf(in(i));
  if (!known)
    unsupported("operand " + llvm::Twine(i) + " ('" + node.input(static_cast<int>(i)) +
                "') must be known when the model is compiled");
  return *known;
}

Ints NodeContext::axesIn(int64_t i, int64_t rank, int64_t numAllowed) {
  constexpr int64_t kMostBranches = 64;
  if (numAllowed < 0) numAllowed = rank;
  int64_t branches = 1;
  std::optional<int64_t> length = Emit::rank(in(i)) == 0 ? 1 : lengthOf(in(i));
  int64_t count = length.value_or(0);
  for (int64_t k = 0; k < count && branches <= kMostBranches; ++k) branches *= numAllowed;
  if (knownInts(in(i)) || !length || branches > kMostBranches) return intsIn(i);
  Ints axes;
  for (int64_t k = 0; k < count; ++k) {
    auto chosen = chosen_.find({i, k});
    if (chosen == chosen_.end()) throw AxisChoice{i, k, rank, numAllowed};
    axes.push_back(chosen->second);
  }
  return axes;
}

NodeContext NodeContext::choosing(int64_t i, int64_t element, int64_t axis) const {
  NodeContext other = *this;
  other.chosen_[{i, element}] = axis;
  other.outputs_.assign(outputs_.size(), Value());
  return other;
}

bool NodeContext::isChosen(int64_t i, int64_t axis) const {
  return llvm::any_of(chosen_,
                      [&](const auto &one) { return one.first.first == i && one.second == axis; });
}

Dims NodeContext::dimsIn(int64_t i, int64_t lowerBound) {
  return bindDims(in(i), node.input(static_cast<int>(i)), lowerBound);
}

double NodeContext::numberIn(int64_t i) {
  Value value = in(i);
  if (auto floats = knownFloats(value); floats && floats->size() == 1) return (*floats)[0];
  Ints known = intsIn(i);
  if (known.size() != 1) invalid("operand " + llvm::Twine(i) + " must have one element");
  return static_cast<double>(known[0]);
}

// ---- attributes
// ------------------------------------------------------------------------------------------------------

const onnx::AttributeProto *NodeContext::find(llvm::StringRef name) const {
  for (const auto &attribute : node.attribute()) {
    if (attribute.name() != name) continue;
    if (attribute.ref_attr_name().empty()) return &attribute;
    auto bound = bindings_.find(attribute.ref_attr_name());
    return bound == bindings_.end() ? nullptr : bound->second;
  }
  return nullptr;
}

int64_t NodeContext::intOf(llvm::StringRef name, int64_t otherwise) const {
  const auto *attribute = find(name);
  return attribute ? attribute->i() : otherwise;
}
double NodeContext::floatOf(llvm::StringRef name, double otherwise) const {
  const auto *attribute = find(name);
  return attribute ? attribute->f() : otherwise;
}
std::string NodeContext::stringOf(llvm::StringRef name, const std::string &otherwise) const {
  const auto *attribute = find(name);
  return attribute ? attribute->s() : otherwise;
}
Ints NodeContext::intsOf(llvm::StringRef name, llvm::ArrayRef<int64_t> otherwise) const {
  const auto *attribute = find(name);
  return attribute ? Ints(attribute->ints().begin(), attribute->ints().end()) : Ints(otherwise);
}
llvm::SmallVector<double> NodeContext::floatsOf(llvm::StringRef name) const {
  const auto *attribute = find(name);
  if (!attribute) return {};
  return {attribute->floats().begin(), attribute->floats().end()};
}
std::vector<std::string> NodeContext::stringsOf(llvm::StringRef name) const {
  const auto *attribute = find(name);
  if (!attribute) return {};
  return {attribute->strings().begin(), attribute->strings().end()};
}
const onnx::GraphProto &NodeContext::graphOf(llvm::StringRef name) const {
  const auto *attribute = find(name);
  if (!attribute || !attribute->has_g()) invalid("attribute `" + name + "` must be a graph");
  return attribute->g();
}

Type NodeContext::elementTypeOf(int64_t onnxCode) {
  Type type = onnxCode >= 0 && onnxCode < 100
                  ? elementTypeFromCode(context(), static_cast<int>(onnxCode))
                  : Type();
  if (!type) unsupported("element type " + llvm::Twine(onnxCode) + " of TensorProto.DataType");
  return type;
}

}  // namespace plx::onnxio
