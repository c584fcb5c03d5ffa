#include "runtime/core/arena.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "plexus_abi.h"
#include "runtime/core/checked.h"

namespace plx {
namespace {

constexpr uint64_t kHugePage = uint64_t{2} << 20;
constexpr uint64_t kSmallStep = uint64_t{64} << 10;  // commit step below a huge page
constexpr uint64_t kLeastReserve = uint64_t{64} << 20;

uint64_t wished_reserve(uint64_t bytes) {
  uint64_t pages = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES));
  uint64_t wish = pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) * 2;
  if (wish < kLeastReserve) wish = kLeastReserve;
  return wish < bytes ? bytes : wish;
}

// Reserves `wish` bytes, or half as many, and so on down to `least`.
void *reserve(uint64_t wish, uint64_t least, uint64_t *out_bytes) {
  for (uint64_t bytes = wish;; bytes /= 2) {
    if (bytes < least) bytes = least;
    void *at = mmap(nullptr, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at != MAP_FAILED) {
      *out_bytes = bytes;
      return at;
    }
    if (bytes == least) return nullptr;
  }
}

bool reserve_arena(Arena *arena, uint64_t bytes) {
  uint64_t least = 0;
  if (!checked_add(bytes, 2 * kHugePage, &least)) return false;
  arena->mapping = reserve(wished_reserve(least), least, &arena->mapping_bytes);
  if (arena->mapping == nullptr) return false;
  uintptr_t start = reinterpret_cast<uintptr_t>(arena->mapping);
  uintptr_t aligned = (start + kHugePage - 1) & ~(kHugePage - 1);
  arena->base = reinterpret_cast<char *>(aligned);
  arena->reserved_bytes = (arena->mapping_bytes - (aligned - start)) & ~(kHugePage - 1);
  return true;
}

}  // namespace

bool Arena::grow(uint64_t bytes) {
  if (bytes <= committed_bytes && base != nullptr) return true;
  if (base != nullptr && bytes > reserved_bytes && committed_bytes == 0) destroy();
  if (base == nullptr && !reserve_arena(this, bytes)) return false;
  uint64_t target = 0;
  uint64_t step = bytes >= kHugePage ? kHugePage : kSmallStep;
  if (!checked_round_up(bytes, step, &target) || target > reserved_bytes) return false;
  if (target <= committed_bytes) return true;
  if (mprotect(base + committed_bytes, target - committed_bytes, PROT_READ | PROT_WRITE) != 0) {
    return false;
  }
  // Advice only: without huge pages everything works, with more misses of the TLB.
  if (target >= kHugePage) madvise(base, target, MADV_HUGEPAGE);
  committed_bytes = target;
  if (committed_bytes > peak_bytes) peak_bytes = committed_bytes;
  if (allocations != nullptr) ++*allocations;
  return true;
}

void Arena::trim() {
  if (committed_bytes == 0) return;
  madvise(base, committed_bytes, MADV_DONTNEED);
  mprotect(base, committed_bytes, PROT_NONE);
  committed_bytes = 0;
}

void Arena::destroy() {
  if (mapping != nullptr) munmap(mapping, mapping_bytes);
  base = nullptr;
  mapping = nullptr;
  reserved_bytes = committed_bytes = mapping_bytes = 0;
}

bool Block::ensure(uint64_t min_bytes) {
  if (data != nullptr && min_bytes <= bytes) return true;
  uint64_t target = 0;
  // No object is larger than pointers can be subtracted in.
  if (!checked_round_up(min_bytes == 0 ? 1 : min_bytes, PLX_ALIGNMENT, &target) ||
      target > INT64_MAX) {
    return false;
  }
  void *fresh = nullptr;
  free(data);
  data = nullptr;
  bytes = 0;
  if (posix_memalign(&fresh, PLX_ALIGNMENT, target) != 0) return false;
  if (allocations != nullptr) ++*allocations;
  data = fresh;
  bytes = target;
  return true;
}

bool Block::ensure_keeping(uint64_t min_bytes) {
  if (data != nullptr && min_bytes <= bytes) return true;
  Block old = *this;
  uint64_t wish = min_bytes;
  if (old.bytes < UINT64_MAX / 2 && old.bytes * 2 > wish) wish = old.bytes * 2;
  data = nullptr;
  bytes = 0;
  // Where doubling is too much, what was asked for may still fit.
  if (!ensure(wish) && !ensure(min_bytes)) {
    *this = old;
    return false;
  }
  if (old.bytes > 0) memcpy(data, old.data, old.bytes);
  memset(static_cast<char *>(data) + old.bytes, 0, bytes - old.bytes);
  free(old.data);
  return true;
}

void Block::release() {
  free(data);
  data = nullptr;
  bytes = 0;
}

}  // namespace plx
