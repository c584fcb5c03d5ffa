// Reading and writing Dims. Grammar (blanks where MLIR's lexer has them):
//
//   sum     := ['-'] product {('+' | '-') product}
//   product := factor {('*' | 'floordiv' | 'ceildiv' | 'mod') factor}        from left to right
//   factor  := ['-'] integer | '(' sum ')' | ('max' | 'min') '(' sum {',' sum} ')' | name ['ge'
//   ['-'] integer] name    := identifier | string
#include "ir/Dialect.h"
#include "ir/types/DimRewrite.h"
#include "llvm/ADT/APInt.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/OpImplementation.h"

namespace plx {
namespace {

using mlir::failed;
using mlir::failure;
using mlir::FailureOr;
using mlir::succeeded;

class DimParser {
 public:
  explicit DimParser(mlir::AsmParser &parser) : parser(parser), context(parser.getContext()) {}

  FailureOr<Dim> parseSum() {
    if (++depth > maxNesting) {
      parser.emitError(parser.getCurrentLocation(), "expected a size expression nested at most ")
          << maxNesting << " deep";
      return failure();
    }
    bool negative = succeeded(parser.parseOptionalMinus());
    FailureOr<Dim> sum = parseProduct(negative);
    while (succeeded(sum)) {
      llvm::SMLoc location = parser.getCurrentLocation();
      if (succeeded(parser.parseOptionalPlus()))
        negative = false;
      else if (succeeded(parser.parseOptionalMinus()))
        negative = true;
      else
        break;
      FailureOr<Dim> next = parseProduct(negative);
      if (failed(next)) return failure();
      sum = checked(location, *sum + *next);
    }
    --depth;
    return sum;
  }

 private:
  using Operation = Dim (*)(Dim, Dim);
  static constexpr int maxNesting = 256;  // of parentheses: the parser recurses

  FailureOr<Dim> parseProduct(bool negative) {
    llvm::SMLoc location = parser.getCurrentLocation();
    FailureOr<Dim> product = parseFactor(negative);
    while (succeeded(product)) {
      location = parser.getCurrentLocation();
      Operation apply = nullptr;
      bool divides = true;
      if (succeeded(parser.parseOptionalStar())) {
        apply = [](Dim a, Dim b) { return a * b; };
        divides = false;
      } else if (succeeded(parser.parseOptionalKeyword("floordiv"))) {
        apply = floorDiv;
      } else if (succeeded(parser.parseOptionalKeyword("ceildiv"))) {
        apply = ceilDiv;
      } else if (succeeded(parser.parseOptionalKeyword("mod"))) {
        apply = mod;
      } else {
        break;
      }
      bool positive = false;
      FailureOr<Dim> factor = parseFactor(positive);
      if (failed(factor)) return failure();
      if (divides && factor->isConstant(0)) {
        parser.emitError(location, "division of '") << product->text() << "' by zero";
        return failure();
      }
      product = checked(location, apply(*product, *factor));
    }
    if (failed(product)) return failure();
    return negative ? checked(location, *product * -1) : product;
  }

  FailureOr<Dim> checked(llvm::SMLoc location, Dim dim) {
    if (dim) return dim;
    parser.emitError(location,
                     "size expression leaves the range of 64-bit integers, or has more than ")
        << detail::maxDimTerms << " terms, a nesting of more than " << detail::maxDimDepth
        << " or a text of more than " << detail::maxDimTextBytes << " characters";
    return failure();
  }

  /// `negative` is taken into a literal of 2^63, which has no positive form, and cleared then.
  FailureOr<Dim> parseFactor(bool &negative) {
    llvm::SMLoc location = parser.getCurrentLocation();
    llvm::APInt literal;
    mlir::OptionalParseResult integer = parser.parseOptionalDecimalInteger(literal);
    if (integer.has_value()) {
      if (failed(*integer)) return failure();
      return constantOf(location, literal, negative);
    }
    if (succeeded(parser.parseOptionalLParen())) {
      FailureOr<Dim> inner = parseSum();
      if (failed(inner) || parser.parseRParen()) return failure();
      return inner;
    }
    if (succeeded(parser.parseOptionalKeyword("max"))) return parseExtremum(1);
    if (succeeded(parser.parseOptionalKeyword("min"))) return parseExtremum(-1);
    FailureOr<std::string> name = parseName();
    if (failed(name)) return failure();
    int64_t lowerBound = 0;
    if (succeeded(parser.parseOptionalKeyword("ge")) && parser.parseInteger(lowerBound))
      return failure();
    return checked(location, Dim::symbol(context, *name, lowerBound));
  }

  FailureOr<Dim> constantOf(llvm::SMLoc location, llvm::APInt literal, bool &negative) {
    // Signed and as wide as it takes: a positive one has a zero in front.
    if (negative && literal.isStrictlyPositive() && (-literal).isSignedIntN(64) &&
        !literal.isSignedIntN(64)) {
      negative = false;
      return Dim::constant(context, INT64_MIN);
    }
    if (!literal.isSignedIntN(64)) return checked(location, Dim());
    return Dim::constant(context, literal.getSExtValue());
  }

  /// All operands at once, since that is how the canonical form sees them. `sign` -1: a minimum.
  FailureOr<Dim> parseExtremum(int64_t sign) {
    llvm::SMLoc location = parser.getCurrentLocation();
    llvm::SmallVector<Dim> operands;
    auto parseOperand = [&]() -> mlir::ParseResult {
      llvm::SMLoc start = parser.getCurrentLocation();
      FailureOr<Dim> operand = parseSum();
      if (succeeded(operand)) operand = checked(start, *operand * sign);
      if (failed(operand)) return failure();
      operands.push_back(*operand);
      return mlir::success();
    };
    if (parser.parseCommaSeparatedList(mlir::AsmParser::Delimiter::Paren, parseOperand))
      return failure();
    if (operands.empty()) {
      parser.emitError(location, "expected at least one operand of max or min");
      return failure();
    }
    detail::DimFacts facts;
    return checked(location, detail::maxUnder(facts, operands) * sign);
  }

  FailureOr<std::string> parseName() {
    llvm::SMLoc location = parser.getCurrentLocation();
    std::string name;
    if (succeeded(parser.parseOptionalString(&name))) return name;
    llvm::StringRef keyword;
    if (succeeded(parser.parseOptionalKeyword(&keyword))) {
      if (keyword != "floordiv" && keyword != "ceildiv" && keyword != "mod" && keyword != "ge")
        return keyword.str();
      parser.emitError(location, "'") << keyword << "' is an operator; as a name it is quoted";
      return failure();
    }
    parser.emitError(location, "expected a size expression: an integer, a name, max, min or '('");
    return failure();
  }

  mlir::AsmParser &parser;
  mlir::MLIRContext *context;
  int depth = 0;
};

}  // namespace

FailureOr<Dim> parseDim(mlir::AsmParser &parser) { return DimParser(parser).parseSum(); }

FailureOr<Dim> parseDim(mlir::MLIRContext *context, llvm::StringRef text) {
  if (text.size() > detail::maxDimTextBytes || text.contains('\0')) {
    mlir::emitError(mlir::UnknownLoc::get(context), "size expression of ")
        << text.size() << " characters holds a NUL or is longer than " << detail::maxDimTextBytes;
    return failure();
  }
  auto dim =
      llvm::dyn_cast_or_null<Dim>(mlir::parseAttribute(("#plx.dim<" + text + ">").str(), context));
  if (!dim) return failure();
  return dim;
}

void printDim(mlir::AsmPrinter &printer, Dim dim) { printer << dim.text(); }

FailureOr<DimsAttr> parseDims(mlir::AsmParser &parser) {
  llvm::SmallVector<Dim> dims;
  auto parseEntry = [&]() -> mlir::ParseResult {
    FailureOr<Dim> dim = parseDim(parser);
    if (failed(dim)) return failure();
    dims.push_back(*dim);
    return mlir::success();
  };
  if (parser.parseCommaSeparatedList(mlir::AsmParser::Delimiter::Square, parseEntry))
    return failure();
  return DimsAttr::get(parser.getContext(), dims);
}

void printDims(mlir::AsmPrinter &printer, DimsAttr dims) { printer << dims.str(); }

std::string DimsAttr::str() const {
  std::string text = "[";
  for (Dim dim : dims()) {
    if (text.size() > 1) text += ", ";
    text += dim.text();
  }
  return text + "]";
}

mlir::Attribute PlxDialect::parseAttribute(mlir::DialectAsmParser &parser, mlir::Type) const {
  llvm::StringRef keyword;
  llvm::SMLoc location = parser.getCurrentLocation();
  if (parser.parseKeyword(&keyword)) return {};
  if (keyword == "dims" || keyword == "dim") {
    mlir::Attribute attribute;
    if (parser.parseLess()) return {};
    if (keyword == "dims") {
      attribute = parseDims(parser).value_or(DimsAttr());
    } else {
      attribute = parseDim(parser).value_or(Dim());
    }
    if (!attribute || parser.parseGreater()) return {};
    return attribute;
  }
  parser.emitError(location) << "unknown plx attribute `" << keyword
                             << "`; known are dims<[...]>, dim<...>";
  return {};
}

void PlxDialect::printAttribute(mlir::Attribute attribute, mlir::DialectAsmPrinter &printer) const {
  if (auto dims = llvm::dyn_cast<DimsAttr>(attribute)) printer << "dims<" << dims.str() << ">";
  if (auto dim = llvm::dyn_cast<Dim>(attribute)) printer << "dim<" << dim.text() << ">";
  // An atom is part of a Dim and never stands alone in a module; debug printing shows it as the Dim
  // it makes.
  if (auto atom = llvm::dyn_cast<DimAtom>(attribute)) printer << "dim<" << atom.text() << ">";
}

}  // namespace plx
