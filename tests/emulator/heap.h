// Device memory. An address is an offset into a file in memory, with a bit that makes it no address
// of the host: whoever dereferences it on the host crashes at once, as with a GPU's. Offsets are
// never used twice. A launch sees each operand through a view of its own, far from all others, so
// that an access tells by its address which operand it meant, also where operands overlap.
//
// Thread-safe, but for views, which belong to the one launch that runs.
#ifndef PLEXUS_TESTS_EMULATOR_HEAP_H
#define PLEXUS_TESTS_EMULATOR_HEAP_H

#include <stdint.h>

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/include/plexus_rt.h"

namespace plx_emulator {

class Heap {
 public:
  Heap();
  ~Heap();
  Heap(const Heap &) = delete;
  Heap &operator=(const Heap &) = delete;

  plx_status allocate(uint64_t bytes, uint64_t *out_address, plx_error *out_error);
  void release(uint64_t address);

  // Whether [address, address + bytes) lies in one allocation; else what is wrong with it.
  bool holds(uint64_t address, uint64_t bytes, std::string *out_why);

  // The caller has asked `holds`.
  bool read(void *to, uint64_t address, uint64_t bytes);
  bool write(uint64_t address, const void *from, uint64_t bytes);

  // Host address of a view of [address, address + bytes) that no other one in use shares, or 0.
  uintptr_t view(uint64_t address, uint64_t bytes);
  // The launch is over: its views may be used again.
  void release_views();

 private:
  struct View {
    uint64_t offset, bytes;  // whole pages
    uintptr_t base;          // of the reserved room; the view lies kGap above
    bool used;
  };
  void drop_view(const View &view);

  int file_ = -1;
  uint64_t end_;  // of the offsets used so far
  std::mutex mutex_;
  std::map<uint64_t, uint64_t> allocations_;  // offset -> bytes
  std::vector<View> views_;                   // the last used at the end
};

}  // namespace plx_emulator

#endif  // PLEXUS_TESTS_EMULATOR_HEAP_H
