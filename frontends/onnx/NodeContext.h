// What a converter sees: one node, its operands as values, its attributes, and the means to write
// plx (Emit.h).
//
//   void convertRelu(NodeContext &c) { c.out(c.max_(c.in(0), 0)); }
//   PLX_ONNX_OP("", Relu, 6, convertRelu);
//
// A converter gives every output that the node names by `out`, or throws by `invalid` or
// `unsupported`.
#ifndef PLEXUS_FRONTENDS_ONNX_NODECONTEXT_H
#define PLEXUS_FRONTENDS_ONNX_NODECONTEXT_H

#include <map>
#include <string>

#include "frontends/onnx/Emit.h"
#include "frontends/onnx/Proto.h"

namespace plx::onnxio {

class GraphImporter;
using AttributeMap = std::map<std::string, const onnx::AttributeProto *>;

/// Thrown by NodeContext::axesIn: element `element` of operand `operand` is an axis of a tensor of
/// rank `rank` that is known only when the program runs.
struct AxisChoice {
  int64_t operand, element, rank, numAllowed;
};

class NodeContext : public Emit {
 public:
  NodeContext(EmitState &state, mlir::Location loc, GraphImporter &graph,
              const onnx::NodeProto &node, int version, Values inputs, const AttributeMap &bindings)
      : Emit(state, loc),
        node(node),
        version(version),
        graph(graph),
        inputs_(std::move(inputs)),
        bindings_(bindings),
        outputs_(node.output_size()) {}

  const onnx::NodeProto &node;
  const int version;  // of the domain's opset
  GraphImporter &graph;

  // ---- operands
  int64_t numInputs() const { return inputs_.size(); }
  bool hasIn(int64_t i) const { return i < numInputs() && inputs_[i]; }
  Value in(int64_t i);     // a tensor; invalid where it is omitted, unsupported where it is none
  Value anyIn(int64_t i);  // a tensor, sequence or optional
  Value optIn(int64_t i) { return hasIn(i) ? in(i) : Value(); }
  Values allIn(int64_t first = 0);
  /// Integers that must be known now: constants of the model, or inputs given in ImportOptions.
  Ints intsIn(int64_t i);
  /// Axes of a tensor of rank `rank`, one or several; not yet checked. `numAllowed`: only the first
  /// ones (of all, where negative). Where they are known only when the program runs, throws
  /// AxisChoice: the importer calls the converter again for each choice (chooseAxis), as a branch.
  Ints axesIn(int64_t i, int64_t rank, int64_t numAllowed = -1);
  /// A copy that knows one more element of an operand of axes, and has no outputs yet.
  NodeContext choosing(int64_t i, int64_t element, int64_t axis) const;
  bool isChosen(int64_t i, int64_t axis) const;  // by an element of this operand
  /// The elements of an int tensor as sizes; unknown ones become symbols, checked against
  /// `lowerBound` at run time.
  Dims dimsIn(int64_t i, int64_t lowerBound);
  /// A number that must be known now.
  double numberIn(int64_t i);

  // ---- attributes (ONNX's defaults are given by the caller)
  const onnx::AttributeProto *find(llvm::StringRef name) const;
  bool has(llvm::StringRef name) const { return find(name) != nullptr; }
  int64_t intOf(llvm::StringRef name, int64_t otherwise) const;
  double floatOf(llvm::StringRef name, double otherwise) const;
  std::string stringOf(llvm::StringRef name, const std::string &otherwise) const;
  Ints intsOf(llvm::StringRef name, llvm::ArrayRef<int64_t> otherwise = {}) const;
  llvm::SmallVector<double> floatsOf(llvm::StringRef name) const;
  std::vector<std::string> stringsOf(llvm::StringRef name) const;
  const onnx::GraphProto &graphOf(llvm::StringRef name) const;
  Type elementTypeOf(int64_t onnxCode);

  // ---- results
  int64_t numOutputs() const { return outputs_.size(); }
  bool wants(int64_t i) const {
    return i < numOutputs() && !node.output(static_cast<int>(i)).empty();
  }
  void out(Value value) { out(0, value); }
  void out(int64_t i, Value value) {
    if (i < numOutputs()) outputs_[i] = value;
  }
  llvm::ArrayRef<Value> outputs() const { return outputs_; }
  /// Begin of names for symbols of this node.
  std::string stem() const { return node.name().empty() ? node.op_type() : node.name(); }

 private:
  Values inputs_;
  std::map<std::pair<int64_t, int64_t>, int64_t> chosen_;  // axis by (operand, element)
  const AttributeMap &bindings_;
  Values outputs_;
};

/// ONNX's Cast, to and from strings too (ops/Pointwise.cpp).
Value castAny(NodeContext &c, Value x, Type type);

using Converter = void (*)(NodeContext &);

/// The converter for an op at a version of its domain: that of the greatest sinceVersion not above
/// it. Null if none.
Converter findConverter(llvm::StringRef domain, llvm::StringRef name, int version);

/// Registers a converter when the program starts.
struct RegisterConverter {
  RegisterConverter(llvm::StringRef domain, llvm::StringRef name, int sinceVersion,
                    Converter converter);
};
#define PLX_ONNX_CONCAT2(a, b) a##b
#define PLX_ONNX_CONCAT(a, b) PLX_ONNX_CONCAT2(a, b)
#define PLX_ONNX_OP(domain, name, since, converter)                                             \
  static const ::plx::onnxio::RegisterConverter PLX_ONNX_CONCAT(registered##name, __COUNTER__)( \
      domain, #name, since, converter)

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_NODECONTEXT_H
