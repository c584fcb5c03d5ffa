#include "ir/eval/Order.h"

#include <cmath>

namespace plx::eval {

namespace {
template <typename T>
int compareValues(const T &a, const T &b) {
  return a < b ? -1 : (b < a ? 1 : 0);
}
}  // namespace

int compareElements(const Tensor &x, int64_t i, int64_t j) {
  if (x.isFloat()) {
    double a = x.floats()[i], b = x.floats()[j];
    if (std::isnan(a) || std::isnan(b)) return compareValues(std::isnan(a), std::isnan(b));
    return compareValues(a, b);
  }
  if (!x.isInt()) return compareValues(x.strings()[i], x.strings()[j]);
  if (x.elementType().isUnsignedInteger())
    return compareValues(static_cast<uint64_t>(x.ints()[i]), static_cast<uint64_t>(x.ints()[j]));
  return compareValues(x.ints()[i], x.ints()[j]);
}

llvm::SmallVector<int64_t> sortedLine(const Tensor &x, int64_t base, int64_t size, int64_t stride,
                                      bool descending) {
  return stableOrder(size, [&](int64_t a, int64_t b) {
    int compared = compareElements(x, base + a * stride, base + b * stride);
    return descending ? -compared : compared;
  });
}

}  // namespace plx::eval
