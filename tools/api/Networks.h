// Networks of the builder API, compiled and run: what a C++ program trains, uses and writes as
// ONNX.
//
//   builder::Network net({.mode = builder::Mode::Train});
//   ...                                                      // its layers
//   absl::StatusOr<std::unique_ptr<Trainer>> trainer = Trainer::create(net, {.loss = "mse"}, {});
//   absl::StatusOr<double> loss = (*trainer)->step({{"x", x}, {"target", y}}, 1e-3);
#ifndef PLEXUS_TOOLS_API_NETWORKS_H
#define PLEXUS_TOOLS_API_NETWORKS_H

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "frontends/builder/Network.h"
#include "frontends/builder/TrainingStep.h"
#include "runtime/include/plexus_rt.h"

namespace plx {

/// A tensor of a caller, row-major; the elements are borrowed during the call it is given to.
struct TensorView {
  TensorView(const float *data, std::vector<int64_t> dims);
  TensorView(const double *data, std::vector<int64_t> dims);
  TensorView(const int64_t *data, std::vector<int64_t> dims);
  const void *data;
  std::vector<int64_t> dims;
  int32_t elementType;
};
using TensorViews = std::map<std::string, TensorView>;

struct RunOptions {
  int threads = 0;  // 0: all CPUs
};

/// A compiled network in this process. One thread at a time.
class Runner {
 public:
  /// Compiles @main of a network that is finished, or finishes it.
  static absl::StatusOr<std::unique_ptr<Runner>> create(builder::Network &network,
                                                        const RunOptions &options);
  ~Runner();
  /// Runs it once; every input is in `inputs`.
  absl::Status run(const TensorViews &inputs);
  /// Of the last run, valid until the next. InvalidArgument where no output has that name.
  absl::StatusOr<plx_tensor> output(const std::string &name) const;

 private:
  friend class Trainer;
  struct Running;
  Runner();
  std::unique_ptr<Running> running_;
};

/// A network in training: each call of `step` moves its parameters once.
class Trainer {
 public:
  /// `network` was built for training, is not finished, and is used up: its @main becomes a step.
  static absl::StatusOr<std::unique_ptr<Trainer>> create(builder::Network &network,
                                                         const builder::TrainingOptions &training,
                                                         const RunOptions &options);
  ~Trainer();
  /// `batch`: the network's inputs, and "target". The loss before the step.
  absl::StatusOr<double> step(const TensorViews &batch, double learningRate);
  int64_t stepsDone() const;
  /// Of the last step.
  absl::StatusOr<plx_tensor> prediction() const;
  /// Parameters and statistics as they are now, by name: for Network::takeWeights.
  std::map<std::string, std::string> weights() const;

 private:
  struct State;
  Trainer();
  std::unique_ptr<State> state_;
};

/// Writes a network, finished or not, as ONNX. It should be one for use, not for training.
absl::Status writeOnnx(builder::Network &network, const std::string &path,
                       const std::string &graphName);

}  // namespace plx

#endif  // PLEXUS_TOOLS_API_NETWORKS_H
