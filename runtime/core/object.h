// Objects: values of the host that are no plain tensors (plexus_rt.h, "Objects"), and those of a
// run.
#ifndef PLEXUS_RUNTIME_CORE_OBJECT_H
#define PLEXUS_RUNTIME_CORE_OBJECT_H

#include <atomic>

#include "plexus_rt.h"
#include "runtime/core/error.h"

// One block of memory: this, then dims or items, then the elements, then the bytes of strings.
struct plx_object {
  std::atomic<int32_t> holds;
  int32_t kind;
  int64_t count;       // of items
  plx_object **items;  // of a sequence or an optional; held
  plx_tensor tensor;   // of a tensor: a view of the block
  char *name;          // from the heap, or null
};

namespace plx {

// The objects that a run holds, in the order they were made.
struct ObjectList {
  plx_object **objects = nullptr;  // from the heap
  int64_t count = 0;
  int64_t capacity = 0;
  uint64_t *allocations = nullptr;  // counter of the owner

  // Takes over the caller's hold. False: no memory, and the object is released.
  bool add(plx_object *object);
  // Releases those from `mark` on, but for those named, which then lie there.
  void keep(int64_t mark, plx_object *const *kept, int32_t num_kept);
  void clear() { keep(0, nullptr, 0); }
  void destroy();
};

// The tensor with other dims, if those are given. False: they have another number of elements.
bool with_dims(plx_tensor *tensor, int32_t rank, const int64_t *dims);
// Copies a name. False: no memory.
bool set_object_name(plx_object *object, const void *name, uint64_t bytes);
// "a tensor", "a sequence", "an optional".
const char *kind_name(int32_t kind);
void add_object(Text *text, const plx_object &object);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_CORE_OBJECT_H
