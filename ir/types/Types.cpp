#include "ir/types/Types.h"

#include "ir/Dialect.h"
#include "ir/types/HostTypes.h"
#include "ir/types/TypeStorage.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

namespace plx {

SequenceType SequenceType::get(mlir::Type element) {
  return Base::get(element.getContext(), element);
}
mlir::Type SequenceType::element() const { return getImpl()->element; }
OptionalType OptionalType::get(mlir::Type element) {
  return Base::get(element.getContext(), element);
}
mlir::Type OptionalType::element() const { return getImpl()->element; }
MapType MapType::get(mlir::Type key, mlir::Type value) {
  return Base::get(key.getContext(), std::pair(key, value));
}
mlir::Type MapType::key() const { return getImpl()->types.first; }
mlir::Type MapType::value() const { return getImpl()->types.second; }

mlir::Type PlxDialect::parseType(mlir::DialectAsmParser &parser) const {
  llvm::StringRef keyword;
  llvm::SMLoc location = parser.getCurrentLocation();
  if (parser.parseKeyword(&keyword)) return {};
  if (keyword == "string") return StringType::get(getContext());
  if (keyword == "buffer") return BufferType::get(getContext());
  if (keyword == "object") return ObjectType::get(getContext());
  if (keyword == "sequence" || keyword == "optional") {
    mlir::Type element;
    if (parser.parseLess() || parser.parseType(element) || parser.parseGreater()) return {};
    if (keyword == "sequence") return SequenceType::get(element);
    return OptionalType::get(element);
  }
  if (keyword == "map") {
    mlir::Type key, value;
    if (parser.parseLess() || parser.parseType(key) || parser.parseComma() ||
        parser.parseType(value) || parser.parseGreater())
      return {};
    return MapType::get(key, value);
  }
  parser.emitError(location)
      << "unknown plx type `" << keyword
      << "`; known are string, buffer, object, sequence<T>, optional<T>, map<K, V>";
  return {};
}

void PlxDialect::printType(mlir::Type type, mlir::DialectAsmPrinter &printer) const {
  if (mlir::isa<StringType>(type)) printer << "string";
  if (mlir::isa<BufferType>(type)) printer << "buffer";
  if (mlir::isa<ObjectType>(type)) printer << "object";
  if (auto sequence = mlir::dyn_cast<SequenceType>(type))
    printer << "sequence<" << sequence.element() << ">";
  if (auto optional = mlir::dyn_cast<OptionalType>(type))
    printer << "optional<" << optional.element() << ">";
  if (auto map = mlir::dyn_cast<MapType>(type))
    printer << "map<" << map.key() << ", " << map.value() << ">";
}

namespace {
/// ONNX TensorProto.DataType numbers of the element types (onnx.proto, enum DataType).
struct CodeRow {
  int code;
  mlir::Type (*make)(mlir::MLIRContext *);
};
template <typename T>
mlir::Type floatType(mlir::MLIRContext *context) {
  return T::get(context);
}
template <unsigned width, mlir::IntegerType::SignednessSemantics sign>
mlir::Type intType(mlir::MLIRContext *context) {
  return mlir::IntegerType::get(context, width, sign);
}
constexpr auto kSignless = mlir::IntegerType::Signless;
constexpr auto kUnsigned = mlir::IntegerType::Unsigned;
const CodeRow kCodes[] = {
    {1, floatType<mlir::Float32Type>},
    {2, intType<8, kUnsigned>},
    {3, intType<8, kSignless>},
    {4, intType<16, kUnsigned>},
    {5, intType<16, kSignless>},
    {6, intType<32, kSignless>},
    {7, intType<64, kSignless>},
    {8, [](mlir::MLIRContext *c) -> mlir::Type { return StringType::get(c); }},
    {9, intType<1, kSignless>},
    {10, floatType<mlir::Float16Type>},
    {11, floatType<mlir::Float64Type>},
    {12, intType<32, kUnsigned>},
    {13, intType<64, kUnsigned>},
    {14,
     [](mlir::MLIRContext *c) -> mlir::Type {
       return mlir::ComplexType::get(mlir::Float32Type::get(c));
     }},
    {15,
     [](mlir::MLIRContext *c) -> mlir::Type {
       return mlir::ComplexType::get(mlir::Float64Type::get(c));
     }},
    {16, floatType<mlir::BFloat16Type>},
    {17, floatType<mlir::Float8E4M3FNType>},
    {18, floatType<mlir::Float8E4M3FNUZType>},
    {19, floatType<mlir::Float8E5M2Type>},
    {20, floatType<mlir::Float8E5M2FNUZType>},
    {21, intType<4, kUnsigned>},
    {22, intType<4, kSignless>},
    {23, floatType<mlir::Float4E2M1FNType>},
    {24, floatType<mlir::Float8E8M0FNUType>},
    {25, intType<2, kUnsigned>},
    {26, intType<2, kSignless>},
};
}  // namespace

int elementTypeCode(mlir::Type type) {
  for (const CodeRow &row : kCodes)
    if (row.make(type.getContext()) == type) return row.code;
  return 0;
}

mlir::Type elementTypeFromCode(mlir::MLIRContext *context, int code) {
  for (const CodeRow &row : kCodes)
    if (row.code == code) return row.make(context);
  return {};
}

bool isHostValue(mlir::Type type) {
  if (auto tensor = mlir::dyn_cast<mlir::TensorType>(type))
    return mlir::isa<StringType>(tensor.getElementType());
  return mlir::isa<SequenceType, OptionalType, MapType>(type);
}

bool isElementType(mlir::Type type) { return elementTypeCode(type) != 0; }

int64_t bytesOfElement(mlir::Type type) {
  if (auto complex = mlir::dyn_cast<mlir::ComplexType>(type))
    return 2 * bytesOfElement(complex.getElementType());
  return type.isIntOrFloat() ? (type.getIntOrFloatBitWidth() + 7) / 8 : 0;
}

}  // namespace plx
