// The table of converters, and what it says to users (`plexus ops`).
#include <set>

#include "frontends/onnx/Import.h"
#include "frontends/onnx/NodeContext.h"
#include "frontends/onnx/Prepare.h"
#include "ir/Dialect.h"
#include "llvm/ADT/StringExtras.h"
#include "onnx/defs/schema.h"

namespace plx::onnxio {
namespace {

using OperatorKey = std::pair<std::string, std::string>;  // domain ("" is ONNX's own), name

struct Table {
  std::map<OperatorKey, std::map<int, Converter>> converters;
};
Table &table() {
  static Table instance;
  return instance;
}

/// Whether plx has the elements of a type, "float" of seq(tensor(float)): ONNX has a few more.
bool isKnown(mlir::MLIRContext &context, llvm::StringRef type) {
  llvm::StringRef element = type.rtrim(')');
  element = element.drop_front(element.find_last_of("(, ") + 1);  // a type alone: npos + 1 is 0
  onnx::TensorProto::DataType code = onnx::TensorProto::UNDEFINED;
  return onnx::TensorProto::DataType_Parse(element.upper(), &code) &&
         elementTypeFromCode(&context, code);
}

/// "float" as plx writes it.
std::string elementName(llvm::StringRef name) {
  if (name == "double") return "f64";
  if (name == "float") return "f32";
  if (name == "bfloat16") return "bf16";
  if (name == "complex64") return "c64";
  if (name == "complex128") return "c128";
  for (auto [theirs, ours] : {std::pair("float", "f"), {"uint", "u"}, {"int", "i"}})
    if (name.starts_with(theirs)) return ours + name.drop_front(strlen(theirs)).str();
  return name.str();
}

/// seq(tensor(float)) as seq(f32).
std::string typeName(llvm::StringRef type) {
  auto [head, rest] = type.split('(');
  if (rest.empty()) return elementName(head);
  llvm::StringRef inner = rest.drop_back();
  if (head == "tensor") return elementName(inner);
  if (head != "map") return (head + "(" + typeName(inner) + ")").str();
  auto [key, value] = inner.split(',');
  return "map(" + elementName(key) + ", " + typeName(value.ltrim()) + ")";
}

/// "T: f16 f32; I: i64".
std::string typesOf(mlir::MLIRContext &context, const onnx::OpSchema &schema) {
  std::string out;
  for (const auto &parameter : schema.typeConstraintParams()) {
    if (!out.empty()) out += "; ";
    out += parameter.type_param_str + ":";
    for (const std::string &type : parameter.allowed_type_strs)
      if (isKnown(context, type)) out += " " + typeName(type);
  }
  return out;
}

bool hasFunction(const onnx::OpSchema &schema) {
  return schema.HasFunction() || schema.HasContextDependentFunction();
}

/// How a version of an operator comes in; empty if it does not.
std::string wayOf(const onnx::OpSchema &schema) {
  int version = schema.SinceVersion();
  if (findConverter(schema.domain(), schema.Name(), version)) return "mapped";
  if (schema.domain().empty() && findConverter(kWithdrawnDomain, schema.Name(), version))
    return "mapped";
  return hasFunction(schema) ? "ONNX function" : "";
}

/// The row of an operator by its schemas. ONNX's own ones of older opsets become the newest's.
SupportedOperator rowOf(mlir::MLIRContext &context, const OperatorKey &key,
                        const std::map<int, const onnx::OpSchema *> &versions) {
  SupportedOperator row;
  row.domain = key.first.empty() ? "ai.onnx" : key.first;
  row.name = key.second;
  const onnx::OpSchema &newest = *versions.rbegin()->second;
  row.types = typesOf(context, newest);
  row.way = wayOf(newest);
  for (const auto &[since, schema] : versions)
    if (key.first.empty() || !wayOf(*schema).empty()) row.versions.push_back(since);
  return row;
}

}  // namespace

RegisterConverter::RegisterConverter(llvm::StringRef domain, llvm::StringRef name, int sinceVersion,
                                     Converter converter) {
  table().converters[{domain.str(), name.str()}][sinceVersion] = converter;
}

Converter findConverter(llvm::StringRef domain, llvm::StringRef name, int version) {
  if (domain == "ai.onnx") domain = "";
  auto versions = table().converters.find({domain.str(), name.str()});
  if (versions == table().converters.end()) return nullptr;
  auto next = versions->second.upper_bound(version);
  return next == versions->second.begin() ? nullptr : std::prev(next)->second;
}

}  // namespace plx::onnxio

std::vector<plx::SupportedOperator> plx::supportedOnnxOperators() {
  using namespace onnxio;
  const auto schemas = onnx::OpSchemaRegistry::get_all_schemas_with_history();
  std::map<OperatorKey, std::map<int, const onnx::OpSchema *>> known;
  for (const auto &schema : schemas)
    if (!schema.deprecated())
      known[{schema.domain(), schema.Name()}][schema.SinceVersion()] = &schema;
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<PlxDialect>();
  std::map<OperatorKey, SupportedOperator> rows;
  for (const auto &[key, versions] : known)
    if (SupportedOperator row = rowOf(context, key, versions); !row.way.empty()) rows[key] = row;
  // Operators that ONNX has no schema of: other domains', and those of its first years.
  for (const auto &[key, versions] : table().converters) {
    OperatorKey shown(key.first == kWithdrawnDomain ? "" : key.first, key.second);
    if (rows.count(shown)) continue;
    SupportedOperator &row = rows[shown];
    row = {shown.first.empty() ? "ai.onnx" : shown.first, shown.second, {}, "", "mapped"};
    for (const auto &[since, converter] : versions) row.versions.push_back(since);
  }
  std::vector<SupportedOperator> result;
  for (auto &[key, row] : rows) result.push_back(std::move(row));
  return result;
}
