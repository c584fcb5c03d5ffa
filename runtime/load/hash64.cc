// XXH64, from its specification (github.com/Cyan4973/xxHash, doc/xxhash_spec.md).
#include "runtime/load/hash64.h"

#include <string.h>

#include "plexus_rt.h"

namespace {

constexpr uint64_t kPrime1 = UINT64_C(0x9E3779B185EBCA87);
constexpr uint64_t kPrime2 = UINT64_C(0xC2B2AE3D27D4EB4F);
constexpr uint64_t kPrime3 = UINT64_C(0x165667B19E3779F9);
constexpr uint64_t kPrime4 = UINT64_C(0x85EBCA77C2B2AE63);
constexpr uint64_t kPrime5 = UINT64_C(0x27D4EB2F165667C5);

uint64_t rotate_left(uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }

template <typename T>
uint64_t read(const unsigned char *at) {
  T value;
  memcpy(&value, at, sizeof value);
  return value;
}

uint64_t add_lane(uint64_t accumulator, uint64_t lane) {
  return rotate_left(accumulator + lane * kPrime2, 31) * kPrime1;
}

uint64_t merge(uint64_t accumulator, uint64_t lane) {
  return (accumulator ^ add_lane(0, lane)) * kPrime1 + kPrime4;
}

uint64_t add_tail(uint64_t sum, const unsigned char *at, uint64_t left) {
  for (; left >= 8; at += 8, left -= 8) {
    sum = rotate_left(sum ^ add_lane(0, read<uint64_t>(at)), 27) * kPrime1 + kPrime4;
  }
  if (left >= 4) {
    sum = rotate_left(sum ^ (read<uint32_t>(at) * kPrime1), 23) * kPrime2 + kPrime3;
    at += 4;
    left -= 4;
  }
  for (; left > 0; ++at, --left) sum = rotate_left(sum ^ (*at * kPrime5), 11) * kPrime1;
  return sum;
}

uint64_t avalanche(uint64_t sum) {
  sum = (sum ^ (sum >> 33)) * kPrime2;
  sum = (sum ^ (sum >> 29)) * kPrime3;
  return sum ^ (sum >> 32);
}

}  // namespace

namespace plx {

Hash64::Hash64(uint64_t seed)
    : lanes_{seed + kPrime1 + kPrime2, seed + kPrime2, seed, seed - kPrime1}, seed_(seed) {}

void Hash64::add_stripes(const void *data, uint64_t bytes) {
  const auto *at = static_cast<const unsigned char *>(data);
  uint64_t a = lanes_[0];
  uint64_t b = lanes_[1];
  uint64_t c = lanes_[2];
  uint64_t d = lanes_[3];
  for (uint64_t left = bytes; left >= kStripeBytes; at += kStripeBytes, left -= kStripeBytes) {
    a = add_lane(a, read<uint64_t>(at));
    b = add_lane(b, read<uint64_t>(at + 8));
    c = add_lane(c, read<uint64_t>(at + 16));
    d = add_lane(d, read<uint64_t>(at + 24));
  }
  lanes_[0] = a;
  lanes_[1] = b;
  lanes_[2] = c;
  lanes_[3] = d;
  bytes_ += bytes;
}

uint64_t Hash64::finish(const void *tail, uint64_t tail_bytes) {
  uint64_t sum = seed_ + kPrime5;
  if (bytes_ > 0) {
    sum = rotate_left(lanes_[0], 1) + rotate_left(lanes_[1], 7) + rotate_left(lanes_[2], 12) +
          rotate_left(lanes_[3], 18);
    for (uint64_t lane : lanes_) sum = merge(sum, lane);
  }
  sum += bytes_ + tail_bytes;
  return avalanche(add_tail(sum, static_cast<const unsigned char *>(tail), tail_bytes));
}

}  // namespace plx

extern "C" uint64_t plx_hash64(const void *data, uint64_t bytes, uint64_t seed) {
  uint64_t whole = bytes - bytes % plx::Hash64::kStripeBytes;
  plx::Hash64 hash(seed);
  hash.add_stripes(data, whole);
  return hash.finish(static_cast<const char *>(data) + whole, bytes - whole);
}
