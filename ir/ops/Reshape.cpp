#include "ir/ops/Reshape.h"

#include "ir/ops/Build.h"
#include "ir/ops/Rebind.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Reshape.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(reshape, ReshapeOp);

bool relabelsElements(mlir::Operation *op) { return mlir::isa<ReshapeOp, RebindOp>(op); }

// ---- Verify
// ----------------------------------------------------------------------------------------------------------

mlir::LogicalResult ReshapeOp::verify() {
  if (failed(checkTensors(*this)) || failed(checkSameElement(*this)))  // reshape.c1
    return mlir::failure();
  Dim from = numElements(getOperand().getType()), to = numElements(getType());
  if (!from || from != to)  // reshape.c2
    return emitOpError() << "operand has dims " << dimsText(getOperand().getType()) << ", result "
                         << dimsText(getType()) << ": their products `"
                         << (from ? from.str() : "too large") << "` and `"
                         << (to ? to.str() : "too large") << "` differ";
  return mlir::success();
}

// ---- Evaluate
// -------------------------------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> ReshapeOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  const eval::Tensor &x = operands[0].tensor();
  mlir::FailureOr<llvm::SmallVector<int64_t>> shape = scope.shapeOf(getType(), *this);
  if (failed(shape)) return mlir::failure();
  int64_t count = 1;
  for (int64_t size : *shape) count *= size;
  if (count != x.numElements())
    return scope.fail(*this, llvm::Twine(x.numElements()) + " elements do not fit dims " +
                                 dimsText(getType()) + ", which hold " + llvm::Twine(count));
  return llvm::SmallVector<eval::Value>{x.withShape(*shape)};
}

// ---- Differentiate ------------------------------------------------------------------------------

mlir::LogicalResult ReshapeOp::differentiate(Cotangents &ct) {
  ct.add(getOperand(), build::reshape(ct.builder(), ct.loc(), ct.of(getResult()),
                                      dimsOf(getOperand().getType())));
  return mlir::success();
}

// ---- Iterate
// --------------------------------------------------------------------------------------------------------
// Dims of operand and result are matched into groups of equal products, from the front and from the
// back; within a group result indices are made one position, and that is divided into operand
// indices. Most reshapes only split or join neighbours, whose index maps so stay free of the rest.

namespace {
/// An operand or result dim that is not 1, by its place.
struct Axis {
  size_t place;
  Dim size;
};

class ReshapeMap {
 public:
  ReshapeMap(mlir::MLIRContext *context, llvm::ArrayRef<Dim> operand, llvm::ArrayRef<Dim> result)
      : context_(context), from_(operand.size(), Dim::constant(context, 0)), resultDims_(result) {
    operand_ = withoutOnes(operand);
    result_ = withoutOnes(result);
  }

  /// Operand indices over the symbols `$r0`, ... that stand for the result's.
  llvm::ArrayRef<Dim> map() {
    size_t back = matchBack();
    llvm::ArrayRef<Axis> operand = llvm::ArrayRef(operand_).drop_back(back);
    llvm::ArrayRef<Axis> result = llvm::ArrayRef(result_).drop_back(back);
    while (!operand.empty() && !result.empty()) {
      auto [o, r] = firstGroup(operand, result);
      mapGroup(operand.take_front(o), result.take_front(r));
      operand = operand.drop_front(o);
      result = result.drop_front(r);
    }
    return from_;
  }

  Dim symbolOf(size_t place) const {
    return Dim::symbol(context_, ("$r" + llvm::Twine(place)).str());
  }

 private:
  static llvm::SmallVector<Axis> withoutOnes(llvm::ArrayRef<Dim> dims) {
    llvm::SmallVector<Axis> axes;
    for (auto [place, size] : llvm::enumerate(dims))
      if (!size.isConstant(1)) axes.push_back({place, size});
    return axes;
  }

  /// Maps equal dims at the end onto one another; gives their number.
  size_t matchBack() {
    size_t n = 0;
    while (n < operand_.size() && n < result_.size()) {
      const Axis &o = operand_[operand_.size() - 1 - n], &r = result_[result_.size() - 1 - n];
      if (o.size != r.size) break;
      from_[o.place] = symbolOf(r.place);
      ++n;
    }
    return n;
  }

  /// Smallest leading groups of equal products; everything when none is found.
  std::pair<size_t, size_t> firstGroup(llvm::ArrayRef<Axis> operand,
                                       llvm::ArrayRef<Axis> result) const {
    for (size_t total = 2; total <= operand.size() + result.size(); ++total)
      for (size_t o = 1; o < total && o <= operand.size(); ++o) {
        size_t r = total - o;
        if (r > result.size()) continue;
        if (productOf(operand.take_front(o)) == productOf(result.take_front(r)) &&
            productOf(operand.drop_front(o)) == productOf(result.drop_front(r)))
          return {o, r};
      }
    return {operand.size(), result.size()};
  }

  Dim productOf(llvm::ArrayRef<Axis> axes) const {
    Dim product = Dim::constant(context_, 1);
    for (const Axis &axis : axes) product = product * axis.size;
    return product;
  }

  void mapGroup(llvm::ArrayRef<Axis> operand, llvm::ArrayRef<Axis> result) {
    Dim position = Dim::constant(context_, 0);
    for (const Axis &axis : result) position = position * axis.size + symbolOf(axis.place);
    for (size_t i = operand.size(); i-- > 0;) {
      Dim size = operand[i].size;
      // The first dim needs no mod: the position is below the product.
      from_[operand[i].place] = simplified(i == 0 ? position : mod(position, size));
      if (i != 0) position = simplified(floorDiv(position, size));
    }
  }

  /// Under 0 <= $rN <= size - 1. Null stays: an expression that is too large.
  Dim simplified(Dim dim) const {
    if (!dim) return dim;
    return dim.simplify([&](DimAtom symbol) -> std::optional<DimRange> {
      for (auto [place, size] : llvm::enumerate(resultDims_)) {
        if (symbolOf(place).asSymbol() != symbol) continue;
        Dim high = size - 1;
        return DimRange{0, high ? high.constant() : std::nullopt, high};
      }
      return std::nullopt;
    });
  }

  mlir::MLIRContext *context_;
  llvm::SmallVector<Axis> operand_, result_;
  llvm::SmallVector<Dim> from_;
  llvm::SmallVector<Dim> resultDims_;
};
}  // namespace

Nature ReshapeOp::nature() { return Nature::View; }

mlir::Value ReshapeOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  llvm::SmallVector<Dim> operandDims = dimsOf(getOperand().getType()),
                         resultDims = dimsOf(getType());
  ReshapeMap map(b.context(), operandDims, resultDims);
  llvm::DenseMap<DimAtom, Dim> indexOf;
  for (auto [place, index] : llvm::enumerate(indices))
    indexOf[*map.symbolOf(place).asSymbol()] = index;
  llvm::SmallVector<Dim> from;
  for (Dim dim : map.map())
    from.push_back(dim ? dim.substitute([&](DimAtom symbol) { return indexOf.lookup(symbol); })
                       : dim);
  return b.operand(0, from);
}

// ---- Permute ------------------------------------------------------------------------------------
// Dims are matched into groups of equal products, as for Iterate; groups can change places, what is
// within a group cannot: there the operand is transposed back.

namespace {
/// A run of operand dims and the run of result dims that it becomes. Dims of size 1 of the operand
/// belong to no group, those of the result to the group before them.
struct Group {
  llvm::SmallVector<int64_t> from, to;
  int64_t position = -1;  // of the first of `from`, in the order they are given
};

llvm::SmallVector<int64_t> axesNotOne(llvm::ArrayRef<Dim> dims) {
  llvm::SmallVector<int64_t> axes;
  for (auto [d, dim] : llvm::enumerate(dims))
    if (!dim.isConstant(1)) axes.push_back(d);
  return axes;
}

Dim productOf(llvm::ArrayRef<Dim> dims, llvm::ArrayRef<int64_t> axes) {
  Dim product = Dim::constant(dims[0].getContext(), 1);
  for (int64_t axis : axes) product = product * dims[axis];
  return product;
}

/// The smallest leading runs of `from` and `to` of equal products, whose rests agree too.
std::pair<size_t, size_t> leadingGroup(llvm::ArrayRef<Dim> operand, llvm::ArrayRef<int64_t> from,
                                       llvm::ArrayRef<Dim> result, llvm::ArrayRef<int64_t> to) {
  for (size_t total = 2; total <= from.size() + to.size(); ++total)
    for (size_t o = 1; o < total && o <= from.size(); ++o) {
      size_t r = total - o;
      if (r > to.size()) continue;
      Dim head = productOf(operand, from.take_front(o)),
          tail = productOf(operand, from.drop_front(o));
      if (head && tail && head == productOf(result, to.take_front(r)) &&
          tail == productOf(result, to.drop_front(r)))
        return {o, r};
    }
  return {from.size(), to.size()};
}

/// The groups of a reshape in the order in which operand dims are given, and whether the dims of
/// each are given side by side and in order.
struct PermutedGroups {
  llvm::SmallVector<Group> groups;
  bool inOrder = true;

  PermutedGroups(ReshapeOp op, llvm::ArrayRef<int64_t> permutation) {
    llvm::SmallVector<Dim> operand = dimsOf(op.getOperand().getType()),
                           result = dimsOf(op.getType());
    llvm::SmallVector<int64_t> fromAxes = axesNotOne(operand), toAxes = axesNotOne(result);
    llvm::ArrayRef<int64_t> from = fromAxes, to = toAxes;
    while (!from.empty() && !to.empty()) {
      auto [o, r] = leadingGroup(operand, from, result, to);
      groups.push_back({llvm::to_vector(from.take_front(o)), llvm::to_vector(to.take_front(r))});
      groups.back().position = permutation[groups.back().from[0]];
      for (int64_t axis : groups.back().from)
        groups.back().position = std::min(groups.back().position, permutation[axis]);
      from = from.drop_front(o);
      to = to.drop_front(r);
    }
    addOnes(result);
    llvm::sort(groups, [](const Group &a, const Group &b) { return a.position < b.position; });
    llvm::SmallVector<int64_t> order;
    for (const Group &group : groups)
      for (int64_t axis : group.from) order.push_back(permutation[axis]);
    inOrder = llvm::is_sorted(order);
  }

  /// Result dims in their new order.
  llvm::SmallVector<int64_t> resultOrder() const {
    llvm::SmallVector<int64_t> order;
    for (const Group &group : groups) llvm::append_range(order, group.to);
    return order;
  }

 private:
  void addOnes(llvm::ArrayRef<Dim> result) {
    Group front;
    for (auto [d, dim] : llvm::enumerate(result)) {
      if (!dim.isConstant(1)) continue;
      auto axis = static_cast<int64_t>(d);
      Group *before = &front;
      for (Group &group : groups)
        if (group.to[0] < axis) before = &group;
      before->to.push_back(axis);
    }
    for (Group &group : groups) llvm::sort(group.to);
    if (!front.to.empty()) groups.insert(groups.begin(), front);
  }
};
}  // namespace

std::optional<PermutedResult> ReshapeOp::permutedResult(llvm::ArrayRef<int64_t> permutation) {
  PermutedGroups split(*this, permutation);
  Permutation result = inverse(split.resultOrder());
  if (!split.inOrder && isIdentity(result)) return std::nullopt;
  return PermutedResult{result, split.inOrder};
}

mlir::Value ReshapeOp::rebuildPermuted(mlir::OpBuilder &b, llvm::ArrayRef<int64_t> permutation,
                                       mlir::ValueRange given) {
  PermutedGroups split(*this, permutation);
  mlir::Value x = given[0];
  if (!split.inOrder) {
    llvm::SmallVector<int64_t> order;  // of the dims given
    for (const Group &group : split.groups)
      for (int64_t axis : group.from) order.push_back(permutation[axis]);
    for (int64_t axis : permutation)
      if (!llvm::is_contained(order, axis)) order.push_back(axis);
    x = build::transpose(b, getLoc(), x, order);
  }
  return build::reshape(b, getLoc(), x, permuted(dimsOf(getType()), split.resultOrder()));
}

// ---- Fold
// -----------------------------------------------------------------------------------------------------------

mlir::OpFoldResult ReshapeOp::fold(FoldAdaptor) {
  if (getOperand().getType() == getType()) return getOperand();
  if (auto inner = getOperand().getDefiningOp<ReshapeOp>()) {
    setOperand(inner.getOperand());
    return getResult();
  }
  return {};
}

}  // namespace plx
