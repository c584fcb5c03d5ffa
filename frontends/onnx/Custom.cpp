// Operators of a user's own: nodes that a registered C function computes (plexus_rt.h,
// plx_host_fn).
#include "frontends/onnx/Graph.h"
#include "frontends/onnx/NodeContext.h"

namespace plx::onnxio {
namespace {

/// An attribute as the function reads it; null where it cannot.
mlir::Attribute settingOf(NodeContext &c, const onnx::AttributeProto &attribute) {
  mlir::Builder &b = c.builder();
  llvm::SmallVector<mlir::Attribute> texts;
  for (const std::string &text : attribute.strings()) texts.push_back(b.getStringAttr(text));
  switch (attribute.type()) {
    case onnx::AttributeProto::INT:
      return b.getI64IntegerAttr(attribute.i());
    case onnx::AttributeProto::FLOAT:
      return b.getF64FloatAttr(attribute.f());
    case onnx::AttributeProto::STRING:
      return b.getStringAttr(attribute.s());
    case onnx::AttributeProto::INTS:
      return b.getDenseI64ArrayAttr(Ints(attribute.ints().begin(), attribute.ints().end()));
    case onnx::AttributeProto::FLOATS:
      return b.getDenseF64ArrayAttr(
          llvm::SmallVector<double>(attribute.floats().begin(), attribute.floats().end()));
    case onnx::AttributeProto::STRINGS:
      return b.getArrayAttr(texts);
    default:
      return {};
  }
}

/// What the model says of an output: nobody else knows. Sizes that it leaves open are the
/// function's choice.
Type resultType(NodeContext &c, const std::string &output, std::vector<std::string> &fresh) {
  const onnx::TypeProto *stated = c.graph.inferredType(output);
  if (!stated || (stated->has_tensor_type() && !stated->tensor_type().has_shape()))
    unsupported("the model does not state type and rank of '" + llvm::Twine(output) +
                "', which a function of the user's computes; add it to the graph's value_info");
  Type loose = looseTypeOf(*stated, c.context());
  if (!loose) unsupported("the type of '" + llvm::Twine(output) + "' is none that plx has");
  auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(loose);
  if (!tensor) return loose;
  Dims dims;
  for (int64_t size : tensor.getShape()) {
    if (mlir::ShapedType::isDynamic(size)) fresh.push_back(c.fresh(c.stem()));
    dims.push_back(mlir::ShapedType::isDynamic(size) ? Dim::symbol(c.context(), fresh.back())
                                                     : c.k(size));
  }
  return tensorType(tensor.getElementType(), dims);
}

}  // namespace

bool GraphImporter::importCustomNode(NodeContext &c) {
  std::string function = c.node.domain() + ":" + c.node.op_type();
  const auto &isHostFunction = session_.options.isHostFunction;
  if (!isHostFunction || c.node.domain().empty() || !isHostFunction(function)) return false;
  llvm::SmallVector<mlir::NamedAttribute> settings;
  for (const auto &attribute : c.node.attribute()) {
    mlir::Attribute setting = settingOf(c, *c.find(attribute.name()));
    if (!setting)
      unsupported("attribute '" + attribute.name() +
                  "' is neither numbers nor strings, which is all that a C function can read");
    settings.push_back(c.attr(attribute.name(), setting));
  }
  Values operands;
  for (int64_t i = 0; i < c.numInputs(); ++i) operands.push_back(c.anyIn(i));
  llvm::SmallVector<Type> types;
  std::vector<std::string> fresh;
  for (const std::string &output : c.node.output()) {
    if (output.empty()) unsupported("an output in between is left out");
    types.push_back(resultType(c, output, fresh));
  }
  Values results = c.host(function, operands, settings, types, fresh);
  for (size_t i = 0; i < results.size(); ++i) c.out(i, results[i]);
  return true;
}

}  // namespace plx::onnxio
