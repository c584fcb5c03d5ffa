// Weights in panels. See PackWeightsPass in Passes.td.
//
//   w [batch.., k.., n]  --pad n to a multiple of R, split, transpose-->  [batch.., n/R, k.., R]
//
// A kernel that computes R columns at a time reads such a panel from front to back. R is the width
// of the register tile that schedule selection would choose for the op. What a loop reads again and
// again counts as weights too: it is packed in front of the loop.
#include "compiler/graph/ParameterOnly.h"
#include "compiler/graph/Passes.h"
#include "ir/kernel/Contraction.h"
#include "ir/ops/Build.h"
#include "ir/ops/Convolution.h"
#include "ir/ops/DotGeneral.h"
#include "ir/ops/Loop.h"
#include "ir/ops/Scan.h"
#include "ir/ops/Transpose.h"
#include "ir/types/Permutation.h"
#include "ir/types/Types.h"

namespace plx {

#define GEN_PASS_DEF_PACKWEIGHTSPASS
#include "compiler/graph/Passes.h.inc"

namespace {

/// A contraction whose weights can be packed.
struct Packable {
  mlir::OpOperand *weights;
  Permutation order;  // weights' dims as [batch.., k.., n]
  size_t numBatch;
  std::optional<int64_t> rows;  // results a column of the tile stands for; unknown where symbolic
};

std::optional<int64_t> product(mlir::Type type, llvm::ArrayRef<int64_t> axes) {
  int64_t result = 1;
  for (int64_t axis : axes) {
    std::optional<int64_t> size = dimOf(type, axis).constant();
    if (!size || __builtin_mul_overflow(result, *size, &result)) return std::nullopt;
  }
  return result;
}

llvm::SmallVector<int64_t> othersThan(int64_t rank, llvm::ArrayRef<int64_t> a,
                                      llvm::ArrayRef<int64_t> b) {
  llvm::SmallVector<int64_t> axes;
  for (int64_t axis = 0; axis < rank; ++axis)
    if (!llvm::is_contained(a, axis) && !llvm::is_contained(b, axis)) axes.push_back(axis);
  return axes;
}

std::optional<Packable> packable(DotGeneralOp op) {
  auto columns = othersThan(op.getRhs().getType().getRank(), op.getRhsBatch(), op.getRhsContract());
  if (columns.size() != 1) return std::nullopt;
  Permutation order(op.getRhsBatch());
  llvm::append_range(order, op.getRhsContract());
  order.push_back(columns[0]);
  auto rows = othersThan(op.getLhs().getType().getRank(), op.getLhsBatch(), op.getLhsContract());
  return Packable{&op.getRhsMutable(), order, op.getRhsBatch().size(),
                  product(op.getLhs().getType(), rows)};
}

std::optional<Packable> packable(ConvolutionOp op) {
  if (op.getGroups() != 1) return std::nullopt;
  int64_t rank = op.getType().getRank();
  // Weights are [k.., c, o] as it is. A window of one element that does not skip is a product of
  // matrices: all results of a channel are its rows; else those along the last spatial dim.
  bool isProduct = llvm::all_of(op.getStrides(), [](int64_t stride) { return stride == 1; });
  for (int64_t d = 0; d + 2 < rank; ++d)
    isProduct &= dimOf(op.getWeights().getType(), d).isConstant(1);
  llvm::SmallVector<int64_t> rows{rank - 2};
  if (isProduct) rows = identityPermutation(rank - 1);
  return Packable{&op.getWeightsMutable(), identityPermutation(rank), 0,
                  product(op.getType(), rows)};
}

bool isPackedType(mlir::Type element) {
  return element.isF32() || element.isF64() || element.isF16() || element.isBF16();
}

/// Packs the weights in front of `place` and gives what stands for them in front of `reader`;
/// nothing where they lie so already.
mlir::Value pack(mlir::Operation *place, mlir::Operation *reader, const Packable &p,
                 int64_t width) {
  mlir::OpBuilder b(place);
  mlir::Value w = p.weights->get();
  mlir::Location loc = w.getLoc();
  mlir::Type element = mlir::getElementTypeOrSelf(w.getType());
  llvm::SmallVector<Dim> dims = permuted(dimsOf(w.getType()), p.order);
  auto rank = static_cast<int64_t>(dims.size());
  int64_t columns = *dims.back().constant(), panels = (columns + width - 1) / width;
  if (columns == width && isIdentity(p.order)) return w;

  mlir::Value x = build::transpose(b, loc, w, p.order);
  llvm::SmallVector<Dim> none(rank, Dim::constant(b.getContext(), 0)), high(none);
  high.back() = Dim::constant(b.getContext(), panels * width - columns);
  if (panels * width != columns)
    x = build::pad(b, loc, x, build::constantScalar(b, loc, 0, element), none, high, none);
  llvm::SmallVector<Dim> padded(dims), split(dims);
  padded.back() = Dim::constant(b.getContext(), panels * width);
  split.back() = Dim::constant(b.getContext(), panels);
  split.push_back(Dim::constant(b.getContext(), width));
  x = build::reshape(b, loc, x, split);
  if (!x) return {};

  Permutation panelFirst = identityPermutation(rank + 1);
  std::rotate(panelFirst.begin() + p.numBatch, panelFirst.begin() + rank - 1,
              panelFirst.begin() + rank);
  // Not folded: what is packed here is unpacked below, and both together are nothing.
  auto packed = TransposeOp::create(b, loc, x, panelFirst);
  packed->setAttr("plx.packed", b.getUnitAttr());
  b.setInsertionPoint(reader);
  x = TransposeOp::create(b, loc, packed.getResult(), inverse(panelFirst));
  x = build::reshape(b, loc, x, padded);
  llvm::SmallVector<Dim> steps(rank, Dim::constant(b.getContext(), 1));
  x = build::slice(b, loc, x, none, dims, steps);
  return build::transpose(b, loc, x, inverse(p.order));
}

/// The outermost loop around `op` that `value` comes into from outside; null: none.
mlir::Operation *loopThatReads(mlir::Operation *op, mlir::Value value) {
  mlir::Operation *loop = nullptr;
  for (mlir::Operation *at = op->getParentOp(); mlir::isa_and_nonnull<LoopOp, ScanOp>(at);
       at = at->getParentOp()) {
    if (at->getRegion(0).isAncestor(value.getParentRegion())) break;
    loop = at;
  }
  return loop;
}

struct PackWeightsPass : impl::PackWeightsPassBase<PackWeightsPass> {
  using PackWeightsPassBase::PackWeightsPassBase;

  void runOnOperation() override {
    llvm::SmallVector<mlir::Operation *> ops;
    getOperation().walk([&](mlir::Operation *op) {
      if (mlir::isa<DotGeneralOp, ConvolutionOp>(op)) ops.push_back(op);
    });
    ParameterOnly parameters;
    for (mlir::Operation *op : ops) {
      auto dot = mlir::dyn_cast<DotGeneralOp>(op);
      std::optional<Packable> found = dot ? packable(dot) : packable(mlir::cast<ConvolutionOp>(op));
      if (!found) continue;
      mlir::Value weights = found->weights->get();
      if (parameters.holds(weights)) {
        if (!enlargesSources(weights)) packOperand(op, op, *found);
      } else if (mlir::Operation *loop = loopThatReads(op, weights)) {
        packOperand(op, loop, *found);
      }
    }
  }

  void packOperand(mlir::Operation *op, mlir::Operation *place, const Packable &found) {
    mlir::Value w = found.weights->get();
    mlir::Type element = mlir::getElementTypeOrSelf(w.getType());
    std::optional<int64_t> columns = dimOf(w.getType(), found.order.back()).constant();
    if (!isPackedType(element) || !columns) return;
    int64_t lanes = vectorBytes / bytesOfElement(accumulatorType(FoldKind::Sum, element));
    if (lanes < 1) return;
    int64_t width = chooseTile(found.rows, columns, lanes, vectorRegisters).columns;
    if (width < 1 || *columns < width / 2 || *columns < 1) return;
    mlir::Value read = pack(place, op, found, width);
    if (!read || read.getType() != w.getType()) return;
    found.weights->set(read);
    op->setAttr("plx.panel", mlir::OpBuilder(op).getI64IntegerAttr(width));
  }
};

}  // namespace
}  // namespace plx
