#include "runtime/train/batches.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace plx::train {
namespace {

/// SplitMix64 (Steele, Lea, Flood 2014): a good number for each state.
uint64_t mix(uint64_t &state) {
  uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

/// Fisher and Yates; the bias of the remainder is below 2^-40 for what fits in memory.
void Batches::order(int64_t epoch) {
  if (ordered_ == epoch) return;
  order_.resize(static_cast<size_t>(rows_));
  std::iota(order_.begin(), order_.end(), 0);
  uint64_t state = seed_;
  state = mix(state) ^ static_cast<uint64_t>(epoch);
  if (shuffle_)
    for (size_t i = order_.size(); i-- > 1;) std::swap(order_[i], order_[mix(state) % (i + 1)]);
  ordered_ = epoch;
}

const std::vector<int64_t> &Batches::at(int64_t step) {
  order(epochOf(step));
  int64_t begin = step % perEpoch() * batch_, end = std::min(begin + batch_, used_);
  taken_.assign(order_.begin() + begin, order_.begin() + end);
  return taken_;
}

Split splitRows(int64_t rows, double share, bool shuffle, uint64_t seed) {
  auto kept = static_cast<int64_t>(std::llround(share * static_cast<double>(rows)));
  kept = std::clamp<int64_t>(kept, 1, rows - 1);
  // Another seed than the batches': their first epoch would else tell the two apart.
  Batches all(rows, rows, shuffle, ~seed);
  const std::vector<int64_t> &order = all.at(0);
  Split split{{order.begin(), order.end() - kept}, {order.end() - kept, order.end()}};
  std::sort(split.training.begin(), split.training.end());
  std::sort(split.validation.begin(), split.validation.end());
  return split;
}

}  // namespace plx::train
