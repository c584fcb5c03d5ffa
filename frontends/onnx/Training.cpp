#include "frontends/onnx/Training.h"

namespace plx::onnxio {
namespace {

bool isFloat(int code) {
  using onnx::TensorProto;
  return code == TensorProto::FLOAT || code == TensorProto::DOUBLE ||
         code == TensorProto::FLOAT16 || code == TensorProto::BFLOAT16;
}

/// Operands that tell an operator what to do, and are not learnt.
struct Settings {
  const char *op;
  int first, last;
};
constexpr Settings kSettings[] = {
    {"Clip", 1, 2},
    {"Dropout", 1, 2},
    {"Resize", 1, 3},
    {"Upsample", 1, 1},
    {"Pad", 1, 3},
    {"OneHot", 1, 2},
    {"Range", 0, 2},
    {"QuantizeLinear", 1, 2},
    {"DequantizeLinear", 1, 2},
    {"QLinearConv", 1, 8},
    {"QLinearMatMul", 1, 7},
    {"RoiAlign", 1, 2},
    {"MaxRoiPool", 1, 1},
    {"NonMaxSuppression", 0, 4},
    {"Multinomial", 0, 0},
    {"ConstantOfShape", 0, 0},
    {"MelWeightMatrix", 0, 4},
    {"BatchNormalization", 3, 4},
};

bool isOnnxNode(const onnx::NodeProto &node) {
  return node.domain().empty() || node.domain() == "ai.onnx" || node.domain() == kWithdrawnDomain;
}

bool isSetting(const onnx::NodeProto &node, int operand) {
  return isOnnxNode(node) && llvm::any_of(kSettings, [&](const Settings &s) {
           return node.op_type() == s.op && operand >= s.first && operand <= s.last;
         });
}

/// Of the nodes of nested graphs too.
void forOperands(const onnx::GraphProto &graph,
                 llvm::function_ref<void(const onnx::NodeProto &node, int operand)> body) {
  for (const auto &node : graph.node()) {
    for (int i = 0; i < node.input_size(); ++i) body(node, i);
    for (const auto &attribute : node.attribute()) {
      if (attribute.has_g()) forOperands(attribute.g(), body);
      for (const auto &inner : attribute.graphs()) forOperands(inner, body);
    }
  }
}

/// Whether a tensor of one element is a mere scale where it is that operand. A term may be the bias
/// of a regression, so Add and Sub do not count.
bool isScale(const onnx::NodeProto &node, int operand) {
  if (!isOnnxNode(node)) return false;
  return node.op_type() == "Mul" || node.op_type() == "Div" ||
         (node.op_type() == "Pow" && operand == 1);
}

}  // namespace

void findTrained(const PreparedModel &prepared, bool keepTied, TrainingState &state) {
  const onnx::GraphProto &graph = prepared.model.graph();
  std::set<std::string> floats, scales;
  auto add = [&](const std::string &name, llvm::ArrayRef<int64_t> dims) {
    floats.insert(name);
    if (dims.empty()) return;
    state.weights.insert(name);
    if (llvm::all_of(dims, [](int64_t dim) { return dim == 1; })) scales.insert(name);
  };
  for (const auto &tensor : graph.initializer())
    if (isFloat(tensor.data_type()))
      add(tensor.name(), {tensor.dims().data(), static_cast<size_t>(tensor.dims_size())});
  for (const auto &[name, weight] : prepared.weights)
    if (isFloat(weight.elementCode) && !llvm::StringRef(name).starts_with(kHoistedPrefix))
      add(name, weight.dims);
  forOperands(graph, [&](const onnx::NodeProto &node, int operand) {
    if (isSetting(node, operand)) state.weights.erase(node.input(operand));
    if (!isScale(node, operand)) scales.erase(node.input(operand));
  });
  for (const auto &output : graph.output()) scales.erase(output.name());
  for (const std::string &scale : scales)
    if (state.weights.erase(scale)) state.scales.push_back(scale);
  for (const auto &node : graph.node()) {
    if (!isOnnxNode(node)) continue;
    if (node.op_type() == "BatchNormalization" && node.input_size() == 5)
      for (int i : {3, 4})
        if (floats.count(node.input(i))) state.statistics.insert(node.input(i));
    if (node.op_type() == "Identity" && !keepTied && state.weights.count(node.input(0)))
      state.copies[node.output(0)] = node.input(0);
  }
  for (const auto &[copy, weight] : state.copies) state.weights.insert(copy);
}

}  // namespace plx::onnxio
