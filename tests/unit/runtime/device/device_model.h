// The model of fake_model.h with its kernels on a device: middle = x * w + bias, then y = middle.
#ifndef PLEXUS_TESTS_UNIT_RUNTIME_DEVICE_DEVICE_MODEL_H
#define PLEXUS_TESTS_UNIT_RUNTIME_DEVICE_DEVICE_MODEL_H

#include <dlfcn.h>
#include <stdlib.h>

#include "runtime/device/device.h"
#include "tests/unit/runtime/fake_model.h"

namespace plx_test {

inline void launch_scale(plx_run *run, int64_t batch, void *to) {
  int64_t sizes[3] = {batch, 4, 0};  // and the site
  void *buffers[4] = {run->inputs[0].data, const_cast<void *>(run->parameters[0]),
                      run->inputs[1].data, to};
  plx_rt_parallel(run, 0, nullptr, buffers, sizes, batch, 1);
}
inline int32_t launch_copy(plx_run *run, void *from, void *to, int64_t count) {
  if (plx_rt_scratch(run, count * 4) != 0) return run->fault.code;
  int64_t sizes[2] = {count, 1};
  void *buffers[2] = {from, to};
  return plx_rt_parallel(run, 1, nullptr, buffers, sizes, count, 1);
}

inline int32_t run_on_device(plx_run *run) {
  int64_t batch = run->symbols[0];
  int64_t dims[2] = {batch, 4};
  void *middle = plx_rt_arena(run, batch * 16);
  void *y = plx_rt_output(run, 0, 2, dims);
  if (middle == nullptr || y == nullptr) return run->fault.code;
  launch_scale(run, batch, middle);
  return launch_copy(run, middle, y, batch * 4);
}

struct DeviceModel : FakeModel {
  plx_operand scale_operands[4] = {{PLX_READ, 4, "4*s0*s1"},
                                   {PLX_READ, 4, "4*s1"},
                                   {PLX_READ, 4, "4*s1"},
                                   {PLX_WRITE, 4, "4*s0*s1"}};
  plx_operand copy_operands[2] = {{PLX_READ, 4, "4*s0"}, {PLX_WRITE, 4, ""}};
  plx_image images[3] = {{PLX_IMAGE_SOURCE, 0, "fake", 5},
                         {PLX_IMAGE_PTX, 90, "fake", 5},
                         {PLX_IMAGE_CUBIN, 90, "fake", 4}};
  plx_device_kernel device_kernels[2] = {{"k_scale", scale_operands, 4, 2, 0, 1, 128, 0, 0, 0},
                                         {"k_copy", copy_operands, 2, 1, 0, 1, 256, 0, 1, 0}};
  plx_device_code code = {"cuda-emulated", images, device_kernels, 3, 0};

  DeviceModel() {
    module.run = run_on_device;
    module.device_code = &code;
  }
};

// Sets x [batch, 4] and bias, runs, and gives y; empty where the run fails (loaded->error).
inline std::vector<float> run_model(Loaded *loaded, int64_t batch, float first = 0) {
  Floats x({batch, 4}, first), bias({4}, 100);
  plx_error *error = &loaded->error;
  plx_tensor y = {};
  if (plx_context_set_input(loaded->context, "x", &x.tensor, error) != PLX_OK ||
      plx_context_set_input(loaded->context, "bias", &bias.tensor, error) != PLX_OK ||
      plx_context_run(loaded->context, error) != PLX_OK ||
      plx_context_output(loaded->context, 0, &y, error) != PLX_OK) {
    return {};
  }
  const auto *values = static_cast<const float *>(y.data);
  return {values, values + plx_num_elements(y.rank, y.dims)};
}

inline std::vector<float> expected_y(int64_t batch, float first = 0) {
  std::vector<float> y;
  for (int64_t i = 0; i < 4 * batch; ++i) {
    y.push_back((first + static_cast<float>(i)) * static_cast<float>(i % 4 + 1) +
                static_cast<float>(100 + i % 4));
  }
  return y;
}

}  // namespace plx_test
#endif  // PLEXUS_TESTS_UNIT_RUNTIME_DEVICE_DEVICE_MODEL_H
