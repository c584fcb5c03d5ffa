#include "compiler/memory/Steps.h"

#include "compiler/memory/KernelFacts.h"
#include "compiler/memory/Lowering.h"
#include "compiler/memory/Plan.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Parameter.h"
#include "ir/ops/Reshape.h"

namespace plx {
namespace {

/// Symbols of sizes count as this much, but for their lower bounds.
constexpr int64_t kExampleSize = 128;
}  // namespace

mlir::Value rootOf(mlir::Value value) {
  for (mlir::Operation *op = value.getDefiningOp(); op && relabelsElements(op);
       op = value.getDefiningOp())
    value = op->getOperand(0);
  return value;
}

bool isData(mlir::Operation *op) { return mlir::isa<ConstantOp, ParameterOp>(op); }

int64_t arenaBytesOf(mlir::Value value) {
  auto type = mlir::dyn_cast<mlir::RankedTensorType>(value.getType());
  if (!type || isHostValue(type)) return 0;
  return roundedBytes(dimsAttrOf(type), elementBytesOf(type),
                      [](DimAtom symbol) -> std::optional<int64_t> {
                        return std::max(symbol.lowerBound(), kExampleSize);
                      })
      .value_or(0);
}

Steps::Steps(mlir::func::FuncOp main, mlir::SymbolTable &kernels) {
  mlir::Block &body = main.getBody().front();
  for (mlir::Value result : body.getTerminator()->getOperands()) results_.insert(rootOf(result));
  for (mlir::Operation &op : body)
    if (!relabelsElements(&op) && !isData(&op)) addStep(op, kernels);
}

void Steps::addStep(mlir::Operation &op, mlir::SymbolTable &kernels) {
  Step step;
  step.op = &op;
  op.walk([&](mlir::Operation *inner) {
    for (mlir::Value operand : inner->getOperands()) {
      mlir::Value root = rootOf(operand);
      if (auto found = first_.find(root); found != first_.end()) {
        if (!llvm::is_contained(step.reads, found->second)) step.reads.push_back(found->second);
      } else if (auto argument = mlir::dyn_cast<mlir::BlockArgument>(root)) {
        step.arguments.push_back(argument);
      }
    }
    if (inner == &op) return;
    for (mlir::Value result : inner->getResults()) step.ownBytes += arenaBytesOf(result);
  });
  for (mlir::Value result : op.getResults()) {
    first_[result] = static_cast<int64_t>(versions.size());
    step.writes.push_back(static_cast<int64_t>(versions.size()));
    versions.push_back({result, results_.contains(result) ? 0 : arenaBytesOf(result)});
  }
  if (auto launch = mlir::dyn_cast<LaunchOp>(op)) {
    mlir::Operation *kernel = kernels.lookup(launch.getCallee());
    double bytes = 0;
    for (mlir::Value operand : launch->getOperands())
      bytes += static_cast<double>(arenaBytesOf(operand));
    for (mlir::Value result : launch.getResults())
      bytes += static_cast<double>(arenaBytesOf(result));
    step.cost = costOf(kernel, bytes);
    step.canRepeat = kernel && isLoopNest(kernel) && !launch->hasAttr("counts") &&
                     !launch->hasAttr("bounds") && step.writes.size() == 1 &&
                     !results_.contains(launch.getResult(0));
    unsigned numInputs = launch.getInputs().size();
    for (auto [r, read] : llvm::enumerate(step.reads))
      for (auto [w, written] : llvm::enumerate(step.writes)) {
        bool may = kernel && versions[read].bytes == versions[written].bytes;
        for (auto [i, input] : llvm::enumerate(launch.getInputs()))
          if (may && rootOf(input) == versions[read].root)
            may = mayShare(kernel, static_cast<unsigned>(i), numInputs + static_cast<unsigned>(w));
        if (may) step.shares.emplace_back(r, w);
      }
  }
  steps.push_back(std::move(step));
}

Steps::Profile Steps::profile() const {
  auto numSteps = static_cast<int64_t>(steps.size());
  Profile out;
  out.begin.assign(versions.size(), 0);
  out.end.assign(versions.size(), -1);
  for (int64_t i = 0; i < numSteps; ++i) {
    for (int64_t version : steps[i].writes) out.begin[version] = out.end[version] = i;
    for (int64_t version : steps[i].reads) out.end[version] = i;
  }
  std::vector<int64_t> change(numSteps + 1, 0);
  for (size_t v = 0; v < versions.size(); ++v) {
    if (out.end[v] < 0) continue;
    change[out.begin[v]] += versions[v].bytes;
    change[out.end[v] + 1] -= versions[v].bytes;
  }
  int64_t now = 0;
  for (int64_t i = 0; i < numSteps; ++i) {
    now += change[i];
    int64_t live = now + steps[i].ownBytes;
    // One result may have the buffer of what is read for the last time.
    for (auto [read, written] : steps[i].shares) {
      int64_t version = steps[i].reads[read];
      if (out.end[version] != i) continue;
      live -= versions[version].bytes;
      break;
    }
    out.live.push_back(live);
    if (live > out.peak) out.peak = live, out.place = i, out.numPeaks = 0;
    out.numPeaks += live == out.peak;
  }
  return out;
}

int64_t Steps::plannedBytes() const {
  Profile lives = profile();
  std::vector<PlannedBuffer> buffers;
  std::vector<int64_t> bufferOf(versions.size(), -1);
  for (size_t i = 0; i < steps.size(); ++i) {
    auto here = static_cast<int64_t>(i);
    for (int64_t version : steps[i].writes) {
      if (versions[version].bytes == 0 || lives.end[version] < 0) continue;
      for (auto [read, written] : steps[i].shares) {
        int64_t source = steps[i].reads[read];
        if (steps[i].writes[written] == version && lives.end[source] == here &&
            bufferOf[source] >= 0 && buffers[bufferOf[source]].end == here)
          bufferOf[version] = bufferOf[source];
      }
      if (bufferOf[version] < 0) {
        bufferOf[version] = static_cast<int64_t>(buffers.size());
        buffers.emplace_back().begin = here;
        mlir::MLIRContext *context = versions[version].root.getContext();
        buffers.back().dims =
            DimsAttr::get(context, {Dim::constant(context, versions[version].bytes)});
      }
      buffers[bufferOf[version]].end = lives.end[version];
    }
    if (steps[i].ownBytes == 0) continue;
    PlannedBuffer &own = buffers.emplace_back();
    own.begin = own.end = here;
    mlir::MLIRContext *context = steps[i].op->getContext();
    own.dims = DimsAttr::get(context, {Dim::constant(context, steps[i].ownBytes)});
  }
  return planBuffers(buffers).staticBytes;
}

namespace {

/// Builds what a step reads where it reads repeated values.
class Reader {
 public:
  Reader(mlir::OpBuilder &builder, const llvm::DenseMap<mlir::Value, mlir::Value> &now)
      : builder_(builder), now_(now) {}

  mlir::Value read(mlir::Value operand) {
    mlir::Value root = rootOf(operand), version = now_.lookup(root);
    if (!version || version == root) return operand;
    if (operand == root) return version;
    mlir::Value &known = made_[operand];
    if (known) return known;
    mlir::Operation *alias = operand.getDefiningOp();
    mlir::IRMapping mapping;
    mapping.map(alias->getOperand(0), read(alias->getOperand(0)));
    return made_[operand] = builder_.clone(*alias, mapping)->getResult(0);
  }

 private:
  mlir::OpBuilder &builder_;
  const llvm::DenseMap<mlir::Value, mlir::Value> &now_;
  llvm::DenseMap<mlir::Value, mlir::Value> made_;
};

}  // namespace

void Steps::apply(mlir::func::FuncOp main) const {
  mlir::OpBuilder builder(main.getContext());
  std::vector<mlir::Value> values;  // by version
  for (const Version &version : versions) values.push_back(version.root);
  for (size_t i = 0; i < steps.size(); ++i) {
    const Step &step = steps[i];
    llvm::DenseMap<mlir::Value, mlir::Value> now;  // root -> the version that this step reads
    for (int64_t version : step.reads) now[versions[version].root] = values[version];
    size_t next = i;
    while (steps[next].isRepeat) ++next;  // the terminator is none
    builder.setInsertionPoint(steps[next].op);
    Reader reader(builder, now);
    if (step.isRepeat) {
      mlir::IRMapping mapping;
      for (mlir::Value operand : step.op->getOperands())
        if (!mapping.contains(operand)) mapping.map(operand, reader.read(operand));
      mlir::Operation *clone = builder.clone(*step.op, mapping);
      for (auto [version, result] : llvm::zip_equal(step.writes, clone->getResults()))
        values[version] = result;
      continue;
    }
    step.op->walk([&](mlir::Operation *inner) {
      for (mlir::OpOperand &operand : inner->getOpOperands())
        operand.set(reader.read(operand.get()));
    });
  }
}

}  // namespace plx
