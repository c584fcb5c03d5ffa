// Transposed convolutions without their zeros. See SubPixelConvolutionPass in Passes.td.
//
// A transposed convolution of stride s reads its input with s - 1 zeros between neighbours, so that
// of K taps only K / s meet an element, those k = s - 1 - f + s t (t < K / s) for an output at
// position s q + f of a grid that begins at a multiple of s. All phases f of one q read the same
// elements q + t: they are further output channels of one convolution, whose result is rearranged
// (depth to space). Shi et al., "Real-Time Single Image and Video Super-Resolution Using an
// Efficient Sub-Pixel Convolutional Neural Network", 2016. A dim without zeros has s = 1.
//
// Where s does not divide K, phases have different numbers of taps (3 and 2: one and two, and so
// the gradient of most strided convolutions): each is a convolution of its own then.
#include "compiler/graph/Passes.h"
#include "compiler/graph/Simplify.h"
#include "ir/ops/Build.h"
#include "ir/ops/Convolution.h"
#include "ir/ops/Pad.h"
#include "mlir/IR/PatternMatch.h"

namespace plx {

#define GEN_PASS_DEF_SUBPIXELCONVOLUTIONPASS
#include "compiler/graph/Passes.h.inc"

namespace {

using Dims = llvm::SmallVector<Dim>;

bool isZero(mlir::Value value) {
  auto element = mlir::dyn_cast_if_present<mlir::FloatAttr>(uniformElement(value));
  return element && element.getValue().isPosZero();
}

class Rewrite {
 public:
  Rewrite(ConvolutionOp op, PadOp pad)
      : op_(op),
        pad_(pad),
        b_(op),
        loc_(op.getLoc()),
        rank_(op.getType().getRank()),
        spatial_(rank_ - 2) {}

  bool applies() {
    if (op_.getGroups() != 1 || !isZero(pad_.getValue())) return false;
    bool anyZeros = false;
    for (int64_t d = 0; d < rank_; ++d) {
      std::optional<int64_t> interior = pad_.getInterior()[d].constant();
      bool isSpatial = d > 0 && d <= spatial_;
      if (!interior || (!isSpatial && *interior != 0)) return false;
      if (!isSpatial && !(pad_.getLow()[d].isConstant(0) && pad_.getHigh()[d].isConstant(0)))
        return false;
      if (!isSpatial) continue;
      std::optional<int64_t> kernel = dimOf(op_.getWeights().getType(), d - 1).constant();
      std::optional<int64_t> low = pad_.getLow()[d].constant();
      int64_t stride = *interior + 1;
      if (!kernel || *kernel < 1 || !low || *low < 0 || stride > kMostPhases) return false;
      if (op_.getStrides()[d - 1] != 1 || op_.getDilations()[d - 1] != 1) return false;
      strides_.push_back(stride);
      kernel_.push_back(*kernel);
      taps_.push_back(*kernel / stride);
      divides_ &= *kernel % stride == 0;
      numPhases_ *= stride;
      before_.push_back(*low / stride);
      phase_.push_back(stride - 1 - *low % stride);  // of the first output, on the grid
      anyZeros |= stride > 1;
    }
    return anyZeros && numPhases_ <= kMostPhases;
  }

  mlir::Value build() {
    Dims places;  // q of each dim: enough for all outputs
    for (int64_t d = 0; d < spatial_; ++d)
      places.push_back(ceilDiv(dimOf(op_.getType(), d + 1) + phase_[d], strides_[d]));
    if (!divides_) {
      llvm::SmallVector<int64_t> phases;
      return cut(joinedPhases(phases, places), places);
    }
    return depthToSpace(convolution(input(places, taps_), weights()), places);
  }

 private:
  static constexpr int64_t kMostPhases = 16;

  Dim k(int64_t value) { return Dim::constant(op_.getContext(), value); }

  /// The elements themselves, with zeros around them so that q + t is always inside.
  mlir::Value input(llvm::ArrayRef<Dim> places, llvm::ArrayRef<int64_t> taps) {
    mlir::Value x = pad_.getOperand();
    Dims low(rank_, k(0)), high(low), interior(low);
    for (int64_t d = 0; d < spatial_; ++d) {
      low[d + 1] = k(before_[d]);
      high[d + 1] = places[d] + taps[d] - 1 - before_[d] - dimOf(x.getType(), d + 1);
    }
    return build::pad(b_, loc_, x, pad_.getValue(), low, high, interior);
  }

  mlir::Value convolution(mlir::Value x, mlir::Value w) {
    llvm::SmallVector<int64_t> ones(spatial_, 1);
    ConvolutionOp::Properties properties;
    properties.setStrides(b_.getDenseI64ArrayAttr(ones));
    properties.setDilations(b_.getDenseI64ArrayAttr(ones));
    properties.setGroups(b_.getI64IntegerAttr(1));
    return build::create<ConvolutionOp>(b_, loc_, {x, w}, properties);
  }

  /// One phase f a dim: [n, (q, 1).., o].
  mlir::Value ofPhase(llvm::ArrayRef<int64_t> phases, llvm::ArrayRef<Dim> places) {
    mlir::Value w = op_.getWeights();
    Dims starts(rank_, k(0)), sizes = dimsOf(w.getType()), steps(rank_, k(1));
    Dims split{dimOf(op_.getType(), 0)};
    llvm::SmallVector<int64_t> taps;
    for (int64_t d = 0; d < spatial_; ++d) {
      int64_t first = strides_[d] - 1 - phases[d], left = kernel_[d] - first;
      taps.push_back(left > 0 ? (left + strides_[d] - 1) / strides_[d] : 0);
      starts[d] = k(taps.back() ? first : 0);
      sizes[d] = k(taps.back());
      steps[d] = k(strides_[d]);
      split.append({places[d], k(1)});
    }
    split.push_back(dimOf(op_.getType(), rank_ - 1));
    if (llvm::is_contained(taps, 0))
      return build::broadcastAlong(b_, loc_, pad_.getValue(), {}, split);
    mlir::Value y =
        convolution(input(places, taps), build::slice(b_, loc_, w, starts, sizes, steps));
    return build::reshape(b_, loc_, y, split);
  }

  /// Of given phases of the first dims, all phases of the others side by side.
  mlir::Value joinedPhases(llvm::SmallVectorImpl<int64_t> &phases, llvm::ArrayRef<Dim> places) {
    auto d = static_cast<int64_t>(phases.size());
    if (d == spatial_) return ofPhase(phases, places);
    llvm::SmallVector<mlir::Value> parts;
    for (int64_t f = 0; f < strides_[d]; ++f) {
      phases.push_back(f);
      parts.push_back(joinedPhases(phases, places));
      phases.pop_back();
      if (!parts.back()) return {};
    }
    return parts.size() == 1 ? parts[0] : build::concat(b_, loc_, 2 + 2 * d, parts);
  }

  /// [K.., c, o] -> [T.., c, phases * o]: tap s t + r of phase s - 1 - r.
  mlir::Value weights() {
    mlir::Value w = op_.getWeights();
    Dims split, joined;
    llvm::SmallVector<int64_t> reversed, order, phases;
    int64_t numPhases = 1;
    for (int64_t d = 0; d < spatial_; ++d) {
      split.append({k(taps_[d]), k(strides_[d])});
      joined.push_back(k(taps_[d]));
      order.push_back(2 * d);
      phases.push_back(2 * d + 1);
      numPhases *= strides_[d];
    }
    Dim channels = dimOf(w.getType(), spatial_), outputs = dimOf(w.getType(), spatial_ + 1);
    split.append({channels, outputs});
    joined.append({channels, outputs * numPhases});
    order.push_back(2 * spatial_);
    order.append(phases);
    order.push_back(2 * spatial_ + 1);
    w = build::reverse(b_, loc_, build::reshape(b_, loc_, w, split), phases);
    return build::reshape(b_, loc_, build::transpose(b_, loc_, w, order), joined);
  }

  /// [n, q.., phases * o] -> [n, outputs.., o].
  mlir::Value depthToSpace(mlir::Value y, llvm::ArrayRef<Dim> places) {
    Dims split{dimOf(op_.getType(), 0)};
    split.append(places.begin(), places.end());
    llvm::SmallVector<int64_t> order{0};
    for (int64_t d = 0; d < spatial_; ++d) {
      split.push_back(k(strides_[d]));
      order.append({1 + d, 1 + spatial_ + d});
    }
    split.push_back(dimOf(op_.getType(), rank_ - 1));
    order.push_back(1 + 2 * spatial_);
    return cut(build::transpose(b_, loc_, build::reshape(b_, loc_, y, split), order), places);
  }

  /// [n, (q, f).., o] -> [n, outputs.., o].
  mlir::Value cut(mlir::Value y, llvm::ArrayRef<Dim> places) {
    if (!y) return {};
    Dims joined{dimOf(op_.getType(), 0)}, starts(rank_, k(0)), steps(rank_, k(1));
    for (int64_t d = 0; d < spatial_; ++d) {
      joined.push_back(places[d] * strides_[d]);
      starts[d + 1] = k(phase_[d]);
    }
    joined.push_back(dimOf(op_.getType(), rank_ - 1));
    return build::slice(b_, loc_, build::reshape(b_, loc_, y, joined), starts,
                        dimsOf(op_.getType()), steps);
  }

  ConvolutionOp op_;
  PadOp pad_;
  mlir::OpBuilder b_;
  mlir::Location loc_;
  int64_t rank_, spatial_;
  llvm::SmallVector<int64_t> strides_, kernel_, taps_;  // s, K, K / s
  bool divides_ = true;
  int64_t numPhases_ = 1;
  llvm::SmallVector<int64_t> before_;  // elements that lie before the first output's window
  llvm::SmallVector<int64_t> phase_;
};

struct SubPixelConvolutionPass : impl::SubPixelConvolutionPassBase<SubPixelConvolutionPass> {
  void runOnOperation() override {
    llvm::SmallVector<ConvolutionOp> convolutions;
    getOperation().walk([&](ConvolutionOp op) { convolutions.push_back(op); });
    for (ConvolutionOp op : convolutions) {
      auto pad = op.getInput().getDefiningOp<PadOp>();
      if (!pad) continue;
      Rewrite rewrite(op, pad);
      if (!rewrite.applies()) continue;
      mlir::Value result = rewrite.build();
      if (!result || result.getType() != op.getType()) continue;
      op.getResult().replaceAllUsesWith(result);
      op.erase();
      if (pad->use_empty()) pad->erase();
    }
  }
};

}  // namespace
}  // namespace plx
