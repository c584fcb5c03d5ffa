// What writes ONNX: names of values, nodes, sizes; and the table of functions, one an op of plx.
//
//   void exportTranspose(Exporter &e, TransposeOp op) {
//     e.define(op.getResult(), e.transpose(e.of(op.getOperand()), op.getPermutation()));
//   }
//   PLX_ONNX_EXPORT(TransposeOp, exportTranspose);
//
// Nodes that nobody reads are dropped at the end (Prune.cpp), so a function may look through the op
// that computes its operand (a pad before a convolution) and leave that op's nodes dead. Functions
// say by Refusal what ONNX does not have; what an opset lacks need not be said: the model is
// checked against onnx's schemas, and the next opset is tried.
#ifndef PLEXUS_FRONTENDS_ONNX_EXPORT_EXPORTER_H
#define PLEXUS_FRONTENDS_ONNX_EXPORT_EXPORTER_H

#include <map>
#include <set>
#include <string>
#include <vector>

#include "frontends/onnx/Emit.h"
#include "frontends/onnx/Proto.h"
#include "frontends/onnx/Refusal.h"
#include "ir/eval/Value.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include "mlir/IR/BuiltinOps.h"

namespace plx::onnxio {

using Name = std::string;  // of a value of the graph; empty: an omitted input
using Names = std::vector<Name>;
using NodeAttr = onnx::AttributeProto;

NodeAttr attrOf(llvm::StringRef name, int64_t value);
NodeAttr attrOf(llvm::StringRef name, llvm::ArrayRef<int64_t> values);
NodeAttr floatAttrOf(llvm::StringRef name, double value);
NodeAttr attrOf(llvm::StringRef name, llvm::StringRef value);
NodeAttr attrOf(llvm::StringRef name, onnx::GraphProto graph);
NodeAttr attrOf(llvm::StringRef name, onnx::TypeProto type);

/// An op that could not be exported.
struct ExportFailure {
  std::string op, node, reason;
};

/// Where a symbol's value comes from: a size of a tensor, (size - offset) / factor; or a vector of
/// one i64, where `axis` is -1.
struct SymbolSource {
  size_t depth;
  Name tensor;
  int64_t axis = -1;
  int64_t factor = 1, offset = 0;
};

class Exporter {
 public:
  Exporter(mlir::ModuleOp module, int opset) : opset(opset), module_(module) {}
  const int opset;

  /// @main as a graph; initializers hold no weights yet, only their names and types.
  void exportMain(onnx::GraphProto &graph);
  std::vector<ExportFailure> failures;

  // ---- values
  Name of(Value value);
  Names of(mlir::ValueRange values);
  void define(Value value, Name name) { names_[value] = std::move(name); }
  void define(mlir::ResultRange results, const Names &names);
  onnx::TypeProto typeProto(Type type);

  // ---- nodes, at the end of the current graph
  Name node(llvm::StringRef op, const Names &inputs, const std::vector<NodeAttr> &attrs = {});
  Names nodes(llvm::StringRef op, const Names &inputs, int numOutputs,
              const std::vector<NodeAttr> &attrs = {});
  /// The Conv or Gemm without bias that gives `x`, again, with one.
  Name withBias(const Name &x, const Name &bias);
  bool takesBias(const Name &x) const { return biasless_.contains(x); }
  /// A name that nothing has, beginning with `stem`.
  Name unique(llvm::StringRef stem);

  // ---- constants: initializers of the main graph, equal ones once
  Name constant(const eval::Tensor &tensor);
  Name constant(mlir::ElementsAttr value);
  Name ints(llvm::ArrayRef<int64_t> values);
  Name scalar(double value, Type element);
  Name scalarInt(int64_t value, Type element);
  /// A weight: an initializer without bytes, which File.cpp gives it.
  Name parameter(llvm::StringRef name, Type type);

  // ---- sizes as values
  Name dim(Dim dim);                    // one i64 in a vector
  Name dims(llvm::ArrayRef<Dim> dims);  // a vector of i64
  void defineSymbol(llvm::StringRef name, SymbolSource source) { symbols_[name] = source; }
  /// Symbols that are sizes of a value; only those of `names` where it is given.
  void defineSymbols(Value value, mlir::ArrayAttr names);
  void defineFresh(mlir::Operation *op);  // those of its attributes `size` and `fresh`
  size_t depth() const { return depth_; }

  // ---- views and casts of names
  Name transpose(const Name &x, llvm::ArrayRef<int64_t> permutation);
  Name reshape(const Name &x, llvm::ArrayRef<Dim> from, llvm::ArrayRef<Dim> to);
  Name unsqueeze(const Name &x, llvm::ArrayRef<int64_t> axes);
  Name squeeze(const Name &x, llvm::ArrayRef<int64_t> axes);
  Name expand(const Name &x, llvm::ArrayRef<Dim> dims) {
    return node("Expand", {x, this->dims(dims)});
  }
  Name cast(const Name &x, Type element);
  Name arange(Dim size);  // [0, size) in i64
  /// ONNX's reductions, whose axes became an input in one opset for sums and another for the rest.
  Name reduce(llvm::StringRef op, const Name &x, llvm::ArrayRef<int64_t> axes, bool keepDims);

  // ---- graphs of nodes
  /// Exports a region's block into `graph`; the names of what it yields are the graph's outputs.
  void subgraph(mlir::Block &block, onnx::GraphProto &graph, mlir::ArrayAttr carried);
  void exportOps(mlir::Block &block);
  mlir::ModuleOp module() { return module_; }
  llvm::StringMap<SymbolSource> &symbols() { return symbols_; }
  /// Symbols mean something else from here on.
  void forgetSizes() {
    for (Scope &scope : scopes_) scope.dims.clear();
  }
  Dim k(int64_t value) { return Dim::constant(module_.getContext(), value); }
  Type i64() { return mlir::IntegerType::get(module_.getContext(), 64); }
  Type i1() { return mlir::IntegerType::get(module_.getContext(), 1); }
  Type f32() { return mlir::Float32Type::get(module_.getContext()); }

 private:
  struct Scope {
    onnx::GraphProto *graph;
    llvm::StringMap<Name> dims;  // by text
  };
  void exportOp(mlir::Operation &op);
  void addInputs(mlir::Block &block, onnx::GraphProto &graph, llvm::ArrayRef<std::string> names);
  void addOutput(onnx::GraphProto &graph, Value value, Name name);
  Name computeDim(Dim dim);
  Name symbol(DimAtom atom);
  Name atom(DimAtom atom);
  Name floorDivided(Dim a, Dim b);
  size_t depthOf(Dim dim);
  Name initializer(onnx::TensorProto tensor);

  mlir::ModuleOp module_;
  std::vector<Scope> scopes_;
  size_t depth_ = 0;  // of the current graph in scopes_
  llvm::DenseMap<Value, Name> names_;
  llvm::StringMap<unsigned> taken_;
  std::string stem_;  // of the current op's names
  std::map<std::string, Name> constants_;
  std::map<Name, eval::Tensor> tensors_;  // constants by name
  llvm::StringMap<SymbolSource> symbols_;
  std::map<Name, std::pair<Name, Ints>> transposed_;  // what a Transpose was made of
  std::map<Name, onnx::NodeProto> biasless_;          // Conv and Gemm by what they give
  std::set<std::string> parameters_;
};

/// Drops what nobody reads, and gives values that are outputs the outputs' names.
void prune(onnx::GraphProto &graph);

/// Elements as ONNX stores them: types below a byte packed.
std::string packedElements(Type element, llvm::StringRef bytes);

using OpExporter = void (*)(Exporter &, mlir::Operation *);
struct RegisterExporter {
  RegisterExporter(llvm::StringRef op, OpExporter exporter);
};
template <typename Op, void (*function)(Exporter &, Op)>
void exportAs(Exporter &e, mlir::Operation *op) {
  function(e, mlir::cast<Op>(op));
}
#define PLX_ONNX_EXPORT(Op, function)                                              \
  static const ::plx::onnxio::RegisterExporter exports##Op(Op::getOperationName(), \
                                                           &::plx::onnxio::exportAs<Op, function>)

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_EXPORT_EXPORTER_H
