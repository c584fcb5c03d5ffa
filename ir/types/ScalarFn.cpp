#include "ir/types/ScalarFn.h"

#include "ir/types/Types.h"
#include "llvm/ADT/StringSwitch.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

namespace plx {

namespace {
constexpr ScalarFnInfo kTable[] = {
#define PLX_SCALAR_FN(name, arity, domain, result, cost) \
  {ScalarFn::name##_, #name, arity, ScalarDomain::domain, ScalarResult::result, ScalarCost::cost},
#include "ir/types/ScalarFn.def"
};

bool inDomain(ScalarDomain domain, mlir::Type element) {
  bool isFloat = mlir::isa<mlir::FloatType>(element);
  bool isInt = mlir::isa<mlir::IntegerType>(element);
  bool isBool = element.isInteger(1);
  switch (domain) {
    case ScalarDomain::Number:
      return isFloat || (isInt && !isBool) || mlir::isa<mlir::ComplexType>(element);
    case ScalarDomain::Float:
      return isFloat;
    case ScalarDomain::Int:
      return isInt;
    case ScalarDomain::Bool:
      return isBool;
    case ScalarDomain::Any:
      return isElementType(element);
  }
  return false;
}

llvm::StringRef describe(ScalarDomain domain) {
  switch (domain) {
    case ScalarDomain::Number:
      return "a float, integer or complex type";
    case ScalarDomain::Float:
      return "a float type";
    case ScalarDomain::Int:
      return "an integer type or bool";
    case ScalarDomain::Bool:
      return "bool";
    case ScalarDomain::Any:
      return "an element type";
  }
  return "";
}

std::string text(mlir::Type type) {
  std::string out;
  llvm::raw_string_ostream stream(out);
  stream << type;
  return out;
}
}  // namespace

const ScalarFnInfo &infoOf(ScalarFn fn) { return kTable[static_cast<unsigned>(fn)]; }

std::optional<ScalarFn> scalarFnNamed(llvm::StringRef name) {
  for (const ScalarFnInfo &row : kTable)
    if (row.name == name) return row.fn;
  return std::nullopt;
}

mlir::Type scalarResultType(ScalarFn fn, llvm::ArrayRef<mlir::Type> operandElements) {
  mlir::Type last = operandElements.back();
  return infoOf(fn).result == ScalarResult::Bool ? mlir::IntegerType::get(last.getContext(), 1)
                                                 : last;
}

std::string checkScalarFn(ScalarFn fn, llvm::ArrayRef<mlir::Type> operandElements) {
  const ScalarFnInfo &info = infoOf(fn);
  if (operandElements.size() != info.arity)
    return (info.name + " takes " + llvm::Twine(info.arity) + " operands, found " +
            llvm::Twine(operandElements.size()))
        .str();
  bool isSelect = fn == ScalarFn::select_;
  if (isSelect && !operandElements[0].isInteger(1))
    return "select: operand 0 must be bool (i1), found " + text(operandElements[0]);
  mlir::Type last = operandElements.back();
  for (unsigned i = isSelect ? 1 : 0; i < operandElements.size(); ++i) {
    if (operandElements[i] != last)
      return (info.name + ": operands must have one element type, found " +
              text(operandElements[i]) + " and " + text(last))
          .str();
    if (!inDomain(info.domain, operandElements[i]))
      return (info.name + " takes " + describe(info.domain) + ", found " +
              text(operandElements[i]) + " for operand " + llvm::Twine(i))
          .str();
  }
  return "";
}

// ---- folds
// -----------------------------------------------------------------------------------------------------------

namespace {
struct FoldRow {
  FoldKind kind;
  llvm::StringRef name;
  ScalarFn combiner;
};
constexpr FoldRow kFolds[] = {
    {FoldKind::Sum, "sum", ScalarFn::add_}, {FoldKind::Product, "product", ScalarFn::mul_},
    {FoldKind::Max, "max", ScalarFn::max_}, {FoldKind::Min, "min", ScalarFn::min_},
    {FoldKind::And, "and", ScalarFn::and_}, {FoldKind::Or, "or", ScalarFn::or_},
};
}  // namespace

llvm::StringRef nameOf(FoldKind kind) { return kFolds[static_cast<unsigned>(kind)].name; }
ScalarFn combinerOf(FoldKind kind) { return kFolds[static_cast<unsigned>(kind)].combiner; }

std::optional<FoldKind> foldKindNamed(llvm::StringRef name) {
  for (const FoldRow &row : kFolds)
    if (row.name == name) return row.kind;
  return std::nullopt;
}

static mlir::TypedAttr neutralFloat(FoldKind kind, mlir::FloatType element) {
  const llvm::fltSemantics &semantics = element.getFloatSemantics();
  auto make = [&](llvm::APFloat value) { return mlir::FloatAttr::get(element, value); };
  auto extreme = [&](bool negative) {
    // Kinds without an infinity (f8e4m3fn, ...) fold from their largest finite value.
    return llvm::APFloat::semanticsHasInf(semantics)
               ? llvm::APFloat::getInf(semantics, negative)
               : llvm::APFloat::getLargest(semantics, negative);
  };
  switch (kind) {
    case FoldKind::Product:
      return make(llvm::APFloat(semantics, 1));
    case FoldKind::Max:
      return make(extreme(/*negative=*/true));
    case FoldKind::Min:
      return make(extreme(/*negative=*/false));
    default:
      return make(llvm::APFloat::getZero(semantics));
  }
}

mlir::TypedAttr neutralOf(FoldKind kind, mlir::Type element) {
  if (auto type = mlir::dyn_cast<mlir::FloatType>(element)) return neutralFloat(kind, type);
  auto type = mlir::cast<mlir::IntegerType>(element);
  unsigned width = type.getWidth();
  bool isUnsigned = type.isUnsigned() || width == 1;
  llvm::APInt value(width, 0);
  if (kind == FoldKind::Product) value = 1;
  if (kind == FoldKind::And) value.setAllBits();
  if (kind == FoldKind::Max && !isUnsigned) value = llvm::APInt::getSignedMinValue(width);
  if (kind == FoldKind::Min)
    value = isUnsigned ? llvm::APInt::getMaxValue(width) : llvm::APInt::getSignedMaxValue(width);
  return mlir::IntegerAttr::get(type, value);
}

mlir::Type accumulatorType(FoldKind kind, mlir::Type element) {
  bool rounds = kind == FoldKind::Sum || kind == FoldKind::Product;
  if (rounds && mlir::isa<mlir::FloatType>(element) && element.getIntOrFloatBitWidth() < 32)
    return mlir::Float32Type::get(element.getContext());
  return element;
}

}  // namespace plx
