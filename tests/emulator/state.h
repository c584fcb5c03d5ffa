// What runs now: one launch at a time in a process, so all of it is global. plugin.cc holds the
// lock.
#ifndef PLEXUS_TESTS_EMULATOR_STATE_H
#define PLEXUS_TESTS_EMULATOR_STATE_H

#include <stdint.h>

#include <string>
#include <vector>

#include "runtime/device/device.h"
#include "tests/emulator/code.h"

namespace plx_emulator {

constexpr int kWarp = 32;            // threads
constexpr int kMostThreads = 1024;   // of a block
constexpr int kMostShared = 232448;  // bytes of a block, static and dynamic: 227 KiB
constexpr int kWarpBits = 24;        // of a stamp: the warp's epoch

enum class Order { kForward, kReversed, kRandom };
enum class Touch { kRead, kWrite, kAtomic };

// Who touched a granule of memory last, and when. A stamp is the number of the interval between
// block barriers, counted over all blocks and launches, above the number of full-mask __syncwarp of
// the thread's warp in it. Numbers never come again, so nothing has to be cleared.
struct Access {
  uint64_t stamp;
  uint32_t pc;  // offset in the code
  uint16_t thread;
  uint16_t flags;
};
constexpr uint16_t kIsAtomic = 1;
constexpr uint16_t kIsPending = 2;  // destination of a cp.async that was not waited for

struct Cell {
  Access write;
  Access read, other_read;  // by two threads: whoever writes is another one than one of them
};

// An operand of the launch as its kernel sees it.
struct Operand {
  uintptr_t view;
  uint64_t bytes;
  int32_t access;  // enum plx_access
  int32_t element_bytes;
  int32_t index;   // in the launch's ranges
  uint32_t shift;  // log2 of a cell's granule, in bytes
  // Of the view's first byte; at most one of the two: cells, or where an operand is large and only
  // written the writes alone. Neither: no operand that overlaps is written.
  Cell *cells;
  Access *writes;
  bool reads_unseen;  // no trace is kept of reads in bounds
};

inline constexpr Operand kNoOperand = {};

struct Now {
  // The launch.
  const plx_device_launch *launch = nullptr;
  const Code *code = nullptr;
  const Kernel *kernel = nullptr;
  void *const *arguments = nullptr;  // translated
  std::vector<Operand> operands;
  Order order = Order::kForward;
  uintptr_t fault_cell = 0;  // host address of the plx_fault_cell, 0: none

  // The block and the thread.
  uint32_t block = 0, thread = 0;
  uint64_t epoch = 1;         // number of the interval between barriers
  uint64_t launch_first = 1;  // epoch in which the launch, the block began
  uint64_t block_first = 1;
  uint64_t stamp = 0;  // of what the thread does now
  uintptr_t stack = 0, stack_bytes = 0;
  const Operand *operand = &kNoOperand;  // touched last

  // Shared memory.
  uintptr_t static_begin = 0, static_bytes = 0, dynamic_begin = 0;
  const uint8_t *static_owners = nullptr;
  bool shared_checked = false;  // whether races are looked for in this block
  bool shared_unseen = false;   // whether no trace is kept of its touches in bounds
  uint32_t shared_shift = 2;    // log2 of the granule: the smallest touch so far
  std::vector<Cell> shared_cells;
  uint64_t cell_bytes = 0;      // of shared memory that the cells stand for
  uint64_t shared_touches = 0;  // checked ones of this launch

  bool report = false;  // whether touches are counted by coalescing and banks
};
extern Now now;

// Which block an epoch of this launch belongs to.
uint32_t block_of(uint64_t epoch);

// ---- Faults

// The first one is kept. `kind` is a few words ("race in shared memory"), `detail` says who did
// what to what; a line that is not known yet stands in it as `at(pc)`. In a thread it does not
// return: the launch is over. Outside of one (divergent barriers) it does.
void fault(const char *kind, const std::string &where, const std::string &detail);
std::string at(uint32_t pc);
// "block 3, thread 17".
std::string who(uint32_t block, uint32_t thread);
bool faulted();
// The message, its lines filled in; ready for the next launch.
std::string take_fault();

}  // namespace plx_emulator

#endif  // PLEXUS_TESTS_EMULATOR_STATE_H
