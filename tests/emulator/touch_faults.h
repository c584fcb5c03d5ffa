// What is said of a touch that is at fault. Apart from check.cc, so that its paths stay short.
#ifndef PLEXUS_TESTS_EMULATOR_TOUCH_FAULTS_H
#define PLEXUS_TESTS_EMULATOR_TOUCH_FAULTS_H

#include <stdint.h>

#include "tests/emulator/state.h"

namespace plx_emulator {

// A touch by the running thread.
struct Touched {
  uintptr_t address;
  unsigned bytes;
  Touch kind;
  uint32_t pc;
};

#define PLX_EMU_COLD [[gnu::noinline, gnu::cold]]

PLX_EMU_COLD void fault_misaligned(Touched touched);
// Of no operand: the nearest is named.
PLX_EMU_COLD void fault_bounds(Touched touched);
PLX_EMU_COLD void fault_access(Touched touched, const Operand &operand);
PLX_EMU_COLD void fault_unwritten(Touched touched, const Operand &operand);
PLX_EMU_COLD void fault_shared_bounds(Touched touched);
PLX_EMU_COLD void fault_uninitialised(Touched touched);
PLX_EMU_COLD void fault_pending(Touched touched, Access copy);
// `operand` is nullptr for shared memory.
PLX_EMU_COLD void fault_race(Touched touched, const Operand *operand, Access earlier,
                             bool earlier_wrote);

}  // namespace plx_emulator

#endif  // PLEXUS_TESTS_EMULATOR_TOUCH_FAULTS_H
