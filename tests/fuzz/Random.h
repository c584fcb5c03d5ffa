// Seeded random choices: the same on every machine (the standard library's distributions are not).
#ifndef PLEXUS_TESTS_FUZZ_RANDOM_H
#define PLEXUS_TESTS_FUZZ_RANDOM_H

#include <cstdint>

#include "llvm/ADT/ArrayRef.h"

namespace plx::fuzz {

/// splitmix64 (Steele, Lea, Flood 2014).
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {}

  uint64_t bits() {
    uint64_t z = (state_ += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  /// In [low, high].
  int64_t in(int64_t low, int64_t high) {
    return low + static_cast<int64_t>(bits() % static_cast<uint64_t>(high - low + 1));
  }
  /// In [low, high).
  double real(double low, double high) {
    return low + (high - low) * static_cast<double>(bits() >> 11) * 0x1p-53;
  }
  bool oneIn(int64_t n) { return in(1, n) == 1; }
  template <typename T>
  const T &of(llvm::ArrayRef<T> list) {
    return list[static_cast<size_t>(in(0, static_cast<int64_t>(list.size()) - 1))];
  }

 private:
  uint64_t state_;
};

}  // namespace plx::fuzz

#endif  // PLEXUS_TESTS_FUZZ_RANDOM_H
