// Checkpoints: the tensors of a run and where it stood, one file each, written so that a crash at
// any instant leaves the ones before it whole.
//
// A file is a .safetensors (github.com/huggingface/safetensors, "Format") of the states, whose
// metadata hold the step, what identifies the run, and the XXH64 of everything behind the header.
// It is written under a passing name, synced, renamed to step-N.safetensors, and the folder synced.
// A folder may hold several series, each under its own word in the place of "step".
#ifndef PLEXUS_RUNTIME_TRAIN_CHECKPOINT_H
#define PLEXUS_RUNTIME_TRAIN_CHECKPOINT_H

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "plexus_rt.h"

namespace plx::train {

struct NamedTensor {
  std::string name;
  plx_tensor tensor;
};

class Checkpoints {
 public:
  /// `run`: text that differs between runs that must not be mixed (options, model). Makes the
  /// folder.
  static absl::StatusOr<Checkpoints> open(const std::string &folder, const std::string &run,
                                          int kept, const std::string &series = "step");

  /// After `step` steps. Removes all but the newest `kept`.
  absl::Status write(int64_t step, const std::vector<NamedTensor> &tensors) const;
  /// Reads the newest sound one into `tensors`, and gives its step; 0 where there is none. `notes`
  /// gets a line for each one that is damaged. FailedPrecondition: they are of another run.
  absl::StatusOr<int64_t> restore(const std::vector<NamedTensor> &tensors,
                                  std::vector<std::string> &notes) const;
  /// Reads that of one step. DataLoss: it is not there, damaged, or another run's.
  absl::Status read(int64_t step, const std::vector<NamedTensor> &tensors) const;

 private:
  Checkpoints(std::string folder, std::string run, int kept, const std::string &series)
      : folder_(std::move(folder)), run_(std::move(run)), begin_(series + "-"), kept_(kept) {}
  std::vector<int64_t> steps() const;  // newest first
  std::string pathOf(int64_t step) const;
  std::string folder_, run_, begin_;
  int kept_;
};

}  // namespace plx::train

#endif  // PLEXUS_RUNTIME_TRAIN_CHECKPOINT_H
