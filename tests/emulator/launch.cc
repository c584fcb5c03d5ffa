#include "tests/emulator/launch.h"

#include <string.h>

#include <algorithm>
#include <vector>

#include "tests/emulator/async.h"
#include "tests/emulator/block.h"
#include "tests/emulator/check.h"
#include "tests/emulator/crash.h"
#include "tests/emulator/error.h"
#include "tests/emulator/operands.h"
#include "tests/emulator/report.h"

extern "C" {
// Dynamic shared memory of the block that runs; kernels' own names for it mean this.
__attribute__((visibility("default"),
               aligned(1024))) unsigned char plx_emu_dynamic_shared[plx_emulator::kMostShared];
}

namespace plx_emulator {

Now now;

namespace {

// Touches of shared memory that are checked for races in each block of a launch; beyond, in its
// last block and random others. A tenth of a second's worth; no case of ONNX's suite has as many.
constexpr uint64_t kCheckedTouches = 8'000'000;
constexpr uint32_t kSampledBlocks = 64;  // one of so many beyond

std::vector<std::pair<uint64_t, uint32_t>> blocks_run;  // (first epoch, block), in order

std::string launch_error(const plx_device_launch &launch, const std::string &what) {
  return text("cuda-emulated: launch of '%s': %s", launch.name, what.c_str());
}

plx_status check_launch(Heap &heap, const Kernel &kernel, const plx_device_launch &launch,
                        plx_error *out_error) {
  auto refuse = [&](const std::string &what) {
    return fail(out_error, PLX_INVALID_ARGUMENT, launch_error(launch, what));
  };
  if (launch.blocks < 1 || launch.blocks > INT32_MAX) {
    return refuse(
        text("%lld blocks, allowed are 1 to 2147483647", static_cast<long long>(launch.blocks)));
  }
  if (launch.threads < 1 || launch.threads > kMostThreads) {
    return refuse(text("blocks of %d threads, allowed are 1 to %d", launch.threads, kMostThreads));
  }
  if (launch.shared_bytes < 0 || launch.shared_bytes > kMostShared) {
    return refuse(text("%d bytes of dynamic shared memory, allowed are 0 to %d",
                       launch.shared_bytes, kMostShared));
  }
  if (launch.num_arguments != kernel.num_arguments) {
    return refuse(
        text("%d arguments, the kernel takes %d", launch.num_arguments, kernel.num_arguments));
  }
  for (int32_t i = 0; i < launch.num_ranges; ++i) {
    const plx_range &range = launch.ranges[i];
    std::string why;
    if (range.bytes != 0 && !heap.holds(range.address, range.bytes, &why)) {
      return refuse(text("range %d: %s", i, why.c_str()));
    }
  }
  return PLX_OK;
}

// ---- Arguments: addresses of the device become those of views

// The i-th pointer is the i-th range's where they agree (operands may overlap), else that of the
// first range which holds it. Others stay as they are: a touch through them is out of bounds.
uint64_t translated(const plx_device_launch &launch, int32_t argument, uint64_t address) {
  if (argument < launch.num_ranges && launch.ranges[argument].address == address) {
    if (launch.ranges[argument].bytes != 0) return now.operands[argument].view;
    return address;
  }
  for (int32_t i = 0; i < launch.num_ranges; ++i) {
    uint64_t offset = address - launch.ranges[i].address;
    if (offset < launch.ranges[i].bytes) return now.operands[i].view + offset;
  }
  return address;
}

bool translate_arguments(Heap &heap, const plx_device_launch &launch, const Kernel &kernel,
                         std::vector<uint64_t> *values, std::vector<void *> *pointers,
                         plx_launch_place *place) {
  int32_t count = launch.num_arguments;
  values->resize(static_cast<size_t>(count));
  pointers->assign(launch.arguments, launch.arguments + count);
  for (int32_t i = 0; i < count; ++i) {
    if (!kernel.arguments[i].is_pointer) continue;
    uint64_t address;
    memcpy(&address, launch.arguments[i], sizeof address);
    (*values)[i] = translated(launch, i, address);
    (*pointers)[i] = &(*values)[i];
  }
  now.fault_cell = 0;
  if (count == 0 || kernel.arguments[count - 1].bytes != sizeof(plx_launch_place)) return true;
  memcpy(place, launch.arguments[count - 1], sizeof *place);
  std::string why;
  if (place->fault == 0 || !heap.holds(place->fault, sizeof(plx_fault_cell), &why)) return true;
  now.fault_cell = heap.view(place->fault, sizeof(plx_fault_cell));
  place->fault = now.fault_cell;
  (*pointers)[count - 1] = place;
  return now.fault_cell != 0;
}

// ---- Blocks

void prepare_shared(const Code &code, const plx_device_launch &launch) {
  now.static_begin = code.shared_begin();
  now.static_bytes = code.shared_bytes();
  now.static_owners = code.shared_owners();
  now.dynamic_begin = reinterpret_cast<uintptr_t>(plx_emu_dynamic_shared);
  now.shared_touches = 0;
  prepare_shared_cells(now.static_bytes + static_cast<uint64_t>(launch.shared_bytes) + 16);
}

// In the order of blocks, its reverse, or with a random begin: blocks are not ordered.
uint32_t nth_block(uint64_t n, uint64_t count, uint64_t begin) {
  if (now.order == Order::kReversed) return static_cast<uint32_t>(count - 1 - n);
  return static_cast<uint32_t>(now.order == Order::kRandom ? (n + begin) % count : n);
}

void run_blocks(const plx_device_launch &launch) {
  uint64_t count = static_cast<uint64_t>(launch.blocks);
  uint64_t begin = next_random() % count;
  now.launch_first = ++now.epoch;
  blocks_run.clear();
  for (uint64_t n = 0; n < count; ++n) {
    now.block = nth_block(n, count, begin);
    now.block_first = ++now.epoch;
    now.shared_checked = now.shared_touches < kCheckedTouches || n + 1 == count ||
                         next_random() % kSampledBlocks == 0;
    now.shared_unseen = !now.shared_checked && !now.report;
    blocks_run.emplace_back(now.block_first, now.block);
    bool done = run_block();
    if (now.report) end_block_report();
    if (!done) return;
  }
  if (now.report) end_launch_report();
}

}  // namespace

uint32_t block_of(uint64_t epoch) {
  auto after = std::upper_bound(blocks_run.begin(), blocks_run.end(), epoch,
                                [](uint64_t e, const auto &run) { return e < run.first; });
  return after == blocks_run.begin() ? 0 : std::prev(after)->second;
}

plx_status run_launch(Heap &heap, const Code &code, const Kernel &kernel,
                      const plx_device_launch &launch, plx_error *out_error) {
  if (plx_status status = check_launch(heap, kernel, launch, out_error)) return status;
  now.launch = &launch;
  now.code = &code;
  now.kernel = &kernel;
  now.report = report_wanted();
  now.order = wanted_order();
  std::vector<uint64_t> values;
  std::vector<void *> pointers;
  plx_launch_place place;
  if (!map_operands(heap, launch) ||
      !translate_arguments(heap, launch, kernel, &values, &pointers, &place)) {
    heap.release_views();
    return fail(out_error, PLX_OUT_OF_MEMORY,
                launch_error(launch, "no address space for its operands"));
  }
  now.arguments = pointers.data();
  prepare_shared(code, launch);
  {
    CrashGuard guard;
    run_blocks(launch);
  }
  release_cells();
  heap.release_views();
  if (!faulted()) return succeed(out_error);
  reset_stacks();
  reset_copies();
  return fail(out_error, PLX_INTERNAL, take_fault());
}

}  // namespace plx_emulator
