// A small value wrapper over IRBuilder, so that the math functions read as formulas. Internal to
// compiler/cpu/math.
//
// An Ex is an SSA value of one of: float, double, i32, i64, i1, or a fixed vector of one of them.
// Operators emit one instruction each; both operands have one type, or the right one is a C++
// constant that is splat. Comparisons of floats are ordered (false on NaN) except `!=`; those of
// integers are signed.
#ifndef PLEXUS_COMPILER_CPU_MATH_EXPR_H_
#define PLEXUS_COMPILER_CPU_MATH_EXPR_H_

#include <cstdint>
#include <initializer_list>

#include "compiler/cpu/math/Math.h"

namespace plx::cpu::math {

/// What the values of one function share. Outlives every Ex made in it.
struct Env {
  llvm::IRBuilderBase &b;
  MathFacts facts;
  /// Doubles that only carry an f32 result: polynomials need 30 bits instead of 53.
  bool shortened = false;
};

class Ex {
 public:
  Ex(const Env &env, llvm::Value *value) : env_(&env), value_(value) {}

  const Env &env() const { return *env_; }
  llvm::IRBuilderBase &b() const { return env_->b; }
  llvm::Value *value() const { return value_; }
  llvm::Type *type() const { return value_->getType(); }
  bool isFloat() const { return type()->isFPOrFPVectorTy(); }
  /// Width of an element in bits: 32 or 64.
  unsigned bitWidth() const { return type()->getScalarSizeInBits(); }
  bool isWide() const { return bitWidth() == 64; }
  /// Bits of a float element's stored significand: 23 or 52.
  int mantissaBits() const { return isWide() ? 52 : 23; }
  int bias() const { return isWide() ? 1023 : 127; }

  /// A value in this one's environment.
  Ex with(llvm::Value *value) const { return Ex(*env_, value); }
  /// A constant of this value's type. An integer type takes the value as an integer.
  Ex constant(double value) const;
  /// A constant of this integer type, given by its bits.
  Ex constantBits(uint64_t bits) const;
  /// The constant for this value's float type: f32 or f64.
  Ex pick(double f32, double f64) const { return constant(isWide() ? f64 : f32); }
  /// The type `element` at this value's width (scalar or vector).
  llvm::Type *shaped(llvm::Type *element) const;

 private:
  const Env *env_;
  llvm::Value *value_;
};

// ---- Arithmetic ----
Ex operator+(const Ex &x, const Ex &y);
Ex operator-(const Ex &x, const Ex &y);
Ex operator*(const Ex &x, const Ex &y);
Ex operator/(const Ex &x, const Ex &y);
Ex operator-(const Ex &x);
Ex operator+(const Ex &x, double c);
Ex operator-(const Ex &x, double c);
Ex operator*(const Ex &x, double c);
Ex operator-(double c, const Ex &x);
Ex operator+(double c, const Ex &x);
Ex operator/(double c, const Ex &x);
/// x * y + z, fused where the facts say so, else rounded twice.
Ex fma(const Ex &x, const Ex &y, const Ex &z);
Ex sqrt(const Ex &x);

// ---- Comparison and choice ----
Ex operator<(const Ex &x, const Ex &y);
Ex operator>(const Ex &x, const Ex &y);
Ex operator<(const Ex &x, double c);
Ex operator>(const Ex &x, double c);
Ex operator<=(const Ex &x, double c);
Ex operator>=(const Ex &x, double c);
Ex operator==(const Ex &x, const Ex &y);
Ex operator==(const Ex &x, double c);
/// True also where x or y is NaN.
Ex operator!=(const Ex &x, const Ex &y);
Ex isNan(const Ex &x);
Ex select(const Ex &condition, const Ex &yes, const Ex &no);
Ex select(const Ex &condition, double yes, const Ex &no);
/// x cut to [low, high]; NaN stays NaN.
Ex clamp(const Ex &x, double low, double high);
/// The smaller of x and high; NaN stays NaN.
Ex cutAbove(const Ex &x, double high);
/// i1: true where any lane is.
llvm::Value *anyLane(const Ex &condition);

// ---- Bits ----
Ex operator&(const Ex &x, const Ex &y);
Ex operator|(const Ex &x, const Ex &y);
Ex operator^(const Ex &x, const Ex &y);
Ex operator~(const Ex &x);
Ex shl(const Ex &x, int count);
/// Logical.
Ex shr(const Ex &x, int count);
/// The integer of a float's bits, and back.
Ex bits(const Ex &x);
Ex asFloat(const Ex &x);
Ex abs(const Ex &x);
/// The sign bit of x alone, as an integer.
Ex signBit(const Ex &x);
/// x with its sign flipped where `sign` (an integer: a sign bit or 0) is set.
Ex flipSign(const Ex &x, const Ex &sign);

// ---- Conversions ----
/// float -> double, in an environment of its own.
Ex widen(const Ex &x, const Env &env);
/// Integer to float of the same width; |n| < 2^22 (f32) or 2^51 (f64).
Ex toFloat(const Ex &n);
/// 2^n as a float for an integer n with 2^n normal.
Ex pow2(const Ex &n);
/// p * 2^n, rounded once, where p is in [2^-8, 2^8]; n is an integer, nFloat the same as a float;
/// |n| < 1.9 * bias + 40.
Ex scale(const Ex &p, const Ex &n, const Ex &nFloat);

/// A float rounded to the nearest integer (ties to even), as a float and as an integer. |x| < 2^22
/// or 2^51.
struct Rounded {
  Ex value, integer;
};
Rounded roundSmall(const Ex &x);

// ---- Polynomials ----
/// c[0] + c[1] x + c[2] x^2 + ..., by Horner's rule.
Ex poly(const Ex &x, std::initializer_list<double> c);
/// The list for x's type; `forShort` where a double carries an f32 result.
Ex poly(const Ex &x, std::initializer_list<double> forF32, std::initializer_list<double> forF64,
        std::initializer_list<double> forShort);

// ---- Function shells: what emitX is made of ----
using Unary = Ex (*)(const Ex &);
using Binary = Ex (*)(const Ex &, const Ex &);
/// f(x) in x's own type.
llvm::Value *emitUnary(llvm::IRBuilderBase &b, const MathFacts &facts, Unary f, llvm::Value *x);
llvm::Value *emitBinary(llvm::IRBuilderBase &b, const MathFacts &facts, Binary f, llvm::Value *x,
                        llvm::Value *y);
/// f(x) computed in double (shortened) when x is float.
llvm::Value *emitUnaryInDouble(llvm::IRBuilderBase &b, const MathFacts &facts, Unary f,
                               llvm::Value *x);
llvm::Value *emitBinaryInDouble(llvm::IRBuilderBase &b, const MathFacts &facts, Binary f,
                                llvm::Value *x, llvm::Value *y);

}  // namespace plx::cpu::math

#endif  // PLEXUS_COMPILER_CPU_MATH_EXPR_H_
