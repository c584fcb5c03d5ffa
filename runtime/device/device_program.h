// What a device holds of a program: its kernels and its weights. Made by the first context on that
// device, shared by the others; immutable then.
#ifndef PLEXUS_RUNTIME_DEVICE_DEVICE_PROGRAM_H
#define PLEXUS_RUNTIME_DEVICE_DEVICE_PROGRAM_H

#include "runtime/core/dim_expression.h"
#include "runtime/device/device.h"

namespace plx {

struct DeviceProgram {
  DeviceProgram *next;  // of the same program on another device
  const plx_module *module;
  const plx_device_api *api;
  plx_device *device;
  int32_t ordinal;
  bool checks_ranges;       // launches say what memory they may touch
  plx_code **codes;         // [num_images], null where it is not loaded
  plx_entry **entries;      // [num_kernels]
  const void **parameters;  // [num_parameters]: addresses on the device
  uint64_t weights;         // their blob
  DimExpression **ranges;   // of all operands of all kernels, one after the other; null: unknown
  int32_t *first_range;     // [num_kernels]
  int32_t num_ranges;
};

// `weights` are the program's parameters on the host. Under the program's lock.
plx_status make_device_program(const plx_module &module, const void *const *parameters,
                               int32_t ordinal, DeviceProgram **out_program, plx_error *out_error);
// Also one that is only partly built; NULL is allowed.
void destroy_device_program(DeviceProgram *program);

// Whether the descriptor's table of device code holds together.
bool device_code_is_valid(const plx_module &module);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_DEVICE_DEVICE_PROGRAM_H
