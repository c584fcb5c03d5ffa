#include "runtime/core/object.h"

#include <stdlib.h>
#include <string.h>

#include <new>

#include "runtime/core/checked.h"
#include "runtime/core/tensor.h"

namespace plx {
namespace {

// Items of a sequence that a line shows.
constexpr int64_t kShownItems = 8;

// A block for the header and `bytes` bytes behind it, aligned to PLX_ALIGNMENT; null: no memory.
plx_object *allocate_object(int32_t kind, uint64_t bytes, char **out_behind) {
  constexpr uint64_t kHeader =
      (sizeof(plx_object) + PLX_ALIGNMENT - 1) & ~uint64_t{PLX_ALIGNMENT - 1};
  uint64_t total = 0;
  void *memory = nullptr;
  if (!checked_add(kHeader, bytes, &total) || posix_memalign(&memory, PLX_ALIGNMENT, total) != 0) {
    return nullptr;
  }
  auto *object = new (memory) plx_object{};
  object->holds.store(1, std::memory_order_relaxed);
  object->kind = kind;
  *out_behind = static_cast<char *>(memory) + kHeader;
  return object;
}

// Whether these are the two items of a map.
bool is_map(plx_object *const *items, int64_t count) {
  if (count != 2) return false;
  for (int i = 0; i < 2; ++i) {
    if (items[i]->kind != PLX_KIND_TENSOR || items[i]->tensor.rank != 1) return false;
  }
  int32_t keys = items[0]->tensor.element_type;
  return (keys == PLX_I64 || keys == PLX_STRING) &&
         items[0]->tensor.dims[0] == items[1]->tensor.dims[0];
}

// Bytes of all strings of a tensor; false: they overflow, or one is not valid.
bool count_string_bytes(const plx_tensor &tensor, int64_t count, uint64_t *out_bytes) {
  *out_bytes = 0;
  if (tensor.element_type != PLX_STRING) return true;
  const auto *strings = static_cast<const plx_string *>(tensor.data);
  for (int64_t i = 0; i < count; ++i) {
    if (strings[i].bytes < 0 || (strings[i].bytes > 0 && strings[i].data == nullptr) ||
        !checked_add(*out_bytes, static_cast<uint64_t>(strings[i].bytes), out_bytes)) {
      return false;
    }
  }
  return true;
}

void copy_strings(const plx_tensor &from, int64_t count, plx_string *to, char *bytes) {
  const auto *strings = static_cast<const plx_string *>(from.data);
  for (int64_t i = 0; i < count; ++i) {
    to[i] = {bytes, strings[i].bytes};
    if (strings[i].bytes == 0) continue;
    memcpy(bytes, strings[i].data, static_cast<size_t>(strings[i].bytes));
    bytes += strings[i].bytes;
  }
}

// Copies a checked tensor of `bytes` bytes and `string_bytes` bytes of strings; null: no memory.
plx_object *copy_tensor(const plx_tensor &tensor, uint64_t bytes, uint64_t string_bytes) {
  uint64_t dims = 0;
  uint64_t elements = 0;
  uint64_t total = 0;
  char *behind = nullptr;
  if (!checked_round_up(static_cast<uint64_t>(tensor.rank) * sizeof(int64_t), PLX_ALIGNMENT,
                        &dims) ||
      !checked_round_up(bytes == 0 ? 1 : bytes, PLX_ALIGNMENT, &elements) ||
      !checked_add(dims, elements, &total) || !checked_add(total, string_bytes, &total)) {
    return nullptr;
  }
  plx_object *object = allocate_object(PLX_KIND_TENSOR, total, &behind);
  if (object == nullptr) return nullptr;
  object->tensor = {behind + dims, reinterpret_cast<int64_t *>(behind), tensor.rank,
                    tensor.element_type};
  if (tensor.rank > 0) {
    memcpy(behind, tensor.dims, static_cast<size_t>(tensor.rank) * sizeof(int64_t));
  }
  if (tensor.element_type == PLX_STRING) {
    copy_strings(tensor, plx_num_elements(tensor.rank, tensor.dims),
                 static_cast<plx_string *>(object->tensor.data), behind + dims + elements);
  } else if (bytes > 0) {
    memcpy(object->tensor.data, tensor.data, bytes);
  }
  return object;
}

// Without recursion, which hostile nesting would make deep: objects that are to go are linked by
// the data of their tensors, which nobody reads any more.
void destroy(plx_object *object) {
  plx_object *dead = object;
  dead->tensor.data = nullptr;
  while (dead != nullptr) {
    plx_object *next = static_cast<plx_object *>(dead->tensor.data);
    for (int64_t i = 0; i < dead->count; ++i) {
      plx_object *item = dead->items[i];
      if (item->holds.fetch_sub(1, std::memory_order_acq_rel) != 1) continue;
      item->tensor.data = next;
      next = item;
    }
    free(dead->name);
    free(dead);
    dead = next;
  }
}

}  // namespace

bool ObjectList::add(plx_object *object) {
  if (count == capacity) {
    int64_t more = capacity == 0 ? 64 : 2 * capacity;
    void *grown = realloc(objects, static_cast<size_t>(more) * sizeof(plx_object *));
    if (grown == nullptr) {
      plx_object_release(object);
      return false;
    }
    ++*allocations;
    objects = static_cast<plx_object **>(grown);
    capacity = more;
  }
  objects[count++] = object;
  ++*allocations;
  return true;
}

void ObjectList::keep(int64_t mark, plx_object *const *kept, int32_t num_kept) {
  // Those named may be older than the mark, or inside of others, or named twice.
  int64_t end = mark;
  for (int32_t i = 0; i < num_kept; ++i) {
    for (int64_t at = end; at < count; ++at) {
      if (objects[at] != kept[i]) continue;
      objects[at] = objects[end];
      objects[end++] = kept[i];
      break;
    }
  }
  while (count > end) plx_object_release(objects[--count]);
}

void ObjectList::destroy() {
  clear();
  free(objects);
  objects = nullptr;
  capacity = 0;
}

bool with_dims(plx_tensor *tensor, int32_t rank, const int64_t *dims) {
  if (dims == nullptr) return true;
  if (plx_num_elements(rank, dims) != plx_num_elements(tensor->rank, tensor->dims)) return false;
  tensor->rank = rank;
  tensor->dims = dims;
  return true;
}

bool set_object_name(plx_object *object, const void *name, uint64_t bytes) {
  object->name = static_cast<char *>(malloc(bytes + 1));
  if (object->name == nullptr) return false;
  if (bytes > 0) memcpy(object->name, name, bytes);
  object->name[bytes] = 0;
  return true;
}

const char *kind_name(int32_t kind) {
  if (kind == PLX_KIND_SEQUENCE) return "a sequence";
  if (kind == PLX_KIND_MAP) return "a map";
  return kind == PLX_KIND_OPTIONAL ? "an optional" : "a tensor";
}

void add_object(Text *text, const plx_object &object) {
  if (text->cut()) return;
  if (object.kind == PLX_KIND_TENSOR) {
    text->add("%s", plx_element_name(object.tensor.element_type));
    return add_dims(text, object.tensor.rank, object.tensor.dims);
  }
  if (object.kind == PLX_KIND_OPTIONAL) {
    text->add("optional of ");
    if (object.count == 0) return text->add("nothing");
    return add_object(text, *object.items[0]);
  }
  if (object.kind == PLX_KIND_MAP) {
    return text->add("map of %lld %s to %s",
                     static_cast<long long>(object.items[0]->tensor.dims[0]),
                     plx_element_name(object.items[0]->tensor.element_type),
                     plx_element_name(object.items[1]->tensor.element_type));
  }
  text->add("sequence of %lld%s", static_cast<long long>(object.count),
            object.count > 0 ? ": " : "");
  for (int64_t i = 0; i < object.count && i < kShownItems; ++i) {
    if (i > 0) text->add(", ");
    add_object(text, *object.items[i]);
  }
  if (object.count > kShownItems) text->add(", ...");
}

}  // namespace plx

extern "C" {

plx_status plx_object_of_tensor(const plx_tensor *tensor, plx_object **out_object,
                                plx_error *out_error) {
  uint64_t string_bytes = 0;
  int64_t bytes = -1;
  bool good = tensor != nullptr && out_object != nullptr && tensor->rank >= 0 &&
              tensor->rank <= PLX_MAX_RANK && (tensor->rank == 0 || tensor->dims != nullptr);
  if (good) bytes = plx_tensor_bytes(tensor);
  good =
      good && bytes >= 0 && (bytes == 0 || tensor->data != nullptr) &&
      plx::count_string_bytes(*tensor, plx_num_elements(tensor->rank, tensor->dims), &string_bytes);
  if (!good) {
    return plx::fail(
        out_error, PLX_INVALID_ARGUMENT,
        "an object is made of a tensor whose type, rank, dims, data or strings are not "
        "valid");
  }
  plx_object *object = plx::copy_tensor(*tensor, static_cast<uint64_t>(bytes), string_bytes);
  if (object == nullptr) {
    return plx::fail(out_error, PLX_OUT_OF_MEMORY, "no memory for a tensor of %lld bytes",
                     static_cast<long long>(bytes));
  }
  *out_object = object;
  return plx::succeed(out_error);
}

plx_status plx_object_of_items(int32_t kind, plx_object *const *items, int64_t count,
                               plx_object **out_object, plx_error *out_error) {
  bool good = out_object != nullptr && count >= 0 && (count == 0 || items != nullptr);
  for (int64_t i = 0; good && i < count; ++i) good = items[i] != nullptr;
  good = good && (kind == PLX_KIND_SEQUENCE || (kind == PLX_KIND_OPTIONAL && count <= 1) ||
                  (kind == PLX_KIND_MAP && plx::is_map(items, count)));
  if (!good) {
    return plx::fail(
        out_error, PLX_INVALID_ARGUMENT,
        "an object of kind %d is made of %lld items; expected a sequence of items that "
        "are all there, or an optional of at most one",
        kind, static_cast<long long>(count));
  }
  char *behind = nullptr;
  uint64_t bytes = 0;
  plx_object *object = nullptr;
  if (plx::checked_mul(static_cast<uint64_t>(count), uint64_t{sizeof(plx_object *)}, &bytes)) {
    object = plx::allocate_object(kind, bytes, &behind);
  }
  if (object == nullptr) {
    return plx::fail(out_error, PLX_OUT_OF_MEMORY, "no memory for a sequence of %lld items",
                     static_cast<long long>(count));
  }
  object->items = reinterpret_cast<plx_object **>(behind);
  object->count = count;
  for (int64_t i = 0; i < count; ++i) {
    plx_object_hold(items[i]);
    object->items[i] = items[i];
  }
  *out_object = object;
  return plx::succeed(out_error);
}

void plx_object_hold(plx_object *object) { object->holds.fetch_add(1, std::memory_order_relaxed); }

void plx_object_release(plx_object *object) {
  if (object == nullptr) return;
  if (object->holds.fetch_sub(1, std::memory_order_acq_rel) == 1) plx::destroy(object);
}

int32_t plx_object_kind(const plx_object *object) { return object->kind; }

int64_t plx_object_count(const plx_object *object) { return object->count; }

plx_object *plx_object_item(const plx_object *object, int64_t index) {
  return index >= 0 && index < object->count ? object->items[index] : nullptr;
}

plx_tensor plx_object_tensor(const plx_object *object) { return object->tensor; }

const char *plx_object_name(const plx_object *object) {
  return object->name == nullptr ? "" : object->name;
}

void plx_format_object(const plx_object *object, char *out_text, uint64_t capacity) {
  plx::Text text(out_text, capacity);
  plx::add_object(&text, *object);
}

}  // extern "C"
