// Matrix products and Einstein sums.
#include "frontends/onnx/NodeContext.h"
#include "frontends/onnx/ops/Quantize.h"

namespace plx::onnxio {
namespace {

void matMul(NodeContext &c) { c.out(c.matmul(c.in(0), c.in(1))); }
PLX_ONNX_OP("", MatMul, 1, matMul);

// alpha * A' * B' + beta * C, computed at once where alpha and beta are 1.
void gemm(NodeContext &c) {
  Value a = c.in(0), b = c.in(1);
  if (Emit::rank(a) != 2 || Emit::rank(b) != 2) invalid("the operands must be matrices");
  double alpha = c.floatOf("alpha", 1), beta = c.floatOf("beta", 1);
  Value y = c.dot(a, b, {}, {}, {c.intOf("transA", 0) ? 0 : 1}, {c.intOf("transB", 0) ? 1 : 0});
  if (alpha != 1) y = c.mul_(y, alpha);
  if (c.hasIn(2)) {
    Value bias = c.in(2);
    if (beta != 1) bias = c.mul_(bias, beta);
    y = c.add_(y, c.broadcastTo(bias, Emit::dims(y)));
  }
  c.out(y);
}
PLX_ONNX_OP("", Gemm, 7, gemm);
PLX_ONNX_OP("plx.withdrawn", Gemm, 1, gemm);

// A zero point is a scalar, one a row of A, or one a column of B.
Value centred(NodeContext &c, Value x, Value zero, bool isLeft) {
  x = c.cast(x, c.i32());
  if (!zero) return x;
  zero = c.cast(zero, c.i32());
  if (Emit::rank(zero) == 1 && isLeft && !c.dim(zero, 0).isConstant(1))
    zero = c.expandDims(zero, {1});
  if (Emit::rank(zero) == 1 && c.dim(zero, 0).isConstant(1)) zero = c.reshape(zero, {});
  return c.sub_(x, zero);
}
void matMulInteger(NodeContext &c) {
  Value a = bytesIn(c, 0), b = bytesIn(c, 1);
  c.out(c.matmul(centred(c, a, c.optIn(2), true), centred(c, b, c.optIn(3), false)));
}
PLX_ONNX_OP("", MatMulInteger, 10, matMulInteger);

// a, its scale and zero point, b, its scale and zero point, y's scale and zero point.
void qLinearMatMul(NodeContext &c) {
  Value sums = c.matmul(centred(c, c.in(0), c.in(2), true), centred(c, c.in(3), c.in(5), false));
  auto scaleOf = [&](Value scale, bool isLeft) {
    if (Emit::rank(scale) == 1 && c.dim(scale, 0).isConstant(1)) return c.reshape(scale, {});
    return Emit::rank(scale) == 1 && isLeft ? c.expandDims(scale, {1}) : scale;
  };
  Value scale = c.wide(c.mul_(scaleOf(c.in(1), true), scaleOf(c.in(4), false)));
  Value real = c.mul_(c.cast(sums, Emit::elem(scale)), scale);
  Dims dims = Emit::dims(real);
  Value yScale = c.cast(scaleOf(c.in(6), true), Emit::elem(real)), yZero = scaleOf(c.in(7), true);
  c.out(c.op("plx.quantize", {real, c.broadcastTo(yScale, dims), c.broadcastTo(yZero, dims)}));
}
PLX_ONNX_OP("", QLinearMatMul, 10, qLinearMatMul);

// ---- einsum
// ----------------------------------------------------------------------------------------------------------

// One operand and the label of each of its dims. Dims under an ellipsis have the labels '0', '1',
// .. from the right.
struct Term {
  Value value;
  std::string labels;
};

struct Equation {
  std::vector<std::string> inputs;
  std::string output;
};

std::string expandEllipsis(llvm::StringRef labels, int64_t rank) {
  std::string result;
  size_t at = labels.find("...");
  std::string letters;
  for (char l : labels)
    if (llvm::isAlpha(l))
      letters.push_back(l);
    else if (l != '.')
      invalid("the equation holds '" + llvm::Twine(l) + "'");
  if (at == llvm::StringRef::npos) return letters;
  int64_t hidden = rank - static_cast<int64_t>(letters.size());
  if (hidden < 0 || hidden > 9)
    invalid("an ellipsis of the equation does not fit an operand of rank " + llvm::Twine(rank));
  for (int64_t i = hidden; i-- > 0;) result.push_back(static_cast<char>('0' + i));
  size_t before = llvm::count_if(labels.take_front(at), [](char l) { return llvm::isAlpha(l); });
  return letters.substr(0, before) + result + letters.substr(before);
}

Equation parseEquation(NodeContext &c) {
  std::string text;
  for (char l : c.stringOf("equation", ""))
    if (l != ' ') text.push_back(l);
  auto [left, right] = llvm::StringRef(text).split("->");
  llvm::SmallVector<llvm::StringRef> parts;
  left.split(parts, ',');
  if (static_cast<int64_t>(parts.size()) != c.numInputs())
    invalid("the equation '" + text + "' has " + llvm::Twine(parts.size()) +
            " operands, the node " + llvm::Twine(c.numInputs()));
  Equation equation;
  std::string widest;
  for (auto [i, part] : llvm::enumerate(parts)) {
    int64_t rank = Emit::rank(c.in(i));
    equation.inputs.push_back(expandEllipsis(part, rank));
    if (static_cast<int64_t>(equation.inputs.back().size()) != rank)
      invalid("term '" + part + "' of the equation does not fit an operand of rank " +
              llvm::Twine(rank));
    std::string digits;
    for (char l : equation.inputs.back())
      if (llvm::isDigit(l)) digits.push_back(l);
    if (digits.size() > widest.size()) widest = digits;
  }
  if (llvm::StringRef(text).contains("->")) {
    size_t at = right.find("...");
    for (size_t i = 0; i < right.size(); ++i) {
      if (i == at) equation.output += widest;
      if (llvm::isAlpha(right[i]))
        equation.output.push_back(right[i]);
      else if (right[i] != '.')
        invalid("the equation holds '" + llvm::Twine(right[i]) + "'");
    }
    return equation;
  }
  // Without an arrow: the ellipsis, then the labels that occur once, in alphabetical order.
  std::map<char, int> counts;
  for (const std::string &labels : equation.inputs)
    for (char l : labels) ++counts[l];
  equation.output = widest;
  for (auto [label, count] : counts)
    if (count == 1 && llvm::isAlpha(label)) equation.output.push_back(label);
  return equation;
}

// A label that occurs twice in a term stands for the diagonal.
Term diagonal(NodeContext &c, Term term) {
  for (size_t i = 0; i < term.labels.size(); ++i) {
    size_t j = term.labels.find(term.labels[i], i + 1);
    if (j == std::string::npos) continue;
    Value position = c.iota(0, c.i64(), {c.dim(term.value, i)});
    Value value = c.gather(term.value, {position, position},
                           {static_cast<int64_t>(i), static_cast<int64_t>(j)}, i);
    std::string labels = term.labels;
    labels.erase(j, 1);
    return diagonal(c, {value, labels});
  }
  return term;
}

Term sumOut(NodeContext &c, Term term, const std::string &keep) {
  Ints axes;
  std::string labels;
  for (size_t i = 0; i < term.labels.size(); ++i)
    if (keep.find(term.labels[i]) == std::string::npos)
      axes.push_back(i);
    else
      labels.push_back(term.labels[i]);
  return {c.reduce("sum", term.value, axes), labels};
}

// Both contracted over labels that nobody needs later; a size of 1 in one of them is dropped, which
// broadcasts.
Term contract(NodeContext &c, Term a, Term b, const std::string &later) {
  auto dropOnes = [&](Term &x, const Term &y) {
    for (size_t i = x.labels.size(); i-- > 0;) {
      size_t j = y.labels.find(x.labels[i]);
      if (j == std::string::npos || !c.dim(x.value, i).isConstant(1) ||
          c.dim(y.value, j).isConstant(1))
        continue;
      x.value = c.squeeze(x.value, {static_cast<int64_t>(i)});
      x.labels.erase(i, 1);
    }
  };
  dropOnes(a, b);
  dropOnes(b, a);
  a = sumOut(c, a, later + b.labels);
  b = sumOut(c, b, later + a.labels);
  Ints aBatch, bBatch, aContract, bContract;
  std::string labels;
  for (size_t i = 0; i < a.labels.size(); ++i) {
    size_t j = b.labels.find(a.labels[i]);
    if (j == std::string::npos) continue;
    bool stays = later.find(a.labels[i]) != std::string::npos;
    (stays ? aBatch : aContract).push_back(i);
    (stays ? bBatch : bContract).push_back(j);
    if (stays) labels.push_back(a.labels[i]);
  }
  for (char l : a.labels)
    if (b.labels.find(l) == std::string::npos) labels.push_back(l);
  for (char l : b.labels)
    if (a.labels.find(l) == std::string::npos) labels.push_back(l);
  return {c.dot(a.value, b.value, aBatch, bBatch, aContract, bContract), labels};
}

void einsum(NodeContext &c) {
  Equation equation = parseEquation(c);
  Term result = diagonal(c, {c.in(0), equation.inputs[0]});
  for (int64_t i = 1; i < c.numInputs(); ++i) {
    std::string later = equation.output;
    for (int64_t j = i + 1; j < c.numInputs(); ++j) later += equation.inputs[j];
    result = contract(c, result, diagonal(c, {c.in(i), equation.inputs[i]}), later);
  }
  result = sumOut(c, result, equation.output);
  Ints permutation;
  for (char label : equation.output) {
    size_t at = result.labels.find(label);
    if (at == std::string::npos)
      invalid("the equation's output label '" + llvm::Twine(label) + "' is in no operand");
    permutation.push_back(at);
  }
  c.out(c.transpose(result.value, permutation));
}
PLX_ONNX_OP("", Einsum, 12, einsum);

}  // namespace
}  // namespace plx::onnxio
