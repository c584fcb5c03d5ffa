#include "ir/interfaces/HostCall.h"

#include <cmath>
#include <cstdio>

#include "llvm/ADT/STLExtras.h"

#include "ir/interfaces/HostCall.cpp.inc"

namespace plx {
namespace {

std::string quoted(llvm::StringRef text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) {
      out += c;
      continue;
    }
    char escape[8];
    std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned char>(c));
    out += escape;
  }
  return out + "\"";
}

std::string numberText(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

std::string valueText(mlir::Attribute value) {
  if (auto text = mlir::dyn_cast<mlir::StringAttr>(value)) return quoted(text.getValue());
  if (auto number = mlir::dyn_cast<mlir::FloatAttr>(value))
    return numberText(number.getValueAsDouble());
  if (auto number = mlir::dyn_cast<mlir::IntegerAttr>(value))
    return std::to_string(number.getType().isInteger(1) ? int64_t{number.getValue().getBoolValue()}
                                                        : number.getValue().getSExtValue());
  std::string out;
  auto add = [&](const std::string &entry) { out += (out.empty() ? "" : ",") + entry; };
  if (auto list = mlir::dyn_cast<mlir::ArrayAttr>(value))
    for (mlir::Attribute entry : list) add(valueText(entry));
  if (auto list = mlir::dyn_cast<mlir::DenseI64ArrayAttr>(value))
    for (int64_t entry : list.asArrayRef()) add(std::to_string(entry));
  if (auto list = mlir::dyn_cast<mlir::DenseF64ArrayAttr>(value))
    for (double entry : list.asArrayRef()) add(numberText(entry));
  return "[" + out + "]";
}

}  // namespace

std::string hostAttributes(mlir::DictionaryAttr settings) {
  std::string out;
  for (mlir::NamedAttribute named : settings) {
    bool isSet = mlir::isa<mlir::UnitAttr>(named.getValue());
    out += (out.empty() ? "" : ",") + quoted(named.getName()) + ":" +
           (isSet ? "1" : valueText(named.getValue()));
  }
  return "{" + out + "}";
}

}  // namespace plx
