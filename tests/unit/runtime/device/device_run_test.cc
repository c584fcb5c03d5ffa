// Runs whose kernels are a device's: what the host program asks for, and what fails on the way.
// Covers: runtime/device/device_run.cc
#include "tests/unit/runtime/device/fake_test.h"

namespace plx_test {
namespace {

class DeviceRun : public FakeTest {
 protected:
  // Runs the model with another host program.
  std::vector<float> run_program(plx_run_fn program, int64_t batch = 2) {
    model_.module.run = program;
    model_.module.num_states = 2;
    Loaded loaded(model_.module);
    std::vector<float> y = run_model(&loaded, batch);
    error_ = loaded.error;
    return y;
  }
};

TEST_F(DeviceRun, GivesTheKernelsOutputs) {
  Loaded loaded(model_.module);
  for (int64_t batch : {1, 7, 3, 64}) EXPECT_EQ(run_model(&loaded, batch), expected_y(batch));
}

TEST_F(DeviceRun, SaysWhatALaunchMayTouch) {
  Loaded loaded(model_.module);
  run_model(&loaded, 3);
  ASSERT_EQ(fake()->launches.size(), 2u);
  const fakes::Launch &scale = fake()->launches[0], &copy = fake()->launches[1];
  EXPECT_EQ(scale.kernel, "k_scale");
  EXPECT_EQ(scale.blocks, 3);
  EXPECT_EQ(scale.threads, 128);
  ASSERT_EQ(scale.ranges.size(), 4u);
  uint64_t bytes[] = {48, 16, 16, 48};
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(scale.ranges[i].bytes, bytes[i]) << i;
    EXPECT_EQ(scale.ranges[i].access, i < 3 ? PLX_READ : PLX_WRITE) << i;
    EXPECT_EQ(scale.ranges[i].element_bytes, 4) << i;
  }
  ASSERT_EQ(copy.ranges.size(), 3u);
  EXPECT_EQ(copy.ranges[0].address, scale.ranges[3].address);
  EXPECT_EQ(copy.ranges[1].bytes, static_cast<uint64_t>(INT64_MAX));  // it does not say
  EXPECT_EQ(copy.ranges[2].bytes, 256u);                              // the scratch memory
}

// A range below zero is empty; one that has no value is not known.
TEST_F(DeviceRun, TakesRangesOfAnyValue) {
  model_.copy_operands[0].bytes = "s0 - 13";
  model_.copy_operands[1].bytes = "s0 floordiv (s0 - 12)";
  Loaded loaded(model_.module);
  EXPECT_EQ(run_model(&loaded, 3), expected_y(3));
  EXPECT_EQ(fake()->launches[1].ranges[0].bytes, 0u);
  EXPECT_EQ(fake()->launches[1].ranges[1].bytes, static_cast<uint64_t>(INT64_MAX));
}

TEST_F(DeviceRun, LaunchesNothingOverNothing) {
  Loaded loaded(model_.module);
  model_.symbols[0].lower_bound = 0;
  EXPECT_EQ(run_model(&loaded, 0), std::vector<float>());
  EXPECT_STREQ(loaded.error.message, "");
  EXPECT_EQ(fake()->launches.size(), 0u);
}

TEST_F(DeviceRun, ReadsFaultsOfKernelsBack) {
  Loaded loaded(model_.module);
  EXPECT_EQ(run_model(&loaded, 300, -700), std::vector<float>());  // row 8 holds -666
  EXPECT_EQ(loaded.error.status, PLX_FAULT);
  EXPECT_STREQ(loaded.error.message,
               "model 'fake', node '/gather/Gather' (Gather): index 8 is out of range: expected 0 "
               "to 7");
  EXPECT_EQ(run_model(&loaded, 3), expected_y(3));  // the next run is well
}

// The kernel's fault came first, so it stays.
TEST_F(DeviceRun, KeepsTheFirstFaultInProgramOrder) {
  model_.module.run = [](plx_run *run) -> int32_t {
    int64_t dims[2] = {run->symbols[0], 4};
    launch_scale(run, dims[0], plx_rt_output(run, 0, 2, dims));
    return plx_rt_fail(run, PLX_FAULT_DIVISION, 1, 0, 0, 0);
  };
  Loaded loaded(model_.module);
  run_model(&loaded, 300, -700);
  EXPECT_NE(strstr(loaded.error.message, "/gather/Gather"), nullptr) << loaded.error.message;
  run_model(&loaded, 3);
  EXPECT_NE(strstr(loaded.error.message, "'/reshape'"), nullptr) << loaded.error.message;
}

TEST_F(DeviceRun, NamesTheKernelWhoseLaunchFails) {
  Loaded loaded(model_.module);
  fail("k_copy");
  EXPECT_EQ(run_model(&loaded, 2), std::vector<float>());
  EXPECT_EQ(loaded.error.status, PLX_INTERNAL);
  EXPECT_STREQ(loaded.error.message, "model 'fake': fake: launching kernel 'k_copy' fails");
  EXPECT_EQ(fake()->launches.size(), 1u);
  fail("");
  EXPECT_EQ(run_model(&loaded, 2), expected_y(2));
}

TEST_F(DeviceRun, StopsLaunchingAfterAFailure) {
  Loaded loaded(model_.module);
  fail("k_scale");
  run_model(&loaded, 2);
  EXPECT_STREQ(loaded.error.message, "model 'fake': fake: launching kernel 'k_scale' fails");
  EXPECT_EQ(fake()->launches.size(), 0u);
}

TEST_F(DeviceRun, SaysThatTheDeviceIsFull) {
  Loaded loaded(model_.module);
  fake()->memory = 40000;
  EXPECT_EQ(run_model(&loaded, 2000), std::vector<float>());  // 32000 bytes a buffer
  EXPECT_EQ(loaded.error.status, PLX_OUT_OF_MEMORY);
  EXPECT_STREQ(loaded.error.message, "model 'fake': fake: no memory for 32000 bytes");
  EXPECT_EQ(run_model(&loaded, 2), expected_y(2));
}

// Everything that a run calls, failing at each of its calls in turn.
TEST_F(DeviceRun, SurvivesEachFailure) {
  for (const char *function : {"allocate", "upload", "download", "clear", "launch"}) {
    for (int32_t passing = 0; passing < 20; ++passing) {
      Loaded loaded(model_.module);
      fail(function, passing);
      std::vector<float> y = run_model(&loaded, 9);
      bool reached = fake()->passing < 0;
      fail("");
      EXPECT_EQ(y.empty(), reached) << function << " " << passing;
      if (reached) {
        std::string message = "model 'fake': fake: " + std::string(function) + " fails";
        EXPECT_EQ(loaded.error.message, message);
      }
      EXPECT_EQ(run_model(&loaded, 9), expected_y(9)) << function << " " << passing;
      if (!reached) break;
      EXPECT_LT(passing, 19) << function;
    }
    expect_nothing_open();
  }
}

// What kernels have written stays when the arena grows, at its old addresses too.
TEST_F(DeviceRun, GrowsTheArenaWithinARun) {
  std::vector<float> y = run_program(
      [](plx_run *run) -> int32_t {
        int64_t dims[2] = {run->symbols[0], 4};
        void *small = plx_rt_arena(run, dims[0] * 16);
        launch_scale(run, dims[0], small);
        void *large = plx_rt_arena(run, 1 << 20);
        EXPECT_NE(small, large);
        EXPECT_EQ(run->arena, large);
        EXPECT_EQ(plx_rt_load(run, static_cast<char *>(small) + 16, 4),
                  plx_rt_load(run, static_cast<char *>(large) + 16, 4));
        return launch_copy(run, large, plx_rt_output(run, 0, 2, dims), dims[0] * 4);
      },
      32);
  EXPECT_EQ(y, expected_y(32)) << error_.message;
}

TEST_F(DeviceRun, GivesOutgrownArenasBack) {
  model_.module.run = [](plx_run *run) -> int32_t {
    for (int64_t bytes = 256; bytes <= 1 << 20; bytes *= 2) plx_rt_arena(run, bytes);
    return run_on_device(run);
  };
  Loaded loaded(model_.module);
  EXPECT_EQ(run_model(&loaded, 2), expected_y(2));
  uint64_t bytes = fake()->bytes;
  EXPECT_LT(bytes, uint64_t{2} << 20);
  EXPECT_EQ(run_model(&loaded, 2), expected_y(2));
  EXPECT_EQ(fake()->bytes, bytes);
}

TEST_F(DeviceRun, FailsWhereTheArenaCannotGrow) {
  for (const char *function : {"copy", "synchronize"}) {
    model_.module.run = [](plx_run *run) -> int32_t {
      if (plx_rt_arena(run, 1 << 10) == nullptr) return run->fault.code;
      fake()->passing = 0;
      EXPECT_EQ(plx_rt_arena(run, 1 << 20), nullptr);
      return run->fault.code;
    };
    Loaded loaded(model_.module);
    fail(function, 1000);
    EXPECT_EQ(run_model(&loaded, 2), std::vector<float>());
    EXPECT_EQ(loaded.error.message, "model 'fake': fake: " + std::string(function) + " fails");
    fail("");
  }
}

TEST_F(DeviceRun, RefusesNegativeSizes) {
  run_program([](plx_run *run) -> int32_t {
    EXPECT_EQ(plx_rt_arena(run, -1), nullptr);
    return run->fault.code;
  });
  EXPECT_EQ(error_.status, PLX_OUT_OF_MEMORY);
  run_program([](plx_run *run) { return plx_rt_scratch(run, -8); });
  EXPECT_EQ(error_.status, PLX_OUT_OF_MEMORY);
  for (auto program :
       {+[](plx_run *run) { return plx_rt_state(run, 2, 8) ? 0 : run->fault.code; },
        +[](plx_run *run) { return plx_rt_state(run, 0, -8) ? 0 : run->fault.code; }}) {
    run_program(program);
    EXPECT_EQ(error_.status, PLX_INTERNAL) << error_.message;
  }
}

// A state grows by doubling, keeps what it holds, from run to run too, and begins as zeros.
TEST_F(DeviceRun, KeepsStates) {
  model_.module.num_states = 2;
  model_.module.run = [](plx_run *run) -> int32_t {
    auto *counter = static_cast<char *>(plx_rt_state(run, 1, 8));
    int64_t count = plx_rt_load(run, counter, 8) + 1;
    plx_rt_store(run, counter, count, 8);
    auto *grown = static_cast<char *>(plx_rt_state(run, 1, 1000 * count));
    EXPECT_EQ(plx_rt_load(run, grown, 8), count);
    EXPECT_EQ(plx_rt_load(run, grown + 1000 * count - 8, 8), 0);
    int64_t dims[2] = {run->symbols[0], 4};
    void *y = plx_rt_output(run, 0, 2, dims);
    for (int i = 0; i < 4; ++i) plx_rt_copy(run, static_cast<char *>(y) + 4 * i, grown, 4);
    return run->fault.code;
  };
  Loaded loaded(model_.module);
  for (int32_t i = 1; i <= 5; ++i) {
    std::vector<float> y = run_model(&loaded, 1);
    ASSERT_EQ(y.size(), 4u) << loaded.error.message;
    int32_t count = 0;
    memcpy(&count, y.data() + 3, 4);
    EXPECT_EQ(count, i);
  }
}

TEST_F(DeviceRun, LoadsAndStoresNumbers) {
  std::vector<float> y = run_program([](plx_run *run) -> int32_t {
    auto *arena = static_cast<char *>(plx_rt_arena(run, 64));
    plx_rt_store(run, arena, 0x1122334455667788, 8);
    EXPECT_EQ(plx_rt_load(run, arena, 1), 0x88);
    EXPECT_EQ(plx_rt_load(run, arena, 2), 0x7788);
    EXPECT_EQ(plx_rt_load(run, arena, 4), 0x55667788);
    EXPECT_EQ(plx_rt_load(run, arena, 8), 0x1122334455667788);
    plx_rt_store(run, arena + 1, -1, 2);
    EXPECT_EQ(plx_rt_load(run, arena, 4), 0x55ffff88);
    plx_rt_copy(run, arena + 2, arena, 6);  // they overlap
    EXPECT_EQ(plx_rt_load(run, arena, 8), 0x334455ffff88ff88);
    plx_rt_copy(run, arena, arena + 8, 0);
    return run_on_device(run);
  });
  EXPECT_EQ(y, expected_y(2)) << error_.message;
}

TEST_F(DeviceRun, LoadsNothingAfterAFault) {
  run_program([](plx_run *run) -> int32_t {
    void *middle = plx_rt_arena(run, run->symbols[0] * 16);
    fake()->failing = "k_scale";
    launch_scale(run, run->symbols[0], middle);
    EXPECT_EQ(plx_rt_load(run, middle, 8), 0);
    return run->fault.code;
  });
  EXPECT_STREQ(error_.message, "model 'fake': fake: launching kernel 'k_scale' fails");
}

TEST_F(DeviceRun, Cancels) {
  Loaded loaded(model_.module);
  run_model(&loaded, 2);
  plx_cancel(loaded.context);
  EXPECT_EQ(run_model(&loaded, 2), std::vector<float>());
  EXPECT_EQ(loaded.error.status, PLX_CANCELLED);
  EXPECT_EQ(fake()->launches.size(), 2u);
  EXPECT_EQ(run_model(&loaded, 2), expected_y(2));
}

// The device's own times: 500 ns a launch.
TEST_F(DeviceRun, ProfilesByTheDevicesClock) {
  Loaded loaded(model_.module, 1, /*trace=*/1);
  for (int i = 0; i < 3; ++i) run_model(&loaded, 2);
  for (int32_t kernel = 0; kernel < 2; ++kernel) {
    plx_kernel_profile profile;
    ASSERT_EQ(plx_context_profile(loaded.context, kernel, &profile, &error_), PLX_OK);
    EXPECT_EQ(profile.launches, 3u);
    EXPECT_EQ(profile.total_ns, 1500u);
    EXPECT_EQ(profile.min_ns, 500u);
  }
  for (const char *function : {"mark", "elapsed"}) {
    fail(function);
    run_model(&loaded, 2);
    EXPECT_EQ(loaded.error.message, "model 'fake': fake: " + std::string(function) + " fails");
  }
}

}  // namespace
}  // namespace plx_test
