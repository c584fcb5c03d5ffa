// Inputs that nobody gave.
#include <string.h>

#include "plexus_rt.h"
#include "runtime/core/arena.h"
#include "runtime/core/array.h"
#include "runtime/core/context.h"
#include "runtime/core/dim_expression.h"
#include "runtime/core/element.h"
#include "runtime/core/error.h"
#include "runtime/core/program.h"

namespace {

// Steele, Lea, Flood: "Fast splittable pseudorandom number generators" (2014); constants of
// java.util.SplittableRandom.
uint64_t splitmix64(uint64_t x) {
  x += UINT64_C(0x9e3779b97f4a7c15);
  x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
  return x ^ (x >> 31);
}

struct Generator {
  uint64_t key;

  Generator(uint64_t seed, uint64_t stream)
      : key(splitmix64(seed) ^ splitmix64(stream + (uint64_t{1} << 63))) {}
  // In [-1, 1), a multiple of 2^-23: exact in f32.
  double at(uint64_t index) const {
    return static_cast<double>(splitmix64(key + index) >> 40) * 0x1p-23 - 1.0;
  }
};

void fill_floats(const plx_tensor &tensor, int64_t count, const Generator &random) {
  int64_t bytes = plx_element_bytes(tensor.element_type);
  char *at = static_cast<char *>(tensor.data);
  for (int64_t i = 0; i < count; ++i, at += bytes) {
    plx::store_float(tensor.element_type, random.at(static_cast<uint64_t>(i)), at);
  }
}

}  // namespace

extern "C" {

plx_status plx_fill_random(const plx_tensor *tensor, uint64_t seed, uint64_t stream,
                           plx_error *out_error) {
  const plx::ElementInfo *info = plx::element_info(tensor->element_type);
  int64_t count = plx_num_elements(tensor->rank, tensor->dims);
  if (info == nullptr || count < 0 || (count > 0 && tensor->data == nullptr)) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT,
                     "a tensor to fill has element type %d and %lld elements%s",
                     tensor->element_type, static_cast<long long>(count),
                     tensor->data == nullptr ? " but no data" : "");
  }
  Generator random(seed, stream);
  if (info->kind == plx::ElementClass::Float) {
    fill_floats(*tensor, count, random);
  } else if (info->kind == plx::ElementClass::Complex) {
    plx_tensor parts = *tensor;
    parts.element_type = tensor->element_type == PLX_C64 ? PLX_F32 : PLX_F64;
    fill_floats(parts, 2 * count, random);
  } else if (count > 0) {
    memset(tensor->data, 0, static_cast<size_t>(count * info->bytes));
  }
  return plx::succeed(out_error);
}

plx_status plx_random_input(const plx_program *program, const plx_context *context, int32_t index,
                            const int64_t *dims_by_symbol, uint64_t seed, plx_array **out_array,
                            plx_error *out_error) {
  const plx_module *module = program->module;
  if (index < 0 || index >= module->num_inputs) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT, "input %d does not exist; the model has %d",
                     index, module->num_inputs);
  }
  plx::Block symbols;
  if (!symbols.ensure(sizeof(int64_t) * static_cast<uint64_t>(module->num_symbols))) {
    return plx::fail(out_error, PLX_OUT_OF_MEMORY, "no memory for %d symbols", module->num_symbols);
  }
  auto *values = static_cast<int64_t *>(symbols.data);
  for (int32_t i = 0; i < module->num_symbols; ++i) {
    int64_t least = module->symbols[i].lower_bound > 1 ? module->symbols[i].lower_bound : 1;
    bool given = dims_by_symbol != nullptr && dims_by_symbol[i] >= 0;
    values[i] = given ? dims_by_symbol[i] : least;
  }
  if (context != nullptr) plx::read_set_symbols(*context, values);

  const plx_value &input = module->inputs[index];
  int64_t dims[PLX_MAX_RANK];
  plx_status status = PLX_OK;
  for (int32_t i = 0; i < input.rank && status == PLX_OK; ++i) {
    if (!plx::evaluate_input_dim(*program, index, i, values, &dims[i])) {
      status = plx::fail(out_error, PLX_INVALID_ARGUMENT,
                         "dim %d of input '%s', %s, has no value for these symbols", i, input.name,
                         input.dims[i].text);
    }
  }
  symbols.release();
  plx_array *array = nullptr;
  if (status == PLX_OK) {
    status = plx_array_create(input.element_type, input.rank, dims, &array, out_error);
  }
  if (status != PLX_OK) return status;
  status = plx_fill_random(&array->view, seed, static_cast<uint64_t>(index), out_error);
  *out_array = array;
  return status;
}

}  // extern "C"
