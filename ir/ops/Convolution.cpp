#include "ir/ops/Convolution.h"

#include "ir/eval/Accumulator.h"
#include "ir/eval/Views.h"
#include "ir/ops/BuildDerivatives.h"
#include "ir/ops/Folding.h"
#include "ir/ops/Sizes.h"
#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/Convolution.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(convolution, ConvolutionOp);

// ---- Verify -------------------------------------------------------------------------------------

mlir::LogicalResult ConvolutionOp::verify() { return checkTensors(*this); }

// ---- Infer --------------------------------------------------------------------------------------
// [n, (s - (k - 1) * dilation - 1) floordiv stride + 1 .., o]                              //
// convolution.c5: inferTensor

namespace {
constexpr llvm::StringLiteral kOp = "convolution";

mlir::LogicalResult checkGroups(std::optional<mlir::Location> location, mlir::RankedTensorType x,
                                mlir::RankedTensorType w, int64_t groups) {
  int64_t last = x.getRank() - 1;
  Dim c = dimOf(x, last), perGroup = dimOf(w, last - 1), o = dimOf(w, last);
  auto divides = [&](Dim size) {
    return !size || !size.constant() || *size.constant() % groups == 0;
  };
  if (groups < 1 || !divides(c) || !divides(o) ||  // convolution.c4
      (c && perGroup && provablyDifferent(perGroup * groups, c)))
    return mlir::emitOptionalError(
        location, kOp, ": `groups` is ", groups, ", input channels ", c ? c.str() : "?",
        ", weights [.., ", perGroup ? perGroup.str() : "?", ", ", o ? o.str() : "?",
        "]; expected groups >= 1 that divides input and output channels, and weights of input "
        "channels / groups");
  return mlir::success();
}
}  // namespace

mlir::LogicalResult ConvolutionOp::inferReturnTypes(mlir::MLIRContext *,
                                                    std::optional<mlir::Location> location,
                                                    Adaptor adaptor,
                                                    llvm::SmallVectorImpl<mlir::Type> &types) {
  auto x = mlir::cast<mlir::RankedTensorType>(adaptor.getInput().getType());
  auto w = mlir::cast<mlir::RankedTensorType>(adaptor.getWeights().getType());
  mlir::Type element = x.getElementType();
  if (element != w.getElementType() ||  // convolution.c1
      !(isNumberInt(element) || mlir::isa<mlir::FloatType>(element)))
    return mlir::emitOptionalError(location, kOp, ": element types are ", element, " and ",
                                   w.getElementType(), ", expected one int or float type");
  if (x.getRank() != w.getRank() || x.getRank() < 3)  // convolution.c2
    return mlir::emitOptionalError(location, kOp, ": `input` has rank ", x.getRank(),
                                   ", `weights` ", w.getRank(), ", expected one rank >= 3");
  int64_t spatial = x.getRank() - 2;
  for (auto [name, values] : {std::pair("strides", adaptor.getStrides()),  // convolution.c3
                              std::pair("dilations", adaptor.getDilations())})
    if (failed(inferPositive(location, kOp, name, values, spatial, "spatial dims")))
      return mlir::failure();
  if (failed(checkGroups(location, x, w, adaptor.getGroups()))) return mlir::failure();
  llvm::SmallVector<Dim> dims{dimOf(x, 0)};
  for (int64_t d = 0; d < spatial; ++d)
    dims.push_back(windowResult(dimOf(x, d + 1), dimOf(w, d), adaptor.getStrides()[d],
                                adaptor.getDilations()[d]));
  dims.push_back(dimOf(w, spatial + 1));
  return inferTensor(location, kOp, element, dims, types);
}

// ---- Evaluate -----------------------------------------------------------------------------------

mlir::FailureOr<llvm::SmallVector<eval::Value>> ConvolutionOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  const eval::Tensor &x = operands[0].tensor(), &w = operands[1].tensor();
  int64_t spatial = x.rank() - 2, groups = getGroups();
  int64_t perGroup = w.shape()[spatial], outputs = w.shape()[spatial + 1];
  if (perGroup * groups != x.shape().back() || outputs % groups != 0)
    return scope.fail(*this, llvm::Twine(groups) + " groups, " + llvm::Twine(x.shape().back()) +
                                 " input channels, " + llvm::Twine(perGroup) + " in the weights, " +
                                 llvm::Twine(outputs) + " output channels do not fit");
  llvm::SmallVector<int64_t> shape{x.shape()[0]};
  for (int64_t d = 0; d < spatial; ++d)
    shape.push_back(
        windowResult(x.shape()[d + 1], w.shape()[d], getStrides()[d], getDilations()[d]));
  shape.push_back(outputs);
  // Where the window's elements lie behind its first: the same for every window.
  llvm::SmallVector<int64_t> strides = eval::stridesOf(x.shape()), offsets;
  for (eval::Index k(w.shape().drop_back()); k; ++k) {
    offsets.push_back((*k).back());
    for (int64_t d = 0; d < spatial; ++d)
      offsets.back() += (*k)[d] * getDilations()[d] * strides[d + 1];
  }
  eval::Tensor result(x.elementType(), shape);
  for (eval::Index i(shape); i; ++i) {
    eval::ProductSum sum(x.elementType());
    int64_t o = (*i).back(), first = o / (outputs / groups) * perGroup + (*i)[0] * strides[0];
    for (int64_t d = 0; d < spatial; ++d) first += (*i)[d + 1] * getStrides()[d] * strides[d + 1];
    for (auto [k, offset] : llvm::enumerate(offsets))
      sum.add(x, first + offset, w, static_cast<int64_t>(k) * outputs + o);
    sum.store(result, i.linear());
  }
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Differentiate ------------------------------------------------------------------------------
// input: the cotangent, spread by the strides, convolved with the weights backwards, their channels
// exchanged. weights: the input convolved with the cotangent, strides and dilations exchanged, the
// batch summed over like a position; of groups a product over batch and positions for each tap.

namespace {
struct ConvolutionBack {
  mlir::OpBuilder &b;
  mlir::Location loc;
  ConvolutionOp op;
  mlir::Value ct;  // [n, s'.., o]
  llvm::SmallVector<Dim> x = dimsOf(op.getInput().getType());
  llvm::SmallVector<Dim> w = dimsOf(op.getWeights().getType());
  llvm::SmallVector<Dim> y = dimsOf(op.getType());
  int64_t spatial = x.size() - 2, groups = op.getGroups();
  Dim zero = Dim::constant(op.getContext(), 0), one = Dim::constant(op.getContext(), 1);

  Dim groupsDim() { return Dim::constant(b.getContext(), groups); }
  Dim perGroup() { return w[spatial]; }
  Dim outputsPerGroup() { return floorDiv(w.back(), groups); }

  mlir::Value input() {
    llvm::SmallVector<Dim> low{zero}, high{zero}, interior{zero};
    for (int64_t d = 0; d < spatial; ++d) {
      low.push_back(max(w[d] - 1, zero) * op.getDilations()[d]);
      interior.push_back(Dim::constant(b.getContext(), op.getStrides()[d] - 1));
      high.push_back(x[d + 1] - y[d + 1] - max(y[d + 1] - 1, 0) * interior.back());
    }
    for (auto *list : {&low, &high, &interior}) list->push_back(zero);
    mlir::Value none = build::constantScalar(b, loc, 0, mlir::getElementTypeOrSelf(op.getType()));
    ConvolutionOp::Properties properties = op.getProperties();
    properties.strides = b.getDenseI64ArrayAttr(llvm::SmallVector<int64_t>(spatial, 1));
    mlir::Value result = build::create<ConvolutionOp>(
        b, loc, {build::pad(b, loc, ct, none, low, high, interior), exchanged()}, properties);
    // A window without taps would give one place too many.
    if (!result || dimsOf(result.getType()) == x) return result;
    llvm::SmallVector<Dim> starts(x.size(), zero), steps(x.size(), one);
    return build::slice(b, loc, result, starts, x, steps);
  }

  /// The weights backwards, [k.., o / groups, c].
  mlir::Value exchanged() {
    llvm::SmallVector<Dim> split(w), joined(w);
    split.back() = groupsDim();
    split.push_back(outputsPerGroup());
    llvm::SmallVector<int64_t> order = build::allAxes(spatial);
    mlir::Value weights = build::reverse(b, loc, op.getWeights(), order);
    llvm::append_range(order, llvm::ArrayRef<int64_t>{spatial + 2, spatial + 1, spatial});
    joined[spatial] = outputsPerGroup();
    joined.back() = perGroup() * groups;
    weights = build::transpose(b, loc, build::reshape(b, loc, weights, split), order);
    return build::reshape(b, loc, weights, joined);
  }

  /// The input without the places at the end that a stride never reaches, where sizes are known.
  mlir::Value usedInput() {
    llvm::SmallVector<Dim> starts(x.size(), zero), sizes(x), steps(x.size(), one);
    for (int64_t d = 0; d < spatial; ++d) {
      Dim reach = (y[d + 1] - 1) * op.getStrides()[d] + (w[d] - 1) * op.getDilations()[d] + 1;
      if (y[d + 1].constant().value_or(0) > 0 && w[d].constant().value_or(0) > 0)
        sizes[d + 1] = reach;
    }
    return build::slice(b, loc, op.getInput(), starts, sizes, steps);
  }

  /// out[c, k.., o] = sum over n, s' of input[n, s' * stride + k * dilation, c] * ct[n, s'.., o].
  mlir::Value weights() {
    llvm::SmallVector<int64_t> channelsFirst{spatial + 1}, back = build::allAxes(spatial + 2);
    llvm::append_range(channelsFirst, build::allAxes(spatial + 1));
    mlir::Value read = usedInput();
    llvm::SmallVector<Dim> image{x.back()}, window(y);
    llvm::append_range(image, llvm::ArrayRef(dimsOf(read.getType())).drop_back());
    image.push_back(one);
    window.insert(window.end() - 1, one);
    llvm::SmallVector<int64_t> strides{1}, dilations{1};
    llvm::append_range(strides, op.getDilations());
    llvm::append_range(dilations, op.getStrides());
    ConvolutionOp::Properties properties = op.getProperties();
    properties.strides = b.getDenseI64ArrayAttr(strides);
    properties.dilations = b.getDenseI64ArrayAttr(dilations);
    mlir::Value input = build::transpose(b, loc, read, channelsFirst);
    mlir::Value result = build::create<ConvolutionOp>(
        b, loc, {build::reshape(b, loc, input, image), build::reshape(b, loc, ct, window)},
        properties);
    if (!result) return {};
    // [c, 1, positions.., o]: positions past the taps where sizes are known only at run time.
    llvm::SmallVector<Dim> starts(x.size() + 1, zero), sizes{x.back(), one},
        steps(x.size() + 1, one);
    llvm::append_range(sizes, llvm::ArrayRef(w).drop_back(2));
    sizes.push_back(w.back());
    result = build::slice(b, loc, result, starts, sizes, steps);
    sizes.erase(sizes.begin() + 1);
    std::rotate(back.begin(), back.begin() + 1, back.end() - 1);
    return build::transpose(b, loc, build::reshape(b, loc, result, sizes), back);
  }

  mlir::Value weightsByTap(llvm::ArrayRef<int64_t> taps) {
    llvm::SmallVector<mlir::Value> parts;
    for (eval::Index tap(taps); tap; ++tap)
      parts.push_back(build::reshape(b, loc, ofTap(inputAt(*tap)), {one, perGroup(), w.back()}));
    return build::reshape(b, loc, build::concat(b, loc, 0, parts), w);
  }

  /// What the tap reads: [n, s'.., c].
  mlir::Value inputAt(llvm::ArrayRef<int64_t> tap) {
    llvm::SmallVector<Dim> starts{zero}, sizes(y), steps{one};
    for (int64_t d = 0; d < spatial; ++d) {
      starts.push_back(Dim::constant(b.getContext(), tap[d] * op.getDilations()[d]));
      steps.push_back(Dim::constant(b.getContext(), op.getStrides()[d]));
    }
    starts.push_back(zero);
    steps.push_back(one);
    sizes.back() = x.back();
    return build::slice(b, loc, op.getInput(), starts, sizes, steps);
  }

  /// [c / groups, o] of one tap, in some shape.
  mlir::Value ofTap(mlir::Value read) {
    llvm::SmallVector<int64_t> summed = build::allAxes(spatial + 1);
    if (perGroup() == one && outputsPerGroup() == one)
      return build::reduce(b, loc, "sum", build::multiply(b, loc, read, ct), summed);
    auto split = [&](mlir::Value tensor, Dim each) {
      llvm::SmallVector<Dim> dims(y);
      dims.back() = groupsDim();
      dims.push_back(each);
      return build::reshape(b, loc, tensor, dims);
    };
    mlir::Value product =
        build::dotGeneral(b, loc, split(read, perGroup()), split(ct, outputsPerGroup()),
                          {spatial + 1}, {spatial + 1}, summed, summed);
    return build::transpose(b, loc, product, {1, 0, 2});
  }
};
}  // namespace

mlir::LogicalResult ConvolutionOp::differentiate(Cotangents &ct) {
  ConvolutionBack back{ct.builder(), ct.loc(), *this, ct.of(getResult())};
  if (ct.wants(getInput())) ct.add(getInput(), back.input());
  if (!ct.wants(getWeights())) return mlir::success();
  if (getGroups() == 1) return ct.add(getWeights(), back.weights()), mlir::success();
  llvm::SmallVector<int64_t> taps;
  for (Dim size : llvm::ArrayRef(back.w).drop_back(2)) {
    if (!size.constant())
      return ct.refuse("weights whose spatial sizes are known only at run time");
    taps.push_back(*size.constant());
  }
  ct.add(getWeights(), back.weightsByTap(taps));
  return mlir::success();
}

// ---- Check sizes --------------------------------------------------------------------------------

void ConvolutionOp::sizeChecks(llvm::SmallVectorImpl<SizeCheck> &checks) {
  mlir::Type x = getInput().getType(), w = getWeights().getType();
  int64_t last = mlir::cast<mlir::RankedTensorType>(x).getRank() - 1;
  auto groups = static_cast<int64_t>(getGroups());
  checks.push_back(SizeCheck::equal(dimOf(x, last), dimOf(w, last - 1) * groups, last));
  checks.push_back(
      SizeCheck::equal(mod(dimOf(w, last), groups), Dim::constant(getContext(), 0), last));
}

// ---- Iterate ------------------------------------------------------------------------------------

Nature ConvolutionOp::nature() { return Nature::Contraction; }

mlir::Value ConvolutionOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  mlir::RankedTensorType x = b.operandType(0), w = b.operandType(1);
  int64_t spatial = x.getRank() - 2, groups = getGroups();
  llvm::SmallVector<Dim> extents = dimsOf(w);
  Dim outputs = extents.pop_back_val(), o = indices.back();
  Dim perGroup = extents.back();
  Dim firstChannel = groups == 1 ? Dim::constant(b.context(), 0)
                                 : floorDiv(o, floorDiv(outputs, groups)) * perGroup;
  return sumOfProducts(b, x.getElementType(), extents, [&](llvm::ArrayRef<Dim> k) {
    llvm::SmallVector<Dim> xi{indices[0]}, wi(k);
    for (int64_t d = 0; d < spatial; ++d)
      xi.push_back(indices[d + 1] * getStrides()[d] + k[d] * getDilations()[d]);
    xi.push_back(firstChannel + k.back());
    wi.push_back(o);
    return std::pair(b.operand(0, xi), b.operand(1, wi));
  });
}

}  // namespace plx
