// A network under construction: a program with named inputs, outputs and parameters.
//
//   Network net;
//   Sequential mlp{Linear(64, 128), ReLU(), Linear(128, 10)};
//   net.output("logits", mlp(net.input("pixels", {"batch", 64})));
//   absl::StatusOr<mlir::ModuleOp> module = net.finish();
//
// The module holds @main as an imported model does: inputs and outputs carry their names, and
// weights are plx.parameter. A network is built for training or for use: BatchNorm and Dropout act
// differently. Who wants both builds it twice, and hands the weights over.
//
// What is wrong is said at the end, by finish(). One thread at a time; a network outlives its
// tensors.
#ifndef PLEXUS_FRONTENDS_BUILDER_NETWORK_H
#define PLEXUS_FRONTENDS_BUILDER_NETWORK_H

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "frontends/builder/Errors.h"
#include "frontends/builder/Initializers.h"
#include "frontends/builder/Tensor.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace plx::builder {

enum class Mode { Evaluate, Train };

/// A size of an input: a number, or a name for one that is known when the network runs.
struct Size {
  Size(int64_t number) : number(number) {}  // NOLINT: implicit on purpose
  Size(int number) : number(number) {}      // NOLINT
  Size(const char *name) : name(name) {}    // NOLINT
  int64_t number = -1;
  std::string name;
};

/// The value of a parameter: row-major elements of its type.
struct Weight {
  mlir::RankedTensorType type;
  std::string bytes;
  bool isStatistic = false;  // renewed by the forward pass, not by an optimizer
};

struct NetworkOptions {
  Mode mode = Mode::Evaluate;
  uint64_t seed = 0;   // of initial weights and of dropout
  bool isF64 = false;  // floats are f64 instead of f32
};

class Network {
 public:
  explicit Network(const NetworkOptions &options = {});
  Network(const Network &) = delete;
  ~Network();

  /// Of the network's float type.
  Tensor input(const std::string &name, llvm::ArrayRef<Size> sizes);
  /// Of i64: classes, words.
  Tensor indices(const std::string &name, llvm::ArrayRef<Size> sizes);
  void output(const std::string &name, const Tensor &value);
  /// Ends @main; nothing is built afterwards. Owned by the network. InvalidArgument with all that
  /// was said.
  absl::StatusOr<mlir::ModuleOp> finish();

  // ---- for modules
  bool isTraining() const { return options_.mode == Mode::Train; }
  uint64_t seed() const { return options_.seed; }
  Scope &scope() { return scope_; }
  mlir::Type floatType();
  /// The parameter of this name, created where it is not there yet. It begins as `initial` says.
  Tensor parameter(const std::string &name, llvm::ArrayRef<int64_t> dims,
                   const Initializer &initial);
  /// A parameter that training does not move but `renew` does.
  Tensor statistic(const std::string &name, llvm::ArrayRef<int64_t> dims,
                   const Initializer &initial);
  /// The value of a statistic after a step.
  void renew(const std::string &statistic, const Tensor &value);
  /// The number of the step, i64 of rank 0: an input, from the first use on.
  Tensor step();

  // ---- weights
  const std::map<std::string, Weight> &weights() const { return weights_; }
  /// NotFound, or InvalidArgument where the number of bytes is another.
  absl::Status setWeight(const std::string &name, llvm::StringRef bytes);
  /// All that `other` has under a name of this network's.
  absl::Status takeWeights(const std::map<std::string, std::string> &bytes);

 private:
  Tensor addInput(const std::string &name, mlir::Type element, llvm::ArrayRef<Dim> dims);
  Tensor addInput(const std::string &name, mlir::Type element, llvm::ArrayRef<Size> sizes);
  Tensor weight(const std::string &name, llvm::ArrayRef<int64_t> dims, const Initializer &initial,
                bool isStatistic);
  struct Output {
    std::string name;
    mlir::Value value;
    bool isStatistic;
  };

  NetworkOptions options_;
  std::unique_ptr<mlir::MLIRContext> context_;
  Errors errors_;
  mlir::OwningOpRef<mlir::ModuleOp> module_;
  mlir::func::FuncOp main_;
  Scope scope_;
  std::map<std::string, Weight> weights_;
  std::map<std::string, Tensor> parameters_;
  mlir::Operation *last_ = nullptr;  // of the parameters' ops
  std::vector<Output> outputs_;
  Tensor step_;
};

}  // namespace plx::builder

#endif  // PLEXUS_FRONTENDS_BUILDER_NETWORK_H
