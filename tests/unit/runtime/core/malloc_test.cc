// A warm run calls no allocator at all: malloc and its kin are counted for the whole process.
#include <atomic>
#include <cstdlib>

#include "tests/unit/runtime/fake_model.h"

// Sanitizers bring an allocator of their own.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PLX_OTHER_ALLOCATOR
#endif
#endif
#if !defined(PLX_OTHER_ALLOCATOR) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

static std::atomic<uint64_t> allocations{0};

extern "C" {
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);
void *malloc(size_t bytes) {
  ++allocations;
  return __libc_malloc(bytes);
}
void *calloc(size_t count, size_t bytes) {
  ++allocations;
  return __libc_calloc(count, bytes);
}
void *realloc(void *old, size_t bytes) {
  ++allocations;
  return __libc_realloc(old, bytes);
}
int posix_memalign(void **out, size_t alignment, size_t bytes) {
  ++allocations;
  *out = __libc_memalign(alignment, bytes);
  return *out == nullptr ? 12 : 0;
}
}

namespace plx_test {
namespace {

TEST(Malloc, IsNotCalledByWarmRuns) {
  FakeModel model;
  Loaded loaded(model.module, 2, 1);
  Floats x({1000, 4});
  Floats bias({4});
  ASSERT_EQ(plx_context_set_input(loaded.context, "x", &x.tensor, nullptr), PLX_OK);
  ASSERT_EQ(plx_context_set_input(loaded.context, "bias", &bias.tensor, nullptr), PLX_OK);
  uint64_t cold = allocations;
  ASSERT_EQ(plx_context_run(loaded.context, nullptr), PLX_OK);
  EXPECT_GT(allocations, cold);  // the counter works
  uint64_t warm = allocations;
  bool good = true;
  for (int i = 0; i < 50; ++i) {
    good = plx_context_set_input_at(loaded.context, 0, &x.tensor, nullptr) == PLX_OK &&
           plx_context_run(loaded.context, nullptr) == PLX_OK && good;
  }
  EXPECT_EQ(allocations, warm);
  EXPECT_TRUE(good);
}

}  // namespace
}  // namespace plx_test
#endif
