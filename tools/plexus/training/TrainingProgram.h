// A compiled program of a training run and what is known of it, from the cache or the compiler.
#ifndef PLEXUS_TOOLS_PLEXUS_TRAINING_TRAININGPROGRAM_H
#define PLEXUS_TOOLS_PLEXUS_TRAINING_TRAININGPROGRAM_H

#include "runtime/train/step_file.h"
#include "tools/plexus/Program.h"

namespace plx {

struct TrainingProgram {
  /// `flags`: enum plexus_flags. What is in the cache is loaded without the compiler. Throws
  /// Failure.
  static TrainingProgram load(const TrainCommand &options, plexus_training_part part,
                              uint32_t flags = 0);

  Program program;
  train::StepDescription step;
};

/// Compiles a whole step into the library `path`, with what is known of it in PATH.training.
void emitStep(const TrainCommand &options, const std::string &path);

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_TRAINING_TRAININGPROGRAM_H
