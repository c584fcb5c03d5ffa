// Kernels of the fakes: functions of the host, by name, that take what compiled kernels take:
// addresses of operands, sizes, scratch where wanted, and a plx_launch_place.
#ifndef PLEXUS_TESTS_UNIT_RUNTIME_DEVICE_FAKES_KERNELS_H
#define PLEXUS_TESTS_UNIT_RUNTIME_DEVICE_FAKES_KERNELS_H

#include <string.h>

#include <string>

#include "runtime/device/device.h"

namespace fakes {

// Device memory is the host's, its addresses are not: whoever follows one crashes.
constexpr uint64_t kDeviceBit = uint64_t{1} << 62;

inline char *host(uint64_t address) { return reinterpret_cast<char *>(address ^ kDeviceBit); }
inline uint64_t device(const void *memory) {
  return reinterpret_cast<uint64_t>(memory) ^ kDeviceBit;
}

template <typename T>
T argument(void *const *arguments, int index) {
  T value;
  memcpy(&value, arguments[index], sizeof value);
  return value;
}

inline void report(const plx_launch_place &place, int64_t unit, int64_t value) {
  auto *cell = reinterpret_cast<plx_fault_cell *>(host(place.fault));
  uint64_t order = place.launch << 32 | static_cast<uint64_t>(unit + 1);
  if (cell->order != 0 && cell->order <= order) return;
  *cell = {order, PLX_FAULT_INDEX, static_cast<int32_t>(place.site), {value, 0, 7}, 0, 0};
}

// y[row, f] = x[row, f] * w[f] + bias[f]; a block a row. An x of -666 is an index out of range.
inline void scale(void *const *arguments, int64_t blocks) {
  auto *x = reinterpret_cast<const float *>(host(argument<uint64_t>(arguments, 0)));
  auto *w = reinterpret_cast<const float *>(host(argument<uint64_t>(arguments, 1)));
  auto *bias = reinterpret_cast<const float *>(host(argument<uint64_t>(arguments, 2)));
  auto *y = reinterpret_cast<float *>(host(argument<uint64_t>(arguments, 3)));
  auto features = argument<int64_t>(arguments, 5);
  for (int64_t i = 0; i < blocks * features; ++i) {
    if (x[i] == -666.0f)
      report(argument<plx_launch_place>(arguments, 6), i / features, i / features);
    y[i] = x[i] * w[i % features] + bias[i % features];
  }
}

// `to` = `from`, by way of the scratch memory.
inline void copy(void *const *arguments) {
  auto bytes = static_cast<size_t>(argument<int64_t>(arguments, 2)) * 4;
  char *scratch = host(argument<uint64_t>(arguments, 3));
  memcpy(scratch, host(argument<uint64_t>(arguments, 0)), bytes);
  memcpy(host(argument<uint64_t>(arguments, 1)), scratch, bytes);
}

inline bool is_kernel(const std::string &name) { return name == "k_scale" || name == "k_copy"; }

inline void run_kernel(const std::string &name, void *const *arguments, int64_t blocks) {
  if (name == "k_scale") {
    scale(arguments, blocks);
  } else {
    copy(arguments);
  }
}

}  // namespace fakes
#endif  // PLEXUS_TESTS_UNIT_RUNTIME_DEVICE_FAKES_KERNELS_H
