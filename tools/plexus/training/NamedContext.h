// A compiled program of a training run, its inputs and outputs by name.
#ifndef PLEXUS_TOOLS_PLEXUS_TRAINING_NAMEDCONTEXT_H
#define PLEXUS_TOOLS_PLEXUS_TRAINING_NAMEDCONTEXT_H

#include <map>
#include <string>

#include "tools/plexus/training/TrainingProgram.h"

namespace plx {

/// All functions throw Failure. Tensors given are borrowed until run has returned; those gotten are
/// valid until the next run.
class NamedContext {
 public:
  NamedContext(TrainingProgram program, const CommonOptions &common);

  const train::StepDescription &step() const { return program_.step; }
  const plx_module &module() const { return program_.program.module(); }
  bool hasInput(const std::string &name) const { return inputs_.count(name) > 0; }
  void setInput(const std::string &name, const plx_tensor &tensor);
  /// The same of a scalar that the program may not ask for.
  void setScalar(const std::string &name, const double &value);
  void setScalar(const std::string &name, const int64_t &value);
  /// Where an output goes.
  void bindOutput(const std::string &name, const plx_tensor &tensor);
  void run();
  plx_tensor output(const std::string &name) const { return output(outputs_.at(name)); }
  plx_tensor output(int32_t index) const;
  double scalar(const std::string &name) const {
    return *static_cast<const double *>(output(name).data);
  }

 private:
  TrainingProgram program_;
  Context context_;
  std::map<std::string, int32_t> inputs_, outputs_;
};

/// Zeros of a state's type.
Array makeArray(const train::StepState &state);

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_TRAINING_NAMEDCONTEXT_H
