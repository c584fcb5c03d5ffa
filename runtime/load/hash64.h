// XXH64 over data that come in pieces.
#ifndef PLEXUS_RUNTIME_LOAD_HASH64_H
#define PLEXUS_RUNTIME_LOAD_HASH64_H

#include <stdint.h>

namespace plx {

class Hash64 {
 public:
  static constexpr uint64_t kStripeBytes = 32;

  explicit Hash64(uint64_t seed);
  // `bytes` must be a multiple of kStripeBytes.
  void add_stripes(const void *data, uint64_t bytes);
  // The hash of all stripes and a tail shorter than a stripe.
  uint64_t finish(const void *tail, uint64_t tail_bytes);

 private:
  uint64_t lanes_[4];
  uint64_t seed_;
  uint64_t bytes_ = 0;
};

}  // namespace plx
#endif  // PLEXUS_RUNTIME_LOAD_HASH64_H
