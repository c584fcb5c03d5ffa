#include "runtime/core/arena.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "plexus_abi.h"

namespace plx {
namespace {

TEST(Arena, GrowsInPlaceAndKeepsContents) {
  uint64_t allocations = 0;
  Arena arena;
  arena.allocations = &allocations;
  ASSERT_TRUE(arena.grow(100));
  char *base = arena.base;
  EXPECT_EQ(reinterpret_cast<uintptr_t>(base) % (2 << 20), 0u);
  std::memset(base, 7, 100);
  for (uint64_t bytes = 1000; bytes < (uint64_t{256} << 20); bytes *= 3) {
    ASSERT_TRUE(arena.grow(bytes));
    ASSERT_EQ(arena.base, base);
    EXPECT_GE(arena.committed_bytes, bytes);
    EXPECT_EQ(base[bytes - 1], 0);
    base[bytes - 1] = 1;
  }
  for (int i = 0; i < 100; ++i) EXPECT_EQ(base[i], 7);
  uint64_t before = allocations;
  ASSERT_TRUE(arena.grow(50));
  EXPECT_EQ(allocations, before);
  arena.destroy();
}

TEST(Arena, TrimGivesPagesBack) {
  Arena arena;
  ASSERT_TRUE(arena.grow(4 << 20));
  std::memset(arena.base, 7, 4 << 20);
  char *base = arena.base;
  arena.trim();
  EXPECT_EQ(arena.committed_bytes, 0u);
  EXPECT_EQ(arena.peak_bytes, uint64_t{4} << 20);
  ASSERT_TRUE(arena.grow(1 << 20));
  EXPECT_EQ(arena.base, base);
  EXPECT_EQ(base[12345], 0);
  arena.destroy();
}

TEST(Arena, RefusesWhatCannotBe) {
  Arena arena;
  EXPECT_FALSE(arena.grow(UINT64_MAX));
  EXPECT_FALSE(arena.grow(UINT64_MAX / 4));
  ASSERT_TRUE(arena.grow(4096));
  EXPECT_FALSE(arena.grow(arena.reserved_bytes + 1));
  EXPECT_GE(arena.committed_bytes, 4096u);
  arena.destroy();
}

// Sanitizers keep more address space for themselves than the limit allows.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PLX_SANITIZED
#endif
#endif
#if !defined(PLX_SANITIZED) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST(Arena, ReservesLessUnderALimit) {
  pid_t child = fork();
  if (child == 0) {
    rlimit limit = {uint64_t{512} << 20, uint64_t{512} << 20};
    setrlimit(RLIMIT_AS, &limit);
    Arena arena;
    bool good =
        arena.grow(100 << 20) && arena.reserved_bytes < limit.rlim_cur && !arena.grow(600 << 20);
    if (good) arena.base[(100 << 20) - 1] = 1;
    _exit(good ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}
#endif

TEST(Block, AlignsAndCounts) {
  uint64_t allocations = 0;
  Block block;
  block.allocations = &allocations;
  ASSERT_TRUE(block.ensure(0));
  EXPECT_NE(block.data, nullptr);
  ASSERT_TRUE(block.ensure(65));
  EXPECT_EQ(block.bytes, 128u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(block.data) % PLX_ALIGNMENT, 0u);
  EXPECT_EQ(allocations, 2u);
  EXPECT_FALSE(block.ensure(UINT64_MAX - 10));
  block.release();
}

TEST(Block, FailedGrowthKeepsContents) {
  Block block;
  ASSERT_TRUE(block.ensure_keeping(64));
  static_cast<char *>(block.data)[63] = 9;
  EXPECT_FALSE(block.ensure_keeping(UINT64_MAX - 100));
  EXPECT_EQ(static_cast<char *>(block.data)[63], 9);
  ASSERT_TRUE(block.ensure_keeping(65));
  EXPECT_EQ(static_cast<char *>(block.data)[63], 9);
  EXPECT_EQ(static_cast<char *>(block.data)[64], 0);
  block.release();
}

}  // namespace
}  // namespace plx
