// Models whose inputs lose their sizes: what `plexus check --symbolic` asks for.
#ifndef PLEXUS_FRONTENDS_ONNX_SYMBOLIC_H
#define PLEXUS_FRONTENDS_ONNX_SYMBOLIC_H

#include <map>
#include <set>
#include <string>

#include "frontends/onnx/Import.h"
#include "frontends/onnx/Proto.h"
#include "frontends/onnx/Weights.h"
#include "ir/types/Dim.h"
#include "mlir/IR/Value.h"

namespace plx::onnxio {

/// Thrown where a rank depends on sizes of inputs that were made symbols: a list of integers whose
/// length is another tensor's rank, or the last dim of an index. They are kept at the next try.
struct RankDependsOn {
  std::set<std::string> symbols;
};

class SymbolicInputs {
 public:
  /// Every dim of every input that has no value becomes a symbol of its own, but those to be kept;
  /// what else the model states about sizes is taken out.
  void apply(onnx::ModelProto &model, const std::map<std::string, Weight> &weights);
  /// Throws RankDependsOn where `size` is made of lengths of 1-D integer inputs (or, `ofIndex`, of
  /// last dims of integer inputs) alone.
  void demand(Dim size, bool ofIndex) const;
  /// The same where what `list` is computed from, conditions included, has such lengths.
  void demandSources(mlir::Value list) const;
  void keep(const RankDependsOn &needed) {
    kept_.insert(needed.symbols.begin(), needed.symbols.end());
  }
  /// The dims that have kept their sizes.
  std::vector<ExemptDim> exempt() const;

 private:
  struct Origin {
    ExemptDim dim;
    bool isLast, isList;
  };
  void applyTo(onnx::TypeProto &type, const std::string &input);
  std::map<std::string, Origin> origins_;  // by symbol; dims of integer inputs
  std::set<std::string> kept_;
};

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_SYMBOLIC_H
