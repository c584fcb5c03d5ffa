// A launch: its operands mapped, its blocks run and checked.
#ifndef PLEXUS_TESTS_EMULATOR_LAUNCH_H
#define PLEXUS_TESTS_EMULATOR_LAUNCH_H

#include "runtime/device/device.h"
#include "tests/emulator/code.h"
#include "tests/emulator/heap.h"

namespace plx_emulator {

// One at a time in the process. PLX_INTERNAL: the kernel did what it must not.
plx_status run_launch(Heap &heap, const Code &code, const Kernel &kernel,
                      const plx_device_launch &launch, plx_error *out_error);

}  // namespace plx_emulator

#endif  // PLEXUS_TESTS_EMULATOR_LAUNCH_H
