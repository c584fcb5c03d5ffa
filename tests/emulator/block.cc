#include "tests/emulator/block.h"

#include <stdlib.h>
#include <string.h>

#include <array>
#include <bit>
#include <map>
#include <vector>

#include "tests/emulator/error.h"

namespace plx_emulator {
namespace {

std::array<Lane, kMostThreads> lanes;
std::array<Warp, kMostThreads / kWarp> warps;
uint32_t num_warps = 0;
uint32_t warp_index = 0;  // the running one

void *scheduler = nullptr;  // stack pointer of who runs the block
bool in_thread = false;
// Never destroyed: they live as long as the process, as the stacks do.
std::vector<Stack *> &all_stacks = *new std::vector<Stack *>;
std::vector<Stack *> &idle_stacks = *new std::vector<Stack *>;
Stack *running_stack = nullptr;

// ---- Choices of the order

uint32_t choose(uint32_t set) {
  if (now.order == Order::kForward) return static_cast<uint32_t>(std::countr_zero(set));
  if (now.order == Order::kReversed) return 31 - static_cast<uint32_t>(std::countl_zero(set));
  uint32_t skip = next_random() % static_cast<uint32_t>(std::popcount(set));
  while (skip-- > 0) set &= set - 1;
  return static_cast<uint32_t>(std::countr_zero(set));
}

std::array<uint8_t, kMostThreads / kWarp> warp_order() {
  std::array<uint8_t, kMostThreads / kWarp> result;
  for (uint32_t i = 0; i < num_warps; ++i) {
    result[i] = static_cast<uint8_t>(now.order == Order::kReversed ? num_warps - 1 - i : i);
  }
  for (uint32_t i = num_warps; now.order == Order::kRandom && i > 1; --i) {
    std::swap(result[i - 1], result[next_random() % i]);
  }
  return result;
}

// ---- Threads

void set_stamp() { now.stamp = now.epoch << kWarpBits | warps[warp_index].epoch; }

void enter(uint32_t lane) {
  now.thread = warp_index * kWarp + lane;
  set_stamp();
}

// What runs on each stack: threads of the running warp that have not begun.
void work() {
  for (;;) {
    while (uint32_t fresh = warps[warp_index].fresh) {
      uint32_t lane = choose(fresh);
      warps[warp_index].fresh &= ~(1u << lane);
      enter(lane);
      lanes[now.thread].stack = running_stack;
      now.kernel->call(now.arguments);
      end_thread_copies();
      warps[warp_index].exited |= 1u << (now.thread % kWarp);
    }
    idle_stacks.push_back(running_stack);
    plx_emu_switch(&running_stack->resume, scheduler);
  }
}

void resume(Stack *stack, void *at) {
  running_stack = stack;
  now.stack = stack->low;
  now.stack_bytes = stack->bytes;
  in_thread = true;
  plx_emu_switch(&scheduler, at);
  in_thread = false;
}

void begin_threads() {
  if (idle_stacks.empty()) {
    Stack *stack = make_stack(static_cast<uint32_t>(all_stacks.size()));
    if (stack == nullptr) {
      fault("no memory", "its begin", "for the stacks of a block's threads");
      return;
    }
    all_stacks.push_back(stack);
    prepare_stack(stack, work);
    idle_stacks.push_back(stack);
  }
  Stack *stack = idle_stacks.back();
  idle_stacks.pop_back();
  resume(stack, stack->resume);
}

void suspend() { plx_emu_switch(&lanes[now.thread].resume, scheduler); }

// ---- Meetings of a warp

bool same_meeting(const Lane &a, const Lane &b) {
  return a.meeting == b.meeting && a.line == b.line && a.mask == b.mask;
}

// Holds the meeting that lane `lane` waits for if all who must have come.
bool try_meeting(uint32_t lane) {
  Warp &warp = warps[warp_index];
  const Lane &first = lanes[warp_index * kWarp + lane];
  uint32_t needed = first.mask & warp.exists & ~warp.exited;
  if (needed & ~warp.meeting) return false;
  for (uint32_t rest = needed; rest != 0; rest &= rest - 1) {
    uint32_t other = static_cast<uint32_t>(std::countr_zero(rest));
    if (!same_meeting(first, lanes[warp_index * kWarp + other])) return false;
  }
  hold_meeting(first.meeting, needed);
  if (first.meeting == kSyncWarp && needed == (warp.exists & ~warp.exited)) {
    ++warp.epoch;
    set_stamp();
  }
  warp.meeting &= ~needed;
  warp.ready |= needed;
  return true;
}

// Lanes that exited since need not come any more.
bool try_all_meetings() {
  for (uint32_t rest = warps[warp_index].meeting; rest != 0; rest &= rest - 1) {
    if (try_meeting(static_cast<uint32_t>(std::countr_zero(rest)))) return true;
  }
  return false;
}

// "lanes 0x0000ffff wait at __shfl_sync (line 12, mask 0xffffffff); lanes 0xffff0000 have exited"
void fault_stuck() {
  const Warp &warp = warps[warp_index];
  std::map<std::string, uint32_t> groups;
  for (uint32_t lane = 0; lane < kWarp; ++lane) {
    const Lane &it = lanes[warp_index * kWarp + lane];
    uint32_t bit = 1u << lane;
    if (warp.meeting & bit) {
      groups[text("wait at %s (line %d, mask 0x%08x)", meeting_name(it.meeting), it.line,
                  it.mask)] |= bit;
    }
    if (warp.at_barrier & bit) groups[text("wait at __syncthreads (line %d)", it.line)] |= bit;
    if (warp.exited & bit) groups["have exited"] |= bit;
  }
  std::string detail, separator;
  for (const auto &[what, set] : groups) {
    detail += separator + text("lanes 0x%08x %s", set, what.c_str());
    separator = "; ";
  }
  int line = lanes[warp_index * kWarp + static_cast<uint32_t>(std::countr_zero(warp.meeting))].line;
  fault("lanes that do not meet", now.code->line(line),
        text("block %u, warp %u: %s", now.block, warp_index, detail.c_str()));
}

bool run_warp() {
  Warp &warp = warps[warp_index];
  while (!faulted()) {
    if (warp.fresh != 0) {
      begin_threads();
    } else if (warp.ready != 0) {
      uint32_t lane = choose(warp.ready);
      warp.ready &= ~(1u << lane);
      enter(lane);
      resume(lanes[now.thread].stack, lanes[now.thread].resume);
    } else if (warp.meeting == 0) {
      return true;
    } else if (!try_all_meetings() && !faulted()) {
      fault_stuck();
    }
  }
  return false;
}

// ---- The block's barrier

// All threads wait at one barrier: lets them go on. False: a fault.
bool end_barrier(uint32_t waiting, uint32_t threads) {
  std::map<int, uint32_t> at_line;
  for (uint32_t i = 0; i < num_warps; ++i) {
    for (uint32_t rest = warps[i].at_barrier; rest != 0; rest &= rest - 1) {
      ++at_line[lanes[i * kWarp + static_cast<uint32_t>(std::countr_zero(rest))].line];
    }
  }
  if (at_line.size() > 1 || waiting < threads) {
    std::string detail, separator;
    for (auto [line, count] : at_line) {
      detail += separator + text("%u threads wait at line %d", count, line);
      separator = "; ";
    }
    if (waiting < threads) detail += text("; %u have exited", threads - waiting);
    fault(waiting < threads ? "barrier that threads have left" : "divergent barrier",
          now.code->line(at_line.begin()->first), text("block %u: %s", now.block, detail.c_str()));
    return false;
  }
  ++now.epoch;
  for (uint32_t i = 0; i < num_warps; ++i) {
    warps[i].ready = warps[i].at_barrier;
    warps[i].at_barrier = 0;
    warps[i].epoch = 0;
  }
  return true;
}

}  // namespace

Order wanted_order() {
  const char *given = getenv("PLEXUS_EMULATOR_ORDER");
  if (given == nullptr || *given == 0) return Order::kForward;
  return strcmp(given, "reversed") == 0 ? Order::kReversed
         : strcmp(given, "random") == 0 ? Order::kRandom
                                        : Order::kForward;
}

uint32_t next_random() {
  static uint64_t state = 0x9e3779b97f4a7c15;  // xorshift64, Marsaglia 2003
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return static_cast<uint32_t>(state >> 32);
}

Warp &running_warp() { return warps[warp_index]; }
Lane &lane_of(uint32_t thread) { return lanes[thread]; }

bool run_block() {
  uint32_t threads = static_cast<uint32_t>(now.launch->threads);
  num_warps = (threads + kWarp - 1) / kWarp;
  for (uint32_t i = 0; i < num_warps; ++i) {
    uint32_t count = std::min<uint32_t>(kWarp, threads - i * kWarp);
    uint32_t exists = count == kWarp ? ~0u : (1u << count) - 1;
    warps[i] = {exists, exists, 0, 0, 0, 0, 0};
  }
  for (;;) {
    auto sequence = warp_order();
    uint32_t waiting = 0;
    for (uint32_t i = 0; i < num_warps; ++i) {
      warp_index = sequence[i];
      if (!run_warp()) return false;
      waiting += static_cast<uint32_t>(std::popcount(warps[warp_index].at_barrier));
    }
    if (waiting == 0) return true;
    if (!end_barrier(waiting, threads)) return false;
  }
}

void reset_stacks() {
  idle_stacks = all_stacks;
  for (Stack *stack : all_stacks) prepare_stack(stack, work);
}

void meet(int meeting, uint32_t mask, int line, void *operand) {
  Warp &warp = warps[warp_index];
  uint32_t bit = 1u << (now.thread % kWarp);
  Lane &lane = lanes[now.thread];
  lane.meeting = meeting;
  lane.line = line;
  lane.mask = mask;
  lane.operand = operand;
  if (!(mask & bit)) {
    fault(
        "lanes that do not meet", now.code->line(line),
        text("%s calls %s with mask 0x%08x, which lacks its lane %u",
             who(now.block, now.thread).c_str(), meeting_name(meeting), mask, now.thread % kWarp));
  }
  warp.meeting |= bit;
  if (try_meeting(now.thread % kWarp)) {
    warp.ready &= ~bit;  // goes on at once
  } else {
    suspend();
  }
}

// In a thread a fault ends the launch: nothing of it goes on.
void leave_thread() {
  if (!in_thread) return;
  void *lost = nullptr;
  plx_emu_switch(&lost, scheduler);
  __builtin_unreachable();
}

}  // namespace plx_emulator

#define PLX_EMU_EXPORT extern "C" __attribute__((visibility("default")))

PLX_EMU_EXPORT void plx_emu_block_barrier(int line) {
  using namespace plx_emulator;
  Lane &lane = lanes[now.thread];
  lane.line = line;
  warps[warp_index].at_barrier |= 1u << (now.thread % kWarp);
  suspend();
}

PLX_EMU_EXPORT unsigned plx_emu_thread() { return plx_emulator::now.thread; }
PLX_EMU_EXPORT unsigned plx_emu_block() { return plx_emulator::now.block; }
PLX_EMU_EXPORT unsigned plx_emu_threads() {
  return static_cast<unsigned>(plx_emulator::now.launch->threads);
}
PLX_EMU_EXPORT unsigned plx_emu_blocks() {
  return static_cast<unsigned>(plx_emulator::now.launch->blocks);
}
PLX_EMU_EXPORT unsigned plx_emu_active() {
  return plx_emulator::running_warp().exists & ~plx_emulator::running_warp().exited;
}
