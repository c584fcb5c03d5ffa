// Runs the threads of one block after the other's. A warp runs to its end, or to the block's
// barrier, before the next; within a warp a lane runs until it waits for others. A thread that
// never waits leaves its stack to the next.
#ifndef PLEXUS_TESTS_EMULATOR_BLOCK_H
#define PLEXUS_TESTS_EMULATOR_BLOCK_H

#include <stdint.h>

#include "tests/emulator/fiber.h"
#include "tests/emulator/state.h"

namespace plx_emulator {

// Operations in which the lanes of a warp meet.
enum Meeting {
  kShuffleIndex,
  kShuffleUp,
  kShuffleDown,
  kShuffleXor,
  kSyncWarp,
  kVote,
  kMma16,   // f16
  kMmaB16,  // bf16
  kMmaTf32,
};
const char *meeting_name(int meeting);

struct Lane {
  void *resume;  // while it waits
  Stack *stack;
  int meeting;
  int line;       // of the barrier or meeting
  uint32_t mask;  // as given
  void *operand;  // of the meeting; on the lane's stack
};

// Sets of lanes, a bit each; the last five are all of `exists`, each lane in one (or running).
struct Warp {
  uint32_t exists, fresh, ready, meeting, at_barrier, exited;
  uint32_t epoch;  // of full-mask __syncwarp since the block's barrier
};

Order wanted_order();  // $PLEXUS_EMULATOR_ORDER
uint32_t next_random();

// Of the running block.
Warp &running_warp();
Lane &lane_of(uint32_t thread);

// Runs block now.block; false after a fault.
bool run_block();
// After a fault stacks hold what will never go on.
void reset_stacks();

// The running thread meets the others of `mask`; returns when all have come and the meeting is
// done.
void meet(int meeting, uint32_t mask, int line, void *operand);

// What a meeting does once all `lanes` of the running warp are there (meetings.cc).
void hold_meeting(int meeting, uint32_t lanes);

// Leaves the running thread for good, if there is one.
void leave_thread();

// Copies of the running thread that were never waited for: a fault (async.cc).
void end_thread_copies();

}  // namespace plx_emulator

#endif  // PLEXUS_TESTS_EMULATOR_BLOCK_H
