// Outputs carried over to inputs: on a device they stay there from run to run.
// Covers: runtime/device/device_run.cc
#include <memory>

#include "tests/unit/runtime/device/fake_test.h"

namespace plx_test {
namespace {

// x = x * w + bias in place, by way of the arena.
int32_t update(plx_run *run) {
  int64_t dims[2] = {run->symbols[0], 4};
  void *middle = plx_rt_arena(run, dims[0] * 16);
  launch_scale(run, dims[0], middle);
  void *y = plx_rt_output(run, 0, 2, dims);
  return y == nullptr ? run->fault.code : launch_copy(run, middle, y, dims[0] * 4);
}

class DeviceCarry : public FakeTest {
 protected:
  void SetUp() override {
    FakeTest::SetUp();
    model_.outputs[0].donated = 0;
    model_.module.run = update;
    loaded_ = std::make_unique<Loaded>(model_.module);
    set(x_, "x");
    set(bias_, "bias");
    ASSERT_EQ(plx_context_carry(loaded_->context, 0, &error_), PLX_OK) << error_.message;
  }
  void TearDown() override {
    loaded_.reset();
    FakeTest::TearDown();
  }
  void set(const Floats &floats, const char *name) {
    ASSERT_EQ(plx_context_set_input(loaded_->context, name, &floats.tensor, &error_), PLX_OK);
  }
  void run(int times) {
    for (int i = 0; i < times; ++i) {
      ASSERT_EQ(plx_context_run(loaded_->context, &error_), PLX_OK) << error_.message;
    }
  }
  void fetch() {
    ASSERT_EQ(plx_context_fetch(loaded_->context, &error_), PLX_OK) << error_.message;
  }
  std::vector<float> updated(std::vector<float> x, int times) {
    for (int i = 0; i < times; ++i) {
      for (size_t k = 0; k < x.size(); ++k) {
        x[k] = x[k] * model_.weights[k % 4] + bias_.values[k % 4];
      }
    }
    return x;
  }

  Floats x_{{3, 4}}, bias_{{4}, 100};
  const std::vector<float> first_ = x_.values;
  std::unique_ptr<Loaded> loaded_;
};

TEST_F(DeviceCarry, LeavesTheElementsThere) {
  run(1);
  int32_t uploads = fake()->uploads;
  run(2);
  EXPECT_EQ(fake()->uploads, uploads + 2);  // of the bias alone
  EXPECT_EQ(x_.values, first_);
  fetch();
  EXPECT_EQ(x_.values, updated(first_, 3));
  run(1);
  fetch();
  EXPECT_EQ(x_.values, updated(first_, 4));
}

TEST_F(DeviceCarry, FetchesWhatIsNewerAlone) {
  fetch();  // nothing has run
  EXPECT_EQ(x_.values, first_);
  run(1);
  fetch();
  fail("download");
  fetch();
  EXPECT_EQ(x_.values, updated(first_, 1));
}

TEST_F(DeviceCarry, CanBeFetchedAgainAfterAFailure) {
  run(2);
  fail("download");
  EXPECT_EQ(plx_context_fetch(loaded_->context, &error_), PLX_INTERNAL);
  EXPECT_STREQ(error_.message, "fake: download fails");
  fail("");
  fetch();
  EXPECT_EQ(x_.values, updated(first_, 2));
}

// What is set anew counts, here of another size.
TEST_F(DeviceCarry, TakesANewInput) {
  run(2);
  Floats other({50, 4}, 7);
  std::vector<float> before = other.values;
  set(other, "x");
  run(2);
  fetch();
  EXPECT_EQ(other.values, updated(before, 2));
  EXPECT_EQ(x_.values, first_);  // nobody asked for the first ones
}

TEST_F(DeviceCarry, EndsWhereTheOutputIsBound) {
  run(1);
  fetch();
  std::vector<float> y(12);
  ASSERT_EQ(plx_context_bind_output(loaded_->context, 0, y.data(), 48, &error_), PLX_OK);
  run(1);
  EXPECT_EQ(y, updated(first_, 2));
  EXPECT_EQ(x_.values, updated(first_, 1));
}

TEST_F(DeviceCarry, IsLostByTrim) {
  run(1);
  fetch();
  run(1);
  plx_trim(loaded_->context);
  fetch();
  EXPECT_EQ(x_.values, updated(first_, 1));
  run(1);
  fetch();
  EXPECT_EQ(x_.values, updated(first_, 2));
}

TEST_F(DeviceCarry, CountsNoMemoryTwice) {
  run(1);
  plx_memory memory;
  plx_context_memory(loaded_->context, &memory);
  EXPECT_EQ(memory.device_bytes, 4 * 256u);  // x, bias, arena, scratch
}

TEST_F(DeviceCarry, RefusesOutputsWithoutAnInput) {
  model_.outputs[0].donated = -1;
  EXPECT_EQ(plx_context_carry(loaded_->context, 0, &error_), PLX_INVALID_ARGUMENT);
  EXPECT_STREQ(error_.message,
               "model 'fake': no input is donated to output 'y', so that it cannot be carried");
  EXPECT_EQ(plx_context_carry(loaded_->context, 1, &error_), PLX_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace plx_test
