// Counts malloc and its kin for the whole process. Included by one file of a test program: it
// replaces the C library's functions. Where a sanitizer brings an allocator of its own there is
// none of this, and PLX_COUNTS_MALLOC is not defined.
#pragma once

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PLX_OTHER_ALLOCATOR
#endif
#endif
#if !defined(PLX_OTHER_ALLOCATOR) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define PLX_COUNTS_MALLOC

#include <stddef.h>
#include <stdint.h>

#include <atomic>

namespace plx_test {
inline std::atomic<uint64_t> malloc_calls{0};
}  // namespace plx_test

extern "C" {
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void *malloc(size_t bytes) {
  ++plx_test::malloc_calls;
  return __libc_malloc(bytes);
}
void *calloc(size_t count, size_t bytes) {
  ++plx_test::malloc_calls;
  return __libc_calloc(count, bytes);
}
void *realloc(void *old, size_t bytes) {
  ++plx_test::malloc_calls;
  return __libc_realloc(old, bytes);
}
int posix_memalign(void **out, size_t alignment, size_t bytes) {
  ++plx_test::malloc_calls;
  *out = __libc_memalign(alignment, bytes);
  return *out == nullptr ? 12 : 0;
}
}
#endif
