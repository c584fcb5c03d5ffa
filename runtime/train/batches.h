// Which rows a step takes. A function of the step's number alone, so that a run can go on anywhere.
#ifndef PLEXUS_RUNTIME_TRAIN_BATCHES_H
#define PLEXUS_RUNTIME_TRAIN_BATCHES_H

#include <cstdint>
#include <vector>

namespace plx::train {

class Batches {
 public:
  /// rows >= 1, batch >= 1. With `shuffle` every epoch has an order of its own, from the seed.
  Batches(int64_t rows, int64_t batch, bool shuffle, uint64_t seed)
      : rows_(rows), used_(rows), batch_(batch), shuffle_(shuffle), seed_(seed) {}

  /// Leaves the last rows of each epoch's order out, so that `used` are left, 1 <= used <= rows.
  void use(int64_t used) { used_ = used; }
  int64_t perEpoch() const { return (used_ + batch_ - 1) / batch_; }
  int64_t epochOf(int64_t step) const { return step / perEpoch(); }
  /// The rows of step 0, 1, ...; an epoch's last batch may be short. Valid until the next call.
  const std::vector<int64_t> &at(int64_t step);

 private:
  void order(int64_t epoch);

  int64_t rows_, used_, batch_;
  bool shuffle_;
  uint64_t seed_;
  int64_t ordered_ = -1;  // the epoch that order_ is of
  std::vector<int64_t> order_, taken_;
};

struct Split {
  std::vector<int64_t> training, validation;  // ascending
};
/// Keeps `share` of the rows apart, 0 < share < 1, at least one on each side: chosen by the seed,
/// or without `shuffle` the last ones. rows >= 2.
Split splitRows(int64_t rows, double share, bool shuffle, uint64_t seed);

}  // namespace plx::train

#endif  // PLEXUS_RUNTIME_TRAIN_BATCHES_H
