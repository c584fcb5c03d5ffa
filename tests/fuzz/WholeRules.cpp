// Ops without a loop nest, random bits and attention.
#include <cmath>

#include "ir/ops/Build.h"
#include "tests/fuzz/Generator.h"

namespace plx::fuzz {

void Generator::constantValue() {
  Dims dims = randomDims(2);
  mlir::Type element = randomElement();
  Ints shape;
  for (Dim dim : dims) {
    if (!dim.constant()) return;
    shape.push_back(*dim.constant());
  }
  eval::Tensor tensor(element, shape);
  bool isFloat = tensor.isFloat();
  for (int64_t i = 0; i < tensor.numElements(); ++i)
    isFloat ? tensor.setFloat(i, random_.real(-2, 2)) : tensor.setInt(i, random_.in(0, 1));
  note(build::constant(b_, loc_, tensor.toAttr()), isFloat ? Interval{-2, 2} : Interval{0, 1});
}

void Generator::randomBits() {
  mlir::Type key = b_.getIntegerType(64, /*isSigned=*/false);
  Dims dims = randomDims(3);
  mlir::Type type = tensorType(b_.getIntegerType(32, /*isSigned=*/false), dims);
  mlir::Value bits = make("plx.random_bits", {input(key, {constant(2)}, {0, 1e15})}, {}, type);
  note(bits, {0, 4294967295.0});
}

void Generator::sortValue() {
  mlir::Value x = pick([](mlir::Value v) { return rankOf(v) >= 1; });
  if (!x || exactOnly_) return;
  int64_t axis = random_.in(0, rankOf(x) - 1);
  Interval places{0, static_cast<double>(sizeOf(x, axis))};
  llvm::SmallVector<mlir::NamedAttribute> attributes{number("axis", axis)};
  mlir::Type type = x.getType();
  llvm::StringRef name = "plx.sort";
  if (random_.oneIn(2)) {
    if (random_.oneIn(2)) attributes.push_back(attr("descending", b_.getUnitAttr()));
  } else {
    if (elementOf(x).isInteger(1)) return;
    name = "plx.top_k";
    Dims dims = dimsOf(type);
    dims[axis] = constant(random_.in(0, std::min<int64_t>(sizeOf(x, axis), 9)));
    attributes.push_back(attr("k", DimsAttr::get(context_, {dims[axis]})));
    if (random_.oneIn(2)) attributes.push_back(attr("smallest", b_.getUnitAttr()));
    type = tensorType(elementOf(x), dims);
  }
  auto results =
      makeWithRegions(name, {x}, attributes, {type, tensorType(b_.getI64Type(), dimsOf(type))}, {});
  if (results.size() != 2) return;
  note(results[0], intervalOf(x));
  note(results[1], places);
}

void Generator::scatterValue() {
  mlir::Value x = pick([](mlir::Value v) { return rankOf(v) >= 1; });
  if (!x || exactOnly_ || elementOf(x).isInteger(1)) return;
  int64_t axis = random_.in(0, rankOf(x) - 1);
  auto size = static_cast<double>(sizeOf(x, axis));
  if (size == 0) return;
  Dims shape = randomDims(2), updates = dimsOf(x.getType());
  updates.erase(updates.begin() + axis);
  auto position = random_.in(0, updates.size());
  updates.insert(updates.begin() + position, shape.begin(), shape.end());
  if (!isSmall(updates)) return;
  mlir::Value indices = input(b_.getI64Type(), shape, {-size, size - 1});
  bool isFloat = mlir::isa<mlir::FloatType>(elementOf(x));
  static constexpr llvm::StringLiteral kKinds[] = {"replace", "max", "min", "sum"};
  llvm::StringRef kind = random_.of<llvm::StringLiteral>(kKinds);
  // Sums of floats round after each update, in order: the reference's own order.
  if (isFloat && kind == "sum" && intervalOf(x).high > 100) kind = "max";
  mlir::Value update = like(elementOf(x), updates);
  note(make("plx.scatter", {x, update, indices},
            {text("kind", kind), ints("axes", {axis}), number("position", position)}),
       {-INFINITY, INFINITY});
}

void Generator::attend() {
  if (exactOnly_) return;
  mlir::Type element = random_.oneIn(6) ? randomElement() : b_.getF32Type();
  if (!mlir::isa<mlir::FloatType>(element)) element = b_.getF32Type();
  Dims batch = randomDims(1);
  Dim rows = randomDim(), keys = randomDim(), depth = constant(random_.in(1, 20));
  if (sizeOf(keys) == 0) return;
  auto dims = [&](Dim a, Dim b) {
    Dims all = batch;
    all.push_back(a);
    all.push_back(b);
    return all;
  };
  Dim width = constant(random_.in(1, 40));
  if (!isSmall(dims(rows, keys)) || !isSmall(dims(rows, width)) || !isSmall(dims(keys, width)) ||
      numElements(dims(rows, keys)) * 64 > 300000)
    return;
  auto operand = [&](Dim a, Dim b) { return within(like(element, dims(a, b)), -2, 2); };
  mlir::Value q = operand(rows, depth), k = operand(keys, depth), v = operand(keys, width);
  llvm::SmallVector<mlir::Value> operands{q, k, v};
  if (random_.oneIn(3)) operands.push_back(operand(rows, keys));
  llvm::SmallVector<mlir::NamedAttribute> attributes{attr("scale", b_.getF64FloatAttr(0.25))};
  // Row 0 sees at least one key.
  if (random_.oneIn(3))
    attributes.push_back(attr("causal", DimsAttr::get(context_, {constant(random_.in(0, 3))})));
  note(make("plx.attention", operands, attributes), {-2, 2});
}

}  // namespace plx::fuzz
