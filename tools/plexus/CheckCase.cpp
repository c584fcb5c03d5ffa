#include "tools/plexus/CheckCase.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "tools/plexus/Compare.h"
#include "tools/plexus/Failure.h"
#include "tools/plexus/Inputs.h"
#include "tools/plexus/Json.h"
#include "tools/plexus/Outputs.h"

namespace plx {
namespace fs = std::filesystem;
namespace {

bool isCaseFolder(const fs::path &folder) {
  std::error_code code;
  return fs::exists(folder / "model.onnx", code) && fs::exists(folder / "test_data_set_0", code);
}

/// data.json of a case, or the defaults.
class Tolerances {
 public:
  explicit Tolerances(const fs::path &folder) {
    std::ifstream file(folder / "data.json");
    if (!file) return;
    std::stringstream text;
    text << file.rdbuf();
    Json json = Json::parse(text.str(), (folder / "data.json").string());
    if (const Json *rtol = json.find("rtol")) relative_ = rtol->number();
    if (const Json *atol = json.find("atol")) {
      absolute_ = {atol->number()};
      if (atol->kind() == Json::Kind::Array) {
        absolute_.clear();
        for (const Json &item : atol->items()) absolute_.push_back(item.number());
      }
    }
  }

  Tolerance of(size_t output, int32_t elementType) const {
    Tolerance out;
    out.relative = relative_;
    if (!absolute_.empty()) out.absolute = absolute_[std::min(output, absolute_.size() - 1)];
    if (elementType == PLX_BF16) out.relative = std::max(out.relative, 0x1p-6);
    return out;
  }

 private:
  double relative_ = Tolerance().relative;
  std::vector<double> absolute_;
};

/// A value of a data set: one of the two.
struct CaseValue {
  Array array{nullptr, plx_array_destroy};
  Object object{nullptr, plx_object_release};

  const char *name() const {
    return object ? plx_object_name(object.get()) : plx_array_name(array.get());
  }
};

CaseValue readValue(const fs::path &path, int32_t kind) {
  CaseValue value;
  if (kind != PLX_KIND_TENSOR) {
    value.object = readObject(path.string(), kind);
    return value;
  }
  plx_array *array = nullptr;
  plx_error error;
  checkStatus(plx_array_read(path.c_str(), &array, &error), error);
  value.array.reset(array);
  return value;
}

/// WHAT_0.pb, WHAT_1.pb, ... of a data set, for the model's `values`: their bytes do not say of
/// what kind they are.
std::vector<CaseValue> readAll(const fs::path &dataSet, const std::string &what,
                               const plx_value *values, int32_t count) {
  std::vector<CaseValue> read;
  for (int32_t k = 0;; ++k) {
    fs::path path = dataSet / (what + "_" + std::to_string(k) + ".pb");
    std::error_code code;
    if (!fs::exists(path, code)) return read;
    read.push_back(readValue(path, k < count ? values[k].kind : int32_t{PLX_KIND_TENSOR}));
  }
}

/// Place of a value among the model's: by its name where that is one, else its number.
int32_t placeOf(const CaseValue &value, size_t number, const plx_value *values, int32_t count) {
  const char *name = value.name();
  for (int32_t i = 0; i < count; ++i)
    if (*name && std::string(name) == values[i].name) return i;
  return static_cast<int32_t>(number);
}

/// A value of an unseeded generator can only be plausible: of the right type and shape, and no
/// further out than what was expected or a probability.
std::string plausibility(const plx_tensor &actual, const plx_tensor &expected) {
  if (std::string shape = shapeDifference(actual, expected); !shape.empty()) return shape;
  double low = 0, high = 1;
  int64_t count = plx_num_elements(actual.rank, actual.dims);
  for (int64_t i = 0; i < count; ++i) {
    low = std::min(low, plx_tensor_element(&expected, i));
    high = std::max(high, plx_tensor_element(&expected, i));
  }
  for (int64_t i = 0; i < count; ++i) {
    double value = plx_tensor_element(&actual, i);
    if (!(value >= low && value <= high))
      return "element " + std::to_string(i) + " is " + std::to_string(value) + ", outside of [" +
             std::to_string(low) + ", " + std::to_string(high) + "]";
  }
  return "";
}

/// One model with its data sets.
class FolderCase {
 public:
  FolderCase(const fs::path &folder, const CheckOptions &options)
      : folder_(folder), options_(options), tolerances_(folder) {}

  CaseResult run() {
    CaseResult result = options_.gradient ? judgeGradient() : judge();
    result.exempt = std::move(exempt_);
    return result;
  }

 private:
  CaseResult judge() {
    ModelOptions given = ModelOptions::of(options_.common);
    if (options_.symbolic) given.flags |= PLEXUS_SYMBOLIC;
    if (given.device != "cpu") given.cpu = architectureOf(given.device);
    ModelHandle model = openModel((folder_ / "model.onnx").string(), given);
    if (const char *node = Compiler::get().modelUnseeded(model.get())) unseeded_ = node;
    for (int32_t i = 0; i < Compiler::get().modelNumExempt(model.get()); ++i)
      exempt_.emplace_back(Compiler::get().modelExempt(model.get(), i));
    Program program = Program::session(model.get(), options_.common.device);
    Context context = createContext(program, options_.common);
    for (int set = 0;; ++set) {
      fs::path dataSet = folder_ / ("test_data_set_" + std::to_string(set));
      std::error_code code;
      if (!fs::exists(dataSet, code)) break;
      std::string what = runSet(dataSet, program, context.get());
      if (!what.empty())
        return {CaseResult::Kind::Failed,
                (set ? "data set " + std::to_string(set) + ": " : "") + what};
    }
    if (!unseeded_.empty())
      return {CaseResult::Kind::Skipped,
              "'" + unseeded_ +
                  "' draws from a generator that ONNX leaves open: type, shape and range are as "
                  "expected"};
    return {CaseResult::Kind::Passed, ""};
  }

  /// The inputs of the first data set, by their places among the model's.
  std::vector<CaseValue> inputsInOrder(const plx_module &module) const {
    std::vector<CaseValue> inputs =
        readAll(folder_ / "test_data_set_0", "input", module.inputs, module.num_inputs);
    std::vector<CaseValue> ordered(static_cast<size_t>(module.num_inputs));
    for (size_t k = 0; k < inputs.size(); ++k) {
      int32_t place = placeOf(inputs[k], k, module.inputs, module.num_inputs);
      if (place < module.num_inputs) ordered[static_cast<size_t>(place)] = std::move(inputs[k]);
    }
    for (int32_t i = 0; i < module.num_inputs; ++i)
      if (!ordered[static_cast<size_t>(i)].array && !ordered[static_cast<size_t>(i)].object)
        throw Failure(std::string("input '") + module.inputs[i].name + "' has no value");
    return ordered;
  }

  CaseResult judgeGradient() {
    ModelOptions given = ModelOptions::of(options_.common);
    ModelHandle model = openModel((folder_ / "model.onnx").string(), given);
    // The reference's program: it has the model's signature, and compiles nothing.
    Program program = Program::session(model.get(), "reference");
    const plx_module &module = program.module();
    std::vector<CaseValue> inputs = inputsInOrder(module);
    std::vector<plx_tensor> tensors(inputs.size());
    std::vector<plexus_input_value> values(inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].array) tensors[i] = asInput(module.inputs[i], inputs[i].array.get());
      values[i] = {inputs[i].object ? nullptr : &tensors[i], inputs[i].object.get()};
    }
    plexus_gradient_findings findings = {};
    char *message = nullptr;
    checkStatus(Compiler::get().modelCheckGradient(
                    model.get(), options_.common.device.c_str(), values.data(),
                    static_cast<int32_t>(values.size()), &findings, &message),
                message);
    CaseResult result;
    result.reason = findings.why;
    Compiler::get().free(findings.why);
    if (findings.verdict == PLEXUS_GRADIENT_RIGHT) result.kind = CaseResult::Kind::Passed;
    if (findings.verdict == PLEXUS_GRADIENT_NONE) result.kind = CaseResult::Kind::Skipped;
    result.gradient = {findings.num_elements, findings.num_kinks, findings.worst};
    return result;
  }

  /// "" or what differs.
  std::string runSet(const fs::path &dataSet, const Program &program, plx_context *context) {
    const plx_module &module = program.module();
    std::vector<CaseValue> inputs = readAll(dataSet, "input", module.inputs, module.num_inputs);
    std::vector<CaseValue> outputs = readAll(dataSet, "output", module.outputs, module.num_outputs);
    plx_error error;
    for (size_t k = 0; k < inputs.size(); ++k) {
      int32_t place = placeOf(inputs[k], k, module.inputs, module.num_inputs);
      if (place >= module.num_inputs)
        return "input_" + std::to_string(k) + ".pb has no input: the model has " +
               std::to_string(module.num_inputs);
      setInput(context, place, module.inputs[place], inputs[k]);
    }
    checkStatus(plx_context_run(context, &error), error);
    for (size_t k = 0; k < outputs.size(); ++k) {
      int32_t place = placeOf(outputs[k], k, module.outputs, module.num_outputs);
      if (place >= module.num_outputs)
        return "output_" + std::to_string(k) + ".pb has no output: the model has " +
               std::to_string(module.num_outputs);
      std::string what = compare(context, place, k, outputs[k]);
      if (!what.empty()) return std::string("output '") + module.outputs[place].name + "' " + what;
    }
    return "";
  }

  static void setInput(plx_context *context, int32_t place, const plx_value &input,
                       const CaseValue &value) {
    plx_error error;
    if (value.object)
      return checkStatus(plx_context_set_input_object(context, place, value.object.get(), &error),
                         error);
    plx_tensor view = asInput(input, value.array.get());
    checkStatus(plx_context_set_input_at(context, place, &view, &error), error);
  }

  /// "" or what differs of the k-th output that the case has.
  std::string compare(const plx_context *context, int32_t place, size_t k,
                      const CaseValue &value) const {
    if (value.object)
      return difference(*outputObjectOf(context, place), *value.object,
                        tolerances_.of(k, PLX_UNDEFINED));
    plx_tensor expected = plx_array_view(value.array.get()), actual = outputOf(context, place);
    return unseeded_.empty()
               ? difference(actual, expected, tolerances_.of(k, expected.element_type))
               : plausibility(actual, expected);
  }

  fs::path folder_;
  const CheckOptions &options_;
  Tolerances tolerances_;
  std::string unseeded_;
  std::vector<std::string> exempt_;
};

/// A .mlir file: passes when all of its tests do.
CaseResult runValueTests(const std::string &path, const CheckOptions &options) {
  ModelOptions given = ModelOptions::of(options.common);
  given.flags |= PLEXUS_VALUE_TESTS;
  if (given.device != "cpu") given.cpu = architectureOf(given.device);
  ModelHandle model = openModel(path, given);
  std::vector<std::string> failures;
  auto note = [](void *list, const char *function, const char *why) {
    if (*why)
      static_cast<std::vector<std::string> *>(list)->push_back("@" + std::string(function) + ": " +
                                                               why);
  };
  char *message = nullptr;
  std::string device = options.common.device + (options.gradient ? "-gradient" : "");
  checkStatus(Compiler::get().modelCheck(model.get(), device.c_str(), note, &failures, &message),
              message);
  if (failures.empty()) return {CaseResult::Kind::Passed, ""};
  std::string reason;
  for (const std::string &failure : failures) reason += (reason.empty() ? "" : "\n") + failure;
  return {CaseResult::Kind::Failed, reason};
}

}  // namespace

std::vector<std::string> findCases(const std::string &path) {
  std::error_code code;
  if (!fs::exists(path, code)) throw Failure("'" + path + "' is not there");
  std::vector<std::string> cases;
  if (!fs::is_directory(path, code) || isCaseFolder(path)) return {path};
  auto follow = fs::directory_options::follow_directory_symlink;
  for (fs::recursive_directory_iterator it(path, follow, code), end; !code && it != end;
       it.increment(code)) {
    std::error_code ignored;
    if (it->is_directory(ignored) && isCaseFolder(it->path())) {
      cases.push_back(it->path().string());
      it.disable_recursion_pending();
    }
  }
  if (code) throw Failure("'" + path + "' cannot be read: " + code.message());
  std::sort(cases.begin(), cases.end());
  return cases;
}

CaseResult runCase(const std::string &path, const CheckOptions &options) {
  try {
    if (path.ends_with(".mlir")) return runValueTests(path, options);
    if (!isCaseFolder(path))
      throw Failure("no case: expected a folder with model.onnx and test_data_set_0");
    return FolderCase(path, options).run();
  } catch (const Failure &failure) {
    return {CaseResult::Kind::Failed, failure.what()};
  } catch (const std::exception &exception) {
    return {CaseResult::Kind::Failed, exception.what()};
  }
}

}  // namespace plx
