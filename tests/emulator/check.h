// What every touch of memory by a kernel is held against: the ranges of the operands, the arrays of
// shared memory, and what other threads did to the same bytes. clang's thread sanitizer inserts the
// calls (check.cc ends with them).
#ifndef PLEXUS_TESTS_EMULATOR_CHECK_H
#define PLEXUS_TESTS_EMULATOR_CHECK_H

#include <stdint.h>

#include "tests/emulator/state.h"

namespace plx_emulator {

// A touch of `bytes` (a power of two up to 16) at once, or of any number piece by piece.
void touch(uintptr_t address, unsigned bytes, Touch kind, uint32_t pc);
void touch_range(uintptr_t address, uint64_t bytes, Touch kind, uint32_t pc);

bool is_shared(uintptr_t address);
// The granules of shared memory that become, or cease to be, the destination of a cp.async. To
// begin is a write; what ends it counts as one from then on.
void begin_async(uintptr_t address, unsigned bytes, uint32_t pc);
void end_async(uintptr_t address, unsigned bytes, uint32_t pc);

// Cells for the shared memory of the launch's code.
void prepare_shared_cells(uint64_t bytes);

}  // namespace plx_emulator

#endif  // PLEXUS_TESTS_EMULATOR_CHECK_H
