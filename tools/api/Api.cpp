// The C boundary: handles, status codes, messages.
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "compiler/package/Package.h"
#include "compiler/package/Session.h"
#include "frontends/builder/Zoo.h"
#include "frontends/onnx/Import.h"
#include "llvm/Support/TargetSelect.h"
#include "tools/api/GradientAt.h"
#include "tools/api/KernelFiles.h"
#include "tools/api/Model.h"
#include "tools/api/Networks.h"
#include "tools/api/Reference.h"
#include "tools/api/ValueTests.h"
#include "tools/api/plexus.h"

struct plexus_model {
  std::shared_ptr<plx::Model> model;
};
struct plexus_session {
  std::unique_ptr<plx::Session> compiled;
  std::unique_ptr<plx::Reference> reference;
};

namespace plx {
namespace {

char *copyOf(const std::string &text) {
  char *copy = static_cast<char *>(malloc(text.size() + 1));
  if (copy) memcpy(copy, text.c_str(), text.size() + 1);
  return copy;
}

/// The importer's table with its text in C's form.
class OperatorTable {
 public:
  OperatorTable() : operators_(supportedOnnxOperators()) {
    for (const SupportedOperator &op : operators_)
      versions_.push_back(absl::StrJoin(op.versions, ", "));
    for (size_t i = 0; i < operators_.size(); ++i) {
      const SupportedOperator &op = operators_[i];
      rows_.push_back({op.domain.c_str(), op.name.c_str(), versions_[i].c_str(), op.types.c_str(),
                       op.way.c_str()});
    }
  }
  const std::vector<plexus_operator> &rows() const { return rows_; }

 private:
  std::vector<SupportedOperator> operators_;
  std::vector<std::string> versions_;
  std::vector<plexus_operator> rows_;  // pointers into those above, which change no more
};

std::vector<plexus_architecture> architectureRows() {
  std::vector<plexus_architecture> rows;
  for (const builder::Architecture &entry : builder::architectures())
    rows.push_back({entry.name, entry.description});
  return rows;
}

absl::Status writeArchitecture(const std::string &name, uint64_t seed, const std::string &path) {
  const builder::Architecture *found = builder::findArchitecture(name);
  if (!found) {
    std::vector<std::string> names;
    for (const builder::Architecture &entry : builder::architectures()) names.push_back(entry.name);
    return absl::NotFoundError(absl::StrCat("there is no architecture '", name, "'; there are ",
                                            absl::StrJoin(names, ", ")));
  }
  builder::Network net(builder::NetworkOptions{.seed = seed});
  found->build(net);
  return writeOnnx(net, path, name);
}

plx_status codeOf(const absl::Status &status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return PLX_OK;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kFailedPrecondition:
      return PLX_INVALID_ARGUMENT;
    case absl::StatusCode::kNotFound:
      return PLX_NOT_FOUND;
    case absl::StatusCode::kResourceExhausted:
      return PLX_OUT_OF_MEMORY;
    case absl::StatusCode::kPermissionDenied:
      return PLX_IO;
    case absl::StatusCode::kDataLoss:
      return PLX_BAD_FORMAT;
    case absl::StatusCode::kUnimplemented:
      return PLX_UNSUPPORTED;
    case absl::StatusCode::kCancelled:
      return PLX_CANCELLED;
    default:
      return PLX_INTERNAL;
  }
}

plx_status report(const absl::Status &status, char **out_message) {
  if (!status.ok() && out_message) *out_message = copyOf(std::string(status.message()));
  return codeOf(status);
}

/// The caller's options, of which an older caller may give fewer.
absl::StatusOr<plexus_options> checked(const plexus_options *options) {
  plexus_options out = {};
  if (!options) return out;
  if (options->struct_bytes == 0 || options->struct_bytes > sizeof out)
    return absl::InvalidArgumentError(
        absl::StrCat("options.struct_bytes is ", options->struct_bytes, ", expected at most ",
                     sizeof out, ": zero-initialise the options and set it to their size"));
  memcpy(&out, options, options->struct_bytes);
  if (out.num_dims < 0 || (out.num_dims > 0 && (!out.dim_names || !out.dim_sizes)))
    return absl::InvalidArgumentError(
        absl::StrCat("options.num_dims is ", out.num_dims, " without names and sizes for them"));
  for (int32_t i = 0; i < out.num_dims; ++i)
    if (out.dim_sizes[i] < 0)
      return absl::InvalidArgumentError(absl::StrCat("dim '", out.dim_names[i],
                                                     "' is given the size ", out.dim_sizes[i],
                                                     "; sizes are at least 0"));
  return out;
}

absl::Status writeTextFile(const std::string &path, const std::string &text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file)
    return absl::PermissionDeniedError(
        absl::StrCat("'", path, "' cannot be written: ", strerror(errno)));
  return absl::OkStatus();
}

std::string joined(const CompiledProgram &program, std::string Object::*text) {
  std::string out;
  for (const Object &object : program.objects) out += object.*text;
  return out;
}

absl::Status writeModel(const Model &model, int32_t emit, uint32_t flags, const std::string &path) {
  if (emit == PLEXUS_EMIT_ONNX) return model.writeOnnx(path);
  if (emit >= PLEXUS_EMIT_CUDA && emit <= PLEXUS_EMIT_CUBIN) return writeKernels(model, emit, path);
  bool isText = emit >= PLEXUS_EMIT_MLIR;
  absl::StatusOr<CompiledProgram> program = model.compile(isText);
  if (!program.ok()) return program.status();
  PackageOptions options;
  options.path = path;
  options.sharedRuntime = flags & PLEXUS_SHARED_RUNTIME;
  options.writeHeader = !(flags & PLEXUS_NO_HEADER);
  switch (emit) {
    case PLEXUS_EMIT_LIBRARY:
      options.kind = PackageOptions::Kind::SharedLibrary;
      return writePackage(*program, options);
    case PLEXUS_EMIT_EXECUTABLE:
      options.kind = PackageOptions::Kind::Executable;
      return writePackage(*program, options);
    case PLEXUS_EMIT_OBJECT:
      options.kind = PackageOptions::Kind::Object;
      return writePackage(*program, options);
    case PLEXUS_EMIT_MLIR:
      return writeTextFile(path, program->mlirText);
    case PLEXUS_EMIT_LLVM:
      return writeTextFile(path, joined(*program, &Object::llvmText));
    case PLEXUS_EMIT_ASM:
      return writeTextFile(path, joined(*program, &Object::asmText));
    default:
      return absl::InvalidArgumentError(absl::StrCat("emit is ", emit, ", not one of plexus_emit"));
  }
}

absl::Status createSession(const plexus_model &model, const std::string &device,
                           plexus_session &session) {
  if (device == "reference") {
    absl::StatusOr<std::unique_ptr<Reference>> reference = Reference::create(model.model);
    if (!reference.ok()) return reference.status();
    session.reference = *std::move(reference);
    return absl::OkStatus();
  }
  if (device != model.model->device())
    return absl::InvalidArgumentError(absl::StrCat("the model was opened for device '",
                                                   model.model->device(), "', not for '", device,
                                                   "'; there are cpu, cuda and reference"));
  absl::StatusOr<CompiledProgram> program = model.model->compile(false);
  if (!program.ok()) return program.status();
  absl::StatusOr<std::unique_ptr<Session>> compiled = Session::create(*program);
  if (!compiled.ok()) return compiled.status();
  session.compiled = *std::move(compiled);
  return absl::OkStatus();
}

}  // namespace
}  // namespace plx

const char *plexus_version(void) { return PLX_RT_VERSION; }

void plexus_free(char *text) { free(text); }

void plexus_warm_up(void) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  llvm::InitializeNativeTargetAsmParser();
  plx::Model::warmUp();
}

const plexus_architecture *plexus_architectures(int32_t *out_count) {
  static const std::vector<plexus_architecture> rows = plx::architectureRows();
  *out_count = static_cast<int32_t>(rows.size());
  return rows.data();
}

plx_status plexus_architecture_write(const char *name, uint64_t seed, const char *path,
                                     char **out_message) {
  return plx::report(plx::writeArchitecture(name, seed, path), out_message);
}

const plexus_operator *plexus_operators(int32_t *out_count) {
  static const plx::OperatorTable table;
  *out_count = static_cast<int32_t>(table.rows().size());
  return table.rows().data();
}

plx_status plexus_model_open(const char *path, const plexus_options *options,
                             plexus_model **out_model, char **out_message) {
  absl::StatusOr<plexus_options> given = plx::checked(options);
  if (!given.ok()) return plx::report(given.status(), out_message);
  absl::StatusOr<std::unique_ptr<plx::Model>> model = plx::Model::open(path, *given);
  if (!model.ok()) return plx::report(model.status(), out_message);
  *out_model = new plexus_model{*std::move(model)};
  return PLX_OK;
}

plx_status plexus_model_parse(const void *bytes, uint64_t num_bytes, const char *name,
                              const char *folder, const plexus_options *options,
                              plexus_model **out_model, char **out_message) {
  absl::StatusOr<plexus_options> given = plx::checked(options);
  if (!given.ok()) return plx::report(given.status(), out_message);
  absl::StatusOr<std::unique_ptr<plx::Model>> model =
      plx::Model::parse(bytes, num_bytes, name ? name : "model", folder ? folder : "", *given);
  if (!model.ok()) return plx::report(model.status(), out_message);
  *out_model = new plexus_model{*std::move(model)};
  return PLX_OK;
}

void plexus_model_close(plexus_model *model) { delete model; }

int32_t plexus_model_num_files(const plexus_model *model) {
  return static_cast<int32_t>(model->model->files().size());
}

const char *plexus_model_file(const plexus_model *model, int32_t index) {
  const std::vector<std::string> &files = model->model->files();
  if (index < 0 || static_cast<size_t>(index) >= files.size()) return nullptr;
  return files[static_cast<size_t>(index)].c_str();
}

const char *plexus_model_unseeded(const plexus_model *model) {
  const std::string &node = model->model->unseeded();
  return node.empty() ? nullptr : node.c_str();
}

int32_t plexus_model_num_exempt(const plexus_model *model) {
  return static_cast<int32_t>(model->model->exempt().size());
}

const char *plexus_model_exempt(const plexus_model *model, int32_t index) {
  const std::vector<std::string> &exempt = model->model->exempt();
  if (index < 0 || static_cast<size_t>(index) >= exempt.size()) return nullptr;
  return exempt[static_cast<size_t>(index)].c_str();
}

plx_status plexus_model_text(const plexus_model *model, char **out_text, char **out_message) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  model->model->module().print(stream);
  *out_text = plx::copyOf(text);
  if (!*out_text)
    return plx::report(absl::ResourceExhaustedError("no memory for the text"), out_message);
  return PLX_OK;
}

plx_status plexus_model_check(const plexus_model *model, const char *device, plexus_test_fn report,
                              void *test_data, char **out_message) {
  absl::Status status = plx::runValueTests(
      *model->model, device, [&](const std::string &function, const std::string &why) {
        report(test_data, function.c_str(), why.c_str());
      });
  return plx::report(status, out_message);
}

plx_status plexus_model_check_gradient(const plexus_model *model, const char *device,
                                       const plexus_input_value *inputs, int32_t num_inputs,
                                       plexus_gradient_findings *out_findings, char **out_message) {
  absl::StatusOr<plx::GradientFindings> findings =
      plx::checkGradientAt(*model->model, device, {inputs, static_cast<size_t>(num_inputs)});
  if (!findings.ok()) return plx::report(findings.status(), out_message);
  *out_findings = {static_cast<int32_t>(findings->kind),
                   0,
                   findings->numElements,
                   findings->numKinks,
                   findings->worst,
                   strdup(findings->why.c_str())};
  return PLX_OK;
}

plx_status plexus_model_write(const plexus_model *model, int32_t emit, uint32_t emit_flags,
                              const char *path, char **out_message) {
  return plx::report(plx::writeModel(*model->model, emit, emit_flags, path), out_message);
}

plx_status plexus_model_open_training(const char *path, const plexus_options *options,
                                      const plexus_training_options *training,
                                      plexus_model **out_model, char **out_message) {
  absl::StatusOr<plexus_options> given = plx::checked(options);
  if (!given.ok()) return plx::report(given.status(), out_message);
  if (!training || training->struct_bytes != sizeof *training)
    return plx::report(
        absl::InvalidArgumentError("plexus_training_options: struct_bytes is not set"),
        out_message);
  if (training->part < PLEXUS_TRAIN_STEP || training->part > PLEXUS_TRAIN_FORWARD)
    return plx::report(absl::InvalidArgumentError(absl::StrCat(
                           "plexus_training_options: there is no part ", training->part)),
                       out_message);
  absl::StatusOr<std::unique_ptr<plx::Model>> model =
      plx::Model::openTraining(path, *given, *training);
  if (!model.ok()) return plx::report(model.status(), out_message);
  *out_model = new plexus_model{*std::move(model)};
  return PLX_OK;
}

const char *plexus_training_target(const plexus_model *model) {
  const plx::TrainedModel *trained = model->model->training();
  return trained ? trained->target.c_str() : nullptr;
}

const char *plexus_training_prediction(const plexus_model *model) {
  const plx::TrainedModel *trained = model->model->training();
  return trained ? trained->prediction.c_str() : nullptr;
}

int32_t plexus_training_num_states(const plexus_model *model) {
  const plx::TrainedModel *trained = model->model->training();
  return trained ? static_cast<int32_t>(trained->states.size()) : 0;
}

plx_status plexus_training_state(const plexus_model *model, int32_t index,
                                 plexus_state *out_state) {
  if (index < 0 || index >= plexus_training_num_states(model)) return PLX_NOT_FOUND;
  const plx::TrainingState &state = model->model->training()->states[static_cast<size_t>(index)];
  *out_state = {state.name.c_str(),
                state.kind,
                state.elementType,
                static_cast<int32_t>(state.dims.size()),
                0,
                state.dims.data(),
                state.initial.data,
                state.initial.bytes};
  return PLX_OK;
}

int32_t plexus_training_num_notes(const plexus_model *model) {
  const plx::TrainedModel *trained = model->model->training();
  return trained ? static_cast<int32_t>(trained->notes.size()) : 0;
}

const char *plexus_training_note(const plexus_model *model, int32_t index) {
  if (index < 0 || index >= plexus_training_num_notes(model)) return nullptr;
  return model->model->training()->notes[static_cast<size_t>(index)].c_str();
}

plx_status plexus_training_save(const char *model_path, int32_t num_weights,
                                const plexus_weight *weights, const char *path,
                                char **out_message) {
  return plx::report(
      plx::saveTrained(model_path, {weights, static_cast<size_t>(num_weights)}, path), out_message);
}

plx_status plexus_model_open_gradient(const char *path, const plexus_options *options,
                                      const char *output, int32_t num_names,
                                      const char *const *names, int32_t with_cotangent,
                                      plexus_model **out_model, char **out_message) {
  absl::StatusOr<plexus_options> given = plx::checked(options);
  if (!given.ok()) return plx::report(given.status(), out_message);
  plx::builder::GradientOptions gradient;
  if (output) gradient.of = output;
  gradient.cotangent = with_cotangent != 0;
  for (int32_t i = 0; i < num_names; ++i) gradient.withRespectTo.emplace_back(names[i]);
  absl::StatusOr<std::unique_ptr<plx::Model>> model =
      plx::Model::openGradient(path, *given, gradient);
  if (!model.ok()) return plx::report(model.status(), out_message);
  *out_model = new plexus_model{*std::move(model)};
  return PLX_OK;
}

plx_status plexus_session_create(const plexus_model *model, const char *device,
                                 plexus_session **out_session, char **out_message) {
  auto session = std::make_unique<plexus_session>();
  absl::Status status = plx::createSession(*model, device, *session);
  if (status.ok()) *out_session = session.release();
  return plx::report(status, out_message);
}

plx_program *plexus_session_program(const plexus_session *session) {
  return session->reference ? session->reference->program() : session->compiled->program();
}

void plexus_session_destroy(plexus_session *session) { delete session; }
