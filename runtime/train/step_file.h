// What is known of a compiled step of training besides its code: a file that lies beside the
// compiled library, so that a run needs no compiler.
//
// The file: magic, bytes and plx_hash64 of the table that follows, then the initial elements of the
// states, each aligned to PLX_ALIGNMENT, with a hash in the table. Numbers are little-endian as in
// memory, text is a length and its bytes.
#ifndef PLEXUS_RUNTIME_TRAIN_STEP_FILE_H
#define PLEXUS_RUNTIME_TRAIN_STEP_FILE_H

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace plx::train {

/// A tensor that goes from step to step: input and output of the program under one name.
enum class StateKind : int32_t {
  Parameter = 0,  // trained
  Slot = 1,       // of the optimizer
  Statistic = 2,  // renewed by the forward pass: running means and variances
  Sum = 3         // of a step's gradients, where its rows come in parts
};

struct StepState {
  std::string name;
  StateKind kind;
  int32_t elementType;  // enum plx_element_type
  std::vector<int64_t> dims;
  const void *initial;  // row-major, borrowed; null: zeros
  uint64_t bytes;
};

struct StepDescription {
  std::string target;                   // input that holds what the loss compares with
  std::string prediction;               // output that the loss is of
  std::vector<std::string> notes;       // a line each, for the user
  std::vector<StepState> states;        // in the order in which they are inputs and outputs
  std::shared_ptr<const void> storage;  // keeps the initial elements; null: somebody else does
};

/// Replaces the file; it is not synced. PermissionDenied with the system's reason.
absl::Status writeStepFile(const std::string &path, const StepDescription &step);

/// Maps the file. Every length, type and hash is checked: DataLoss says what is wrong.
absl::StatusOr<StepDescription> readStepFile(const std::string &path);

}  // namespace plx::train

#endif  // PLEXUS_RUNTIME_TRAIN_STEP_FILE_H
