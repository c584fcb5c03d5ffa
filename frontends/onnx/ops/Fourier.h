// The fast Fourier transform of a length that is a product of small factors, known beforehand or
// when the program runs.
#ifndef PLEXUS_FRONTENDS_ONNX_OPS_FOURIER_H
#define PLEXUS_FRONTENDS_ONNX_OPS_FOURIER_H

#include "frontends/onnx/NodeContext.h"

namespace plx::onnxio {

struct Complex {
  Value re, im;
};

/// 2, 3, 4 and 5 whose product is `length`, in the order of the passes; nothing where there are
/// none.
std::optional<Ints> smallFactors(Dim length);
/// Sum over i of x[i] * exp(sign * j 2 pi k i / length) along `axis`, in x's own type.
Complex transformed(NodeContext &c, Complex x, int64_t axis, llvm::ArrayRef<int64_t> factors,
                    double sign);
/// The same for a length that is known only when the program runs, where `wanted` (a bool scalar),
/// and whether that was done: not where the length has other factors.
std::pair<Complex, Value> openTransformed(NodeContext &c, Complex x, int64_t axis, Value wanted,
                                          double sign);

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_OPS_FOURIER_H
