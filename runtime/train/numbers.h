// The elements of a tensor as numbers.
#ifndef PLEXUS_RUNTIME_TRAIN_NUMBERS_H
#define PLEXUS_RUNTIME_TRAIN_NUMBERS_H

#include <cstdint>

#include "plexus_rt.h"
#include "runtime/train/half.h"

namespace plx::train {

/// Calls `use` with each element as a double, in order; false where the type is none of floats,
/// bool and the ints that targets and weights have.
template <typename Use>
bool forEachNumber(const plx_tensor &tensor, Use use) {
  int64_t count = plx_num_elements(tensor.rank, tensor.dims);
  auto all = [&](auto *elements) {
    for (int64_t i = 0; i < count; ++i) use(static_cast<double>(elements[i]));
    return true;
  };
  switch (tensor.element_type) {
    case PLX_F32:
      return all(static_cast<const float *>(tensor.data));
    case PLX_F64:
      return all(static_cast<const double *>(tensor.data));
    case PLX_F16:
      return all(static_cast<const Half *>(tensor.data));
    case PLX_BF16:
      return all(static_cast<const BFloat16 *>(tensor.data));
    case PLX_I64:
      return all(static_cast<const int64_t *>(tensor.data));
    case PLX_I32:
      return all(static_cast<const int32_t *>(tensor.data));
    case PLX_BOOL:
    case PLX_U8:
      return all(static_cast<const uint8_t *>(tensor.data));
    default:
      return false;
  }
}

}  // namespace plx::train

#endif  // PLEXUS_RUNTIME_TRAIN_NUMBERS_H
