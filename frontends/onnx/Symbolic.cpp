#include "frontends/onnx/Symbolic.h"

#include "ir/types/Types.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/SmallVector.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"

namespace plx::onnxio {
namespace {

bool isInteger(int code) {
  switch (code) {
    case onnx::TensorProto::INT8:
    case onnx::TensorProto::INT16:
    case onnx::TensorProto::INT32:
    case onnx::TensorProto::INT64:
    case onnx::TensorProto::UINT8:
    case onnx::TensorProto::UINT16:
    case onnx::TensorProto::UINT32:
    case onnx::TensorProto::UINT64:
      return true;
    default:
      return false;
  }
}

// Sizes go, ranks stay.
void forgetSizes(onnx::TypeProto &type) {
  if (type.has_sequence_type())
    return forgetSizes(*type.mutable_sequence_type()->mutable_elem_type());
  if (type.has_optional_type())
    return forgetSizes(*type.mutable_optional_type()->mutable_elem_type());
  if (!type.has_tensor_type() || !type.tensor_type().has_shape()) return;
  for (auto &dim : *type.mutable_tensor_type()->mutable_shape()->mutable_dim()) dim.Clear();
}

}  // namespace

void SymbolicInputs::apply(onnx::ModelProto &model, const std::map<std::string, Weight> &weights) {
  origins_.clear();
  onnx::GraphProto &graph = *model.mutable_graph();
  std::set<std::string> valued;
  for (const auto &tensor : graph.initializer()) valued.insert(tensor.name());
  for (auto &input : *graph.mutable_input())
    if (!valued.count(input.name()) && !weights.count(input.name()))
      applyTo(*input.mutable_type(), input.name());
  for (auto &output : *graph.mutable_output()) forgetSizes(*output.mutable_type());
  graph.clear_value_info();
}

void SymbolicInputs::applyTo(onnx::TypeProto &type, const std::string &input) {
  if (!type.has_tensor_type()) return forgetSizes(type);
  bool integer = isInteger(type.tensor_type().elem_type());
  auto *shape = type.mutable_tensor_type()->mutable_shape();
  for (int axis = 0; axis < shape->dim_size(); ++axis) {
    auto &dim = *shape->mutable_dim(axis);
    std::string symbol = input + "_d" + std::to_string(axis);
    bool hasSize = dim.has_dim_value();
    if (hasSize && integer)
      origins_[symbol] = {
          {input, axis, dim.dim_value()}, axis + 1 == shape->dim_size(), shape->dim_size() == 1};
    if (!hasSize || !kept_.count(symbol)) dim.set_dim_param(symbol);
  }
}

void SymbolicInputs::demand(Dim size, bool ofIndex) const {
  llvm::SmallVector<DimAtom> symbols;
  size.collectSymbols(symbols);
  RankDependsOn needed;
  for (DimAtom symbol : symbols) {
    auto origin = origins_.find(symbol.symbol().getValue().str());
    if (origin == origins_.end()) return;
    if (!(ofIndex ? origin->second.isLast : origin->second.isList)) return;
    needed.symbols.insert(origin->first);
  }
  if (!needed.symbols.empty()) throw needed;
}

void SymbolicInputs::demandSources(mlir::Value list) const {
  RankDependsOn needed;
  llvm::SmallVector<mlir::Value> open{list};
  llvm::SmallPtrSet<mlir::Operation *, 16> seen;
  while (!open.empty()) {
    mlir::Value value = open.pop_back_val();
    if (auto type = mlir::dyn_cast<mlir::RankedTensorType>(value.getType()))
      for (Dim size : dimsOf(type)) {
        llvm::SmallVector<DimAtom> symbols;
        size.collectSymbols(symbols);
        for (DimAtom symbol : symbols)
          if (auto origin = origins_.find(symbol.symbol().getValue().str());
              origin != origins_.end() && origin->second.isList)
            needed.symbols.insert(origin->first);
      }
    mlir::Operation *op = value.getDefiningOp();
    if (!op || !seen.insert(op).second) continue;
    op->walk([&](mlir::Operation *inner) { llvm::append_range(open, inner->getOperands()); });
  }
  if (!needed.symbols.empty()) throw needed;
}

std::vector<ExemptDim> SymbolicInputs::exempt() const {
  std::vector<ExemptDim> dims;
  for (const std::string &symbol : kept_) dims.push_back(origins_.at(symbol).dim);
  return dims;
}

}  // namespace plx::onnxio
