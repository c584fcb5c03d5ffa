#include "runtime/threads/pool.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <thread>
#include <vector>

#include "tests/unit/runtime/fake_model.h"

namespace plx {
namespace {

struct Counts {
  std::atomic<int> by_part[16] = {};
};

void count_part(void *task, int32_t part) { ++static_cast<Counts *>(task)->by_part[part]; }

TEST(Pool, EachPartRunsOnce) {
  for (int32_t threads : {2, 3, 8, 16}) {
    Pool *pool = create_pool(threads);
    ASSERT_NE(pool, nullptr);
    for (int32_t parts = 1; parts <= threads; ++parts) {
      Counts counts;
      run_on_pool(pool, parts, count_part, &counts);
      for (int32_t i = 0; i < 16; ++i) EXPECT_EQ(counts.by_part[i], i < parts ? 1 : 0);
    }
    destroy_pool(pool);
  }
}

// Plain memory: the pool itself must order one launch after another.
void add_to_plain(void *task, int32_t part) { static_cast<int64_t *>(task)[part * 8] += part; }

TEST(Pool, ManyLaunchesBackToBack) {
  Pool *pool = create_pool(4);
  int64_t sums[32] = {};
  for (int i = 0; i < 20000; ++i) run_on_pool(pool, 1 + i % 4, add_to_plain, sums);
  EXPECT_EQ(sums[8], 15000 * 1);
  EXPECT_EQ(sums[16], 10000 * 2);
  EXPECT_EQ(sums[24], 5000 * 3);
  destroy_pool(pool);
}

TEST(Pool, WakesParkedThreads) {
  Pool *pool = create_pool(3);
  int64_t sums[32] = {};
  for (int i = 0; i < 20; ++i) {
    usleep(5000);  // longer than threads spin
    run_on_pool(pool, 3, add_to_plain, sums);
  }
  EXPECT_EQ(sums[16], 40);
  destroy_pool(pool);
}

void work_a_little(void *task, int32_t part) {
  volatile double x = part;
  for (int i = 0; i < 2000; ++i) x = x * 1.0000001;
  static_cast<double *>(task)[part * 8] = x;
}

double microseconds_of(const std::function<void()> &what) {
  auto begin = std::chrono::steady_clock::now();
  what();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin)
      .count();
}

// At its best two parts take as long as one and a little: printed, and held to a bound with room
// for any machine. Where there is no second CPU the caller does both.
TEST(Pool, ForkJoinCostsLittle) {
  Pool *pool = create_pool(2);
  double results[16] = {};
  double one = 1e9, two = 1e9;
  for (int i = 0; i < 5000; ++i) {
    one = std::min(one, microseconds_of([&] { work_a_little(results, 0); }));
    two = std::min(two, microseconds_of([&] { run_on_pool(pool, 2, work_a_little, results); }));
  }
  destroy_pool(pool);
  std::printf("a part %.2f us, two on two threads %.2f us\n", one, two);
  EXPECT_LT(two, 2 * one + 20);
}

void note_thread(void *task, int32_t part) {
  static_cast<pthread_t *>(task)[part] = pthread_self();
}

// All threads on one CPU: while the caller runs, its worker cannot.
TEST(Pool, CallerRunsWhatNobodyHasBegun) {
  cpu_set_t before, one;
  ASSERT_EQ(sched_getaffinity(0, sizeof before, &before), 0);
  CPU_ZERO(&one);
  for (size_t cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu)
    if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  Pool *pool = create_pool(3);
  int taken = 0;
  for (int i = 0; i < 100; ++i) {
    pthread_t threads[3];
    run_on_pool(pool, 3, note_thread, threads);
    EXPECT_TRUE(pthread_equal(threads[0], pthread_self()));
    taken += pthread_equal(threads[1], pthread_self()) + pthread_equal(threads[2], pthread_self());
  }
  destroy_pool(pool);
  ASSERT_EQ(sched_setaffinity(0, sizeof before, &before), 0);
  EXPECT_GT(taken, 100);
}

TEST(Pool, PoolsAreIndependent) {
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; ++c) {
    callers.emplace_back([] {
      Pool *pool = create_pool(2);
      int64_t sums[32] = {};
      for (int i = 0; i < 2000; ++i) run_on_pool(pool, 2, add_to_plain, sums);
      EXPECT_EQ(sums[8], 2000);
      destroy_pool(pool);
    });
  }
  for (std::thread &caller : callers) caller.join();
}

// Units a launch gave to parts, in order.
struct Ranges {
  std::vector<int64_t> begins = std::vector<int64_t>(64, -1);
  std::vector<int64_t> ends = std::vector<int64_t>(64, -1);
};

void note_range(plx_run *, void *const *buffers, const int64_t *, int64_t begin, int64_t end,
                int32_t thread) {
  auto *ranges = static_cast<Ranges *>(buffers[0]);
  ranges->begins[static_cast<size_t>(thread)] = begin;
  ranges->ends[static_cast<size_t>(thread)] = end;
}

TEST(Launch, CutsIntoEqualContiguousParts) {
  plx_test::FakeModel model;
  static Ranges *noted = nullptr;
  static int64_t units = 0;
  static int64_t grain = 0;
  model.module.run = [](plx_run *run) -> int32_t {
    int64_t dims[2] = {run->symbols[0], 4};
    plx_rt_output(run, 0, 2, dims);
    void *buffers[1] = {noted};
    return plx_rt_parallel(run, 0, note_range, buffers, nullptr, units, grain);
  };
  plx_test::Loaded loaded(model.module, 5);
  plx_test::Floats x({1, 4});
  plx_test::Floats bias({4});
  ASSERT_EQ(plx_context_set_input(loaded.context, "x", &x.tensor, nullptr), PLX_OK);
  ASSERT_EQ(plx_context_set_input(loaded.context, "bias", &bias.tensor, nullptr), PLX_OK);
  struct {
    int64_t units, grain, parts;
  } cases[] = {{0, 1, 0},  {1, 1, 1},  {4, 1, 4},    {5, 1, 5},
               {13, 1, 5}, {13, 4, 3}, {13, 100, 1}, {INT64_MAX, 1, 5}};
  for (const auto &test : cases) {
    Ranges ranges;
    noted = &ranges;
    units = test.units;
    grain = test.grain;
    ASSERT_EQ(plx_context_run(loaded.context, &loaded.error), PLX_OK) << loaded.error.message;
    int64_t at = 0;
    for (size_t p = 0; p < static_cast<size_t>(test.parts); ++p) {
      EXPECT_EQ(ranges.begins[p], at);
      int64_t length = ranges.ends[p] - at;
      EXPECT_GE(length, test.units / test.parts);
      EXPECT_LE(length, test.units / test.parts + 1);
      at = ranges.ends[p];
    }
    EXPECT_EQ(at, test.units);
    EXPECT_EQ(ranges.begins[static_cast<size_t>(test.parts)], -1);
  }
}

void backwards(void *pool_data, int32_t parts, plx_task_fn function, void *task) {
  ++*static_cast<int *>(pool_data);
  for (int32_t i = parts - 1; i >= 0; --i) function(task, i);
}

TEST(Launch, UserPoolGivesTheSameBits) {
  plx_test::FakeModel model;
  int launches = 0;
  plx_context_options options = {};
  options.struct_bytes = sizeof options;
  options.threads = 3;
  options.parallel = backwards;
  options.pool_data = &launches;
  plx_test::Loaded mine(model.module, options);
  plx_test::Loaded ours(model.module, 1);
  plx_test::Floats x({77, 4});
  plx_test::Floats bias({4});
  plx_tensor outputs[2];
  int i = 0;
  for (plx_context *context : {mine.context, ours.context}) {
    ASSERT_EQ(plx_context_set_input(context, "x", &x.tensor, nullptr), PLX_OK);
    ASSERT_EQ(plx_context_set_input(context, "bias", &bias.tensor, nullptr), PLX_OK);
    ASSERT_EQ(plx_context_run(context, nullptr), PLX_OK);
    ASSERT_EQ(plx_context_output(context, 0, &outputs[i++], nullptr), PLX_OK);
  }
  EXPECT_EQ(launches, 2);
  EXPECT_EQ(std::memcmp(outputs[0].data, outputs[1].data, 77 * 16), 0);
}

}  // namespace
}  // namespace plx
