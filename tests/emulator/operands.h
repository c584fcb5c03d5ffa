// The operands of a launch: where they are seen, and what is kept of each element of those written.
#ifndef PLEXUS_TESTS_EMULATOR_OPERANDS_H
#define PLEXUS_TESTS_EMULATOR_OPERANDS_H

#include "tests/emulator/heap.h"
#include "tests/emulator/state.h"

namespace plx_emulator {

// Sets now.operands. False: no memory.
bool map_operands(Heap &heap, const plx_device_launch &launch);
// After the launch: gives back what is much.
void release_cells();

}  // namespace plx_emulator

#endif  // PLEXUS_TESTS_EMULATOR_OPERANDS_H
