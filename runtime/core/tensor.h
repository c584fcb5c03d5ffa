// Text of tensors' types, for messages. The rest of what views offer is public (plexus_rt.h,
// "Tensors").
#ifndef PLEXUS_RUNTIME_CORE_TENSOR_H
#define PLEXUS_RUNTIME_CORE_TENSOR_H

#include "plexus_rt.h"
#include "runtime/core/error.h"

namespace plx {

// "[1, 3, 224]"
void add_dims(Text *text, int32_t rank, const int64_t *dims);
// "[batch, 3, 224]"; "[...]" where the rank is unknown
void add_value_dims(Text *text, const plx_value &value);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_CORE_TENSOR_H
