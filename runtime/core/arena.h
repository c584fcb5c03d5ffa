// Memory of a context: an arena that grows in place, and blocks that may move. Not thread-safe; the
// context's thread alone uses them.
#ifndef PLEXUS_RUNTIME_CORE_ARENA_H
#define PLEXUS_RUNTIME_CORE_ARENA_H

#include <stdint.h>

namespace plx {

// A reserved range of addresses of which the front is committed. Growing never moves it, so
// pointers into it stay good. The range is reserved at the first use: twice the machine's memory,
// less where a limit (RLIMIT_AS) forbids that. Reserving costs no memory: PROT_NONE pages count
// towards nothing but the address space.
struct Arena {
  char *base = nullptr;         // aligned to 2 MiB
  uint64_t reserved_bytes = 0;  // usable from base
  uint64_t committed_bytes = 0;
  uint64_t peak_bytes = 0;
  uint64_t *allocations = nullptr;  // counter of the owner, one more for each growth; may be null
  void *mapping = nullptr;          // what munmap is told
  uint64_t mapping_bytes = 0;

  // Commits at least `bytes` bytes. False: no memory; what was committed stays.
  bool grow(uint64_t bytes);
  // Gives the committed memory back; the range stays reserved.
  void trim();
  void destroy();
};

// A block from the heap, aligned to PLX_ALIGNMENT.
struct Block {
  void *data = nullptr;
  uint64_t bytes = 0;
  uint64_t *allocations = nullptr;

  // At least `min_bytes` bytes (and never null); contents are lost when it grows.
  bool ensure(uint64_t min_bytes);
  // Grows at least by doubling, keeps the contents, zeroes what is new.
  bool ensure_keeping(uint64_t min_bytes);
  void release();
};

}  // namespace plx
#endif  // PLEXUS_RUNTIME_CORE_ARENA_H
