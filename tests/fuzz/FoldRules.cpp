// Folds, contractions, and what models make of them.
#include <cmath>

#include "ir/ops/Build.h"
#include "tests/fuzz/Generator.h"

namespace plx::fuzz {

namespace {

bool isFloat(mlir::Value value) {
  return mlir::isa<mlir::FloatType>(mlir::getElementTypeOrSelf(value.getType()));
}

double largest(double low, double high) { return std::max(std::fabs(low), std::fabs(high)); }

}  // namespace

// ---- folds
// -----------------------------------------------------------------------------------------------------------

mlir::Value Generator::keptAlong(mlir::Value reduced, mlir::Value whole, int64_t axis) {
  if (!reduced) return {};
  Ints along;
  for (int64_t i = 0; i < rankOf(whole); ++i)
    if (i != axis) along.push_back(i);
  return build::broadcastAlong(b_, loc_, reduced, along, dimsOf(whole.getType()));
}

void Generator::reduceValue() {
  mlir::Value x = pick([](mlir::Value v) { return rankOf(v) >= 1; });
  if (!x) return;
  Ints axes;
  double terms = 1;
  for (int64_t axis = 0; axis < rankOf(x); ++axis)
    if (random_.oneIn(2) || (axis + 1 == rankOf(x) && axes.empty())) {
      axes.push_back(axis);
      terms *= static_cast<double>(sizeOf(x, axis));
    }
  Interval at = intervalOf(x);
  llvm::StringRef kind;
  if (elementOf(x).isInteger(1)) {
    kind = random_.oneIn(2) ? "and" : "or";
  } else if (isFloat(x)) {
    kind = !exactOnly_ && random_.oneIn(2) ? "sum" : random_.oneIn(2) ? "max" : "min";
    if (!exactOnly_ && random_.oneIn(8) && terms <= 40) {
      x = within(x, 0.8, 1.25);
      at = {0, 8000};
      kind = "product";
    }
    // Over nothing max and min are infinite.
    if (terms == 0) kind = "sum";
  } else {
    static constexpr llvm::StringLiteral kKinds[] = {"sum", "product", "max", "min", "and", "or"};
    kind = random_.of<llvm::StringLiteral>(kKinds);
    at = {-INFINITY, INFINITY};
  }
  if (kind == "sum") at = {std::min(0.0, at.low * terms), std::max(0.0, at.high * terms)};
  note(make("plx.reduce", {x}, {text("kind", kind), ints("axes", axes)}), at);
}

void Generator::argReduceValue() {
  mlir::Value x = pickNumber();
  if (rankOf(x) == 0) return;
  int64_t axis = random_.in(0, rankOf(x) - 1);
  if (sizeOf(x, axis) == 0) return;
  llvm::SmallVector<mlir::NamedAttribute> attributes{text("kind", random_.oneIn(2) ? "max" : "min"),
                                                     number("axis", axis)};
  if (random_.oneIn(2)) attributes.push_back(attr("last", b_.getUnitAttr()));
  note(make("plx.arg_reduce", {x}, attributes), {0, static_cast<double>(sizeOf(x, axis))});
}

void Generator::cumulativeValue() {
  mlir::Value x = pickNumber();
  if (rankOf(x) == 0) return;
  int64_t axis = random_.in(0, rankOf(x) - 1);
  Interval at = intervalOf(x);
  auto terms = static_cast<double>(sizeOf(x, axis));
  bool isSum = !isFloat(x) || random_.oneIn(2);
  bool exclusive = random_.oneIn(3);
  if (!isSum && exclusive) isSum = true;  // the first of a line would be infinite
  llvm::SmallVector<mlir::NamedAttribute> attributes{text("kind", isSum              ? "sum"
                                                                  : random_.oneIn(2) ? "max"
                                                                                     : "min"),
                                                     number("axis", axis)};
  if (exclusive) attributes.push_back(attr("exclusive", b_.getUnitAttr()));
  if (random_.oneIn(3)) attributes.push_back(attr("reverse", b_.getUnitAttr()));
  if (isSum) at = {std::min(0.0, at.low * terms), std::max(0.0, at.high * terms)};
  note(make("plx.cumulative", {x}, attributes), at);
}

void Generator::windowValue() {
  mlir::Value x = pick([](mlir::Value v) { return rankOf(v) >= 1; });
  if (!x || elementOf(x).isInteger(1)) return;
  Ints window, strides, dilations;
  double terms = 1;
  for (int64_t axis = 0; axis < rankOf(x); ++axis) {
    bool pooled = random_.oneIn(2);
    window.push_back(pooled ? random_.in(1, 3) : 1);
    strides.push_back(pooled ? random_.in(1, 3) : 1);
    dilations.push_back(pooled && random_.oneIn(3) ? 2 : 1);
    if ((window.back() - 1) * dilations.back() + 1 > sizeOf(x, axis))
      window.back() = strides.back() = dilations.back() = 1;
    terms *= static_cast<double>(window.back());
  }
  Interval at = intervalOf(x);
  static constexpr llvm::StringLiteral kKinds[] = {"sum", "max", "min"};
  llvm::StringRef kind = random_.of<llvm::StringLiteral>(kKinds);
  if (kind == "sum") at = {std::min(0.0, at.low * terms), std::max(0.0, at.high * terms)};
  note(make("plx.reduce_window", {x},
            {text("kind", kind), ints("window", window), ints("strides", strides),
             ints("dilations", dilations)}),
       at);
}

// ---- contractions
// ----------------------------------------------------------------------------------------------------

void Generator::dotValues() {
  mlir::Value a = pick([](mlir::Value v) { return rankOf(v) >= 1 && rankOf(v) <= 4; });
  if (!a || elementOf(a).isInteger(1)) return;
  Dims dims = dimsOf(a.getType()), result, free;
  Ints aBatch, aContract;
  double terms = 1;
  for (int64_t axis = 0; axis < rankOf(a); ++axis) {
    if (random_.oneIn(4)) {
      aBatch.push_back(axis);
      result.push_back(dims[axis]);
    } else if (random_.oneIn(2)) {
      aContract.push_back(axis);
      terms *= static_cast<double>(sizeOf(dims[axis]));
    } else {
      free.push_back(dims[axis]);
    }
  }
  // b: its dims in any order.
  struct Axis {
    Dim dim;
    Ints *list;
    size_t place;
  };
  Ints bBatch(aBatch.size()), bContract(aContract.size());
  llvm::SmallVector<Axis> axes;
  for (auto [i, axis] : llvm::enumerate(aBatch)) axes.push_back({dims[axis], &bBatch, i});
  for (auto [i, axis] : llvm::enumerate(aContract)) axes.push_back({dims[axis], &bContract, i});
  for (int64_t i = random_.oneIn(3) ? random_.in(0, 2) : 1; i > 0; --i)
    axes.push_back({randomDim(), nullptr, 0});
  if (!random_.oneIn(3))
    for (size_t i = axes.size(); i-- > 1;)
      std::swap(axes[i], axes[static_cast<size_t>(random_.in(0, i))]);
  Dims bDims;
  for (const Axis &axis : axes) {
    if (axis.list)
      (*axis.list)[axis.place] = static_cast<int64_t>(bDims.size());
    else
      free.push_back(axis.dim);
    bDims.push_back(axis.dim);
  }
  result.append(free);
  double work = terms * static_cast<double>(numElements(result));
  if (!isSmall(result) || !isSmall(bDims) || work > 300000 || terms > 4096) return;
  mlir::Value b = like(elementOf(a), bDims);
  Interval x = intervalOf(a), y = intervalOf(b);
  double most = largest(x.low, x.high) * largest(y.low, y.high) * terms;
  note(make("plx.dot_general", {a, b},
            {ints("lhs_batch", aBatch), ints("rhs_batch", bBatch), ints("lhs_contract", aContract),
             ints("rhs_contract", bContract)}),
       {-most, most});
}

void Generator::convolve() {
  int64_t spatial = random_.oneIn(4) ? 1 : random_.oneIn(12) ? 3 : 2;
  mlir::Type element = random_.oneIn(8) ? randomElement() : b_.getF32Type();
  if (element.isInteger(1)) element = b_.getF32Type();
  mlir::Value x = pick([&](mlir::Value v) {
    return elementOf(v) == element && rankOf(v) == spatial + 2 &&
           dimOf(v.getType(), spatial + 1).constant().value_or(0) > 0;
  });
  int64_t groups = random_.oneIn(3) ? random_.in(2, 8) : 1;
  if (!x) {
    Dims dims{random_.oneIn(3) ? randomDim() : constant(random_.in(1, 2))};
    for (int64_t i = 0; i < spatial; ++i) dims.push_back(constant(random_.in(1, 12)));
    int64_t channels = groups * (random_.oneIn(2) ? 1 : random_.in(1, 8));
    dims.push_back(constant(channels));
    if (!isSmall(dims)) return;
    x = input(element, dims);
  }
  Dims dims = dimsOf(x.getType()), weights, result{dims[0]};
  int64_t channels = *dims.back().constant();
  if (channels % groups) groups = random_.oneIn(2) ? channels : 1;
  Ints strides, dilations;
  double terms = static_cast<double>(channels) / static_cast<double>(groups);
  for (int64_t i = 0; i < spatial; ++i) {
    int64_t size = sizeOf(dims[i + 1]), kernel = random_.in(1, 3);
    strides.push_back(random_.oneIn(3) ? random_.in(1, 3) : 1);
    dilations.push_back(random_.oneIn(4) ? 2 : 1);
    if ((kernel - 1) * dilations.back() + 1 > size) kernel = dilations.back() = 1;
    if (size == 0) return;
    weights.push_back(constant(kernel));
    terms *= static_cast<double>(kernel);
    result.push_back(constant((size - (kernel - 1) * dilations.back() - 1) / strides.back() + 1));
  }
  int64_t outputs = groups * random_.in(1, random_.oneIn(3) ? 24 : 4);
  weights.push_back(constant(channels / groups));
  weights.push_back(constant(outputs));
  result.push_back(constant(outputs));
  if (!isSmall(result) || !isSmall(weights) ||
      terms * static_cast<double>(numElements(result)) > 300000)
    return;
  mlir::Value w = like(element, weights);
  Interval a = intervalOf(x), b = intervalOf(w);
  double most = largest(a.low, a.high) * largest(b.low, b.high) * terms;
  note(make("plx.convolution", {x, w},
            {ints("strides", strides), ints("dilations", dilations), number("groups", groups)}),
       {-most, most});
}

// ---- what models do
// --------------------------------------------------------------------------------------------------

void Generator::softmax() {
  mlir::Value x = pick([](mlir::Value v) { return isFloat(v) && rankOf(v) >= 1; });
  if (!x) return;
  int64_t axis = random_.oneIn(2) ? rankOf(x) - 1 : random_.in(0, rankOf(x) - 1);
  if (sizeOf(x, axis) == 0) return;
  Interval at = intervalOf(x);
  if (at.high - at.low > 60) x = within(x, -30, 30);
  mlir::Value most = make("plx.reduce", {x}, {text("kind", "max"), ints("axes", {axis})});
  mlir::Value e = apply(ScalarFn::exp_, {apply(ScalarFn::sub_, {x, keptAlong(most, x, axis)})});
  if (!e) return;
  mlir::Value sum = make("plx.reduce", {e}, {text("kind", "sum"), ints("axes", {axis})});
  mlir::Value result = apply(ScalarFn::div_, {e, keptAlong(sum, x, axis)});
  if (random_.oneIn(4)) note(e, {0, 1});
  note(result, {0, 1});
}

void Generator::normalize() {
  mlir::Value x = pick([](mlir::Value v) { return isFloat(v) && rankOf(v) >= 1; });
  if (!x) return;
  int64_t axis = rankOf(x) - 1;
  if (sizeOf(x, axis) < 2 || !dimOf(x.getType(), axis).constant()) return;
  auto mean = [&](mlir::Value v) -> mlir::Value {
    mlir::Value sum = make("plx.reduce", {v}, {text("kind", "sum"), ints("axes", {axis})});
    if (!sum) return {};
    return apply(ScalarFn::div_, {sum, scalarLike(static_cast<double>(sizeOf(x, axis)), sum)});
  };
  mlir::Value centered = apply(ScalarFn::sub_, {x, keptAlong(mean(x), x, axis)});
  if (!centered) return;
  mlir::Value variance = mean(apply(ScalarFn::mul_, {centered, centered}));
  if (!variance) return;
  mlir::Value deviation =
      apply(ScalarFn::sqrt_, {apply(ScalarFn::add_, {variance, scalarLike(0.125, variance)})});
  note(apply(ScalarFn::div_, {centered, keptAlong(deviation, x, axis)}), {-80, 80});
}

}  // namespace plx::fuzz
