// Ops that move elements: views, gathers, sizes as values.
#include <cmath>

#include "ir/ops/Build.h"
#include "tests/fuzz/Generator.h"

namespace plx::fuzz {

namespace {

bool isFloat(mlir::Value value) {
  return mlir::isa<mlir::FloatType>(mlir::getElementTypeOrSelf(value.getType()));
}

}  // namespace

void Generator::reshapeValue() {
  mlir::Value x = pickAny();
  Dims from = dimsOf(x.getType()), to = from;
  for (int64_t step = random_.in(1, 3); step > 0; --step) {
    switch (random_.in(0, 3)) {
      case 0:  // two neighbours as one
        if (to.size() >= 2) {
          size_t at = random_.in(0, to.size() - 2);
          to[at] = to[at] * to[at + 1];
          to.erase(to.begin() + at + 1);
        }
        break;
      case 1:
        to.insert(to.begin() + random_.in(0, to.size()), constant(1));
        break;
      case 2:  // one as two
        if (!to.empty()) {
          size_t at = random_.in(0, to.size() - 1);
          int64_t factor = random_.in(2, 4);
          auto known = to[at].constant();
          if (known && *known > 0 && *known % factor == 0) {
            to[at] = constant(*known / factor);
            to.insert(to.begin() + at + random_.in(0, 1), constant(factor));
          }
        }
        break;
      default:  // neighbours change places: the product stays
        if (to.size() >= 2) std::swap(to[to.size() - 1], to[to.size() - 2]);
    }
  }
  if (to.size() <= 5) note(build::reshape(b_, loc_, x, to), intervalOf(x));
}

void Generator::broadcastValue() {
  mlir::Value x = pickAny();
  Dims from = dimsOf(x.getType()), to;
  Ints along;
  for (size_t i = 0; i <= from.size(); ++i) {
    if (to.size() < 4 && random_.oneIn(3)) to.push_back(randomDim());
    if (i == from.size()) break;
    along.push_back(static_cast<int64_t>(to.size()));
    to.push_back(from[i].isConstant(1) && random_.oneIn(2) ? randomDim() : from[i]);
  }
  if (isSmall(to)) note(build::broadcastAlong(b_, loc_, x, along, to), intervalOf(x));
}

void Generator::transposeValue() {
  mlir::Value x = pick([](mlir::Value v) { return rankOf(v) >= 2; });
  if (!x) return;
  Ints order;
  for (int64_t i = 0; i < rankOf(x); ++i) order.insert(order.begin() + random_.in(0, i), i);
  note(build::transpose(b_, loc_, x, order), intervalOf(x));
}

void Generator::sliceValue() {
  mlir::Value x = pick([](mlir::Value v) { return rankOf(v) >= 1; });
  if (!x) return;
  Dims starts, sizes, steps;
  for (Dim dim : dimsOf(x.getType())) {
    int64_t size = sizeOf(dim);
    if (random_.oneIn(2) || size == 0) {
      starts.push_back(constant(0));
      sizes.push_back(dim);
      steps.push_back(constant(1));
      if (random_.oneIn(3)) {  // backwards
        starts.back() = dim - 1;
        steps.back() = constant(-1);
        if (size == 0 || !dim.constant()) {  // the start of nothing is not inside
          starts.back() = constant(0);
          steps.back() = constant(1);
          if (size >= 2) {
            starts.back() = constant(1);
            sizes.back() = dim - 1;
          }
        }
      }
      continue;
    }
    int64_t step = random_.oneIn(2) ? 1 : random_.in(-3, 3);
    int64_t count = random_.oneIn(12) ? 0 : random_.in(1, size);
    int64_t span = count > 0 ? (count - 1) * std::abs(step) : 0;
    if (span >= size) {
      count = (size - 1) / std::abs(step) + 1;
      span = (count - 1) * std::abs(step);
    }
    int64_t low = random_.in(0, size - 1 - span);
    starts.push_back(constant(step < 0 ? low + span : low));
    sizes.push_back(constant(count));
    steps.push_back(constant(step));
  }
  note(build::slice(b_, loc_, x, starts, sizes, steps), intervalOf(x));
}

void Generator::padValue() {
  mlir::Value x = pick([](mlir::Value v) { return rankOf(v) >= 1; });
  if (!x) return;
  Dims low, high, interior, result;
  for (Dim dim : dimsOf(x.getType())) {
    bool touched = random_.oneIn(2);
    int64_t size = sizeOf(dim);
    int64_t between = touched && random_.oneIn(4) ? random_.in(1, 2) : 0;
    int64_t whole = size + std::max<int64_t>(size - 1, 0) * between;
    int64_t before = touched ? random_.in(random_.oneIn(4) ? -2 : 0, 3) : 0;
    int64_t after = touched ? random_.in(random_.oneIn(4) ? -2 : 0, 3) : 0;
    if (before + after + whole < 0) before = after = 0;
    low.push_back(constant(before));
    high.push_back(constant(after));
    interior.push_back(constant(between));
    result.push_back(constant(before + after + whole));
  }
  if (!isSmall(result)) return;
  Interval at = intervalOf(x);
  mlir::Value value;
  if (random_.oneIn(4)) {
    value = pick([&](mlir::Value v) { return rankOf(v) == 0 && elementOf(v) == elementOf(x); });
    if (value) {
      Interval other = intervalOf(value);
      at = {std::min(at.low, other.low), std::max(at.high, other.high)};
    }
  }
  if (!value) value = build::constantScalar(b_, loc_, random_.oneIn(2) ? 0 : 1, elementOf(x));
  note(build::pad(b_, loc_, x, value, low, high, interior),
       {std::min(at.low, 0.0), std::max(at.high, 1.0)});
}

void Generator::concatValues() {
  mlir::Value first = pick([](mlir::Value v) { return rankOf(v) >= 1; });
  if (!first) return;
  int64_t axis = random_.in(0, rankOf(first) - 1);
  llvm::SmallVector<mlir::Value> parts{first};
  Interval at = intervalOf(first);
  for (int64_t i = random_.in(1, 3); i > 0; --i) {
    Dims dims = dimsOf(first.getType());
    mlir::Value part = pick([&](mlir::Value v) {
      if (elementOf(v) != elementOf(first) || rankOf(v) != rankOf(first)) return false;
      Dims there = dimsOf(v.getType());
      there[axis] = dims[axis];
      return there == dims;
    });
    if (!part) {
      dims[axis] = constant(random_.in(1, 5));
      part = input(elementOf(first), dims);
    }
    Interval other = intervalOf(part);
    at = {std::min(at.low, other.low), std::max(at.high, other.high)};
    parts.push_back(part);
  }
  int64_t elements = 0;
  for (mlir::Value part : parts) elements += numElements(dimsOf(part.getType()));
  if (elements <= 6000) note(build::concat(b_, loc_, axis, parts), at);
}

void Generator::gatherValue() {
  mlir::Value x = pick([](mlir::Value v) { return rankOf(v) >= 1; });
  if (!x) return;
  Ints axes;
  for (int64_t axis = 0; axis < rankOf(x); ++axis)
    if (sizeOf(x, axis) > 0 && (axes.empty() ? random_.oneIn(2) : random_.oneIn(3)))
      axes.push_back(axis);
  if (axes.empty()) return;
  Dims shape = randomDims(2), result;
  for (auto [axis, dim] : llvm::enumerate(dimsOf(x.getType())))
    if (!llvm::is_contained(axes, static_cast<int64_t>(axis))) result.push_back(dim);
  auto position = random_.in(0, result.size());
  result.append(shape);
  if (!isSmall(result)) return;
  llvm::SmallVector<mlir::Value> operands{x};
  for (int64_t axis : axes) {
    auto size = static_cast<double>(sizeOf(x, axis));
    mlir::Value indices;
    if (random_.oneIn(3))  // indices that are computed
      if (mlir::Value found = pick([&](mlir::Value v) {
            return !isFloat(v) && elementOf(v).getIntOrFloatBitWidth() > 1 &&
                   dimsOf(v.getType()) == shape;
          })) {
        bool isUnsigned = elementOf(found).isUnsignedInteger();
        if (size < 100) {
          indices = apply(ScalarFn::min_, {found, scalarLike(size - 1, found)});
          if (!isUnsigned) indices = apply(ScalarFn::max_, {indices, scalarLike(-size, found)});
        }
      }
    if (!indices)
      indices = input(random_.oneIn(2) ? b_.getI64Type() : b_.getI32Type(), shape,
                      {random_.oneIn(2) ? -size : 0, size - 1});
    if (!operands.empty() && operands.size() > 1 &&
        elementOf(indices) != elementOf(operands.back()))
      indices = build::cast(b_, loc_, indices, elementOf(operands.back()));
    operands.push_back(indices);
  }
  note(make("plx.gather", operands, {ints("axes", axes), number("position", position)}),
       intervalOf(x));
}

void Generator::iotaValue() {
  Dims dims = randomDims(3);
  if (dims.empty()) return;
  int64_t axis = random_.in(0, dims.size() - 1);
  mlir::Type element = randomElement();
  if (element.isInteger(1)) element = b_.getI64Type();
  note(build::iota(b_, loc_, axis, element, dims), {0, static_cast<double>(sizeOf(dims[axis]))});
}

void Generator::dimsOfValue() {
  mlir::Value x = pickAny();
  Dims dims = dimsOf(x.getType());
  if (!dims.empty()) note(build::dimsValue(b_, loc_, dims), {0, 6000});
}

}  // namespace plx::fuzz
