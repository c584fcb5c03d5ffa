#include "tests/unit/frontends/onnx/Models.h"

#include "llvm/Support/raw_ostream.h"

namespace plx::testing {

onnx::ModelProto emptyModel(int version) {
  onnx::ModelProto model;
  model.set_ir_version(10);
  auto *import = model.add_opset_import();
  import->set_domain("");
  import->set_version(version);
  model.mutable_graph()->set_name("g");
  return model;
}

namespace {
void setTensor(onnx::ValueInfoProto &info, const std::string &name, int elementCode,
               const std::vector<int64_t> &dims, const std::vector<std::string> &params) {
  info.set_name(name);
  auto *tensor = info.mutable_type()->mutable_tensor_type();
  tensor->set_elem_type(elementCode);
  tensor->mutable_shape();
  size_t next = 0;
  for (int64_t size : dims) {
    auto *dim = tensor->mutable_shape()->add_dim();
    if (size >= 0)
      dim->set_dim_value(size);
    else if (next < params.size())
      dim->set_dim_param(params[next++]);
  }
}
}  // namespace

void addInput(onnx::ModelProto &model, const std::string &name, int elementCode,
              const std::vector<int64_t> &dims, const std::vector<std::string> &params) {
  setTensor(*model.mutable_graph()->add_input(), name, elementCode, dims, params);
}
void addOutput(onnx::ModelProto &model, const std::string &name, int elementCode, int rank) {
  setTensor(*model.mutable_graph()->add_output(), name, elementCode, std::vector<int64_t>(rank, -1),
            {});
}

onnx::NodeProto &addNode(onnx::ModelProto &model, const std::string &op,
                         const std::vector<std::string> &inputs,
                         const std::vector<std::string> &outputs, const std::string &domain) {
  auto &node = *model.mutable_graph()->add_node();
  node.set_op_type(op);
  node.set_domain(domain);
  node.set_name("n_" + outputs[0]);
  for (const auto &name : inputs) node.add_input(name);
  for (const auto &name : outputs) node.add_output(name);
  return node;
}

onnx::TensorProto &addWeight(onnx::ModelProto &model, const std::string &name,
                             const std::vector<int64_t> &dims) {
  auto &tensor = *model.mutable_graph()->add_initializer();
  tensor.set_name(name);
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  for (int64_t size : dims) tensor.add_dims(size);
  return tensor;
}

namespace {
Imported import(const std::string &bytes, const std::string &folder, ImportOptions options) {
  static mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  options.name = "m";
  auto imported = importOnnxBytes(context, bytes.data(), bytes.size(), folder, options);
  Imported result;
  result.status = imported.status();
  if (!imported.ok()) return result;
  llvm::raw_string_ostream(result.text) << **imported->module;
  result.weights = std::move(imported->weights);
  result.training = std::move(imported->training);
  return result;
}
}  // namespace

Imported importBytes(const std::string &bytes, const std::string &folder) {
  return import(bytes, folder, {});
}

Imported importWithFunctions(const onnx::ModelProto &model,
                             const std::set<std::string> &functions) {
  ImportOptions options;
  options.isHostFunction = [&](const std::string &name) { return functions.contains(name); };
  return import(model.SerializeAsString(), "", options);
}

Imported importModel(const onnx::ModelProto &model, const ImportOptions &options) {
  return import(model.SerializeAsString(), "", options);
}

Imported importModel(const onnx::ModelProto &model, const std::string &folder) {
  return importBytes(model.SerializeAsString(), folder);
}

}  // namespace plx::testing
