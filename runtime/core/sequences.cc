// Host functions of sequences and optionals.
#include <string.h>

#include "runtime/core/builtins.h"
#include "runtime/core/checked.h"
#include "runtime/core/error.h"
#include "runtime/core/host_frame.h"
#include "runtime/core/object.h"

namespace plx {
namespace {

// ---- arguments

// Argument `index` as an object of this kind; null: it is another, and the message says so.
plx_object *object_arg(plx_host_frame *frame, const plx_tensor *args, int32_t index, int32_t kind) {
  auto *object = args[index].element_type == PLX_OBJECT
                     ? static_cast<plx_object *>(args[index].data)
                     : nullptr;
  if (object != nullptr && object->kind == kind) return object;
  refuse(frame, "argument %d is %s; expected %s", index,
         kind_name(object == nullptr ? PLX_KIND_TENSOR : object->kind), kind_name(kind));
  return nullptr;
}

// An argument as an item, held by the caller; null: the message says why.
plx_object *item_arg(plx_host_frame *frame, const plx_tensor &arg) {
  if (arg.element_type == PLX_OBJECT) {
    plx_object_hold(static_cast<plx_object *>(arg.data));
    return static_cast<plx_object *>(arg.data);
  }
  plx_object *object = nullptr;
  plx_error error;
  if (plx_object_of_tensor(&arg, &object, &error) != PLX_OK) refuse(frame, "%s", error.message);
  return object;
}

// The position that an argument names, in [0, end); negative ones count from `length`. False: the
// message says why.
bool position_arg(plx_host_frame *frame, const plx_tensor &arg, int64_t length, int64_t end,
                  int64_t *out_position) {
  int64_t value = int_element(arg, 0);
  *out_position = value < 0 ? value + length : value;
  if (*out_position >= 0 && *out_position < end) return true;
  refuse(frame, "position %lld is out of range [%lld, %lld) of a sequence of length %lld",
         static_cast<long long>(value), static_cast<long long>(-length),
         static_cast<long long>(end), static_cast<long long>(length));
  return false;
}

// ---- results

int32_t give_items(plx_host_frame *frame, plx_tensor *result, int32_t kind,
                   plx_object *const *items, int64_t count) {
  plx_object *object = nullptr;
  plx_error error;
  if (plx_object_of_items(kind, items, count, &object, &error) != PLX_OK) {
    return refuse(frame, "%s", error.message);
  }
  plx_host_object(frame, result, object);
  return 0;
}

int32_t give_item(plx_host_frame *frame, plx_tensor *result, plx_object *item) {
  plx_object_hold(item);
  plx_host_object(frame, result, item);
  return 0;
}

plx_object **take_items(plx_host_frame *frame, int64_t count) {
  int64_t bytes = 0;
  if (!checked_mul(count, int64_t{sizeof(plx_object *)}, &bytes)) bytes = -1;
  return static_cast<plx_object **>(take_host_memory(frame, bytes));
}

void release_all(plx_object **items, int64_t count) {
  for (int64_t i = 0; i < count; ++i) plx_object_release(items[i]);
}

// ---- functions

int32_t construct(void *, plx_host_frame *frame, const plx_tensor *args, int32_t num_args,
                  plx_tensor *results, int32_t) {
  plx_object **items = take_items(frame, num_args);
  if (items == nullptr) return 1;
  int32_t made = 0;
  while (made < num_args) {
    items[made] = item_arg(frame, args[made]);
    if (items[made] == nullptr) break;
    ++made;
  }
  int32_t failed =
      made < num_args ? 1 : give_items(frame, &results[0], PLX_KIND_SEQUENCE, items, made);
  release_all(items, made);
  return failed;
}

int32_t at(void *, plx_host_frame *frame, const plx_tensor *args, int32_t, plx_tensor *results,
           int32_t) {
  plx_object *sequence = object_arg(frame, args, 0, PLX_KIND_SEQUENCE);
  int64_t position = 0;
  if (sequence == nullptr ||
      !position_arg(frame, args[1], sequence->count, sequence->count, &position)) {
    return 1;
  }
  return give_item(frame, &results[0], sequence->items[position]);
}

int32_t insert(void *, plx_host_frame *frame, const plx_tensor *args, int32_t num_args,
               plx_tensor *results, int32_t) {
  plx_object *sequence = object_arg(frame, args, 0, PLX_KIND_SEQUENCE);
  if (sequence == nullptr) return 1;
  int64_t position = sequence->count;
  if (num_args > 2 &&
      !position_arg(frame, args[2], sequence->count, sequence->count + 1, &position)) {
    return 1;
  }
  plx_object **items = take_items(frame, sequence->count + 1);
  plx_object *item = items == nullptr ? nullptr : item_arg(frame, args[1]);
  if (item == nullptr) return 1;
  for (int64_t i = 0; i < position; ++i) items[i] = sequence->items[i];
  items[position] = item;
  for (int64_t i = position; i < sequence->count; ++i) items[i + 1] = sequence->items[i];
  int32_t failed = give_items(frame, &results[0], PLX_KIND_SEQUENCE, items, sequence->count + 1);
  plx_object_release(item);
  return failed;
}

int32_t erase(void *, plx_host_frame *frame, const plx_tensor *args, int32_t num_args,
              plx_tensor *results, int32_t) {
  plx_object *sequence = object_arg(frame, args, 0, PLX_KIND_SEQUENCE);
  if (sequence == nullptr) return 1;
  int64_t length = sequence->count;
  int64_t position = length - 1;
  if (num_args > 1 && !position_arg(frame, args[1], length, length, &position)) return 1;
  if (position < 0) return refuse(frame, "the sequence is empty, expected an item to erase");
  plx_object **items = take_items(frame, length);
  if (items == nullptr) return 1;
  for (int64_t i = 0; i < position; ++i) items[i] = sequence->items[i];
  for (int64_t i = position + 1; i < length; ++i) items[i - 1] = sequence->items[i];
  return give_items(frame, &results[0], PLX_KIND_SEQUENCE, items, length - 1);
}

int32_t length(void *, plx_host_frame *frame, const plx_tensor *args, int32_t, plx_tensor *results,
               int32_t) {
  plx_object *sequence = object_arg(frame, args, 0, PLX_KIND_SEQUENCE);
  if (sequence == nullptr || plx_host_result(frame, &results[0], PLX_I64, 0, nullptr) != PLX_OK) {
    return 1;
  }
  *static_cast<int64_t *>(results[0].data) = sequence->count;
  return 0;
}

int32_t make_optional(void *, plx_host_frame *frame, const plx_tensor *args, int32_t num_args,
                      plx_tensor *results, int32_t) {
  if (num_args == 0) return give_items(frame, &results[0], PLX_KIND_OPTIONAL, nullptr, 0);
  plx_object *item = item_arg(frame, args[0]);
  if (item == nullptr) return 1;
  int32_t failed = give_items(frame, &results[0], PLX_KIND_OPTIONAL, &item, 1);
  plx_object_release(item);
  return failed;
}

int32_t optional_has(void *, plx_host_frame *frame, const plx_tensor *args, int32_t,
                     plx_tensor *results, int32_t) {
  plx_object *optional = object_arg(frame, args, 0, PLX_KIND_OPTIONAL);
  if (optional == nullptr || plx_host_result(frame, &results[0], PLX_BOOL, 0, nullptr) != PLX_OK) {
    return 1;
  }
  *static_cast<uint8_t *>(results[0].data) = optional->count > 0;
  return 0;
}

int32_t optional_get(void *, plx_host_frame *frame, const plx_tensor *args, int32_t,
                     plx_tensor *results, int32_t) {
  plx_object *optional = object_arg(frame, args, 0, PLX_KIND_OPTIONAL);
  if (optional == nullptr) return 1;
  if (optional->count == 0) return refuse(frame, "the optional holds nothing");
  return give_item(frame, &results[0], optional->items[0]);
}

// ---- concatenation and splitting

// A tensor as `outer` runs of `bytes` bytes along an axis.
struct Runs {
  int64_t outer = 1;
  int64_t bytes = 1;
};

Runs runs_of(int32_t element_type, int32_t rank, const int64_t *dims, int64_t axis) {
  Runs runs;
  for (int64_t d = 0; d < axis; ++d) runs.outer *= dims[d];
  runs.bytes = plx_element_bytes(element_type);
  for (int64_t d = axis; d < rank; ++d) runs.bytes *= dims[d];
  return runs;
}

// The dims of an item of the concatenation, with the new axis in it. False: its rank is another.
bool item_dims(const plx_object &item, int64_t axis, bool new_axis, int64_t rank, int64_t *dims) {
  if (item.kind != PLX_KIND_TENSOR || item.tensor.rank + (new_axis ? 1 : 0) != rank) return false;
  for (int64_t d = 0, from = 0; d < rank; ++d) {
    dims[d] = new_axis && d == axis ? 1 : item.tensor.dims[from++];
  }
  return true;
}

// The dims of the whole; false: the message says why.
bool concat_dims(plx_host_frame *frame, const plx_object &sequence, int64_t axis, bool new_axis,
                 int32_t element_type, int64_t rank, int64_t *out_dims) {
  if (sequence.count == 0) {
    bool good = plx_host_ints(frame, "empty", out_dims, PLX_MAX_RANK) == rank;
    out_dims[axis] = 0;
    return good;
  }
  int64_t total = 0;
  for (int64_t i = 0; i < sequence.count; ++i) {
    int64_t own[PLX_MAX_RANK] = {};
    const plx_object &item = *sequence.items[i];
    bool fits = item_dims(item, axis, new_axis, rank, own) &&
                item.tensor.element_type == element_type && checked_add(total, own[axis], &total);
    for (int64_t d = 0; fits && d < rank; ++d) {
      if (i == 0) out_dims[d] = own[d];
      fits = d == axis || own[d] == out_dims[d];
    }
    if (fits) continue;
    refuse(frame,
           "item %lld has another shape than item 0 or another rank than the result; items differ "
           "along axis %lld only",
           static_cast<long long>(i), static_cast<long long>(axis));
    return false;
  }
  out_dims[axis] = total;
  return true;
}

// Attributes: axis, new_axis; element_type and rank of the result; sizes of an empty one.
int32_t concat(void *, plx_host_frame *frame, const plx_tensor *args, int32_t, plx_tensor *results,
               int32_t) {
  plx_object *sequence = object_arg(frame, args, 0, PLX_KIND_SEQUENCE);
  int64_t axis = attribute_int(frame, "axis", 0);
  bool new_axis = attribute_int(frame, "new_axis", 0) != 0;
  auto element_type = static_cast<int32_t>(attribute_int(frame, "element_type", 0));
  int64_t rank = attribute_int(frame, "rank", 0);
  int64_t dims[PLX_MAX_RANK] = {};
  if (sequence == nullptr) return 1;
  if (rank < 1 || rank > PLX_MAX_RANK || axis < 0 || axis >= rank) {
    return refuse(frame, "axis %lld of rank %lld is not valid", static_cast<long long>(axis),
                  static_cast<long long>(rank));
  }
  if (!concat_dims(frame, *sequence, axis, new_axis, element_type, rank, dims) ||
      plx_host_result(frame, &results[0], element_type, static_cast<int32_t>(rank), dims) !=
          PLX_OK) {
    return 1;
  }
  Runs whole = runs_of(element_type, static_cast<int32_t>(rank), dims, axis);
  char *to = static_cast<char *>(results[0].data);
  for (int64_t i = 0; i < sequence->count; ++i) {
    int64_t own[PLX_MAX_RANK] = {};
    item_dims(*sequence->items[i], axis, new_axis, rank, own);
    Runs part = runs_of(element_type, static_cast<int32_t>(rank), own, axis);
    const char *from = static_cast<const char *>(sequence->items[i]->tensor.data);
    for (int64_t o = 0; o < whole.outer; ++o) {
      memcpy(to + o * whole.bytes, from + o * part.bytes, static_cast<size_t>(part.bytes));
    }
    to += part.bytes;
  }
  return 0;
}

// Sizes of the pieces of `size` elements: what `sizes` (rank 1) lists, or all of its one number
// (rank 0, or 1 where it is null) but for a smaller last. Piece i begins at *start and has the size
// returned; -1: the message says why.
int64_t piece_size(plx_host_frame *frame, const plx_tensor *sizes, int64_t size, int64_t index,
                   int64_t start) {
  bool is_list = sizes != nullptr && sizes->rank == 1;
  int64_t piece = sizes == nullptr ? 1 : int_element(*sizes, is_list ? index : 0);
  if (!is_list && piece <= 0) {
    refuse(frame, "the piece size is %lld, expected > 0", static_cast<long long>(piece));
    return -1;
  }
  if (is_list && (piece < 0 || piece > size - start)) {
    refuse(frame, "piece sizes must be >= 0 and sum up to %lld; one of them is %lld",
           static_cast<long long>(size), static_cast<long long>(piece));
    return -1;
  }
  return piece < size - start ? piece : size - start;
}

// The piece of `x` at [start, start + size) along `axis`; null: no memory.
plx_object *piece_of(plx_host_frame *frame, const plx_tensor &x, int64_t axis, int64_t start,
                     int64_t size, bool drop_axis) {
  int64_t dims[PLX_MAX_RANK] = {};
  for (int32_t d = 0; d < x.rank; ++d) dims[d] = d == axis ? size : x.dims[d];
  Runs whole = runs_of(x.element_type, x.rank, x.dims, axis);
  Runs part = runs_of(x.element_type, x.rank, dims, axis);
  int64_t inner = x.dims[axis] == 0 ? 0 : whole.bytes / x.dims[axis];
  plx_tensor piece = {take_host_memory(frame, whole.outer * part.bytes), dims, x.rank,
                      x.element_type};
  if (piece.data == nullptr) return nullptr;
  const char *from = static_cast<const char *>(x.data) + start * inner;
  for (int64_t o = 0; o < whole.outer && part.bytes > 0; ++o) {
    memcpy(static_cast<char *>(piece.data) + o * part.bytes, from + o * whole.bytes,
           static_cast<size_t>(part.bytes));
  }
  if (drop_axis) {
    for (int64_t d = axis; d + 1 < x.rank; ++d) dims[d] = dims[d + 1];
    --piece.rank;
  }
  plx_object *object = nullptr;
  plx_error error;
  if (plx_object_of_tensor(&piece, &object, &error) != PLX_OK) refuse(frame, "%s", error.message);
  return object;
}

// Number of pieces; -1: the message says why.
int64_t count_pieces(plx_host_frame *frame, const plx_tensor *sizes, int64_t size) {
  if (sizes != nullptr && sizes->rank == 1) {
    int64_t sum = 0;
    for (int64_t i = 0; i < sizes->dims[0]; ++i) {
      int64_t piece = piece_size(frame, sizes, size, i, sum);
      if (piece < 0) return -1;
      sum += piece;
    }
    if (sum == size) return sizes->dims[0];
    refuse(frame, "the piece sizes sum up to %lld, expected %lld", static_cast<long long>(sum),
           static_cast<long long>(size));
    return -1;
  }
  int64_t piece = sizes == nullptr ? 1 : int_element(*sizes, 0);
  if (piece <= 0) return piece_size(frame, sizes, size, 0, 0);
  return size / piece + (size % piece != 0 ? 1 : 0);
}

// Attributes: axis, drop_axis.
int32_t split(void *, plx_host_frame *frame, const plx_tensor *args, int32_t num_args,
              plx_tensor *results, int32_t) {
  const plx_tensor &x = args[0];
  const plx_tensor *sizes = num_args > 1 ? &args[1] : nullptr;
  int64_t axis = attribute_int(frame, "axis", 0);
  bool drop_axis = attribute_int(frame, "drop_axis", 0) != 0;
  if (axis < 0 || axis >= x.rank) {
    return refuse(frame, "axis %lld of rank %d is not valid", static_cast<long long>(axis), x.rank);
  }
  int64_t size = x.dims[axis];
  int64_t count = count_pieces(frame, sizes, size);
  plx_object **items = count < 0 ? nullptr : take_items(frame, count);
  if (items == nullptr) return 1;
  int64_t made = 0;
  uint64_t used = *frame->used_bytes;
  for (int64_t start = 0; made < count; ++made) {
    int64_t piece = piece_size(frame, sizes, size, made, start);
    items[made] = piece_of(frame, x, axis, start, piece, drop_axis);
    *frame->used_bytes = used;  // the piece has been copied
    if (items[made] == nullptr) break;
    start += piece;
  }
  int32_t failed =
      made < count ? 1 : give_items(frame, &results[0], PLX_KIND_SEQUENCE, items, count);
  release_all(items, made);
  return failed;
}

const plx_host_function kFunctions[] = {
    {"plx:sequence_construct", construct, nullptr}, {"plx:sequence_at", at, nullptr},
    {"plx:sequence_insert", insert, nullptr},       {"plx:sequence_erase", erase, nullptr},
    {"plx:sequence_length", length, nullptr},       {"plx:sequence_concat", concat, nullptr},
    {"plx:sequence_split", split, nullptr},         {"plx:optional", make_optional, nullptr},
    {"plx:optional_has", optional_has, nullptr},    {"plx:optional_get", optional_get, nullptr}};

}  // namespace

const plx_host_function *sequence_functions(int32_t *out_count) {
  *out_count = sizeof kFunctions / sizeof kFunctions[0];
  return kFunctions;
}

}  // namespace plx
