// Host functions of programs whose buffers are a device's: they work on the host's copies.
// Covers: runtime/device/device_run.cc
#include "tests/unit/runtime/device/fake_test.h"

namespace plx_test {
namespace {

// y = x + 1, of any rank.
int32_t add_one(void *, plx_host_frame *frame, const plx_tensor *args, int32_t, plx_tensor *results,
                int32_t) {
  if (plx_host_result(frame, &results[0], PLX_F32, args[0].rank, args[0].dims) != PLX_OK) return 1;
  int64_t count = plx_num_elements(args[0].rank, args[0].dims);
  for (int64_t i = 0; i < count; ++i) {
    static_cast<float *>(results[0].data)[i] = static_cast<const float *>(args[0].data)[i] + 1;
  }
  return 0;
}
int32_t refuse(void *, plx_host_frame *frame, const plx_tensor *, int32_t, plx_tensor *, int32_t) {
  plx_host_error(frame, "it will not");
  return 1;
}

// middle = x * w + bias on the device, y = middle + 1 on the host, in place.
int32_t in_place(plx_run *run) {
  int64_t dims[2] = {run->symbols[0], 4};
  void *middle = plx_rt_arena(run, dims[0] * 16);
  launch_scale(run, dims[0], middle);
  plx_tensor arg = {middle, dims, 2, PLX_F32};
  plx_tensor result = {plx_rt_output(run, 0, 2, dims), dims, 2, PLX_F32};
  return plx_rt_host_call(run, 0, 1, &arg, 1, &result, 1);
}

// The function gives an object, whose elements a kernel reads.
int32_t by_object(plx_run *run) {
  int64_t dims[2] = {run->symbols[0], 4}, found[2] = {};
  plx_tensor arg = {run->inputs[0].data, run->inputs[0].dims, 2, PLX_F32};
  plx_tensor result = {};
  if (plx_rt_host_call(run, 0, 1, &arg, 1, &result, 1) != 0) return run->fault.code;
  EXPECT_EQ(result.element_type, PLX_OBJECT);
  void *view = plx_rt_view(run, 1, static_cast<plx_object *>(result.data), PLX_F32, 2, found);
  if (view == nullptr) return run->fault.code;
  EXPECT_EQ(found[0], dims[0]);
  return launch_copy(run, view, plx_rt_output(run, 0, 2, dims), dims[0] * 4);
}

class DeviceHostCall : public FakeTest {
 protected:
  std::vector<float> run(plx_run_fn program, plx_host_fn function, int64_t batch, float first = 0) {
    plx_import import = {"test:AddOne", nullptr};
    plx_host_function functions[1] = {{"test:AddOne", function, nullptr}};
    plx_load_options options = {};
    options.struct_bytes = sizeof options;
    options.host_functions = functions;
    options.num_host_functions = 1;
    model_.module.run = program;
    model_.module.imports = &import;
    model_.module.num_imports = 1;
    Loaded loaded(model_.module, options);
    std::vector<float> y = run_model(&loaded, batch, first);
    error_ = loaded.error;
    return y;
  }
};

TEST_F(DeviceHostCall, WritesInPlace) {
  std::vector<float> y = run(in_place, add_one, 50), expected = expected_y(50);
  for (float &value : expected) ++value;
  EXPECT_EQ(y, expected) << error_.message;
}

TEST_F(DeviceHostCall, GivesObjects) {
  std::vector<float> y = run(by_object, add_one, 50);
  ASSERT_EQ(y.size(), 200u) << error_.message;
  for (size_t i = 0; i < y.size(); ++i) EXPECT_EQ(y[i], static_cast<float>(i + 1));
}

TEST_F(DeviceHostCall, Fails) {
  run(in_place, refuse, 2);
  EXPECT_EQ(error_.status, PLX_FAULT);
  EXPECT_NE(strstr(error_.message, "host function 'test:AddOne' failed: it will not"), nullptr)
      << error_.message;
}

// What kernels found before the call comes first, and the function is not called.
TEST_F(DeviceHostCall, SeesFaultsOfKernelsBefore) {
  run(in_place, refuse, 300, -700);
  EXPECT_NE(strstr(error_.message, "/gather/Gather"), nullptr) << error_.message;
}

TEST_F(DeviceHostCall, SurvivesEachFailure) {
  fail("download", 1);  // after the look at the fault cell: the argument's
  EXPECT_EQ(run(in_place, add_one, 2), std::vector<float>());
  EXPECT_STREQ(error_.message, "model 'fake': fake: download fails");
  fail("upload", 3);  // after the weights and two inputs: the result's
  EXPECT_EQ(run(in_place, add_one, 2), std::vector<float>());
  EXPECT_STREQ(error_.message, "model 'fake': fake: upload fails");
  fail("upload", 3);
  EXPECT_EQ(run(by_object, add_one, 2), std::vector<float>());
  EXPECT_STREQ(error_.message, "model 'fake': fake: upload fails");
}

}  // namespace
}  // namespace plx_test
