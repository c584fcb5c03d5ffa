// Walks the nodes of a prepared model and lets converters write them as plx.
#ifndef PLEXUS_FRONTENDS_ONNX_GRAPH_H
#define PLEXUS_FRONTENDS_ONNX_GRAPH_H

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "frontends/onnx/Import.h"
#include "frontends/onnx/NodeContext.h"
#include "frontends/onnx/Prepare.h"
#include "frontends/onnx/Training.h"

namespace plx::onnxio {

/// A node that could not be imported.
struct Failure {
  Refusal::Kind kind;
  std::string domain, op, node, reason;
  int version;
};

/// State of one import.
struct Session {
  Session(mlir::MLIRContext &context, const ImportOptions &options, const SymbolicInputs *symbolic)
      : options(options), emit{mlir::OpBuilder(&context), {}, {}, symbolic} {}
  const ImportOptions &options;
  PreparedModel prepared;
  EmitState emit;
  std::vector<Failure> failures;
  std::vector<ImportedWeight> weights;
  std::set<std::string> parameterNames;
  std::map<std::string, int> opsets;
  int functionDepth = 0;
  std::string drawingNode;  // the first that draws random numbers; empty: none
  TrainingState training;
};

/// The type of a value of the model. Sizes the model leaves open become symbols; `stem` begins the
/// names of fresh ones.
Type typeOf(const onnx::TypeProto &proto, llvm::StringRef stem, Session &session);
/// What an item of a sequence or optional is known to be: sizes left open stay `?`.
Type looseTypeOf(const onnx::TypeProto &proto, mlir::MLIRContext *context);
/// The same of a type of plx: symbols become `?`.
Type loosened(Type type);
/// The other way, as far as function bodies ask.
onnx::TypeProto protoOf(Type type);

/// One graph, or one body of an ONNX function: its names, and where they are looked for when it has
/// none.
class GraphImporter {
 public:
  GraphImporter(Session &session, GraphImporter *parent) : session_(session), parent_(parent) {}

  void importMain(mlir::ModuleOp module);
  void importNodes(const google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes);

  /// A graph of a node as a region of one block without its terminator; gives the values of its
  /// outputs. Symbols made inside are told from those outside by session().emit.symbols.mark().
  /// Throws when a node of it failed.
  Values importRegion(const onnx::GraphProto &graph, mlir::Region &region,
                      llvm::ArrayRef<Type> argumentTypes);

  /// A graph without inputs in the place of its node.
  Values importInline(const onnx::GraphProto &graph);

  /// Null when the value comes from a node that failed.
  Value lookup(const std::string &name);
  void define(const std::string &name, Value value) { values_[name] = value; }
  Session &session() { return session_; }
  /// Type that inference gave to a name; null when it gave none.
  const onnx::TypeProto *inferredType(const std::string &name);

  /// The bytes of a tensor (unpacked): a constant when small, else a parameter of this name.
  Value dataValue(Emit &e, const std::string &name, mlir::RankedTensorType type, std::string bytes);
  /// A tensor of the model: a constant when small, else a parameter of this name.
  Value tensorValue(Emit &e, const onnx::TensorProto &tensor, const std::string &name);

 private:
  Values importInto(const onnx::GraphProto &graph, llvm::ArrayRef<Value> arguments);
  void importInitializers(const onnx::GraphProto &graph);
  Value weightValue(Emit &e, const std::string &name, const Weight &weight);
  bool importCopy(const onnx::NodeProto &node);
  Value parameter(Emit &e, const std::string &name, mlir::RankedTensorType type,
                  std::shared_ptr<const WeightStorage> storage, uint64_t byteOffset,
                  uint64_t byteLength);
  void importNode(const onnx::NodeProto &node, int version);
  void convert(const onnx::NodeProto &node, int version, Values inputs);
  bool importFunctionBody(NodeContext &c);
  /// An operator of the user's own, computed by a C function (Custom.cpp); false where it is none.
  bool importCustomNode(NodeContext &c);
  void expandFunction(NodeContext &c, const onnx::FunctionProto &function);
  mlir::Location locationOf(const onnx::NodeProto &node);
  mlir::MLIRContext *context() { return session_.emit.builder.getContext(); }

  Session &session_;
  GraphImporter *parent_;
  llvm::StringMap<Value> values_;
  llvm::StringMap<const onnx::TypeProto *> types_;
  std::map<std::string, int> opsets_;
  AttributeMap bindings_;  // in a function body: the attributes of the node it stands for
  std::optional<mlir::Location> outerLocation_;  // in a function body: of the node it stands for
};

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_GRAPH_H
