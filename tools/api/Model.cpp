#include "tools/api/Model.h"

#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "frontends/onnx/Export.h"
#include "frontends/onnx/Import.h"
#include "ir/Dialect.h"
#include "ir/types/Place.h"
#include "ir/types/Types.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"

namespace plx {
namespace {

std::string orEmpty(const char *text) { return text ? text : ""; }

/// "sm_80,sm_90": ascending; 0 for what is none.
std::vector<int> architecturesIn(absl::string_view list) {
  std::vector<int> out;
  for (absl::string_view item : absl::StrSplit(list, ',')) {
    int number = 0;
    bool isOne = absl::ConsumePrefix(&item, "sm_") && absl::SimpleAtoi(item, &number);
    out.push_back(isOne ? number : 0);
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

absl::Status checkArchitectures(const plexus_options &options) {
  if (orEmpty(options.device) != "cuda" || !options.cpu) return absl::OkStatus();
  if (architecturesIn(options.cpu).front() > 0) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--cpu '", options.cpu,
                   "': for --device cuda expected CUDA architectures, as in sm_80,sm_90"));
}

CompileOptions compileOptionsOf(const plexus_options &options, const std::string &name) {
  CompileOptions out;
  std::string base = name.substr(name.find_last_of('/') + 1);
  out.modelName = base.substr(0, base.find_last_of('.'));
  out.triple = orEmpty(options.target);
  if (options.device) out.device = options.device;
  if (options.cpu && out.device == "cpu") out.cpu = options.cpu;
  if (options.cpu && out.device != "cpu") out.cudaArchitectures = architecturesIn(options.cpu);
  out.features = orEmpty(options.features);
  out.compileThreads = options.threads;
  out.fastMath = options.flags & PLEXUS_FAST_MATH;
  out.tf32 = options.flags & PLEXUS_TF32;
  out.memoryLimit = static_cast<int64_t>(std::min<uint64_t>(options.memory_limit, INT64_MAX));
  out.verifyAfterAll = options.flags & PLEXUS_VERIFY_AFTER_ALL;
  if (options.print_after) out.printAfter = absl::StrSplit(options.print_after, ',');
  out.saveTemps = orEmpty(options.save_temps);
  for (int32_t i = 0; i < options.num_dims; ++i)
    out.dims.emplace_back(options.dim_names[i], options.dim_sizes[i]);
  if (options.progress)
    out.progress = [call = options.progress, data = options.progress_data](const char *stage,
                                                                           double share) {
      return call(data, stage, static_cast<uint64_t>(share * 1000), 1000) == 0;
    };
  return out;
}

/// Collects the messages of a context's diagnostics while it lives.
class Diagnostics {
 public:
  explicit Diagnostics(mlir::MLIRContext *context)
      : handler_(context, [this](mlir::Diagnostic &diagnostic) {
          llvm::raw_string_ostream stream(text_);
          if (!text_.empty()) stream << "\n";
          std::string place = placeText(diagnostic.getLocation());
          stream << place << (place.empty() ? "" : ": ") << diagnostic;
        }) {}
  const std::string &text() const { return text_; }

 private:
  std::string text_;
  mlir::ScopedDiagnosticHandler handler_;
};

}  // namespace

Model::Model(const std::string &name, const plexus_options &options)
    : name_(name), compileOptions_(compileOptionsOf(options, name)), opset_(options.opset) {
  mlir::DialectRegistry registry;
  registry.insert<PlxDialect, mlir::func::FuncDialect, mlir::arith::ArithDialect,
                  mlir::scf::SCFDialect>();
  // Import is one thread's work; the compiler has threads of its own.
  context_ = std::make_unique<mlir::MLIRContext>(registry, mlir::MLIRContext::Threading::DISABLED);
  context_->loadAllAvailableDialects();
}

absl::Status Model::readMlir(const std::string &path) {
  Diagnostics diagnostics(context_.get());
  module_ = mlir::parseSourceFile<mlir::ModuleOp>(path, context_.get());
  if (!module_) return absl::InvalidArgumentError(diagnostics.text());
  return absl::OkStatus();
}

/// bytes null: `place` is the file; otherwise the folder of external data.
absl::Status Model::importOnnx(const void *bytes, size_t numBytes, const std::string &place,
                               uint32_t flags, ImportOptions options) {
  options.name = name_;
  options.symbolicInputs = flags & PLEXUS_SYMBOLIC;
  for (const auto &[name, size] : compileOptions_.dims) options.dims[name] = size;
  options.isHostFunction = [](const std::string &name) {
    return plx_has_host_function(name.c_str()) != 0;
  };
  absl::StatusOr<ImportedModule> imported =
      bytes ? importOnnxBytes(*context_, bytes, numBytes, place, options)
            : importOnnxFile(*context_, place, options);
  if (!imported.ok()) return imported.status();
  module_ = std::move(imported->module);
  trainingInfo_ = std::move(imported->training);
  std::set<std::string> files;
  for (ImportedWeight &weight : imported->weights) {
    weights_[weight.name] = {weight.data(), weight.byteLength};
    if (!weight.storage->path().empty() && weight.storage->path() != name_)
      files.insert(weight.storage->path());
    storage_.push_back(std::move(weight.storage));
  }
  files_.assign(files.begin(), files.end());
  for (const ExemptDim &dim : imported->exempt)
    exempt_.push_back(absl::StrCat("'", dim.input, "'[", dim.axis, "] = ", dim.size));
  return absl::OkStatus();
}

absl::Status Model::finish(uint32_t flags) {
  bool hasMain = module_->lookupSymbol<mlir::func::FuncOp>("main") != nullptr;
  if (!hasMain && !(flags & PLEXUS_VALUE_TESTS))
    return absl::InvalidArgumentError(absl::StrCat("'", name_, "' has no function @main"));
  if (flags & PLEXUS_ALL_VALUES) exposeAllValues(*module_);
  if (auto node = (*module_)->getAttrOfType<mlir::StringAttr>("plx.unseeded"))
    unseeded_ = node.str();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Model>> Model::open(const std::string &path,
                                                   const plexus_options &options) {
  if (absl::Status status = checkArchitectures(options); !status.ok()) return status;
  std::unique_ptr<Model> model(new Model(path, options));
  bool isText = llvm::StringRef(path).ends_with(".mlir");
  absl::Status status =
      isText ? model->readMlir(path) : model->importOnnx(nullptr, 0, path, options.flags);
  if (status.ok()) status = model->finish(options.flags);
  if (!status.ok()) return status;
  return model;
}

absl::StatusOr<std::unique_ptr<Model>> Model::parse(const void *bytes, size_t numBytes,
                                                    const std::string &name,
                                                    const std::string &folder,
                                                    const plexus_options &options) {
  if (absl::Status status = checkArchitectures(options); !status.ok()) return status;
  std::unique_ptr<Model> model(new Model(name, options));
  absl::Status status = model->importOnnx(bytes, numBytes, folder, options.flags);
  if (status.ok()) status = model->finish(options.flags);
  if (!status.ok()) return status;
  return model;
}

absl::StatusOr<WeightBytes> Model::weight(const std::string &name) const {
  auto found = weights_.find(name);
  if (found == weights_.end())
    return absl::NotFoundError(
        absl::StrCat("parameter '", name, "' has no bytes: '", name_, "' names it alone"));
  return found->second;
}

absl::StatusOr<CompiledProgram> Model::compile(bool wantText) const {
  return compile(mlir::OwningOpRef<mlir::ModuleOp>(module_.get().clone()), wantText);
}

absl::StatusOr<CompiledProgram> Model::compileKernels(bool deviceImages) const {
  CompileOptions options = compileOptions_;
  options.deviceImages = deviceImages;
  return compileModule(
      mlir::OwningOpRef<mlir::ModuleOp>(module_.get().clone()),
      [this](const std::string &name) { return weight(name); }, options);
}

absl::StatusOr<CompiledProgram> Model::compile(mlir::OwningOpRef<mlir::ModuleOp> module,
                                               bool wantText) const {
  CompileOptions options = compileOptions_;
  options.keepText = wantText;
  return compileModule(
      std::move(module), [this](const std::string &name) { return weight(name); }, options);
}

absl::Status Model::writeOnnx(const std::string &path) const {
  mlir::OwningOpRef<mlir::ModuleOp> copy(module_.get().clone());
  ExportOptions options;
  options.name = compileOptions_.modelName;
  options.opset = opset_;
  auto weights = [this](const std::string &name) -> absl::StatusOr<llvm::StringRef> {
    absl::StatusOr<WeightBytes> bytes = weight(name);
    if (!bytes.ok()) return bytes.status();
    return llvm::StringRef(bytes->data, bytes->bytes);
  };
  return exportOnnxFile(*copy, weights, path, options);
}

void Model::warmUp() {
  Model("warm-up", {});
  (void)supportedOnnxOperators();  // builds onnx's registry too, which a forked child inherits
}

namespace {

/// "node (OpType)" of a NameLoc; what the op is called elsewhere.
std::string labelOf(mlir::Operation *op) {
  if (auto named = mlir::dyn_cast<mlir::NameLoc>(op->getLoc())) return named.getName().str();
  return op->getName().getStringRef().str();
}

bool isExposed(mlir::Value value) {
  auto type = mlir::dyn_cast<mlir::RankedTensorType>(value.getType());
  return type && elementTypeCode(type.getElementType()) != 0;
}

}  // namespace

void exposeAllValues(mlir::ModuleOp module, bool evenResults) {
  auto main = module.lookupSymbol<mlir::func::FuncOp>("main");
  if (main.isExternal()) return;
  mlir::Block &body = main.getBody().front();
  mlir::Operation *end = body.getTerminator();
  llvm::SmallVector<mlir::Value> results(end->getOperands());
  llvm::DenseSet<mlir::Value> known;
  if (!evenResults) known.insert(results.begin(), results.end());
  std::map<std::string, int> uses;
  std::vector<std::string> names;
  for (mlir::Operation &op : body) {
    if (&op == end || op.getNumOperands() == 0)
      continue;  // constants and parameters are equal anyway
    for (mlir::Value result : op.getResults()) {
      if (!isExposed(result) || !known.insert(result).second) continue;
      std::string name = labelOf(&op);
      if (int count = ++uses[name]; count > 1) name = absl::StrCat(name, "#", count);
      results.push_back(result);
      names.push_back(name);
    }
  }
  end->setOperands(results);
  llvm::SmallVector<mlir::Type> types;
  for (mlir::Value result : results) types.push_back(result.getType());
  llvm::SmallVector<mlir::DictionaryAttr> attributes;
  main.getAllResultAttrs(attributes);
  mlir::Builder builder(module.getContext());
  for (const std::string &name : names)
    attributes.push_back(
        builder.getDictionaryAttr(builder.getNamedAttr("plx.name", builder.getStringAttr(name))));
  main.setType(builder.getFunctionType(main.getArgumentTypes(), types));
  main.setAllResultAttrs(attributes);
}

}  // namespace plx
