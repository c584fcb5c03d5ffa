#include "tests/conformance/reference/Case.h"

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "frontends/onnx/Weights.h"
#include "ir/types/Types.h"
#include "onnx/onnx-data.pb.h"

namespace plx::conformance {
namespace {

std::string readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::stringstream bytes;
  bytes << file.rdbuf();
  return bytes.str();
}

eval::Value tensorOf(mlir::MLIRContext *context, const onnx::TensorProto &proto) {
  mlir::Type element = elementTypeFromCode(context, proto.data_type());
  if (!element) throw std::runtime_error("data of an unknown element type");
  llvm::SmallVector<int64_t> shape(proto.dims().begin(), proto.dims().end());
  if (proto.data_type() == onnx::TensorProto::STRING) {
    eval::Tensor tensor(element, shape);
    for (int i = 0; i < proto.string_data_size(); ++i) tensor.strings()[i] = proto.string_data(i);
    return tensor;
  }
  std::string bytes = onnxio::unpackedBytes(proto);
  auto tensor = eval::Tensor::fromBytes(element, shape, bytes);
  if (failed(tensor)) throw std::runtime_error("data whose bytes do not fit their type");
  return *tensor;
}

eval::Value sequenceOf(mlir::MLIRContext *context, const onnx::SequenceProto &proto) {
  eval::Sequence sequence;
  for (const auto &item : proto.tensor_values()) sequence.items.push_back(tensorOf(context, item));
  for (const auto &item : proto.sequence_values())
    sequence.items.push_back(sequenceOf(context, item));
  return sequence;
}

eval::Value optionalOf(mlir::MLIRContext *context, const onnx::OptionalProto &proto) {
  eval::Optional optional;
  if (proto.has_tensor_value())
    optional.value = std::make_shared<eval::Value>(tensorOf(context, proto.tensor_value()));
  if (proto.has_sequence_value())
    optional.value = std::make_shared<eval::Value>(sequenceOf(context, proto.sequence_value()));
  return optional;
}

eval::Value valueOf(mlir::MLIRContext *context, const std::string &bytes,
                    const onnx::TypeProto &type) {
  if (type.has_sequence_type()) {
    onnx::SequenceProto proto;
    if (proto.ParseFromString(bytes)) return sequenceOf(context, proto);
  } else if (type.has_optional_type()) {
    onnx::OptionalProto proto;
    if (proto.ParseFromString(bytes)) return optionalOf(context, proto);
  } else if (type.has_tensor_type()) {
    onnx::TensorProto proto;
    if (proto.ParseFromString(bytes)) return tensorOf(context, proto);
  }
  throw std::runtime_error("data that are no tensor, sequence or optional");
}

std::vector<eval::Value> readValues(mlir::MLIRContext *context, const std::string &prefix,
                                    const std::vector<onnx::TypeProto> &types) {
  std::vector<eval::Value> values;
  for (size_t i = 0; i < types.size(); ++i) {
    std::string path = prefix + std::to_string(i) + ".pb";
    if (!std::filesystem::exists(path)) break;
    values.push_back(valueOf(context, readFile(path), types[i]));
  }
  return values;
}

bool near(double got, double expected, double rtol, double atol) {
  if (std::isnan(got) || std::isnan(expected)) return std::isnan(got) && std::isnan(expected);
  if (got == expected) return true;
  return std::fabs(got - expected) <= atol + rtol * std::fabs(expected);
}

template <typename T>
std::string text(const T &value) {
  std::ostringstream stream;
  stream.precision(9);
  stream << value;
  return stream.str();
}

std::string compareTensors(const eval::Tensor &got, const eval::Tensor &expected, double rtol,
                           double atol) {
  if (got.elementType() != expected.elementType()) {
    std::string types;
    llvm::raw_string_ostream(types)
        << "element type " << got.elementType() << ", expected " << expected.elementType();
    return types;
  }
  if (got.shape() != expected.shape()) {
    std::string shapes;
    llvm::raw_string_ostream stream(shapes);
    stream << "shape [";
    llvm::interleaveComma(got.shape(), stream);
    stream << "], expected [";
    llvm::interleaveComma(expected.shape(), stream);
    stream << "]";
    return shapes;
  }
  auto differs = [](int64_t i, const std::string &a, const std::string &b) {
    return "element " + std::to_string(i) + " is " + a + ", expected " + b;
  };
  // Suites compare bf16 after a conversion that keeps 7 bits.
  if (got.elementType().isBF16()) rtol = std::max(rtol, 0x1p-6);
  for (int64_t i = 0; i < got.numElements(); ++i) {
    if (got.isFloat()) {
      if (!near(got.floats()[i], expected.floats()[i], rtol, atol))
        return differs(i, text(got.floats()[i]), text(expected.floats()[i]));
    } else if (got.isInt()) {
      if (got.ints()[i] != expected.ints()[i] &&
          !near(static_cast<double>(got.ints()[i]), static_cast<double>(expected.ints()[i]), 0,
                atol >= 1 ? atol : 0))
        return differs(i, text(got.ints()[i]), text(expected.ints()[i]));
    } else if (mlir::isa<StringType>(got.elementType())) {
      if (got.strings()[i] != expected.strings()[i])
        return differs(i, got.strings()[i], expected.strings()[i]);
    } else {
      auto a = got.complexes()[i], b = expected.complexes()[i];
      if (!near(a.real(), b.real(), rtol, atol) || !near(a.imag(), b.imag(), rtol, atol))
        return differs(i, text(a), text(b));
    }
  }
  return "";
}

}  // namespace

namespace {
onnx::ModelProto readModel(const std::string &folder) {
  onnx::ModelProto model;
  if (!model.ParseFromString(readFile(folder + "/model.onnx")))
    throw std::runtime_error("cannot parse the model");
  return model;
}
std::vector<const onnx::ValueInfoProto *> realInputs(const onnx::ModelProto &model) {
  std::map<std::string, bool> initialized;
  for (const auto &tensor : model.graph().initializer()) initialized[tensor.name()] = true;
  std::vector<const onnx::ValueInfoProto *> inputs;
  for (const auto &input : model.graph().input())
    if (!initialized.count(input.name())) inputs.push_back(&input);
  return inputs;
}
}  // namespace

std::vector<std::string> inputNames(const std::string &folder) {
  onnx::ModelProto model = readModel(folder);
  std::vector<std::string> names;
  for (const auto *input : realInputs(model)) names.push_back(input->name());
  return names;
}

std::vector<DataSet> readDataSets(mlir::MLIRContext *context, const std::string &folder) {
  onnx::ModelProto model = readModel(folder);
  std::vector<onnx::TypeProto> inputs, outputs;
  for (const auto *input : realInputs(model)) inputs.push_back(input->type());
  for (const auto &output : model.graph().output()) outputs.push_back(output.type());
  std::vector<DataSet> sets;
  for (int n = 0;; ++n) {
    std::string prefix = folder + "/test_data_set_" + std::to_string(n);
    if (!std::filesystem::exists(prefix)) return sets;
    sets.push_back({readValues(context, prefix + "/input_", inputs),
                    readValues(context, prefix + "/output_", outputs)});
  }
}

Tolerance readTolerance(const std::string &folder) {
  Tolerance tolerance;
  std::ifstream file(folder + "/data.json");
  std::stringstream stream;
  stream << file.rdbuf();
  std::string json = stream.str();
  auto numbers = [&](const std::string &key) {
    std::vector<double> values;
    size_t at = json.find("\"" + key + "\"");
    if (at == std::string::npos) return values;
    at = json.find(':', at) + 1;
    size_t end = json[json.find_first_not_of(" \n", at)] == '[' ? json.find(']', at)
                                                                : json.find_first_of(",}", at);
    std::string list = json.substr(at, end - at);
    for (char &l : list)
      if (l == '[' || l == ',') l = ' ';
    std::istringstream parse(list);
    for (double value; parse >> value;) values.push_back(value);
    return values;
  };
  if (auto rtol = numbers("rtol"); !rtol.empty()) tolerance.rtol = rtol[0];
  if (auto atol = numbers("atol"); !atol.empty()) tolerance.atol = atol;
  return tolerance;
}

std::string compare(const eval::Value &got, const eval::Value &expected, double rtol, double atol) {
  if (got.is.index() != expected.is.index()) return "another kind of value";
  if (std::holds_alternative<eval::Tensor>(got.is))
    return compareTensors(got.tensor(), expected.tensor(), rtol, atol);
  if (std::holds_alternative<eval::Optional>(got.is)) {
    const auto &a = got.optional().value, &b = expected.optional().value;
    if (!a || !b) return a || b ? "one optional is empty" : "";
    return compare(*a, *b, rtol, atol);
  }
  const auto &a = got.sequence().items, &b = expected.sequence().items;
  if (a.size() != b.size())
    return "length " + std::to_string(a.size()) + ", expected " + std::to_string(b.size());
  for (size_t i = 0; i < a.size(); ++i)
    if (std::string difference = compare(a[i], b[i], rtol, atol); !difference.empty())
      return "item " + std::to_string(i) + ": " + difference;
  return "";
}

}  // namespace plx::conformance
