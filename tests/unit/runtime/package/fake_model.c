// A compiled model made by hand, as an object: y = 2 * x + 1.
#include "plexus_abi.h"

static void double_kernel(plx_run *run, void *const *buffers, const int64_t *sizes, int64_t begin,
                          int64_t end, int32_t thread) {
  (void)run;
  (void)sizes;
  (void)thread;
  const float *x = buffers[0];
  float *y = buffers[1];
  for (int64_t i = 4 * begin; i < 4 * end; ++i) y[i] = 2 * x[i] + 1;
}

static int32_t run_model(plx_run *run) {
  int64_t dims[2] = {run->symbols[0], 4};
  void *y = plx_rt_output(run, 0, 2, dims);
  if (!y) return run->fault.code;
  void *buffers[2] = {run->inputs[0].data, y};
  return plx_rt_parallel(run, 0, double_kernel, buffers, 0, dims[0], 1);
}

static const plx_symbol symbols[] = {{"batch", 0}};
static const plx_dim dims[] = {{-1, 0, 0, "batch"}, {4, -1, 0, "4"}};
static const plx_value inputs[] = {{"x", PLX_F32, 2, dims, PLX_KIND_TENSOR, 0}};
static const plx_value outputs[] = {{"y", PLX_F32, 2, dims, PLX_KIND_TENSOR, -1}};
static const plx_kernel kernels[] = {{"k_double", "map", "/Mul, /Add", -1, -1}};

extern const plx_module plx_module_descriptor;
const plx_module plx_module_descriptor = {
    .magic = PLX_ABI_MAGIC,
    .abi_version = PLX_ABI_VERSION,
    .descriptor_bytes = sizeof(plx_module),
    .name = "fake",
    .producer = "by hand",
    .target_cpu = "generic",
    .features = "",
    .symbols = symbols,
    .inputs = inputs,
    .outputs = outputs,
    .kernels = kernels,
    .num_symbols = 1,
    .num_inputs = 1,
    .num_outputs = 1,
    .num_kernels = 1,
    .run = run_model,
    .arena_bytes = 0,
};
