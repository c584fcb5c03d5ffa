// Host functions of maps (ai.onnx.ml): keys and values as two tensors of rank 1.
#include <string.h>

#include "runtime/core/builtins.h"
#include "runtime/core/host_frame.h"
#include "runtime/core/object.h"

namespace plx {
namespace {

// Keys and values of an argument that is a map; false: the message says why.
bool map_arg(plx_host_frame *frame, const plx_tensor &arg, plx_tensor *out_keys,
             plx_tensor *out_values) {
  const auto *object =
      arg.element_type == PLX_OBJECT ? static_cast<const plx_object *>(arg.data) : nullptr;
  if (object == nullptr || object->kind != PLX_KIND_MAP) {
    refuse(frame, "argument 0 is %s; expected a map",
           kind_name(object == nullptr ? PLX_KIND_TENSOR : object->kind));
    return false;
  }
  *out_keys = object->items[0]->tensor;
  *out_values = object->items[1]->tensor;
  return true;
}

bool keys_equal(const plx_tensor &a, int64_t i, const plx_tensor &b, int64_t k) {
  if (a.element_type == PLX_I64) {
    return static_cast<const int64_t *>(a.data)[i] == static_cast<const int64_t *>(b.data)[k];
  }
  const plx_string &x = static_cast<const plx_string *>(a.data)[i];
  const plx_string &y = static_cast<const plx_string *>(b.data)[k];
  return x.bytes == y.bytes &&
         (x.bytes == 0 || memcmp(x.data, y.data, static_cast<size_t>(x.bytes)) == 0);
}

// Copies one element; both of one type.
void copy_element(const plx_tensor &from, int64_t i, const plx_tensor &to, int64_t k) {
  int64_t bytes = plx_element_bytes(from.element_type);
  memcpy(static_cast<char *>(to.data) + k * bytes, static_cast<const char *>(from.data) + i * bytes,
         static_cast<size_t>(bytes));
}

// One map a row of x [n, k], under the keys [k].
plx_object *map_of_row(plx_host_frame *frame, const plx_tensor &x, int64_t row, plx_object *keys) {
  int64_t width = x.dims[x.rank - 1];
  plx_tensor values = {
      static_cast<char *>(x.data) + row * width * plx_element_bytes(x.element_type), &width, 1,
      x.element_type};
  plx_object *items[2] = {keys, nullptr};
  plx_object *map = nullptr;
  plx_error error;
  if (plx_object_of_tensor(&values, &items[1], &error) != PLX_OK ||
      plx_object_of_items(PLX_KIND_MAP, items, 2, &map, &error) != PLX_OK) {
    refuse(frame, "%s", error.message);
  }
  plx_object_release(items[1]);
  return map;
}

// (x [n, k] or [k], keys [k]) -> a sequence of n maps.
int32_t zip(void *, plx_host_frame *frame, const plx_tensor *args, int32_t, plx_tensor *results,
            int32_t) {
  const plx_tensor &x = args[0];
  if (x.rank < 1 || x.rank > 2 || args[1].rank != 1 || x.dims[x.rank - 1] != args[1].dims[0]) {
    return refuse(frame, "there are %lld keys for rows of %lld",
                  static_cast<long long>(args[1].rank == 1 ? args[1].dims[0] : -1),
                  static_cast<long long>(x.rank > 0 ? x.dims[x.rank - 1] : -1));
  }
  int64_t rows = x.rank == 2 ? x.dims[0] : 1;
  auto **maps =
      static_cast<plx_object **>(take_host_memory(frame, rows * int64_t{sizeof(plx_object *)}));
  plx_object *keys = nullptr;
  plx_object *sequence = nullptr;
  plx_error error = {};
  if (maps == nullptr) return 1;
  if (plx_object_of_tensor(&args[1], &keys, &error) != PLX_OK) {
    return refuse(frame, "%s", error.message);
  }
  int64_t made = 0;
  while (made < rows && (maps[made] = map_of_row(frame, x, made, keys)) != nullptr) ++made;
  int32_t failed = made < rows ? 1 : 0;
  if (failed == 0 &&
      plx_object_of_items(PLX_KIND_SEQUENCE, maps, rows, &sequence, &error) != PLX_OK) {
    failed = refuse(frame, "%s", error.message);
  }
  for (int64_t i = 0; i < made; ++i) plx_object_release(maps[i]);
  plx_object_release(keys);
  if (failed == 0) plx_host_object(frame, &results[0], sequence);
  return failed;
}

// (map, vocabulary [k]) -> [1, k]: the values of these keys; zero or empty where there is none.
int32_t look_up(void *, plx_host_frame *frame, const plx_tensor *args, int32_t, plx_tensor *results,
                int32_t) {
  plx_tensor keys;
  plx_tensor values;
  const plx_tensor &vocabulary = args[1];
  if (!map_arg(frame, args[0], &keys, &values)) return 1;
  if (vocabulary.element_type != keys.element_type || vocabulary.rank != 1) {
    return refuse(frame, "the map's keys are %s, the vocabulary's %s",
                  plx_element_name(keys.element_type), plx_element_name(vocabulary.element_type));
  }
  int64_t dims[2] = {1, vocabulary.dims[0]};
  if (plx_host_result(frame, &results[0], values.element_type, 2, dims) != PLX_OK) return 1;
  for (int64_t k = 0; k < dims[1]; ++k) {
    for (int64_t i = 0; i < keys.dims[0]; ++i) {
      if (keys_equal(keys, i, vocabulary, k)) copy_element(values, i, results[0], k);
    }
  }
  return 0;
}

// (map of i64) -> [1, n]: the values in ascending order of their keys; with the attribute `size`,
// each at the place that its key says, of that many.
int32_t values_of(void *, plx_host_frame *frame, const plx_tensor *args, int32_t,
                  plx_tensor *results, int32_t) {
  plx_tensor keys;
  plx_tensor values;
  if (!map_arg(frame, args[0], &keys, &values)) return 1;
  if (keys.element_type != PLX_I64)
    return refuse(frame, "the map's keys are strings; expected i64");
  const auto *numbers = static_cast<const int64_t *>(keys.data);
  int64_t count = keys.dims[0];
  int64_t size = attribute_int(frame, "size", -1);
  int64_t dims[2] = {1, size < 0 ? count : size};
  if (plx_host_result(frame, &results[0], values.element_type, 2, dims) != PLX_OK) return 1;
  for (int64_t i = 0; i < count; ++i) {
    int64_t place = size < 0 ? 0 : numbers[i];
    for (int64_t k = 0; size < 0 && k < count; ++k) {
      if (numbers[k] < numbers[i] || (numbers[k] == numbers[i] && k < i)) ++place;
    }
    if (place < 0 || place >= dims[1]) {
      return refuse(frame, "the map has the key %lld; expected 0 to %lld",
                    static_cast<long long>(place), static_cast<long long>(dims[1] - 1));
    }
    copy_element(values, i, results[0], place);
  }
  return 0;
}

const plx_host_function kFunctions[] = {{"plx:zip_map", zip, nullptr},
                                        {"plx:map_look_up", look_up, nullptr},
                                        {"plx:map_values", values_of, nullptr}};

}  // namespace

const plx_host_function *map_functions(int32_t *out_count) {
  *out_count = sizeof kFunctions / sizeof kFunctions[0];
  return kFunctions;
}

}  // namespace plx
