#include "frontends/onnx/Import.h"

#include <exception>

#include "frontends/onnx/Graph.h"
#include "frontends/onnx/Prepare.h"
#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace plx {
namespace {

using onnxio::Failure;
using onnxio::Refusal;
using onnxio::Session;

constexpr size_t kMaxNamesALine = 32;

// One line an operator and reason, with the nodes it is true of.
std::string listFailures(const std::vector<Failure> &failures) {
  std::vector<std::string> order;
  std::map<std::string, std::vector<std::string>> nodes;
  for (const Failure &failure : failures) {
    bool isOnnx = failure.domain.empty() || failure.domain == onnxio::kWithdrawnDomain;
    std::string domain = isOnnx ? "ai.onnx" : failure.domain;
    std::string key = domain + ":" + failure.op + " (opset " + std::to_string(failure.version) +
                      "): " + failure.reason;
    auto [entry, isNew] = nodes.try_emplace(key);
    if (isNew) order.push_back(key);
    entry->second.push_back("'" + failure.node + "'");
  }
  std::string text;
  for (const std::string &key : order) {
    std::vector<std::string> &names = nodes[key];
    size_t more = names.size() > kMaxNamesALine ? names.size() - kMaxNamesALine : 0;
    names.resize(names.size() - more);
    text += "\n  node " + llvm::join(names, ", ") +
            (more ? " and " + std::to_string(more) + " more" : "") + ": " + key;
  }
  return text;
}

// Shape arithmetic that was folded has left its operands behind.
// What defines symbols stays, though nobody uses its results: sizes elsewhere may be told in them.
void eraseDead(mlir::Region &region) {
  for (mlir::Block &block : region)
    for (mlir::Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
      for (mlir::Region &nested : op.getRegions()) eraseDead(nested);
      if (mlir::isOpTriviallyDead(&op)) op.erase();
    }
}

void readOpsets(Session &session) {
  for (const auto &import : session.prepared.model.opset_import())
    session.opsets[import.domain() == "ai.onnx" ? "" : import.domain()] =
        static_cast<int>(std::clamp<int64_t>(import.version(), 1, INT32_MAX));
}

absl::Status failuresToStatus(const Session &session, const std::string &name) {
  bool anyInvalid = llvm::any_of(session.failures,
                                 [](const Failure &f) { return f.kind == Refusal::Kind::Invalid; });
  std::string text = name + ": " + std::to_string(session.failures.size()) +
                     (session.failures.size() == 1 ? " node" : " nodes") +
                     " cannot be imported:" + listFailures(session.failures);
  if (!session.prepared.conversionNote.empty())
    text += "\n  note: " + session.prepared.conversionNote;
  if (!session.prepared.inferenceNote.empty())
    text += "\n  note: shape inference says: " + session.prepared.inferenceNote;
  return anyInvalid ? absl::InvalidArgumentError(text) : absl::UnimplementedError(text);
}

TrainingInfo infoOf(const onnxio::TrainingState &state) {
  TrainingInfo info;
  info.weights.assign(state.weights.begin(), state.weights.end());
  info.statistics.assign(state.statistics.begin(), state.statistics.end());
  info.scales = state.scales;
  info.normalizations = state.normalizations;
  info.dropouts = state.dropouts;
  return info;
}

absl::StatusOr<ImportedModule> importOnce(mlir::MLIRContext &context,
                                          std::shared_ptr<const WeightStorage> storage,
                                          const std::string &folder, const ImportOptions &options,
                                          const std::string &name,
                                          onnxio::SymbolicInputs *symbolic) {
  Session session(context, options, symbolic);
  mlir::ScopedDiagnosticHandler capture(&context, [&](mlir::Diagnostic &diagnostic) {
    if (diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error)
      session.emit.lastError = diagnostic.str();
    return mlir::success();
  });
  session.prepared = onnxio::prepareModel(std::move(storage), folder, symbolic);
  readOpsets(session);
  session.training.mode = options.training;
  if (session.training.isOn())
    onnxio::findTrained(session.prepared, options.keepTied, session.training);
  ImportedModule result;
  result.module = mlir::ModuleOp::create(mlir::UnknownLoc::get(&context));
  onnxio::GraphImporter(session, nullptr).importMain(*result.module);
  if (!session.failures.empty()) return failuresToStatus(session, name);
  eraseDead(result.module->getBodyRegion());
  // What export goes back to.
  if (session.prepared.opset > 0)
    (*result.module)
        ->setAttr("plx.opset", mlir::IntegerAttr::get(mlir::IntegerType::get(&context, 64),
                                                      session.prepared.opset));
  if (!session.drawingNode.empty())
    (*result.module)->setAttr("plx.unseeded", mlir::StringAttr::get(&context, session.drawingNode));
  if (failed(mlir::verify(*result.module)))
    return absl::InvalidArgumentError(
        name + ": the imported program does not verify: " + session.emit.lastError);
  llvm::sort(session.weights,
             [](const ImportedWeight &a, const ImportedWeight &b) { return a.name < b.name; });
  result.weights = std::move(session.weights);
  if (symbolic) result.exempt = symbolic->exempt();
  result.training = infoOf(session.training);
  return result;
}

// With symbolic inputs, until the sizes that give ranks are found: each try names more of them.
absl::StatusOr<ImportedModule> importOften(mlir::MLIRContext &context,
                                           std::shared_ptr<const WeightStorage> storage,
                                           const std::string &folder, const ImportOptions &options,
                                           const std::string &name) {
  if (!options.symbolicInputs)
    return importOnce(context, std::move(storage), folder, options, name, nullptr);
  onnxio::SymbolicInputs symbolic;
  for (;;) {
    try {
      return importOnce(context, storage, folder, options, name, &symbolic);
    } catch (const onnxio::RankDependsOn &needed) {
      symbolic.keep(needed);
    }
  }
}

absl::StatusOr<ImportedModule> import(mlir::MLIRContext &context,
                                      std::shared_ptr<const WeightStorage> storage,
                                      const std::string &folder, const ImportOptions &options,
                                      const std::string &name) {
  context.loadDialect<PlxDialect, mlir::func::FuncDialect>();
  try {
    return importOften(context, std::move(storage), folder, options, name);
  } catch (const Refusal &refusal) {
    std::string text = name + ": " + refusal.reason;
    return refusal.kind == Refusal::Kind::Invalid ? absl::InvalidArgumentError(text)
                                                  : absl::UnimplementedError(text);
  } catch (const std::bad_alloc &) {
    return absl::ResourceExhaustedError(name + ": not enough memory to import the model");
  } catch (const std::exception &error) {
    return absl::InvalidArgumentError(name + ": " + error.what());
  }
}

std::string folderOf(const std::string &path) {
  size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

absl::StatusOr<ImportedModule> importOnnxFile(mlir::MLIRContext &context, const std::string &path,
                                              const ImportOptions &options) {
  auto storage = onnxio::mapModel(path);
  if (!storage.ok()) return storage.status();
  return import(context, *storage, folderOf(path), options,
                options.name.empty() ? path : options.name);
}

absl::StatusOr<ImportedModule> importOnnxBytes(mlir::MLIRContext &context, const void *bytes,
                                               size_t numBytes, const std::string &folder,
                                               const ImportOptions &options) {
  auto storage = onnxio::ownedStorage(std::string(static_cast<const char *>(bytes), numBytes));
  return import(context, storage, folder, options,
                options.name.empty() ? "(model in memory)" : options.name);
}

}  // namespace plx
