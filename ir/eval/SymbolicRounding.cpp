// Sizes that an exporter took through floats on their way: half a length, a scaled image.
#include <cmath>

#include "ir/eval/SymbolicArithmetic.h"
#include "ir/eval/Value.h"
#include "ir/ops/Build.h"
#include "ir/ops/Cast.h"
#include "ir/ops/Pointwise.h"
#include "mlir/IR/Matchers.h"

namespace plx::eval {
namespace {

/// numerator / denominator, exactly. Floats hold it exactly, or so nearly that rounding it to an
/// int gives the same, for sizes below 2^24: quotients of such sizes by ints keep their distance
/// from the next int.
struct Ratio {
  Dim numerator;
  int64_t denominator = 1;
};
using Ratios = llvm::SmallVector<Ratio>;

constexpr int64_t kMaxFactor = 1 << 20;
constexpr int kMaxDepth = 16;

/// A constant as p / q with q a power of two; nothing where p or q is large.
std::optional<std::pair<int64_t, int64_t>> fractionOf(double value) {
  for (int64_t q = 1; q <= kMaxFactor; q *= 2) {
    double p = value * static_cast<double>(q);
    if (p == std::floor(p) && std::fabs(p) <= static_cast<double>(kMaxFactor))
      return std::pair(static_cast<int64_t>(p), q);
  }
  return std::nullopt;
}

std::optional<Ratios> ratiosOf(mlir::Value value, int depth);

/// x * c, or x / c, for a constant c.
std::optional<Ratios> scaled(mlir::Value x, mlir::Value constant, bool divides, int depth) {
  mlir::DenseFPElementsAttr factors;
  if (!mlir::matchPattern(constant, mlir::m_Constant(&factors))) return std::nullopt;
  std::optional<Ratios> ratios = ratiosOf(x, depth);
  if (!ratios || factors.getNumElements() != static_cast<int64_t>(ratios->size()))
    return std::nullopt;
  Tensor values = Tensor::fromAttr(factors);
  for (auto [ratio, factor] : llvm::zip(*ratios, std::as_const(values).floats())) {
    auto fraction = fractionOf(factor);
    if (!fraction || (divides && fraction->first <= 0)) return std::nullopt;
    auto [p, q] = *fraction;
    if (divides) std::swap(p, q);
    ratio.numerator = ratio.numerator * p;
    if (!ratio.numerator || __builtin_mul_overflow(ratio.denominator, q, &ratio.denominator) ||
        ratio.denominator > kMaxFactor)
      return std::nullopt;
  }
  return ratios;
}

std::optional<Ratios> rounded(mlir::Value x, bool up, int depth) {
  std::optional<Ratios> ratios = ratiosOf(x, depth);
  if (!ratios) return std::nullopt;
  for (Ratio &ratio : *ratios) {
    ratio.numerator = up ? ceilDiv(ratio.numerator, ratio.denominator)
                         : floorDiv(ratio.numerator, ratio.denominator);
    ratio.denominator = 1;
  }
  return ratios;
}

std::optional<Ratios> ratiosOf(PointwiseOp op, int depth) {
  switch (op.function()) {
    case ScalarFn::floor_:
      return rounded(op.getOperand(0), /*up=*/false, depth);
    case ScalarFn::ceil_:
      return rounded(op.getOperand(0), /*up=*/true, depth);
    case ScalarFn::div_:
      return scaled(op.getOperand(0), op.getOperand(1), /*divides=*/true, depth);
    case ScalarFn::mul_:
      if (auto ratios = scaled(op.getOperand(0), op.getOperand(1), /*divides=*/false, depth))
        return ratios;
      return scaled(op.getOperand(1), op.getOperand(0), /*divides=*/false, depth);
    default:
      return std::nullopt;
  }
}

std::optional<Ratios> ratiosOf(mlir::Value value, int depth) {
  mlir::Operation *op = value.getDefiningOp();
  mlir::Type element = mlir::getElementTypeOrSelf(value.getType());
  // Narrower floats hold too few sizes exactly.
  if (!op || depth > kMaxDepth || !(element.isF32() || element.isF64())) return std::nullopt;
  if (auto pointwise = mlir::dyn_cast<PointwiseOp>(op)) return ratiosOf(pointwise, depth + 1);
  auto cast = mlir::dyn_cast<CastOp>(op);
  if (!cast) return std::nullopt;
  if (mlir::isa<mlir::FloatType>(mlir::getElementTypeOrSelf(cast.getOperand().getType())))
    return ratiosOf(cast.getOperand(), depth + 1);
  auto dims = build::knownDims(cast.getOperand());
  if (!dims) return std::nullopt;
  Ratios ratios;
  for (Dim dim : *dims) ratios.push_back({dim, 1});
  return ratios;
}

}  // namespace

bool foldRounding(CastOp cast, SymbolicTensor &result) {
  unsigned width = result.type.getElementType().getIntOrFloatBitWidth();
  std::optional<Ratios> ratios = ratiosOf(cast.getOperand(), 0);
  if (!ratios || width < 32) return false;
  for (const Ratio &ratio : *ratios) {
    // Truncation is floor division where nothing is negative.
    if (!provablyGreaterEqual(ratio.numerator, Dim::constant(cast.getContext(), 0))) return false;
    result.elements.push_back(floorDiv(ratio.numerator, ratio.denominator));
  }
  return true;
}

}  // namespace plx::eval
