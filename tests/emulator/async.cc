#include "tests/emulator/async.h"

#include <string.h>

#include <array>
#include <vector>

#include "tests/emulator/block.h"
#include "tests/emulator/check.h"
#include "tests/emulator/error.h"

namespace plx_emulator {
namespace {

constexpr unsigned kBytes = 16;  // of each copy

struct Copy {
  char *to;
  const char *from;
  int bytes;  // read; the rest of the 16 becomes 0
  uint32_t pc;
  int group;
};

struct Thread {
  std::vector<Copy> copies;  // not waited for, oldest first
  int groups = 0;            // committed so far
};
std::array<Thread, kMostThreads> threads;

}  // namespace

void reset_copies() {
  for (Thread &thread : threads) {
    thread.copies.clear();
    thread.groups = 0;
  }
}

void end_thread_copies() {
  Thread &thread = threads[now.thread];
  thread.groups = 0;
  if (thread.copies.empty()) return;
  fault("unfinished cp.async at exit", at(thread.copies[0].pc),
        text("%s ends without waiting for %zu copies, the first begun there",
             who(now.block, now.thread).c_str(), thread.copies.size()));
}

}  // namespace plx_emulator

#define PLX_EMU_EXPORT extern "C" __attribute__((visibility("default")))

PLX_EMU_EXPORT void plx_emu_cp_async(void *to, const void *from, int bytes, const void *pc) {
  using namespace plx_emulator;
  uint32_t place = now.code->offset(pc);
  uintptr_t address = reinterpret_cast<uintptr_t>(to);
  uintptr_t source = reinterpret_cast<uintptr_t>(from);
  if (!is_shared(address) || source % kBytes != 0 || bytes < 0 ||
      bytes > static_cast<int>(kBytes)) {
    const char *why = !is_shared(address)    ? "to memory that is not shared"
                      : source % kBytes != 0 ? "from an address that is no multiple of 16 bytes"
                                             : "of fewer than 0 or more than 16 bytes";
    fault(source % kBytes != 0 ? "misaligned access" : "wrong cp.async", at(place),
          who(now.block, now.thread) + " begins a cp.async " + why);
  }
  if (bytes == static_cast<int>(kBytes)) {
    touch(source, kBytes, Touch::kRead, place);
  } else {
    touch_range(source, static_cast<uint64_t>(bytes), Touch::kRead, place);
  }
  begin_async(address, kBytes, place);
  Thread &thread = threads[now.thread];
  thread.copies.push_back(
      {static_cast<char *>(to), static_cast<const char *>(from), bytes, place, thread.groups});
}

PLX_EMU_EXPORT void plx_emu_cp_async_commit() {
  ++plx_emulator::threads[plx_emulator::now.thread].groups;
}

PLX_EMU_EXPORT void plx_emu_cp_async_wait(int groups_left) {
  using namespace plx_emulator;
  Thread &thread = threads[now.thread];
  size_t done = 0;
  for (; done < thread.copies.size(); ++done) {
    const Copy &copy = thread.copies[done];
    if (copy.group >= thread.groups - groups_left) break;
    size_t bytes = static_cast<size_t>(copy.bytes);
    memcpy(copy.to, copy.from, bytes);
    memset(copy.to + bytes, 0, kBytes - bytes);
    end_async(reinterpret_cast<uintptr_t>(copy.to), kBytes, copy.pc);
  }
  thread.copies.erase(thread.copies.begin(), thread.copies.begin() + static_cast<long>(done));
}
