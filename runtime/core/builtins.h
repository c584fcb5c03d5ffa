// Host functions that the runtime has itself: they need no library.
#ifndef PLEXUS_RUNTIME_CORE_BUILTINS_H
#define PLEXUS_RUNTIME_CORE_BUILTINS_H

#include "plexus_rt.h"

namespace plx {

// Sequences and optionals ("plx:sequence_at"), maps, strings of a program, NumPy's generator.
// [count].
const plx_host_function *sequence_functions(int32_t *out_count);
const plx_host_function *map_functions(int32_t *out_count);
const plx_host_function *value_functions(int32_t *out_count);

// Item `index` of an int tensor.
int64_t int_element(const plx_tensor &tensor, int64_t index);
// Writes why a function fails (printf form) and returns what it returns then.
__attribute__((format(printf, 2, 3))) int32_t refuse(plx_host_frame *frame, const char *format,
                                                     ...);
// An attribute that is one int.
int64_t attribute_int(plx_host_frame *frame, const char *name, int64_t fallback);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_CORE_BUILTINS_H
