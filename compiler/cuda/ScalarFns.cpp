// The scalar functions and conversions as C++; Scalars.cpp has memory, indices and scopes.
#include <cmath>

#include "absl/strings/str_format.h"
#include "compiler/cuda/Scalars.h"
#include "ir/types/Types.h"

namespace plx::cuda {

namespace {

bool isUnsigned(mlir::Type element) { return element.isUnsignedInteger() || element.isInteger(1); }

std::string rounded(mlir::Type element, const std::string &value) {
  std::string narrow = narrowName(element);
  return narrow.empty() ? value : absl::StrCat(narrow, "_round(", value, ")");
}

std::string floatLiteral(double value, bool isDouble) {
  if (std::isnan(value)) return isDouble ? "(double)not_a_number()" : "not_a_number()";
  if (std::isinf(value)) {
    const char *sign = value < 0 ? "-" : "";
    return absl::StrCat(sign, isDouble ? "(double)" : "", "__int_as_float(0x7f800000)");
  }
  std::string text = isDouble ? absl::StrFormat("%.17g", value) : absl::StrFormat("%.9g", value);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  if (!isDouble) text += "f";
  return value < 0 || std::signbit(value) ? absl::StrCat("(", text, ")") : text;
}

std::string intLiteral(const llvm::APInt &value, mlir::IntegerType type) {
  if (type.isInteger(1)) return value.isZero() ? "false" : "true";
  std::string cast = absl::StrCat("(", memoryType(type), ")");
  if (isUnsigned(type)) return absl::StrCat(cast, value.getZExtValue(), "ull");
  int64_t number = value.getSExtValue();
  if (number == INT64_MIN) return "(-9223372036854775807ll - 1)";
  if (type.getWidth() == 32 && number > INT32_MIN) return absl::StrCat("(", number, ")");
  return absl::StrCat("(", cast, number, "ll)");
}

/// Name of a function of the math library for float or double.
std::string mathName(llvm::StringRef name, mlir::Type element) {
  return name.str() + (element.isF64() ? "" : "f");
}

}  // namespace

std::string Scalars::literal(mlir::TypedAttr value) {
  if (auto number = mlir::dyn_cast<mlir::FloatAttr>(value))
    return floatLiteral(number.getValueAsDouble(), number.getType().isF64());
  auto number = mlir::cast<mlir::IntegerAttr>(value);
  return intLiteral(number.getValue(), mlir::cast<mlir::IntegerType>(number.getType()));
}

std::string Scalars::neutral(FoldKind kind, mlir::Type element) {
  return literal(neutralOf(kind, element));
}

std::string Scalars::combine(FoldKind kind, mlir::Type element, const std::string &a,
                             const std::string &b) {
  return apply(combinerOf(kind), element, {a, b});
}

// ---- conversions

std::string Scalars::convert(mlir::Type from, mlir::Type to, const std::string &value,
                             bool saturate) {
  if (from == to) return value;
  bool fromFloat = mlir::isa<mlir::FloatType>(from), toFloat = mlir::isa<mlir::FloatType>(to);
  std::string type = registerType(to);
  if (to.isInteger(1)) return absl::StrCat("(", value, " != 0)");
  if (toFloat) {
    std::string narrow = narrowName(to);
    if (narrow.empty()) return absl::StrCat("(", type, ")", value);
    // Through double on the way from an int: exact up to 53 bits, so that it is rounded once.
    std::string number = fromFloat ? value : absl::StrCat("(double)", value);
    return absl::StrCat(narrow, "_value(", narrow, "_bits(", number, ", ",
                        saturate ? "true" : "false", "))");
  }
  auto integer = mlir::cast<mlir::IntegerType>(to);
  unsigned width = integer.getWidth();
  if (fromFloat) {
    bool isSigned = !isUnsigned(to);
    llvm::APInt low = isSigned ? llvm::APInt::getSignedMinValue(width) : llvm::APInt(width, 0);
    llvm::APInt high =
        isSigned ? llvm::APInt::getSignedMaxValue(width) : llvm::APInt::getMaxValue(width);
    return absl::StrCat("to_int<", type, ">(", value, ", ", intLiteral(low, integer), ", ",
                        intLiteral(high, integer), ")");
  }
  std::string cast = absl::StrCat("(", type, ")", value);
  return width < 8 ? absl::StrCat("int_narrow<", type, ">(", cast, ", ", width, ")") : cast;
}

// ---- functions

std::string Scalars::apply(ScalarFn fn, mlir::Type element, llvm::ArrayRef<std::string> v) {
  if (fn == ScalarFn::select_) return absl::StrCat(v[0], " ? ", v[1], " : ", v[2]);
  if (mlir::isa<mlir::FloatType>(element)) return applyFloat(fn, element, v);
  return applyInt(fn, mlir::cast<mlir::IntegerType>(element), v);
}

std::string Scalars::applyFloat(ScalarFn fn, mlir::Type element, llvm::ArrayRef<std::string> v) {
  auto infix = [&](const char *op) { return absl::StrCat(v[0], " ", op, " ", v[1]); };
  auto call = [&](const std::string &name) {
    return absl::StrCat(name, "(", v[0], v.size() > 1 ? ", " + v[1] : "", ")");
  };
  auto math = [&](llvm::StringRef name) { return call(mathName(name, element)); };
  auto roundedMath = [&](llvm::StringRef name) { return rounded(element, math(name)); };
  switch (fn) {
    // exact in every type
    case ScalarFn::neg_:
      return absl::StrCat("-", v[0]);
    case ScalarFn::abs_:
      return math("fabs");
    case ScalarFn::sign_:
      return call("sign_of");
    case ScalarFn::floor_:
      return math("floor");
    case ScalarFn::ceil_:
      return math("ceil");
    case ScalarFn::trunc_:
      return math("trunc");
    case ScalarFn::round_:
      return math("rint");
    case ScalarFn::max_:
      return call("maximum");
    case ScalarFn::min_:
      return call("minimum");
    case ScalarFn::rem_:
      return math("fmod");
    case ScalarFn::eq_:
      return infix("==");
    case ScalarFn::ne_:
      return infix("!=");
    case ScalarFn::lt_:
      return infix("<");
    case ScalarFn::le_:
      return infix("<=");
    case ScalarFn::gt_:
      return infix(">");
    case ScalarFn::ge_:
      return infix(">=");
    // rounded to the type
    case ScalarFn::add_:
      return rounded(element, infix("+"));
    case ScalarFn::sub_:
      return rounded(element, infix("-"));
    case ScalarFn::mul_:
      return rounded(element, infix("*"));
    case ScalarFn::div_:
      return rounded(element, infix("/"));
    case ScalarFn::sigmoid_:
      return rounded(element, call("sigmoid"));
    default:
      return roundedMath(infoOf(fn).name);  // sqrt, exp, ..., pow, atan2: the library's own names
  }
}

std::string Scalars::applyInt(ScalarFn fn, mlir::IntegerType element,
                              llvm::ArrayRef<std::string> v) {
  std::string type = registerType(element);
  bool isBool = element.isInteger(1);
  unsigned width = element.getWidth();
  auto infix = [&](const char *op) { return absl::StrCat(v[0], " ", op, " ", v[1]); };
  auto bitwise = [&](const char *op) { return absl::StrCat("(", type, ")(", infix(op), ")"); };
  auto call = [&](llvm::StringRef name, llvm::StringRef rest = "") {
    std::string text = absl::StrCat(name.str(), "<", type, ">(", v[0],
                                    v.size() > 1 ? ", " + v[1] : "", rest.str(), ")");
    return width < 8 && !isBool ? absl::StrCat("int_narrow<", type, ">(", text, ", ", width, ")")
                                : text;
  };
  std::string widthText = absl::StrCat(", ", width);
  switch (fn) {
    case ScalarFn::neg_:
      return call("int_neg");
    case ScalarFn::abs_:
      return call("int_abs");
    case ScalarFn::sign_:
      return call("int_sign");
    case ScalarFn::not_:
      if (isBool) return absl::StrCat("!", v[0]);
      if (width >= 8) return absl::StrCat("(", type, ")~", v[0]);
      return absl::StrCat("int_narrow<", type, ">((", type, ")~", v[0], ", ", width, ")");
    case ScalarFn::add_:
      return isBool ? infix("!=") : call("int_add");
    case ScalarFn::sub_:
      return isBool ? infix("!=") : call("int_sub");
    case ScalarFn::mul_:
      return isBool ? infix("&&") : call("int_mul");
    case ScalarFn::div_:
      return call("int_div", ", at, unit");
    case ScalarFn::rem_:
      return call("int_rem", ", at, unit");
    case ScalarFn::pow_:
      return call("int_pow");
    case ScalarFn::max_:
      return isBool ? infix("||") : call("maximum");
    case ScalarFn::min_:
      return isBool ? infix("&&") : call("minimum");
    case ScalarFn::and_:
      return isBool ? infix("&&") : bitwise("&");
    case ScalarFn::or_:
      return isBool ? infix("||") : bitwise("|");
    case ScalarFn::xor_:
      return isBool ? infix("!=") : bitwise("^");
    case ScalarFn::shl_:
      return call("int_shl", widthText);
    case ScalarFn::shr_:
      return call("int_shr", widthText);
    case ScalarFn::eq_:
      return infix("==");
    case ScalarFn::ne_:
      return infix("!=");
    case ScalarFn::lt_:
      return infix("<");
    case ScalarFn::le_:
      return infix("<=");
    case ScalarFn::gt_:
      return infix(">");
    case ScalarFn::ge_:
      return infix(">=");
    default:
      llvm_unreachable("the verifier keeps float functions from ints");
  }
}

}  // namespace plx::cuda
