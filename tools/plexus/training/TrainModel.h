// What the command line says of a training run, for the compiler.
#ifndef PLEXUS_TOOLS_PLEXUS_TRAINING_TRAINMODEL_H
#define PLEXUS_TOOLS_PLEXUS_TRAINING_TRAINMODEL_H

#include <string>

#include "tools/plexus/Commands.h"
#include "tools/plexus/Compiler.h"

namespace plx {

/// One of the programs of a run, as the compiler is told of it. All functions throw Failure.
class TrainModel {
 public:
  /// `flags`: enum plexus_flags.
  TrainModel(const TrainCommand &options, plexus_training_part part, uint32_t flags);
  TrainModel(const TrainModel &) = delete;  // given_ points into it
  TrainModel &operator=(const TrainModel &) = delete;

  ModelHandle open() const;
  /// Of the compile cache.
  std::string key() const;

 private:
  std::string path_, output_;
  std::vector<std::string> patterns_;  // of groups, which point to them
  std::string loss_, optimizer_;
  std::vector<std::string> frozenPatterns_;
  std::vector<const char *> frozen_;
  std::vector<plexus_training_group> groups_;
  plexus_training_options given_ = {};
  ModelOptions how_;
};

/// Text that differs between runs whose checkpoints must not be mixed; how long a run is, is not in
/// it.
std::string identityOf(const TrainCommand &options);

/// "PATTERN:lr=0.1,weight-decay=0". `rate`: of all others. The pattern is borrowed from `text`,
/// which loses its end. Throws Failure (wrong usage).
plexus_training_group parseGroup(std::string &text, double rate);

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_TRAINING_TRAINMODEL_H
