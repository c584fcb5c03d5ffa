#include "ir/ops/ReduceWindow.h"

#include "ir/eval/Accumulator.h"
#include "ir/ops/ArgReduce.h"
#include "ir/ops/Build.h"
#include "ir/ops/BuildDerivatives.h"
#include "ir/ops/Folding.h"
#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/ReduceWindow.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(reduceWindow, ReduceWindowOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult ReduceWindowOp::verify() { return checkTensors(*this); }

// ---- Infer --------------------------------------------------------------------------------------
// (n - (window - 1) * dilation - 1) floordiv stride + 1                                  //
// reduce_window.c3: inferTensor

mlir::LogicalResult ReduceWindowOp::inferReturnTypes(mlir::MLIRContext *context,
                                                     std::optional<mlir::Location> location,
                                                     Adaptor adaptor,
                                                     llvm::SmallVectorImpl<mlir::Type> &types) {
  constexpr llvm::StringLiteral op = "reduce_window";
  auto operand = mlir::cast<mlir::RankedTensorType>(adaptor.getOperand().getType());
  if (failed(inferFold(location, op, adaptor.getKind(),  // reduce_window.c1
                       operand.getElementType())))
    return mlir::failure();
  for (auto [name, values] :
       {std::pair("window", adaptor.getWindow()),  // reduce_window.c2
        std::pair("strides", adaptor.getStrides()), std::pair("dilations", adaptor.getDilations())})
    if (failed(inferPositive(location, op, name, values, operand.getRank(), "dims")))
      return mlir::failure();
  llvm::SmallVector<Dim> dims;
  for (int64_t d = 0; d < operand.getRank(); ++d)
    dims.push_back(windowResult(dimOf(operand, d), Dim::constant(context, adaptor.getWindow()[d]),
                                adaptor.getStrides()[d], adaptor.getDilations()[d]));
  return inferTensor(location, op, operand.getElementType(), dims, types);
}

// ---- Evaluate -----------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> ReduceWindowOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &) {
  const eval::Tensor &x = operands[0].tensor();
  llvm::SmallVector<int64_t> shape, from(x.rank());
  for (int64_t d = 0; d < x.rank(); ++d)
    shape.push_back(windowResult(x.shape()[d], getWindow()[d], getStrides()[d], getDilations()[d]));
  eval::Tensor result(x.elementType(), shape);
  for (eval::Index i(shape); i; ++i) {
    eval::Accumulator sum(*foldKindNamed(getKind()), x.elementType());
    for (eval::Index w(getWindow()); w; ++w) {
      for (int64_t d = 0; d < x.rank(); ++d)
        from[d] = (*i)[d] * getStrides()[d] + (*w)[d] * getDilations()[d];
      sum.add(x, eval::linearize(from, x.shape()));
    }
    sum.store(result, i.linear());
  }
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Differentiate ------------------------------------------------------------------------------
// Of a sum, each gets the sum of the windows it is in. Of max and min, the first in row-major order
// that is the result takes all, as in other systems. Large windows, and products, go the long way:
// over a tensor of all windows.

namespace {
/// Windows of up to so many elements are unrolled: a slice and a pad for each element.
constexpr int64_t kMaxUnrolled = 32;

struct WindowBack {
  mlir::OpBuilder &b;
  mlir::Location loc;
  ReduceWindowOp op;
  llvm::SmallVector<Dim> from = dimsOf(op.getOperand().getType()), to = dimsOf(op.getType());
  int64_t rank = from.size();

  mlir::Value zero() {
    return build::constantScalar(b, loc, 0, mlir::getElementTypeOrSelf(op.getType()));
  }

  mlir::Value sum(mlir::Value ct) {
    llvm::SmallVector<Dim> low, high, interior;
    for (int64_t d = 0; d < rank; ++d) {
      int64_t reach = (op.getWindow()[d] - 1) * op.getDilations()[d];
      low.push_back(Dim::constant(b.getContext(), reach));
      interior.push_back(Dim::constant(b.getContext(), op.getStrides()[d] - 1));
      high.push_back(from[d] - to[d] - max(to[d] - 1, 0) * interior[d]);
    }
    ReduceWindowOp::Properties properties = op.getProperties();
    properties.strides = b.getDenseI64ArrayAttr(llvm::SmallVector<int64_t>(rank, 1));
    return build::create<ReduceWindowOp>(
        b, loc, build::pad(b, loc, ct, zero(), low, high, interior), properties);
  }

  /// The elements that are number `offset` of each window, and zeros around `x` of their shape.
  mlir::Value sliceAt(llvm::ArrayRef<int64_t> offset) {
    return build::slice(b, loc, op.getOperand(), starts(offset), to, strides());
  }
  mlir::Value padAt(llvm::ArrayRef<int64_t> offset, mlir::Value x) {
    llvm::SmallVector<Dim> low = starts(offset), high, interior;
    for (int64_t d = 0; d < rank; ++d) {
      interior.push_back(Dim::constant(b.getContext(), op.getStrides()[d] - 1));
      high.push_back(from[d] - low[d] - to[d] - max(to[d] - 1, 0) * interior[d]);
    }
    return build::pad(b, loc, x, zero(), low, high, interior);
  }
  llvm::SmallVector<Dim> starts(llvm::ArrayRef<int64_t> offset) {
    return llvm::map_to_vector(llvm::zip(offset, op.getDilations()), [&](auto pair) {
      return Dim::constant(b.getContext(), std::get<0>(pair) * std::get<1>(pair));
    });
  }
  llvm::SmallVector<Dim> strides() {
    return llvm::map_to_vector(
        op.getStrides(), [&](int64_t stride) { return Dim::constant(b.getContext(), stride); });
  }

  /// The number of the first element of each window that is its result.
  mlir::Value numberOfFirst() {
    llvm::SmallVector<llvm::SmallVector<int64_t>> offsets;
    for (eval::Index offset(op.getWindow()); offset; ++offset)
      offsets.emplace_back((*offset).begin(), (*offset).end());
    mlir::Value number = this->number(offsets.size());
    for (int64_t i = offsets.size(); i-- > 0;) {
      mlir::Value isResult = build::equal(b, loc, sliceAt(offsets[i]), op.getResult());
      number = build::pointwise(b, loc, ScalarFn::select_, {isResult, this->number(i), number});
    }
    return number;
  }
  mlir::Value number(int64_t i) {
    return build::splat(b, loc, static_cast<double>(i), b.getI32Type(), to);
  }

  mlir::Value firstExtreme(mlir::Value ct) {
    mlir::Value total, first = numberOfFirst();
    int64_t i = 0;
    for (eval::Index offset(op.getWindow()); offset; ++offset) {
      mlir::Value takes = build::equal(b, loc, first, number(i++));
      mlir::Value part = padAt(*offset, build::where(b, loc, takes, ct));
      total = total ? build::add(b, loc, total, part) : part;
    }
    return total;
  }

  /// All windows: the dims of the result, then one of the elements of a window.
  mlir::Value windows() {
    llvm::SmallVector<Dim> dims(to), flat(to);
    Dim count = Dim::constant(b.getContext(), 1);
    for (int64_t size : op.getWindow()) {
      dims.push_back(Dim::constant(b.getContext(), size));
      count = count * size;
    }
    flat.push_back(count);
    llvm::SmallVector<mlir::Value> places;
    auto scaled = [&](int64_t axis, int64_t factor) {
      mlir::Type i64 = b.getI64Type();
      return build::multiply(b, loc, build::iota(b, loc, axis, i64, dims),
                             build::splat(b, loc, static_cast<double>(factor), i64, dims));
    };
    for (int64_t d = 0; d < rank; ++d)
      places.push_back(build::add(b, loc, scaled(d, op.getStrides()[d]),
                                  scaled(rank + d, op.getDilations()[d])));
    mlir::Value all = build::gather(b, loc, op.getOperand(), places, build::allAxes(rank), 0);
    return build::reshape(b, loc, all, flat);
  }

  mlir::Value firstOfWindows() {
    mlir::Value all = windows();
    if (!all) return all;
    ArgReduceOp::Properties properties;
    properties.kind = op.getKindAttr();
    properties.axis = b.getI64IntegerAttr(rank);
    mlir::Value place = build::create<ArgReduceOp>(b, loc, all, properties);
    if (!place) return place;
    llvm::SmallVector<mlir::Value> places = build::coordinatesAlong(b, loc, place, -1);
    places.push_back(place);
    return build::gather(b, loc, all, places, build::allAxes(rank + 1), 0);
  }
};
}  // namespace

mlir::LogicalResult ReduceWindowOp::differentiate(Cotangents &ct) {
  WindowBack back{ct.builder(), ct.loc(), *this};
  if (getKind() == "product")
    return ct.replaceBy(
        build::reduce(ct.builder(), ct.loc(), "product", back.windows(), {back.rank}));
  if (getKind() == "sum") {
    ct.add(getOperand(), back.sum(ct.of(getResult())));
    return mlir::success();
  }
  int64_t numElements = 1;
  for (int64_t size : getWindow())
    if (__builtin_mul_overflow(numElements, size, &numElements)) numElements = INT64_MAX;
  if (numElements > kMaxUnrolled) return ct.replaceBy(back.firstOfWindows());
  ct.add(getOperand(), back.firstExtreme(ct.of(getResult())));
  return mlir::success();
}

// ---- Iterate ------------------------------------------------------------------------------------

Nature ReduceWindowOp::nature() { return Nature::Fold; }

mlir::Value ReduceWindowOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  llvm::SmallVector<Dim> extents;
  for (int64_t window : getWindow()) extents.push_back(Dim::constant(b.context(), window));
  return foldOver(b, *foldKindNamed(getKind()), extents, [&](llvm::ArrayRef<Dim> window) {
    llvm::SmallVector<Dim> from;
    for (auto [i, w, stride, dilation] : llvm::zip(indices, window, getStrides(), getDilations()))
      from.push_back(i * stride + w * dilation);
    return b.operand(0, from);
  });
}

// ---- Permute ------------------------------------------------------------------------------------

std::optional<PermutedResult> ReduceWindowOp::permutedResult(llvm::ArrayRef<int64_t> permutation) {
  return PermutedResult{Permutation(permutation)};
}

mlir::Value ReduceWindowOp::rebuildPermuted(mlir::OpBuilder &b, llvm::ArrayRef<int64_t> permutation,
                                            mlir::ValueRange given) {
  Properties properties = getProperties();
  properties.window = b.getDenseI64ArrayAttr(unpermuted(getWindow(), permutation));
  properties.strides = b.getDenseI64ArrayAttr(unpermuted(getStrides(), permutation));
  properties.dilations = b.getDenseI64ArrayAttr(unpermuted(getDilations(), permutation));
  return build::create<ReduceWindowOp>(b, getLoc(), given, properties);
}

}  // namespace plx
