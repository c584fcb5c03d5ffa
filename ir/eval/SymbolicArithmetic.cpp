#include "ir/eval/SymbolicArithmetic.h"

#include "ir/eval/Value.h"

namespace plx::eval {

static Dim zeroOf(Dim like) { return Dim::constant(like.getContext(), 0); }
static bool isNotNegative(Dim dim) { return provablyGreaterEqual(dim, zeroOf(dim)); }

/// Null where the function is not known.
static Dim unary(ScalarFn fn, Dim x) {
  switch (fn) {
    case ScalarFn::neg_:
      return zeroOf(x) - x;
    case ScalarFn::abs_:
      return isNotNegative(x) ? x : max(x, zeroOf(x) - x);
    case ScalarFn::sign_:
      if (provablyGreater(x, zeroOf(x))) return Dim::constant(x.getContext(), 1);
      return isNotNegative(x) ? min(x, 1) : Dim();
    default:
      return {};
  }
}

static Dim truth(Dim like, bool value) { return Dim::constant(like.getContext(), value); }

static Dim compare(ScalarFn fn, Dim a, Dim b) {
  switch (fn) {
    case ScalarFn::eq_:
      if (a == b) return truth(a, true);
      return provablyDifferent(a, b) ? truth(a, false) : Dim();
    case ScalarFn::ge_:
      if (provablyGreaterEqual(a, b)) return truth(a, true);
      return provablyGreater(b, a) ? truth(a, false) : Dim();
    default:
      return {};
  }
}

static Dim negated(Dim condition) {
  return condition ? Dim::constant(condition.getContext(), condition.isConstant(0)) : condition;
}

/// Both are bool here: dense folding has taken what is known; this sees what one side settles.
static Dim logic(ScalarFn fn, Dim a, Dim b) {
  if (!a.constant() || !b.constant()) return {};
  int64_t x = *a.constant(), y = *b.constant();
  return Dim::constant(a.getContext(), fn == ScalarFn::and_  ? x & y
                                       : fn == ScalarFn::or_ ? x | y
                                                             : x ^ y);
}

static Dim binary(ScalarFn fn, Dim a, Dim b) {
  switch (fn) {
    case ScalarFn::add_:
      return a + b;
    case ScalarFn::sub_:
      return a - b;
    case ScalarFn::mul_:
      return a * b;
    case ScalarFn::max_:
      return max(a, b);
    case ScalarFn::min_:
      return min(a, b);
    // C's division is floor division where nothing is negative; a zero divisor faults either way.
    case ScalarFn::div_:
      return isNotNegative(a) && isNotNegative(b) ? floorDiv(a, b) : Dim();
    case ScalarFn::rem_:
      return isNotNegative(a) && isNotNegative(b) ? mod(a, b) : Dim();
    case ScalarFn::eq_:
    case ScalarFn::ge_:
      return compare(fn, a, b);
    case ScalarFn::ne_:
      return negated(compare(ScalarFn::eq_, a, b));
    case ScalarFn::le_:
      return compare(ScalarFn::ge_, b, a);
    case ScalarFn::lt_:
      return negated(compare(ScalarFn::ge_, a, b));
    case ScalarFn::gt_:
      return negated(compare(ScalarFn::ge_, b, a));
    case ScalarFn::and_:
    case ScalarFn::or_:
    case ScalarFn::xor_:
      return logic(fn, a, b);
    default:
      return {};
  }
}

bool applySymbolic(ScalarFn fn, llvm::ArrayRef<SymbolicTensor> operands, SymbolicTensor &result) {
  for (size_t i = 0; i < operands[0].elements.size(); ++i) {
    Dim first = operands[0].elements[i], value;
    if (operands.size() == 1) value = unary(fn, first);
    if (operands.size() == 2) value = binary(fn, first, operands[1].elements[i]);
    if (fn == ScalarFn::select_) {
      Dim yes = operands[1].elements[i], no = operands[2].elements[i];
      if (yes == no)
        value = yes;
      else if (first.constant())
        value = *first.constant() ? yes : no;
    }
    if (!value) return false;
    result.elements.push_back(value);
  }
  return true;
}

bool castSymbolic(const SymbolicTensor &operand, SymbolicTensor &result) {
  mlir::Type element = result.type.getElementType();
  if (element.isInteger(1)) {
    for (Dim dim : operand.elements) {
      Dim isZero = compare(ScalarFn::eq_, dim, zeroOf(dim));
      if (!isZero) return false;
      result.elements.push_back(negated(isZero));
    }
    return true;
  }
  if (element.getIntOrFloatBitWidth() < 32) return false;
  bool mayWrap = element.isUnsignedInteger() && !llvm::all_of(operand.elements, isNotNegative);
  if (mayWrap) return false;
  result.elements = operand.elements;
  return true;
}

static Dim combine(FoldKind kind, Dim a, Dim b) {
  switch (kind) {
    case FoldKind::Sum:
      return a + b;
    case FoldKind::Product:
      return a * b;
    case FoldKind::Max:
      return max(a, b);
    case FoldKind::Min:
      return min(a, b);
    default:
      return {};
  }
}

bool reduceSymbolic(FoldKind kind, const SymbolicTensor &operand, llvm::ArrayRef<int64_t> axes,
                    SymbolicTensor &result) {
  result.elements.assign(result.type.getNumElements(), Dim());
  for (Index i(operand.type.getShape()); i; ++i) {
    llvm::SmallVector<int64_t> rest;
    for (auto [axis, position] : llvm::enumerate(*i))
      if (!llvm::is_contained(axes, static_cast<int64_t>(axis))) rest.push_back(position);
    Dim &target = result.elements[linearize(rest, result.type.getShape())];
    Dim element = operand.elements[i.linear()];
    target = target ? combine(kind, target, element) : element;
    if (!target) return false;
  }
  return !llvm::is_contained(result.elements, Dim());  // an empty fold is left to evaluation
}

}  // namespace plx::eval
