// A compiled step of training made by hand: y = p x, the loss is the mean of (y - target)^2, and
// p -= rate dloss/dp. A target of -666 fails.
#include <math.h>

#include "plexus_abi.h"

enum { X, TARGET, RATE, P_IN, INPUTS };
enum { LOSS, NORM, Y, P_OUT, OUTPUTS };

static int32_t run_step(plx_run *run) {
  int64_t rows = run->symbols[0], one = 1;
  const float *x = run->inputs[X].data, *target = run->inputs[TARGET].data;
  float p = *(const float *)run->inputs[P_IN].data;
  double rate = *(const double *)run->inputs[RATE].data, loss = 0, slope = 0;
  float *y = plx_rt_output(run, Y, 1, &rows);
  double *out_loss = plx_rt_output(run, LOSS, 0, 0), *out_norm = plx_rt_output(run, NORM, 0, 0);
  float *out_p = plx_rt_output(run, P_OUT, 1, &one);
  if (!y || !out_loss || !out_norm || !out_p) return run->fault.code;
  for (int64_t i = 0; i < rows; ++i) {
    if (target[i] == -666) return plx_rt_fail(run, PLX_FAULT_INDEX, 0, i, 0, 7);
    y[i] = p * x[i];
    double off = y[i] - target[i];
    loss += off * off / (double)rows;
    slope += 2 * off * x[i] / (double)rows;
  }
  *out_loss = loss;
  *out_norm = fabs(slope);
  *out_p = p - (float)(rate * slope);
  return 0;
}

static const plx_symbol symbols[] = {{"batch", 1}};
static const plx_dim rows[] = {{-1, 0, 0, "batch"}};
static const plx_dim one[] = {{1, -1, 0, "1"}};
static const plx_site sites[] = {{"/loss", "Gather", 0}};
static const plx_value inputs[INPUTS] = {{"x", PLX_F32, 1, rows, PLX_KIND_TENSOR, 0},
                                         {"target", PLX_F32, 1, rows, PLX_KIND_TENSOR, 0},
                                         {"$learning_rate", PLX_F64, 0, 0, PLX_KIND_TENSOR, 0},
                                         {"p", PLX_F32, 1, one, PLX_KIND_TENSOR, 0}};
static const plx_value outputs[OUTPUTS] = {{"$loss", PLX_F64, 0, 0, PLX_KIND_TENSOR, -1},
                                           {"$gradient_norm", PLX_F64, 0, 0, PLX_KIND_TENSOR, -1},
                                           {"y", PLX_F32, 1, rows, PLX_KIND_TENSOR, -1},
                                           {"p", PLX_F32, 1, one, PLX_KIND_TENSOR, P_IN}};

extern const plx_module plx_module_descriptor;
const plx_module plx_module_descriptor = {
    .magic = PLX_ABI_MAGIC,
    .abi_version = PLX_ABI_VERSION,
    .descriptor_bytes = sizeof(plx_module),
    .name = "fake step",
    .producer = "by hand",
    .target_cpu = "generic",
    .features = "",
    .symbols = symbols,
    .inputs = inputs,
    .outputs = outputs,
    .sites = sites,
    .num_symbols = 1,
    .num_inputs = INPUTS,
    .num_outputs = OUTPUTS,
    .num_sites = 1,
    .run = run_step,
    .arena_bytes = 0,
};
