// Host functions that make values of programs: objects of tensors and of constants, numbers as
// NumPy draws them. And what the built-in functions share.
#include "runtime/core/builtins.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "runtime/core/checked.h"
#include "runtime/core/host_frame.h"

namespace plx {

int64_t int_element(const plx_tensor &tensor, int64_t index) {
  const char *at =
      static_cast<const char *>(tensor.data) + index * plx_element_bytes(tensor.element_type);
  auto read = [&](auto value) {
    memcpy(&value, at, sizeof value);
    return static_cast<int64_t>(value);
  };
  switch (tensor.element_type) {
    case PLX_I64:
    case PLX_U64:
      return read(int64_t{});
    case PLX_I32:
      return read(int32_t{});
    case PLX_U32:
      return read(uint32_t{});
    case PLX_I16:
      return read(int16_t{});
    case PLX_U16:
      return read(uint16_t{});
    case PLX_I8:
    case PLX_I4:
    case PLX_I2:
      return read(int8_t{});
    default:
      return read(uint8_t{});
  }
}

int32_t refuse(plx_host_frame *frame, const char *format, ...) {
  va_list args;
  va_start(args, format);
  char message[kHostMessageBytes];
  vsnprintf(message, sizeof message, format, args);
  va_end(args);
  plx_host_error(frame, message);
  return 1;
}

int64_t attribute_int(plx_host_frame *frame, const char *name, int64_t fallback) {
  int64_t value = fallback;
  return plx_host_ints(frame, name, &value, 1) >= 1 ? value : fallback;
}

namespace {

// The tensor as an object.
int32_t copy(void *, plx_host_frame *frame, const plx_tensor *args, int32_t, plx_tensor *results,
             int32_t) {
  plx_object *object = nullptr;
  plx_error error;
  if (plx_object_of_tensor(&args[0], &object, &error) != PLX_OK) {
    return refuse(frame, "%s", error.message);
  }
  plx_host_object(frame, &results[0], object);
  return 0;
}

// A tensor of strings, of dims `dims`, from its bytes in a program: the length of each string, as
// i64, then the bytes of all.
int32_t strings(void *, plx_host_frame *frame, const plx_tensor *args, int32_t, plx_tensor *results,
                int32_t) {
  int64_t dims[PLX_MAX_RANK];
  int64_t rank = plx_host_ints(frame, "dims", dims, PLX_MAX_RANK);
  int64_t count =
      rank < 0 || rank > PLX_MAX_RANK ? -1 : plx_num_elements(static_cast<int32_t>(rank), dims);
  const char *at = static_cast<const char *>(args[0].data);
  int64_t left = plx_tensor_bytes(&args[0]);
  if (count < 0 || count > left / int64_t{sizeof(int64_t)}) {
    return refuse(frame, "the strings of a constant are not valid");
  }
  if (plx_host_result(frame, &results[0], PLX_STRING, static_cast<int32_t>(rank), dims) != PLX_OK) {
    return 1;
  }
  const char *bytes = at + count * int64_t{sizeof(int64_t)};
  left -= count * int64_t{sizeof(int64_t)};
  for (int64_t i = 0; i < count; ++i) {
    int64_t length = 0;
    memcpy(&length, at + i * int64_t{sizeof length}, sizeof length);
    if (length < 0 || length > left) {
      return refuse(frame, "the strings of a constant are not valid");
    }
    static_cast<plx_string *>(results[0].data)[i] = {bytes, length};
    bytes += length;
    left -= length;
  }
  return 0;
}

// MT19937 as NumPy's RandomState(seed) runs it (numpy/random/src/mt19937): init_genrand, then
// doubles of 53 bits from two draws each.
class MersenneTwister {
 public:
  explicit MersenneTwister(uint32_t seed) {
    for (uint32_t i = 0; i < kSize; ++i) {
      state_[i] = seed;
      seed = 1812433253u * (seed ^ seed >> 30) + i + 1;
    }
  }
  double uniform() {
    uint32_t high = next() >> 5;
    uint32_t low = next() >> 6;
    return (high * 67108864.0 + low) / 9007199254740992.0;
  }

 private:
  static constexpr uint32_t kSize = 624;
  static constexpr uint32_t kShift = 397;

  void refill() {
    for (uint32_t i = 0; i < kSize; ++i) {
      uint32_t y = (state_[i] & 0x80000000u) | (state_[(i + 1) % kSize] & 0x7fffffffu);
      state_[i] = state_[(i + kShift) % kSize] ^ y >> 1 ^ ((y & 1) != 0 ? 0x9908b0dfu : 0);
    }
    used_ = 0;
  }
  uint32_t next() {
    if (used_ == kSize) refill();
    uint32_t y = state_[used_++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9d2c5680u;
    y ^= y << 15 & 0xefc60000u;
    return y ^ y >> 18;
  }

  uint32_t state_[kSize];
  uint32_t used_ = kSize;
};

// Doubles uniform in [0, 1), as many as the dims (an int tensor) say: numpy.random.seed(seed), then
// numpy.random.uniform(0, 1, dims).
int32_t numpy_uniform(void *, plx_host_frame *frame, const plx_tensor *args, int32_t,
                      plx_tensor *results, int32_t) {
  int64_t dims[PLX_MAX_RANK];
  int64_t rank = plx_num_elements(args[0].rank, args[0].dims);
  if (rank > PLX_MAX_RANK) return refuse(frame, "its result has more than %d dims", PLX_MAX_RANK);
  for (int64_t i = 0; i < rank; ++i) dims[i] = int_element(args[0], i);
  if (plx_host_result(frame, &results[0], PLX_F64, static_cast<int32_t>(rank), dims) != PLX_OK) {
    return 1;
  }
  MersenneTwister generator(static_cast<uint32_t>(attribute_int(frame, "seed", 0)));
  int64_t count = plx_num_elements(static_cast<int32_t>(rank), dims);
  auto *out = static_cast<double *>(results[0].data);
  for (int64_t i = 0; i < count; ++i) out[i] = generator.uniform();
  return 0;
}

const plx_host_function kFunctions[] = {{"plx:copy", copy, nullptr},
                                        {"plx:strings", strings, nullptr},
                                        {"plx:numpy_uniform", numpy_uniform, nullptr}};

}  // namespace

const plx_host_function *value_functions(int32_t *out_count) {
  *out_count = sizeof kFunctions / sizeof kFunctions[0];
  return kFunctions;
}

}  // namespace plx
