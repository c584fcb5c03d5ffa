// dot_general, convolution, attention.
#include "frontends/onnx/export/Broadcast.h"
#include "ir/ops/Attention.h"
#include "ir/ops/Convolution.h"
#include "ir/ops/DotGeneral.h"
#include "ir/ops/Pad.h"

namespace plx::onnxio {
namespace {

Type elementOf(Value x) { return mlir::cast<mlir::RankedTensorType>(x.getType()).getElementType(); }
int64_t rankOf(Value x) { return mlir::cast<mlir::RankedTensorType>(x.getType()).getRank(); }

// ONNX multiplies matrices of floats and of ints of 32 and 64 bits; narrower ints go through i32,
// whose sums wrap to the same.
struct Widened {
  Exporter &e;
  Type element;
  bool isNarrow() const { return element.isInteger(8) || element.isInteger(16); }
  Name in(const Name &x) const { return isNarrow() ? e.cast(x, wide()) : x; }
  Name out(const Name &x) const { return isNarrow() ? e.cast(x, element) : x; }
  Type wide() const { return mlir::IntegerType::get(element.getContext(), 32); }
};

// ---- dot_general

Ints freeAxes(int64_t rank, llvm::ArrayRef<int64_t> batch, llvm::ArrayRef<int64_t> contract) {
  Ints free;
  for (int64_t axis = 0; axis < rank; ++axis)
    if (!llvm::is_contained(batch, axis) && !llvm::is_contained(contract, axis))
      free.push_back(axis);
  return free;
}

// "abc,acd->abd": a letter each pair and each free axis.
std::string equationOf(DotGeneralOp op, const Ints &lhsFree, const Ints &rhsFree) {
  std::string lhs(rankOf(op.getLhs()), ' '), rhs(rankOf(op.getRhs()), ' '), out;
  char next = 'a';
  for (auto [l, r] : llvm::zip(op.getLhsBatch(), op.getRhsBatch())) {
    lhs[l] = rhs[r] = next;
    out += next++;
  }
  for (auto [l, r] : llvm::zip(op.getLhsContract(), op.getRhsContract())) lhs[l] = rhs[r] = next++;
  for (int64_t axis : lhsFree) out += lhs[axis] = next++;
  for (int64_t axis : rhsFree) out += rhs[axis] = next++;
  return lhs + "," + rhs + "->" + out;
}

void exportDot(Exporter &e, DotGeneralOp op) {
  Widened wide{e, elementOf(op.getLhs())};
  Name lhs = wide.in(e.of(op.getLhs())), rhs = wide.in(e.of(op.getRhs()));
  Ints lhsFree = freeAxes(rankOf(op.getLhs()), op.getLhsBatch(), op.getLhsContract());
  Ints rhsFree = freeAxes(rankOf(op.getRhs()), op.getRhsBatch(), op.getRhsContract());
  bool isOneSum = op.getLhsContract().size() == 1;
  bool isMatMul = isOneSum && rhsFree.size() == 1 &&
                  (op.getLhsBatch().empty() ? !lhsFree.empty() : lhsFree.size() == 1);
  if (!isMatMul) {
    std::string equation = equationOf(op, lhsFree, rhsFree);
    Name result = e.node("Einsum", {lhs, rhs}, {attrOf("equation", llvm::StringRef(equation))});
    return e.define(op.getResult(), wide.out(result));
  }
  // A Gemm takes the second operand as weights are stored, [n, k].
  if (op.getLhsBatch().empty() && rankOf(op.getLhs()) == 2 && op.getLhsContract()[0] == 1 &&
      op.getRhsContract()[0] == 1 && mlir::isa<mlir::FloatType>(wide.element))
    return e.define(op.getResult(), e.node("Gemm", {lhs, rhs}, {attrOf("transB", int64_t{1})}));
  // lhs [batch.., free.., k], rhs [batch.., k, n]
  Ints left(op.getLhsBatch()), right(op.getRhsBatch());
  left.append(lhsFree);
  left.append(op.getLhsContract().begin(), op.getLhsContract().end());
  right.append(op.getRhsContract().begin(), op.getRhsContract().end());
  right.append(rhsFree);
  Name result = e.node("MatMul", {e.transpose(lhs, left), e.transpose(rhs, right)});
  e.define(op.getResult(), wide.out(result));
}
PLX_ONNX_EXPORT(DotGeneralOp, exportDot);

// ---- convolution

bool isZero(Value value) {
  mlir::DenseElementsAttr splat = splatOf(value);
  if (!splat) return false;
  eval::Tensor tensor = eval::Tensor::fromAttr(splat);
  if (tensor.isFloat()) return tensor.floats()[0] == 0;
  return tensor.isInt() && tensor.ints()[0] == 0;
}

// Padding by zeros, along spatial dims alone, is Conv's own: begins, then ends. Else none.
std::optional<Ints> padsOf(PadOp pad) {
  if (!pad || !isZero(pad.getValue())) return std::nullopt;
  Ints pads, ends;
  size_t rank = pad.getLow().size();
  for (size_t d = 0; d < rank; ++d) {
    std::optional<int64_t> low = pad.getLow()[d].constant(), high = pad.getHigh()[d].constant();
    if (!low || !high || *low < 0 || *high < 0 || !pad.getInterior()[d].isConstant(0))
      return std::nullopt;
    bool isSpatial = d > 0 && d + 1 < rank;
    if (!isSpatial && (*low != 0 || *high != 0)) return std::nullopt;
    if (!isSpatial) continue;
    pads.push_back(*low);
    ends.push_back(*high);
  }
  pads.append(ends);
  return pads;
}

/// Subscripts of Einsum: spatial dim i has a place 'A' + i and a tap 'a' + i; n is the batch, z the
/// group, x and y the channels within it.
struct Letters {
  std::string input = "n", weights, result = "n";
};
Letters lettersOf(int64_t numSpatial) {
  Letters letters;
  for (int64_t i = 0; i < numSpatial; ++i) {
    std::string place(1, static_cast<char>('A' + i)), tap(1, static_cast<char>('a' + i));
    letters.input += place + tap;
    letters.weights += tap;
    letters.result += place;
  }
  return {letters.input + "zx", letters.weights + "xzy", letters.result + "zy"};
}

// ONNX convolves floats alone (and 8-bit ints, whose zero points were subtracted here): the input's
// windows are gathered, and summed over taps and channels with the weights. In groups: c is [g,
// c/g], o is [g, o/g].
Name convolveInts(Exporter &e, ConvolutionOp op) {
  Widened wide{e, elementOf(op.getInput())};
  Name x = wide.in(e.of(op.getInput())), w = wide.in(e.of(op.getWeights()));
  Dims kernel = dimsOf(op.getWeights().getType()), out = dimsOf(op.getResult().getType());
  int64_t numSpatial = static_cast<int64_t>(kernel.size()) - 2;
  for (int64_t i = 0; i < numSpatial; ++i) {
    Name starts = e.node("Mul", {e.arange(out[i + 1]), e.ints({op.getStrides()[i]})});
    Name taps = e.node("Mul", {e.arange(kernel[i]), e.ints({op.getDilations()[i]})});
    Name places = e.node("Add", {e.unsqueeze(starts, {1}), taps});
    x = e.node("Gather", {x, places}, {attrOf("axis", 2 * i + 1)});
  }
  Dim groups = e.k(op.getGroups());
  Dims windows{out[0]}, split, joined(out), taps(kernel);
  for (int64_t i = 0; i < numSpatial; ++i) windows.append({out[i + 1], kernel[i]});
  windows.push_back(dimsOf(op.getInput().getType()).back());
  split.assign(windows.begin(), windows.end() - 1);
  split.append({groups, kernel[numSpatial]});
  taps.back() = groups;
  taps.push_back(floorDiv(kernel.back(), op.getGroups()));
  joined.back() = groups;
  joined.push_back(taps.back());
  Letters letters = lettersOf(numSpatial);
  std::string equation = letters.input + "," + letters.weights + "->" + letters.result;
  Name y = e.node("Einsum", {e.reshape(x, windows, split), e.reshape(w, kernel, taps)},
                  {attrOf("equation", llvm::StringRef(equation))});
  return wide.out(e.reshape(y, joined, out));
}

void exportConvolution(Exporter &e, ConvolutionOp op) {
  Type element = elementOf(op.getInput());
  if (!mlir::isa<mlir::FloatType>(element)) return e.define(op.getResult(), convolveInts(e, op));
  int64_t rank = rankOf(op.getInput());
  Ints first{0, rank - 1}, weights{rank - 1, rank - 2}, last{0};
  for (int64_t d = 1; d + 1 < rank; ++d) first.push_back(d);
  for (int64_t d = 0; d + 2 < rank; ++d) weights.push_back(d);
  for (int64_t d = 2; d < rank; ++d) last.push_back(d);
  last.push_back(1);
  std::vector<NodeAttr> attrs{attrOf("strides", op.getStrides()),
                              attrOf("dilations", op.getDilations()),
                              attrOf("group", static_cast<int64_t>(op.getGroups()))};
  Value input = op.getInput();
  auto pad = input.getDefiningOp<PadOp>();
  if (std::optional<Ints> pads = padsOf(pad)) {
    input = pad.getOperand();
    attrs.push_back(attrOf("pads", *pads));
  }
  Name y =
      e.node("Conv", {e.transpose(e.of(input), first), e.transpose(e.of(op.getWeights()), weights)},
             attrs);
  e.define(op.getResult(), e.transpose(y, last));
}
PLX_ONNX_EXPORT(ConvolutionOp, exportConvolution);

// ---- attention

// Key j takes part in row i where j <= i + offset.
Name causalMask(Exporter &e, AttentionOp op) {
  Dims q = dimsOf(op.getQ().getType()), k = dimsOf(op.getK().getType());
  Name rows = e.node("Add", {e.arange(q[q.size() - 2]), e.dim((*op.getCausal())[0])});
  return e.node("LessOrEqual", {e.arange(k[k.size() - 2]), e.unsqueeze(rows, {1})});
}

// In f32 where the elements are narrower, rounded once as the op says.
void exportAttention(Exporter &e, AttentionOp op) {
  Type element = elementOf(op.getQ());
  bool isNarrow = element.getIntOrFloatBitWidth() < 32;
  Type wide = isNarrow ? e.f32() : element;
  auto in = [&](Value x) { return isNarrow ? e.cast(e.of(x), wide) : e.of(x); };
  int64_t rank = rankOf(op.getQ());
  Ints swapped;
  for (int64_t d = 0; d + 2 < rank; ++d) swapped.push_back(d);
  swapped.append({rank - 1, rank - 2});
  Name scores = e.node("MatMul", {in(op.getQ()), e.transpose(in(op.getK()), swapped)});
  double scale = op.getScale().convertToDouble();
  if (scale != 1) scores = e.node("Mul", {scores, e.scalar(scale, wide)});
  if (op.getMask()) scores = e.node("Add", {scores, in(op.getMask())});
  if (op.getCausal())
    scores = e.node("Where", {causalMask(e, op), scores, e.scalar(-INFINITY, wide)});
  Name weights = e.node("Softmax", {scores}, {attrOf("axis", int64_t{-1})});
  Name result = e.node("MatMul", {weights, in(op.getV())});
  e.define(op.getResult(), isNarrow ? e.cast(result, element) : result);
}
PLX_ONNX_EXPORT(AttentionOp, exportAttention);

}  // namespace
}  // namespace plx::onnxio
