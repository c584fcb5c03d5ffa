#include "tests/fuzz/Run.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>

#include "compiler/package/Session.h"
#include "ir/types/Types.h"
#include "mlir/IR/Verifier.h"
#include "tests/fuzz/Noise.h"

namespace plx::fuzz {

namespace {

using Context = std::unique_ptr<plx_context, decltype(&plx_context_destroy)>;

absl::StatusOr<Values> outputsOf(plx_context *context, int32_t count, mlir::MLIRContext *types) {
  Values outputs;
  for (int32_t i = 0; i < count; ++i) {
    plx_tensor tensor;
    plx_error error;
    if (plx_context_output(context, i, &tensor, &error)) return toStatus(error);
    auto value = eval::Tensor::fromBytes(
        elementTypeFromCode(types, tensor.element_type),
        {tensor.dims, static_cast<size_t>(tensor.rank)},
        {static_cast<const char *>(tensor.data), static_cast<size_t>(plx_tensor_bytes(&tensor))});
    if (failed(value)) return absl::InternalError("an output cannot be read");
    outputs.emplace_back(*std::move(value));
  }
  return outputs;
}

absl::StatusOr<Values> runSession(const Session &session, const Values &inputs, int threads,
                                  mlir::MLIRContext *types) {
  plx_context_options options = {};
  options.struct_bytes = sizeof options;
  options.threads = threads;
  plx_context *created = nullptr;
  plx_error error;
  if (plx_context_create(session.program(), &options, &created, &error)) return toStatus(error);
  Context context(created, plx_context_destroy);
  std::vector<std::vector<char>> bytes;
  for (const auto &[i, input] : llvm::enumerate(inputs)) {
    const eval::Tensor &value = input.tensor();
    bytes.push_back(value.toBytes());
    llvm::SmallVector<int64_t> dims(value.shape());
    plx_tensor tensor = {bytes.back().data(), dims.data(), static_cast<int32_t>(dims.size()),
                         elementTypeCode(value.elementType())};
    if (plx_context_set_input_at(created, static_cast<int32_t>(i), &tensor, &error))
      return toStatus(error);
  }
  // Twice: the second run finds memory that the first one wrote.
  for (int run = 0; run < 2; ++run)
    if (plx_context_run(created, &error)) return toStatus(error);
  return outputsOf(created, plx_program_module(session.program())->num_outputs, types);
}

/// Empty, or the first output whose bits differ.
std::string bitDifference(const Values &a, const Values &b) {
  for (size_t i = 0; i < a.size(); ++i)
    if (a[i].tensor().toBytes() != b[i].tensor().toBytes())
      return "output " + std::to_string(i) + " has other bits at two threads than at one";
  return "";
}

Outcome failed(absl::Status status, llvm::StringRef when) {
  std::string text(status.message());
  if (text.find("cannot be compiled yet") != std::string::npos) return {Verdict::Refused, text};
  return {Verdict::Failed, (when + ": " + text).str()};
}

}  // namespace

Outcome runCase(mlir::ModuleOp module) {
  mlir::FailureOr<Values> inputs = inputsOf(module);
  if (mlir::failed(inputs) || mlir::failed(mlir::verify(module)))
    return {Verdict::Invalid, "the module does not verify"};
  Shapes shapes;
  std::string error;
  mlir::FailureOr<Values> expected = runReference(module, *inputs, error, &shapes);
  if (mlir::failed(expected)) return {Verdict::Invalid, "reference: " + error};

  CompileOptions options;
  options.compileThreads = 1;
  options.verifyAfterAll = true;
  auto compiled =
      compileModule(mlir::OwningOpRef<mlir::ModuleOp>(module.clone()), WeightLookup(), options);
  if (!compiled.ok()) return failed(compiled.status(), "compiling");
  auto session = Session::create(*compiled);
  if (!session.ok()) return failed(session.status(), "loading");
  absl::StatusOr<Values> alone = runSession(**session, *inputs, 1, module.getContext());
  if (!alone.ok()) return failed(alone.status(), "running");
  absl::StatusOr<Values> shared = runSession(**session, *inputs, 2, module.getContext());
  if (!shared.ok()) return failed(shared.status(), "running with two threads");
  std::string wrong = bitDifference(*alone, *shared);
  if (wrong.empty()) wrong = Judge(module, *inputs, *expected, shapes, 1).judge(*alone);
  return {wrong.empty() ? Verdict::Passed : Verdict::Failed, wrong};
}

// ---- a process of its own
// ----------------------------------------------------------------------------------------------

namespace {

/// What the child writes to the pipe until it closes it; nothing after `seconds`.
std::optional<std::string> readAll(int pipe, unsigned seconds) {
  std::string text;
  char buffer[4096];
  for (;;) {
    pollfd wait = {pipe, POLLIN, 0};
    if (poll(&wait, 1, static_cast<int>(seconds) * 1000) <= 0) return std::nullopt;
    ssize_t count = read(pipe, buffer, sizeof buffer);
    if (count <= 0) return text;
    text.append(buffer, static_cast<size_t>(count));
  }
}

}  // namespace

Outcome runGuarded(mlir::ModuleOp module, unsigned seconds) {
  int pipes[2];
  if (pipe(pipes)) return {Verdict::Invalid, "no pipe"};
  pid_t child = fork();
  if (child < 0) return {Verdict::Invalid, "no process"};
  if (child == 0) {
    close(pipes[0]);
    Outcome outcome = runCase(module);
    std::string text = std::to_string(static_cast<int>(outcome.verdict)) + outcome.what;
    for (size_t done = 0; done < text.size();) {
      ssize_t count = write(pipes[1], text.data() + done, text.size() - done);
      if (count <= 0) break;
      done += static_cast<size_t>(count);
    }
    _exit(0);
  }
  close(pipes[1]);
  std::optional<std::string> text = readAll(pipes[0], seconds);
  close(pipes[0]);
  if (!text) kill(child, SIGKILL);
  int status = 0;
  waitpid(child, &status, 0);
  if (!text) return {Verdict::Failed, "ran for more than " + std::to_string(seconds) + " seconds"};
  if (WIFSIGNALED(status))
    return {Verdict::Failed, std::string("crashed: ") + strsignal(WTERMSIG(status))};
  if (text->empty()) return {Verdict::Failed, "ended without a verdict"};
  return {static_cast<Verdict>((*text)[0] - '0'), text->substr(1)};
}

}  // namespace plx::fuzz
