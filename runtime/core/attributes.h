// Attributes of host functions: a JSON object as text, read where it is asked for.
#ifndef PLEXUS_RUNTIME_CORE_ATTRIBUTES_H
#define PLEXUS_RUNTIME_CORE_ATTRIBUTES_H

#include "plexus_rt.h"

namespace plx {

// As plx_host_ints, plx_host_floats and plx_host_strings.
int64_t attribute_ints(plx_host_frame *frame, const char *name, int64_t *out, int64_t capacity);
int64_t attribute_floats(plx_host_frame *frame, const char *name, double *out, int64_t capacity);
int64_t attribute_strings(plx_host_frame *frame, const char *name, plx_string *out,
                          int64_t capacity);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_CORE_ATTRIBUTES_H
