// A loaded program. Immutable after load, but for the packed parameters, which the first context
// computes.
#ifndef PLEXUS_RUNTIME_CORE_PROGRAM_H
#define PLEXUS_RUNTIME_CORE_PROGRAM_H

#include <pthread.h>

#include <atomic>

#include "plexus_rt.h"

namespace plx {
struct DeviceProgram;
struct DimExpression;
}  // namespace plx

struct plx_program {
  const plx_module *module;
  void *library;               // of dlopen, or null
  plx_mapping weights_file;    // external weights, or empty
  const void **parameters;     // [num_parameters]
  plx_host_function *imports;  // [num_imports]; names are the module's
  // By input, then dim: null unless the dim is an expression. One array for all inputs, see
  // first_dim.
  plx::DimExpression **dim_expressions;
  int32_t *first_dim;  // [num_inputs]: index of an input's dim 0 in dim_expressions
  int32_t num_dims;

  pthread_mutex_t prepare_lock;  // guards the three below until prepared
  bool prepared;
  void *packed;                 // a mapping of packed_bytes bytes, or null
  plx::DeviceProgram *devices;  // a list: a device each

  std::atomic<int32_t> holds;  // callers' and contexts'
};

namespace plx {

void hold_program(plx_program *program);

// Value of dim `dim` of input `input` for these symbols; false where it has none or is negative.
bool evaluate_input_dim(const plx_program &program, int32_t input, int32_t dim,
                        const int64_t *symbols, int64_t *out_value);

// What device `ordinal` holds of a program with device code; made where it is not there yet.
plx_status device_program(plx_program *program, int32_t ordinal, const DeviceProgram **out_device,
                          plx_error *out_error);

// Frees all a program holds; also one that is only partly built.
void destroy_program(plx_program *program);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_CORE_PROGRAM_H
