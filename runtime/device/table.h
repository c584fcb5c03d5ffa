// Which device a program's code is for.
#ifndef PLEXUS_RUNTIME_DEVICE_TABLE_H
#define PLEXUS_RUNTIME_DEVICE_TABLE_H

#include "runtime/device/device.h"

namespace plx {

// The functions of device `name`: "cuda" is the driver's, by dlopen; others are plugins,
// libplexus_emulator.so for "cuda-emulated": $PLEXUS_EMULATOR (a file), beside the runtime, then on
// the loader's path. Errors say what is missing: PLX_NOT_FOUND, PLX_UNSUPPORTED.
plx_status find_device_api(const char *name, const plx_device_api **out_api, plx_error *out_error);

// The CUDA driver's (cuda/).
plx_status cuda_device_api(const plx_device_api **out_api, plx_error *out_error);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_DEVICE_TABLE_H
