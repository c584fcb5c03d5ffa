#include "ir/ops/PointwiseDerivatives.h"

#include "ir/ops/Build.h"
#include "mlir/IR/Matchers.h"

namespace plx {
namespace {

/// A float tensor under construction: lets a rule read like its formula.
struct Expr {
  mlir::OpBuilder *b;
  mlir::Location loc;
  mlir::Value value;

  Expr with(mlir::Value other) const { return {b, loc, other}; }
  Expr constant(double c) const {
    mlir::Type type = value.getType();
    return with(build::splat(*b, loc, c, mlir::getElementTypeOrSelf(type), dimsOf(type)));
  }
};

Expr apply(ScalarFn fn, llvm::ArrayRef<Expr> operands) {
  llvm::SmallVector<mlir::Value, 3> values;
  for (const Expr &operand : operands) values.push_back(operand.value);
  return operands[0].with(build::pointwise(*operands[0].b, operands[0].loc, fn, values));
}

Expr operator+(const Expr &x, const Expr &y) { return apply(ScalarFn::add_, {x, y}); }
Expr operator-(const Expr &x, const Expr &y) { return apply(ScalarFn::sub_, {x, y}); }
Expr operator*(const Expr &x, const Expr &y) { return apply(ScalarFn::mul_, {x, y}); }
Expr operator/(const Expr &x, const Expr &y) { return apply(ScalarFn::div_, {x, y}); }
Expr operator-(const Expr &x) { return apply(ScalarFn::neg_, {x}); }
Expr operator+(const Expr &x, double c) { return x + x.constant(c); }
Expr operator-(const Expr &x, double c) { return x - x.constant(c); }
Expr operator-(double c, const Expr &x) { return x.constant(c) - x; }
Expr operator*(const Expr &x, double c) { return x * x.constant(c); }
Expr sqrt(const Expr &x) { return apply(ScalarFn::sqrt_, {x}); }
Expr select(const Expr &condition, const Expr &x, const Expr &y) {
  return apply(ScalarFn::select_, {condition, x, y});
}

/// One application of a function: its operands, its result and the result's cotangent.
struct Point {
  llvm::ArrayRef<Expr> operands;
  Expr r, ct;
  const Expr &x() const { return operands[0]; }
  const Expr &y() const { return operands[1]; }
  Expr zero() const { return ct.constant(0); }
};

using Rule = Expr (*)(const Point &);

/// A function's rules, one an operand; where there is none, the reason why that is zero.
struct Row {
  ScalarFn fn;
  Rule rules[3];
  llvm::StringLiteral whyZero = "";
  bool hasPoles = false;  // a slope may be infinite or NaN
};
Row withPoles(Row row) {
  row.hasPoles = true;
  return row;
}

/// `product`, of a slope with `ct`; 0 where it is NaN because of the slope alone: what a select has
/// left out has the cotangent 0, and 0 * inf does no harm to what is in. Written so that where the
/// slope is finite derivatives by `ct` are those of the product.
Expr withoutPoles(const Expr &product, const Expr &ct) {
  Expr zero = ct.constant(0), isNan = apply(ScalarFn::ne_, {product, product});
  Expr isPole = apply(ScalarFn::and_, {isNan, apply(ScalarFn::eq_, {ct, zero})});
  return select(isPole, zero, product);
}

bool isFiniteConstant(mlir::Value value) {
  mlir::DenseElementsAttr dense;
  if (!mlir::matchPattern(value, mlir::m_Constant(&dense)) || !dense.isSplat()) return false;
  auto number = dense.getSplatValue<llvm::APFloat>();
  return number.isFinite() && !number.isZero();
}

/// sqrt(1 - x^2) and sqrt(x^2 - 1) in the factors that do not cancel near 1.
Expr belowOne(const Expr &x) { return (1 - x) * (x + 1); }
Expr aboveOne(const Expr &x) { return (x - 1) * (x + 1); }

constexpr double kTwoOverSqrtPi = 1.1283791670955126;

// y x^(y-1). At y = 0 it is 0, also at x = 0 where x^(y-1) is infinite: 0 * inf would be NaN.
Expr powByBase(const Point &p) {
  Expr isZero = apply(ScalarFn::eq_, {p.y(), p.y().constant(0)});
  Expr exponent = select(isZero, p.y().constant(1), p.y()) - 1;
  return p.ct * (p.y() * apply(ScalarFn::pow_, {p.x(), exponent}));
}

// x^y log x. At x = 0 and y >= 0 it is 0; the logarithm is then taken of 1, not of 0, so that its
// own derivative stays finite.
Expr powByExponent(const Point &p) {
  Expr baseIsZero = apply(ScalarFn::eq_, {p.x(), p.x().constant(0)});
  Expr defined = apply(ScalarFn::ge_, {p.y(), p.y().constant(0)});
  Expr isZero = apply(ScalarFn::and_, {baseIsZero, defined});
  Expr base = select(isZero, p.x().constant(1), p.x());
  return p.ct * (p.r * apply(ScalarFn::log_, {base}));
}

/// ct where x `wins` y, else 0: the first operand of max (gt) and min (lt).
template <ScalarFn wins>
Expr toFirst(const Point &p) {
  return select(apply(wins, {p.x(), p.y()}), p.ct, p.zero());
}
template <ScalarFn wins>
Expr toSecond(const Point &p) {
  return select(apply(wins, {p.x(), p.y()}), p.zero(), p.ct);
}

constexpr llvm::StringLiteral kSteps = "piecewise constant";
constexpr llvm::StringLiteral kDiscrete = "a function of ints or bools";
constexpr llvm::StringLiteral kCondition = "a condition is a bool";

using F = ScalarFn;
using P = const Point &;
const Row kRows[] = {
    // one operand
    {F::neg_, {[](P p) { return -p.ct; }}},
    {F::abs_, {[](P p) { return p.ct * apply(F::sign_, {p.x()}); }}},
    withPoles({F::exp_, {[](P p) { return p.ct * p.r; }}}),
    // Not r + 1, which cancels where exp(x) is small.
    withPoles({F::expm1_, {[](P p) { return p.ct * apply(F::exp_, {p.x()}); }}}),
    withPoles({F::log_, {[](P p) { return p.ct / p.x(); }}}),
    withPoles({F::log1p_, {[](P p) { return p.ct / (p.x() + 1); }}}),
    withPoles({F::sqrt_, {[](P p) { return p.ct / (p.r * 2); }}}),
    {F::sin_, {[](P p) { return p.ct * apply(F::cos_, {p.x()}); }}},
    {F::cos_, {[](P p) { return -(p.ct * apply(F::sin_, {p.x()})); }}},
    {F::tan_, {[](P p) { return p.ct * (p.r * p.r + 1); }}},
    withPoles({F::asin_, {[](P p) { return p.ct / sqrt(belowOne(p.x())); }}}),
    withPoles({F::acos_, {[](P p) { return -(p.ct / sqrt(belowOne(p.x()))); }}}),
    {F::atan_, {[](P p) { return p.ct / (p.x() * p.x() + 1); }}},
    withPoles({F::sinh_, {[](P p) { return p.ct * apply(F::cosh_, {p.x()}); }}}),
    withPoles({F::cosh_, {[](P p) { return p.ct * apply(F::sinh_, {p.x()}); }}}),
    {F::tanh_, {[](P p) { return p.ct * (1 - p.r * p.r); }}},
    {F::asinh_, {[](P p) { return p.ct / sqrt(p.x() * p.x() + 1); }}},
    withPoles({F::acosh_, {[](P p) { return p.ct / sqrt(aboveOne(p.x())); }}}),
    withPoles({F::atanh_, {[](P p) { return p.ct / belowOne(p.x()); }}}),
    {F::erf_, {[](P p) { return p.ct * (apply(F::exp_, {-(p.x() * p.x())}) * kTwoOverSqrtPi); }}},
    {F::sigmoid_, {[](P p) { return p.ct * (p.r * (1 - p.r)); }}},
    // two operands
    {F::add_, {[](P p) { return p.ct; }, [](P p) { return p.ct; }}},
    {F::sub_, {[](P p) { return p.ct; }, [](P p) { return -p.ct; }}},
    {F::mul_, {[](P p) { return p.ct * p.y(); }, [](P p) { return p.ct * p.x(); }}},
    withPoles(
        {F::div_, {[](P p) { return p.ct / p.y(); }, [](P p) { return -(p.ct * (p.r / p.y())); }}}),
    // x - y trunc(x / y), by the exact quotient of x - r.
    withPoles({F::rem_,
               {[](P p) { return p.ct; },
                [](P p) { return -(p.ct * apply(F::round_, {(p.x() - p.r) / p.y()})); }}}),
    withPoles({F::pow_, {powByBase, powByExponent}}),
    withPoles({F::atan2_,
               {[](P p) { return p.ct * (p.y() / (p.x() * p.x() + p.y() * p.y())); },
                [](P p) { return -(p.ct * (p.x() / (p.x() * p.x() + p.y() * p.y()))); }}}),
    {F::max_, {toFirst<F::gt_>, toSecond<F::gt_>}},
    {F::min_, {toFirst<F::lt_>, toSecond<F::lt_>}},
    // three operands
    {F::select_,
     {nullptr, [](P p) { return select(p.operands[0], p.ct, p.zero()); },
      [](P p) { return select(p.operands[0], p.zero(), p.ct); }},
     kCondition},
    // zero
    {F::sign_, {}, kSteps},
    {F::floor_, {}, kSteps},
    {F::ceil_, {}, kSteps},
    {F::trunc_, {}, kSteps},
    {F::round_, {}, kSteps},
    {F::eq_, {}, kSteps},
    {F::ne_, {}, kSteps},
    {F::lt_, {}, kSteps},
    {F::le_, {}, kSteps},
    {F::gt_, {}, kSteps},
    {F::ge_, {}, kSteps},
    {F::not_, {}, kDiscrete},
    {F::and_, {}, kDiscrete},
    {F::or_, {}, kDiscrete},
    {F::xor_, {}, kDiscrete},
    {F::shl_, {}, kDiscrete},
    {F::shr_, {}, kDiscrete},
};

const Row *rowOf(ScalarFn fn) {
  const Row *row = llvm::find_if(kRows, [&](const Row &row) { return row.fn == fn; });
  return row == std::end(kRows) ? nullptr : row;
}

}  // namespace

llvm::StringRef whyZeroDerivative(ScalarFn fn, unsigned operand) {
  const Row *row = rowOf(fn);
  return row && !row->rules[operand] ? llvm::StringRef(row->whyZero) : "";
}

mlir::Value pointwiseCotangent(mlir::OpBuilder &b, mlir::Location loc, ScalarFn fn,
                               mlir::ValueRange operands, mlir::Value result, mlir::Value cotangent,
                               unsigned operand) {
  const Row *row = rowOf(fn);
  if (!row || !row->rules[operand]) return {};
  llvm::SmallVector<Expr, 3> exprs;
  for (mlir::Value value : operands) exprs.push_back({&b, loc, value});
  Expr ct{&b, loc, cotangent};
  Expr product = row->rules[operand]({exprs, {&b, loc, result}, ct});
  bool isPlain = !row->hasPoles || product.value == cotangent ||
                 (fn == ScalarFn::div_ && isFiniteConstant(operands[1]));
  return isPlain ? product.value : withoutPoles(product, ct).value;
}

}  // namespace plx
