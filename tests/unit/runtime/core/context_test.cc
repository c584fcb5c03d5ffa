// Runs of one context and of many, through the functions that compiled code calls.
// Covers: runtime/core/calls.cc
#include <thread>

#include "tests/unit/runtime/fake_model.h"

namespace plx_test {
namespace {

void set_inputs(Loaded *loaded, const Floats &x, const Floats &bias) {
  ASSERT_EQ(plx_context_set_input(loaded->context, "x", &x.tensor, &loaded->error), PLX_OK)
      << loaded->error.message;
  ASSERT_EQ(plx_context_set_input(loaded->context, "bias", &bias.tensor, &loaded->error), PLX_OK)
      << loaded->error.message;
}

std::vector<float> run(Loaded *loaded) {
  plx_tensor y = {};
  EXPECT_EQ(plx_context_run(loaded->context, &loaded->error), PLX_OK) << loaded->error.message;
  EXPECT_EQ(plx_context_output(loaded->context, 0, &y, &loaded->error), PLX_OK)
      << loaded->error.message;
  if (y.data == nullptr) return {};
  const auto *values = static_cast<const float *>(y.data);
  return {values, values + plx_num_elements(y.rank, y.dims)};
}

TEST(Context, RunsAndReadsOutput) {
  FakeModel model;
  Loaded loaded(model.module);
  Floats x({2, 4});
  Floats bias({4}, 100);
  set_inputs(&loaded, x, bias);
  EXPECT_EQ(run(&loaded), (std::vector<float>{100, 103, 108, 115, 104, 111, 120, 131}));
}

TEST(Context, BatchMayChangeBetweenRuns) {
  FakeModel model;
  Loaded loaded(model.module, 2);
  Floats bias({4}, 0);
  for (int64_t batch : {1, 7, 3, 64}) {
    Floats x({batch, 4});
    set_inputs(&loaded, x, bias);
    std::vector<float> y = run(&loaded);
    ASSERT_EQ(y.size(), static_cast<size_t>(4 * batch));
    for (size_t i = 0; i < y.size(); ++i) {
      EXPECT_EQ(y[i], x.values[i] * model.weights[i % 4] + bias.values[i % 4]);
    }
  }
}

TEST(Context, WarmRunAllocatesNothing) {
  FakeModel model;
  Loaded loaded(model.module, 2);
  Floats x({512, 4});
  Floats small({5, 4});
  Floats bias({4});
  set_inputs(&loaded, x, bias);
  run(&loaded);
  plx_memory first;
  plx_memory later;
  plx_context_memory(loaded.context, &first);
  EXPECT_GT(first.heap_allocations, 0u);
  for (int i = 0; i < 100; ++i) {
    set_inputs(&loaded, i % 2 == 0 ? small : x, bias);
    ASSERT_EQ(plx_context_run(loaded.context, nullptr), PLX_OK);
  }
  plx_context_memory(loaded.context, &later);
  EXPECT_EQ(first.heap_allocations, later.heap_allocations);
  EXPECT_EQ(first.arena_bytes, later.arena_bytes);
  Floats large({100000, 4});
  set_inputs(&loaded, large, bias);
  run(&loaded);
  plx_context_memory(loaded.context, &later);
  EXPECT_GT(later.heap_allocations, first.heap_allocations);
}

TEST(Context, TrimGivesMemoryBackAndRunsOn) {
  FakeModel model;
  model.module.scratch_bytes = 4096;
  Loaded loaded(model.module, 2);
  Floats x({100000, 4});
  Floats bias({4});
  set_inputs(&loaded, x, bias);
  std::vector<float> before = run(&loaded);
  plx_memory memory;
  plx_context_memory(loaded.context, &memory);
  EXPECT_GE(memory.arena_bytes, 1600000u);
  EXPECT_EQ(memory.weights_bytes, 16u);
  plx_trim(loaded.context);
  plx_context_memory(loaded.context, &memory);
  EXPECT_EQ(memory.arena_bytes + memory.output_bytes + memory.state_bytes + memory.scratch_bytes,
            0u);
  EXPECT_GE(memory.arena_peak_bytes, 1600000u);
  plx_tensor y;
  EXPECT_EQ(plx_context_output(loaded.context, 0, &y, nullptr), PLX_INVALID_ARGUMENT);
  EXPECT_EQ(run(&loaded), before);
}

// What is bound to an input and its donated output may not lie under anything else, whenever it is
// bound.
TEST(Context, DonatedMemoryIsSharedWithNothingElse) {
  FakeModel model;
  model.outputs[0].donated = 0;
  Loaded loaded(model.module);
  Floats x({2, 4});
  Floats bias({4});
  bias.tensor.data = x.values.data() + 4;
  set_inputs(&loaded, x, bias);
  ASSERT_EQ(plx_context_bind_output(loaded.context, 0, x.values.data(), 32, nullptr), PLX_OK);
  for (int run = 0; run < 2; ++run) {
    EXPECT_EQ(plx_context_run(loaded.context, &loaded.error), PLX_INVALID_ARGUMENT);
    EXPECT_STREQ(loaded.error.message,
                 "model 'fake': the memory bound to output 'y' overlaps input 'bias'");
  }
}

TEST(Context, BoundOutputIsUsedWhereItFits) {
  FakeModel model;
  Loaded loaded(model.module);
  Floats x({2, 4});
  Floats bias({4});
  set_inputs(&loaded, x, bias);
  std::vector<float> mine(8, -1);
  plx_tensor y;
  ASSERT_EQ(plx_context_bind_output(loaded.context, 0, mine.data(), 32, nullptr), PLX_OK);
  std::vector<float> values = run(&loaded);
  EXPECT_EQ(mine, values);
  ASSERT_EQ(plx_context_bind_output(loaded.context, 0, mine.data(), 31, nullptr), PLX_OK);
  run(&loaded);
  ASSERT_EQ(plx_context_output(loaded.context, 0, &y, nullptr), PLX_OK);
  EXPECT_NE(y.data, mine.data());
  ASSERT_EQ(plx_context_bind_output(loaded.context, 0, x.values.data() + 4, 64, nullptr), PLX_OK);
  EXPECT_EQ(plx_context_run(loaded.context, &loaded.error), PLX_INVALID_ARGUMENT);
  EXPECT_STREQ(loaded.error.message,
               "model 'fake': the memory bound to output 'y' overlaps input 'x'");
  model.outputs[0].donated = 0;
  ASSERT_EQ(plx_context_bind_output(loaded.context, 0, x.values.data(), 32, nullptr), PLX_OK);
  EXPECT_EQ(plx_context_run(loaded.context, &loaded.error), PLX_OK) << loaded.error.message;
  EXPECT_EQ(x.values, values);
}

TEST(Context, ManyContextsOfOneProgram) {
  FakeModel model;
  Loaded loaded(model.module);
  auto work = [&](int seed) {
    plx_context *context = nullptr;
    plx_context_options options = {};
    options.struct_bytes = sizeof options;
    options.threads = 2;
    ASSERT_EQ(plx_context_create(loaded.program, &options, &context, nullptr), PLX_OK);
    Floats bias({4}, static_cast<float>(seed));
    for (int64_t batch = 1; batch < 40; ++batch) {
      Floats x({batch, 4});
      plx_tensor y;
      ASSERT_EQ(plx_context_set_input(context, "x", &x.tensor, nullptr), PLX_OK);
      ASSERT_EQ(plx_context_set_input(context, "bias", &bias.tensor, nullptr), PLX_OK);
      ASSERT_EQ(plx_context_run(context, nullptr), PLX_OK);
      ASSERT_EQ(plx_context_output(context, 0, &y, nullptr), PLX_OK);
      ASSERT_EQ(static_cast<const float *>(y.data)[1], 2.0f + bias.values[1]);
    }
    plx_context_destroy(context);
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(work, i);
  for (std::thread &thread : threads) thread.join();
}

int32_t double_weights(plx_run *run) {
  const auto *from = static_cast<const float *>(run->parameters[0]);
  auto *to = static_cast<float *>(run->packed);
  for (int i = 0; i < 4; ++i) to[i] += 2 * from[i];  // += shows a second call
  return 0;
}
int32_t read_packed(plx_run *run) {
  int64_t dims[2] = {run->symbols[0], 4};
  auto *y = static_cast<float *>(plx_rt_output(run, 0, 2, dims));
  std::memcpy(y, run->packed, 16);
  return 0;
}

TEST(Context, PackedParametersAreComputedOnce) {
  FakeModel model;
  model.module.prepare = double_weights;
  model.module.packed_bytes = 16;
  model.module.run = read_packed;
  Loaded loaded(model.module);
  Floats x({1, 4});
  Floats bias({4});
  plx_context *second = nullptr;
  ASSERT_EQ(plx_context_create(loaded.program, nullptr, &second, nullptr), PLX_OK);
  plx_context_destroy(second);
  set_inputs(&loaded, x, bias);
  EXPECT_EQ(run(&loaded), (std::vector<float>{2, 4, 6, 8}));
}

int32_t fail_to_prepare(plx_run *run) { return plx_rt_fail(run, PLX_FAULT_BAD_VALUE, 0, 5, 0, 0); }

TEST(Context, FailedPackingIsReported) {
  FakeModel model;
  model.module.prepare = fail_to_prepare;
  model.module.packed_bytes = 16;
  plx_program *program = nullptr;
  plx_context *context = nullptr;
  plx_error error;
  ASSERT_EQ(plx_program_create(&model.module, nullptr, &program, &error), PLX_OK);
  EXPECT_EQ(plx_context_create(program, nullptr, &context, &error), PLX_FAULT);
  EXPECT_STREQ(error.message,
               "model 'fake', node '/gather/Gather' (Gather): a value is not allowed: 5");
  plx_program_release(program);
}

int32_t grow_state(plx_run *run) {
  int64_t dims[2] = {run->symbols[0], 4};
  auto *y = static_cast<float *>(plx_rt_output(run, 0, 2, dims));
  for (int64_t n = 1; n <= 1000; ++n) {
    auto *state = static_cast<int64_t *>(plx_rt_state(run, 0, n * 8));
    if (state == nullptr || state[n - 1] != 0)
      return plx_rt_fail(run, PLX_FAULT_BAD_VALUE, 0, n, 0, 0);
    state[n - 1] = n;
  }
  auto *state = static_cast<int64_t *>(plx_rt_state(run, 0, 8));
  y[0] = static_cast<float>(state[0] + state[999]);
  std::memset(state, 0, 8000);
  return 0;
}

TEST(Context, StateGrowsAndKeepsItsContents) {
  FakeModel model;
  model.module.run = grow_state;
  Loaded loaded(model.module);
  Floats x({1, 4});
  Floats bias({4});
  set_inputs(&loaded, x, bias);
  EXPECT_EQ(run(&loaded)[0], 1001.0f);
  EXPECT_EQ(run(&loaded)[0], 1001.0f);
}

}  // namespace
}  // namespace plx_test
