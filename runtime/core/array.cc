#include "runtime/core/array.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/core/checked.h"
#include "runtime/core/error.h"
#include "runtime/core/tensor.h"

namespace plx {

bool allocate_string_bytes(plx_array *array, uint64_t bytes) {
  array->string_bytes = static_cast<char *>(malloc(bytes == 0 ? 1 : bytes));
  return array->string_bytes != nullptr;
}

bool set_array_name(plx_array *array, const char *name, uint64_t bytes) {
  array->name = static_cast<char *>(malloc(bytes + 1));
  if (array->name == nullptr) return false;
  if (bytes > 0) memcpy(array->name, name, bytes);
  array->name[bytes] = 0;
  return true;
}

namespace {

plx_status allocate_array(const plx_tensor &view, int64_t bytes, plx_array **out_array,
                          plx_error *out_error) {
  uint64_t rounded = 0;
  auto *array = static_cast<plx_array *>(calloc(1, sizeof(plx_array)));
  void *data = nullptr;
  if (array == nullptr ||
      !checked_round_up(bytes == 0 ? 1 : static_cast<uint64_t>(bytes), PLX_ALIGNMENT, &rounded) ||
      posix_memalign(&data, PLX_ALIGNMENT, rounded) != 0) {
    free(array);
    return fail(out_error, PLX_OUT_OF_MEMORY, "no memory for a tensor of %lld bytes",
                static_cast<long long>(bytes));
  }
  memset(data, 0, rounded);
  for (int32_t i = 0; i < view.rank; ++i) array->dims[i] = view.dims[i];
  array->view = {data, array->dims, view.rank, view.element_type};
  *out_array = array;
  return succeed(out_error);
}

}  // namespace
}  // namespace plx

extern "C" {

plx_status plx_array_create(int32_t element_type, int32_t rank, const int64_t *dims,
                            plx_array **out_array, plx_error *out_error) {
  if (plx_element_bytes(element_type) == 0) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT, "element type %d is not known", element_type);
  }
  if (rank < 0 || rank > PLX_MAX_RANK || (rank > 0 && dims == nullptr) || out_array == nullptr) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT,
                     "a tensor's rank is %d; expected 0 to %d, with dims", rank, PLX_MAX_RANK);
  }
  for (int32_t i = 0; i < rank; ++i) {
    if (dims[i] < 0) {
      return plx::fail(out_error, PLX_INVALID_ARGUMENT, "dim %d of a tensor is %lld", i,
                       static_cast<long long>(dims[i]));
    }
  }
  plx_tensor view = {nullptr, dims, rank, element_type};
  int64_t bytes = plx_tensor_bytes(&view);
  if (bytes < 0) {
    char text[256];
    plx_format_type(&view, text, sizeof text);
    return plx::fail(out_error, PLX_OUT_OF_MEMORY, "the size of %s does not fit 63 bits", text);
  }
  return plx::allocate_array(view, bytes, out_array, out_error);
}

void plx_array_destroy(plx_array *array) {
  if (array == nullptr) return;
  free(array->view.data);
  free(array->name);
  free(array->string_bytes);
  free(array);
}

plx_tensor plx_array_view(const plx_array *array) { return array->view; }

const char *plx_array_name(const plx_array *array) {
  return array->name == nullptr ? "" : array->name;
}

}  // extern "C"
