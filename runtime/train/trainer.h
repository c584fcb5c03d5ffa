// The loop of a C program (plexus_train.h): a compiled step, its data, schedule and checkpoints.
#ifndef PLEXUS_RUNTIME_TRAIN_TRAINER_H
#define PLEXUS_RUNTIME_TRAIN_TRAINER_H

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "plexus_train.h"
#include "runtime/train/batches.h"
#include "runtime/train/checkpoint.h"
#include "runtime/train/schedule.h"
#include "runtime/train/stepper.h"

namespace plx::train {

class Trainer {
 public:
  static absl::StatusOr<std::unique_ptr<Trainer>> open(const std::string &stepPath,
                                                       const plx_trainer_options &options);

  const Stepper &stepper() const { return *stepper_; }
  const std::string &target() const { return step_.target; }
  absl::Status setData(const std::string &input, const plx_tensor &rows);
  absl::StatusOr<plx_trainer_figures> step();
  absl::Status setState(const std::string &name, const plx_tensor &tensor);
  absl::Status checkpoint();
  /// The steps that were done.
  absl::StatusOr<int64_t> resume();

 private:
  struct Release {
    void operator()(plx_program *program) const { plx_program_release(program); }
  };
  Trainer(const plx_trainer_options &options, const Schedule &schedule)
      : batch_(options.batch),
        keepsOrder_(options.keeps_order != 0),
        seed_(options.seed),
        schedule_(schedule) {}
  absl::Status load(const std::string &stepPath, const plx_trainer_options &options);
  absl::Status openCheckpoints(const std::string &stepPath, const plx_trainer_options &options);
  absl::Status prepare();
  absl::StatusOr<std::vector<NamedTensor>> states() const;

  StepDescription step_;
  std::unique_ptr<plx_program, Release> program_;
  std::optional<Stepper> stepper_;
  int64_t batch_;  // 0: not chosen yet
  bool keepsOrder_;
  uint64_t seed_;
  Schedule schedule_;
  std::map<std::string, Column> data_;
  std::optional<Batches> batches_;  // once all inputs have data
  std::optional<Checkpoints> checkpoints_;
  int64_t done_ = 0;
};

}  // namespace plx::train

#endif  // PLEXUS_RUNTIME_TRAIN_TRAINER_H
