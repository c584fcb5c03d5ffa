// A compiled model made by hand: y[b, f] = x[b, f] * w[f] + bias[f], with b symbolic, f = 4. Each
// test changes the descriptor before it loads it.
#ifndef PLEXUS_TESTS_RUNTIME_FAKE_MODEL_H
#define PLEXUS_TESTS_RUNTIME_FAKE_MODEL_H

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "plexus_rt.h"

namespace plx_test {

inline void scale_kernel(plx_run *run, void *const *buffers, const int64_t *sizes, int64_t begin,
                         int64_t end, int32_t) {
  const auto *x = static_cast<const float *>(buffers[0]);
  const auto *w = static_cast<const float *>(buffers[1]);
  const auto *bias = static_cast<const float *>(buffers[2]);
  auto *y = static_cast<float *>(buffers[3]);
  int64_t features = sizes[0];
  for (int64_t row = begin; row < end; ++row) {
    for (int64_t f = 0; f < features; ++f) {
      float value = x[row * features + f];
      if (value == -666.0f) plx_rt_fail(run, PLX_FAULT_INDEX, 0, row, 0, 7);
      y[row * features + f] = value * w[f] + bias[f];
    }
  }
}

inline int32_t scale_run(plx_run *run) {
  int64_t batch = run->symbols[0];
  int64_t dims[2] = {batch, 4};
  auto *middle = static_cast<float *>(plx_rt_arena(run, batch * 4 * 4));
  void *y = plx_rt_output(run, 0, 2, dims);
  if (middle == nullptr || y == nullptr) return run->fault.code;
  int64_t sizes[1] = {4};
  void *first[4] = {run->inputs[0].data, const_cast<void *>(run->parameters[0]),
                    run->inputs[1].data, middle};
  plx_rt_parallel(run, 0, scale_kernel, first, sizes, batch, 1);
  // A second kernel copies: y = middle * 1 + 0, with constants in the state.
  auto *constants = static_cast<float *>(plx_rt_state(run, 0, 8 * 4));
  if (constants == nullptr) return run->fault.code;
  for (int i = 0; i < 8; ++i) constants[i] = i < 4 ? 1.0f : 0.0f;
  void *second[4] = {middle, constants, constants + 4, y};
  return plx_rt_parallel(run, 1, scale_kernel, second, sizes, batch, 1);
}

struct FakeModel {
  alignas(64) float weights[4] = {1, 2, 3, 4};
  plx_symbol symbols[1] = {{"batch", 1}};
  plx_dim x_dims[2] = {{-1, 0, 0, "batch"}, {4, -1, 0, "4"}};
  plx_dim bias_dims[1] = {{4, -1, 0, "4"}};
  plx_value inputs[2] = {{"x", PLX_F32, 2, x_dims, PLX_KIND_TENSOR, 0},
                         {"bias", PLX_F32, 1, bias_dims, PLX_KIND_TENSOR, 0}};
  plx_value outputs[1] = {{"y", PLX_F32, 2, x_dims, PLX_KIND_TENSOR, -1}};
  int64_t w_dims[1] = {4};
  plx_parameter parameters[1] = {{"w", PLX_F32, 1, w_dims, 16, 0}};
  plx_kernel kernels[2] = {{"k_scale", "map", "/mul/Mul, /add/Add", 32, -1},
                           {"k_copy", "map", "/id/\"Identity\"", -1, -1}};
  plx_site sites[2] = {{"/gather/Gather", "Gather", nullptr},
                       {"/reshape", "plx.rebind", "dim {2} is {0} by 'batch' but {1} by 'rows'"}};
  plx_module module = {};

  FakeModel() {
    module.magic = PLX_ABI_MAGIC;
    module.abi_version = PLX_ABI_VERSION;
    module.descriptor_bytes = sizeof(plx_module);
    module.name = "fake";
    module.producer = "by hand";
    module.target_cpu = "generic";
    module.features = "";
    module.symbols = symbols;
    module.num_symbols = 1;
    module.inputs = inputs;
    module.num_inputs = 2;
    module.outputs = outputs;
    module.num_outputs = 1;
    module.parameters = parameters;
    module.num_parameters = 1;
    module.kernels = kernels;
    module.num_kernels = 2;
    module.sites = sites;
    module.num_sites = 2;
    module.num_states = 1;
    module.run = scale_run;
    module.arena_bytes = -1;
    module.weights = weights;
    module.weights_bytes = sizeof weights;
  }
};

// A program and a context of a module; released at the end.
struct Loaded {
  plx_program *program = nullptr;
  plx_context *context = nullptr;
  plx_error error = {};

  explicit Loaded(const plx_module &module, int32_t threads = 1, int32_t trace = 0) {
    plx_context_options options = {};
    options.struct_bytes = sizeof options;
    options.threads = threads;
    options.trace = trace;
    load(module, nullptr, options);
  }
  Loaded(const plx_module &module, const plx_context_options &options) {
    load(module, nullptr, options);
  }
  Loaded(const plx_module &module, const plx_load_options &load_options) {
    plx_context_options options = {};
    options.struct_bytes = sizeof options;
    options.threads = 1;
    load(module, &load_options, options);
  }
  ~Loaded() {
    plx_context_destroy(context);
    plx_program_release(program);
  }
  Loaded(const Loaded &) = delete;

 private:
  void load(const plx_module &module, const plx_load_options *load_options,
            const plx_context_options &options) {
    EXPECT_EQ(plx_program_create(&module, load_options, &program, &error), PLX_OK) << error.message;
    if (program == nullptr) return;
    EXPECT_EQ(plx_context_create(program, &options, &context, &error), PLX_OK) << error.message;
  }
};

// A tensor of floats with its dims.
struct Floats {
  std::vector<int64_t> dims;
  std::vector<float> values;
  plx_tensor tensor;

  explicit Floats(std::vector<int64_t> d, float first = 0) : dims(std::move(d)) {
    int64_t count = plx_num_elements(static_cast<int32_t>(dims.size()), dims.data());
    for (int64_t i = 0; i < count; ++i) values.push_back(first + static_cast<float>(i));
    tensor = {values.data(), dims.data(), static_cast<int32_t>(dims.size()), PLX_F32};
  }
};

}  // namespace plx_test
#endif  // PLEXUS_TESTS_RUNTIME_FAKE_MODEL_H
