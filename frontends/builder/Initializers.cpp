#include "frontends/builder/Initializers.h"

#include <cmath>
#include <cstring>

#include "ir/ops/RandomBits.h"
#include "llvm/Support/xxhash.h"

namespace plx::builder {
namespace {

/// Element `i` of a stream of numbers in [0, 1), 24 bits each, as dropout draws them.
class Uniforms {
 public:
  explicit Uniforms(RandomKey key) : key_(key) {}
  double at(uint64_t i) {
    if (i / 4 != block_) words_ = randomWords(key_.bits, key_.stream, block_ = i / 4);
    return static_cast<double>(words_[i % 4] >> 8) * 0x1p-24;
  }

 private:
  RandomKey key_;
  uint64_t block_ = UINT64_MAX;
  std::array<uint32_t, 4> words_{};
};

std::vector<double> uniforms(int64_t count, RandomKey key, double low, double high) {
  Uniforms u(key);
  std::vector<double> out(count);
  for (int64_t i = 0; i < count; ++i) out[i] = low + (high - low) * u.at(i);
  return out;
}

// Box and Muller, "A note on the generation of random normal deviates", 1958.
std::vector<double> normals(int64_t count, RandomKey key, double mean, double deviation) {
  Uniforms radii(key), angles(key);
  std::vector<double> out(count);
  for (int64_t i = 0; i < count; ++i) {
    double radius = std::sqrt(-2 * std::log(1 - radii.at(i)));
    double angle = 2 * M_PI * angles.at(count + i);
    out[i] = mean + deviation * radius * std::cos(angle);
  }
  return out;
}

struct Fans {
  double in, out;
};
Fans fansOf(llvm::ArrayRef<int64_t> dims) {
  double window = 1;
  for (int64_t size : dims.drop_front(std::min<size_t>(2, dims.size())))
    window *= static_cast<double>(size);
  double out = dims.empty() ? 1 : static_cast<double>(dims[0]);
  double in = dims.size() < 2 ? out : static_cast<double>(dims[1]);
  return {in * window, out * window};
}

}  // namespace

RandomKey RandomKey::of(uint64_t seed, const std::string &name) {
  return {seed, llvm::xxh3_64bits(name)};
}

std::vector<double> Initializer::values(llvm::ArrayRef<int64_t> dims, RandomKey key) const {
  int64_t count = 1;
  for (int64_t size : dims) count *= size;
  Fans fans = fansOf(dims);
  double spread = 0;
  switch (kind_) {
    case Kind::Constant:
      return std::vector<double>(count, first_);
    case Kind::Uniform:
      return uniforms(count, key, first_, second_);
    case Kind::Normal:
      return normals(count, key, first_, second_);
    case Kind::XavierUniform:
      spread = first_ * std::sqrt(6 / (fans.in + fans.out));
      return uniforms(count, key, -spread, spread);
    case Kind::XavierNormal:
      return normals(count, key, 0, first_ * std::sqrt(2 / (fans.in + fans.out)));
    case Kind::HeUniform:
      spread = first_ * std::sqrt(3 / fans.in);
      return uniforms(count, key, -spread, spread);
    case Kind::HeNormal:
      return normals(count, key, 0, first_ / std::sqrt(fans.in));
  }
  return {};
}

}  // namespace plx::builder
