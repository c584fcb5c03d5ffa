// A context's memory and streams on a device; several contexts.
#include "runtime/device/device_context.h"

#include <thread>

#include "tests/unit/runtime/device/fake_test.h"

namespace plx_test {
namespace {

class DeviceContextTest : public FakeTest {
 protected:
  static plx_memory memory(const Loaded &loaded) {
    plx_memory out;
    plx_context_memory(loaded.context, &out);
    return out;
  }
};

TEST_F(DeviceContextTest, LeavesNothingBehindWhereItIsNotMade) {
  plx_program *program = nullptr;
  plx_context *context = nullptr;
  ASSERT_EQ(plx_program_create(&model_.module, nullptr, &program, &error_), PLX_OK);
  fail("open_stream", 1);  // the first is for the weights
  EXPECT_EQ(plx_context_create(program, nullptr, &context, &error_), PLX_INTERNAL);
  EXPECT_STREQ(error_.message, "fake: open_stream fails");
  fail("allocate");
  EXPECT_EQ(plx_context_create(program, nullptr, &context, &error_), PLX_INTERNAL);
  EXPECT_STREQ(error_.message, "fake: allocate fails");
  EXPECT_EQ(fake()->streams, 0);
  EXPECT_EQ(fake()->blocks.size(), 1u);  // the weights
  plx_program_release(program);
}

TEST_F(DeviceContextTest, WarmRunAllocatesNothing) {
  Loaded loaded(model_.module);
  ASSERT_EQ(run_model(&loaded, 64), expected_y(64));
  int32_t allocations = fake()->allocations;
  uint64_t counted = memory(loaded).heap_allocations;
  for (int64_t batch : {3, 64, 1, 17}) EXPECT_EQ(run_model(&loaded, batch), expected_y(batch));
  EXPECT_EQ(fake()->allocations, allocations);
  EXPECT_EQ(memory(loaded).heap_allocations, counted);
  run_model(&loaded, 65);
  EXPECT_GT(memory(loaded).heap_allocations, counted);
}

TEST_F(DeviceContextTest, CountsWhatItHolds) {
  Loaded loaded(model_.module);
  uint64_t before = fake()->bytes;
  run_model(&loaded, 100);
  EXPECT_EQ(memory(loaded).device_bytes, fake()->bytes - before);
  // x, y, arena and scratch of 1600 bytes each; the bias takes the least there is.
  EXPECT_EQ(memory(loaded).device_bytes, 4 * 1600u + 256u);
}

TEST_F(DeviceContextTest, TrimGivesMemoryBackAndRunsOn) {
  Loaded loaded(model_.module);
  uint64_t before = fake()->bytes;
  std::vector<float> y = run_model(&loaded, 1000);
  EXPECT_GT(fake()->bytes, before);
  plx_trim(loaded.context);
  EXPECT_EQ(fake()->bytes, before);
  EXPECT_EQ(memory(loaded).device_bytes, 0u);
  plx_trim(loaded.context);
  EXPECT_EQ(run_model(&loaded, 1000), y);
}

TEST_F(DeviceContextTest, ManyOfOneProgram) {
  Loaded loaded(model_.module);
  auto work = [&](int seed) {
    Loaded mine(model_.module);
    for (int64_t batch = 1; batch < 40; ++batch) {
      auto first = static_cast<float>(seed);
      ASSERT_EQ(run_model(&mine, batch, first), expected_y(batch, first));
    }
  };
  auto context = [&] {
    plx_context *other = nullptr;
    for (int i = 0; i < 20; ++i) {
      ASSERT_EQ(plx_context_create(loaded.program, nullptr, &other, nullptr), PLX_OK);
      plx_context_destroy(other);
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back(work, i);
  for (int i = 0; i < 2; ++i) threads.emplace_back(context);
  for (std::thread &thread : threads) thread.join();
  EXPECT_EQ(run_model(&loaded, 5), expected_y(5));
}

}  // namespace
}  // namespace plx_test
