#include "compiler/Limit.h"

#include "absl/strings/str_cat.h"
#include "compiler/Pipeline.h"
#include "ir/kernel/HostProgram.h"
#include "ir/types/Types.h"

namespace plx {
namespace {

constexpr int kMostAttempts = 6;

int64_t bytesOf(mlir::Type type) {
  auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
  if (!tensor || !numElements(tensor).constant()) return 0;
  return *numElements(tensor).constant() * bytesOfElement(tensor.getElementType());
}

/// What a program keeps from run to run: inputs that it updates, and weights.
int64_t keptBytes(ProgramOp program) {
  int64_t total = 0;
  if (mlir::DenseI64ArrayAttr donated = program.getDonatedAttr())
    for (int64_t input : donated.asArrayRef())
      if (input >= 0)
        total += bytesOf(mlir::cast<mlir::TypeAttr>(program.getInputTypes()[input]).getValue());
  program.walk([&](WeightOp weight) { total += bytesOf(weight.getType()); });
  return total;
}

absl::Status run(mlir::ModuleOp module, const CompileOptions &options, const cpu::Facts &facts,
                 int64_t arenaLimit) {
  mlir::PassManager passes(module.getContext());
  addLoweringPasses(passes, facts, options.device != "cpu", arenaLimit);
  return runPasses(passes, module, options);
}

}  // namespace

/// What weights and the arena's plan add up to is known at the end alone, so a plan that is too
/// large is made again with as much less for the arena. Less for the arena may end in more, by the
/// gaps of its plan; where that happens, the last attempt takes as little as can be.
absl::Status lowerWithinLimit(mlir::OwningOpRef<mlir::ModuleOp> &module,
                              const CompileOptions &options, const cpu::Facts &facts) {
  if (options.memoryLimit == 0) return run(*module, options, facts, 0);
  int64_t arenaLimit = options.memoryLimit, least = INT64_MAX, kept = 0;
  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    mlir::OwningOpRef<mlir::ModuleOp> candidate = module->clone();
    absl::Status status = run(*candidate, options, facts, std::max<int64_t>(arenaLimit, 1));
    if (!status.ok()) return status;
    ProgramOp program = programsOf(*candidate).front();
    if (program.getSymbolicArena())
      return absl::InvalidArgumentError(
          "a limit of memory needs all sizes to be known: give the model's symbolic dims a size");
    kept = keptBytes(program);
    int64_t total = kept + program.getArenaBytes().value_or(0);
    if (total <= options.memoryLimit) {
      module = std::move(candidate);
      return absl::OkStatus();
    }
    bool isFirst = attempt == 0, isStuck = !isFirst && total >= least;
    least = std::min(least, total);
    if (arenaLimit <= 1) break;
    if (isFirst)
      arenaLimit = options.memoryLimit - kept;
    else if (isStuck || attempt + 2 == kMostAttempts)
      arenaLimit = 1;
    else
      arenaLimit -= total - options.memoryLimit;
  }
  return absl::ResourceExhaustedError(absl::StrCat(
      "a memory limit of ", options.memoryLimit, " bytes cannot be kept: the least possible is ",
      least, ", of which ", kept, " are parameters, slots and other weights"));
}

}  // namespace plx
