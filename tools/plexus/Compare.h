// Comparison of a tensor with what was expected.
#ifndef PLEXUS_TOOLS_PLEXUS_COMPARE_H
#define PLEXUS_TOOLS_PLEXUS_COMPARE_H

#include <string>

#include "runtime/include/plexus_rt.h"

namespace plx {

struct Tolerance {
  double relative = 1e-3, absolute = 1e-7;
};

/// "" when type and shape are equal and each element is: |actual - expected| <= absolute + relative
/// * |expected|, NaN equals NaN, infinities and integers beyond 2^53 exactly. Otherwise what
/// differs: how many elements, the first, and the worst.
std::string difference(const plx_tensor &actual, const plx_tensor &expected, Tolerance tolerance);
/// The same of sequences and optionals, item by item.
std::string difference(const plx_object &actual, const plx_object &expected, Tolerance tolerance);
/// The same of type and shape alone.
std::string shapeDifference(const plx_tensor &actual, const plx_tensor &expected);

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_COMPARE_H
