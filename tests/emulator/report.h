// On request, how a launch uses memory: 32-byte sectors a warp's touches of global memory need, and
// wavefronts those of shared memory, beside the least that would do. A GPU's time for a kernel that
// waits for memory grows with them.
#ifndef PLEXUS_TESTS_EMULATOR_REPORT_H
#define PLEXUS_TESTS_EMULATOR_REPORT_H

#include <stdint.h>

namespace plx_emulator {

// Whether $PLEXUS_EMULATOR_REPORT names a file.
bool report_wanted();

void note_touch(bool shared, uintptr_t address, unsigned bytes, uint32_t pc);
// The block's touches are joined by warps: the n-th of each lane at one place are one request.
void end_block_report();
// Adds the launch's line to the file.
void end_launch_report();

}  // namespace plx_emulator

#endif  // PLEXUS_TESTS_EMULATOR_REPORT_H
