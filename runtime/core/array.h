// Tensors that own their memory.
#ifndef PLEXUS_RUNTIME_CORE_ARRAY_H
#define PLEXUS_RUNTIME_CORE_ARRAY_H

#include "plexus_rt.h"

struct plx_array {
  plx_tensor view;
  int64_t dims[PLX_MAX_RANK];
  char *name;          // from the heap, or null
  char *string_bytes;  // what the elements of a string tensor point into, or null; from the heap
};

namespace plx {

// Takes room for the bytes of a string tensor's elements; freed with the array. False: no memory.
bool allocate_string_bytes(plx_array *array, uint64_t bytes);
// Copies a name. False: no memory.
bool set_array_name(plx_array *array, const char *name, uint64_t bytes);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_CORE_ARRAY_H
