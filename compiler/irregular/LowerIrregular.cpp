// Makes launches of the ops that become irregular kernels. See LowerIrregularPass in Passes.td.
#include "compiler/irregular/Passes.h"
#include "ir/interfaces/Irregular.h"
#include "ir/kernel/IrregularPlan.h"
#include "ir/types/Types.h"
#include "llvm/ADT/StringMap.h"
#include "mlir/IR/Builders.h"

namespace plx {

#define GEN_PASS_DEF_LOWERIRREGULARPASS
#include "compiler/irregular/Passes.h.inc"

namespace {

// Simple operations below which a further thread does not pay: about a microsecond.
constexpr int64_t kGrainOperations = 4096;

/// Names s0, s1, ... for the sizes of a kernel's buffers that are not numbers, in order of
/// appearance: whatever expression a size is, the kernel need not know.
class Sizes {
 public:
  explicit Sizes(mlir::MLIRContext *context) : context_(context) {}

  mlir::Type rename(mlir::RankedTensorType type) {
    llvm::SmallVector<Dim> dims;
    for (Dim dim : dimsOf(type)) dims.push_back(dim.constant() ? dim : nameOf(dim));
    return tensorType(type.getElementType(), dims);
  }
  DimsAttr names() const { return DimsAttr::get(context_, names_); }
  DimsAttr values() const { return DimsAttr::get(context_, values_); }

 private:
  Dim nameOf(Dim value) {
    auto [entry, isNew] = nameOfValue_.try_emplace(value);
    if (!isNew) return entry->second;
    int64_t lowerBound = std::max<int64_t>(0, value.lowerBound().value_or(0));
    entry->second = Dim::symbol(context_, "s" + std::to_string(names_.size()), lowerBound);
    names_.push_back(entry->second);
    values_.push_back(value);
    return entry->second;
  }

  mlir::MLIRContext *context_;
  llvm::DenseMap<mlir::Attribute, Dim> nameOfValue_;
  llvm::SmallVector<Dim> names_, values_;
};

bool hasStrings(mlir::Operation *op) {
  return llvm::any_of(op->getOperandTypes(), [](mlir::Type type) {
    return mlir::isa<StringType>(mlir::cast<mlir::RankedTensorType>(type).getElementType());
  });
}

struct LowerIrregularPass : impl::LowerIrregularPassBase<LowerIrregularPass> {
  void runOnOperation() override {
    llvm::SmallVector<mlir::Operation *> ops;
    getOperation().walk([&](mlir::Operation *op) {
      if (mlir::isa<Irregular>(op) && !hasStrings(op)) ops.push_back(op);
    });
    for (mlir::Operation *op : ops)
      if (failed(lower(op))) return signalPassFailure();
  }

  mlir::LogicalResult lower(mlir::Operation *op) {
    IrregularForm form = mlir::cast<Irregular>(op).irregular();
    Sizes sizes(&getContext());
    mlir::FailureOr<mlir::ArrayAttr> buffers = buffersOf(op, form, sizes);
    if (failed(buffers)) return mlir::failure();
    mlir::OpBuilder builder(op);
    builder.setInsertionPointToStart(getOperation().getBody());
    auto kernel =
        IrregularFuncOp::create(builder, op->getLoc(), "k", nameOf(form.kind), op->getNumOperands(),
                                *buffers, sizes.names(), form.options);
    if (failed(schedule(kernel))) return mlir::failure();
    IrregularFuncOp only = unify(kernel);
    builder.setInsertionPoint(op);
    llvm::SmallVector<mlir::Type> results(op->getResultTypes());
    if (form.countSymbol) results.push_back(mlir::RankedTensorType::get({}, builder.getI64Type()));
    auto launch = LaunchOp::create(builder, op->getLoc(), results, only.getSymName(),
                                   op->getOperands(), sizes.values());
    if (form.countSymbol) describeCount(launch, form);
    if (auto named = op->getLoc()->findInstanceOf<mlir::NameLoc>())
      launch->setAttr("nodes", named.getName());
    op->replaceAllUsesWith(launch.getResults().take_front(op->getNumResults()));
    op->erase();
    return mlir::success();
  }

  /// Types of operands, results as large as they can be, and count.
  mlir::FailureOr<mlir::ArrayAttr> buffersOf(mlir::Operation *op, const IrregularForm &form,
                                             Sizes &sizes) {
    llvm::SmallVector<mlir::Attribute> buffers;
    auto add = [&](mlir::RankedTensorType type) {
      if (!type || !numElements(type)) {
        op->emitError() << "a tensor of it has more elements than 64 bits can count";
        return mlir::failure();
      }
      buffers.push_back(mlir::TypeAttr::get(sizes.rename(type)));
      return mlir::success();
    };
    for (mlir::Type type : op->getOperandTypes())
      if (failed(add(mlir::cast<mlir::RankedTensorType>(type)))) return mlir::failure();
    for (auto [i, result] : llvm::enumerate(op->getResultTypes())) {
      auto type = mlir::cast<mlir::RankedTensorType>(result);
      if (form.countSymbol) type = tensorType(type.getElementType(), form.bounds[i].dims());
      if (failed(add(type))) return mlir::failure();
    }
    mlir::Type i64 = mlir::IntegerType::get(&getContext(), 64);
    if (form.countSymbol && failed(add(mlir::RankedTensorType::get({}, i64))))
      return mlir::failure();
    return mlir::ArrayAttr::get(&getContext(), buffers);
  }

  mlir::LogicalResult schedule(IrregularFuncOp kernel) {
    IrregularPlan plan = planOf(kernel);
    Dim bytes = Dim::constant(&getContext(), 0);
    for (Dim part : plan.scratch) bytes = bytes + part;
    if (!bytes || !plan.units)
      return kernel.emitError() << "more scratch memory is needed than 64 bits can count";
    kernel->setAttr("units", DimsAttr::get(&getContext(), {plan.units}));
    int64_t grain = std::max<int64_t>(1, kGrainOperations / plan.operationsPerUnit);
    kernel->setAttr("grain", mlir::Builder(&getContext()).getI64IntegerAttr(grain));
    if (!plan.scratch.empty()) kernel->setAttr("scratch", DimsAttr::get(&getContext(), {bytes}));
    return mlir::success();
  }

  void describeCount(LaunchOp launch, const IrregularForm &form) {
    mlir::Builder b(&getContext());
    llvm::SmallVector<mlir::Attribute> bounds(form.bounds.begin(), form.bounds.end());
    bounds.push_back(DimsAttr::get(&getContext(), llvm::ArrayRef<Dim>{}));
    launch->setAttr("bounds", b.getArrayAttr(bounds));
    mlir::Attribute count = b.getDictionaryAttr(
        {b.getNamedAttr("result", b.getI64IntegerAttr(launch.getNumResults() - 1)),
         b.getNamedAttr("symbol", form.countSymbol),
         b.getNamedAttr("lower", b.getI64IntegerAttr(0))});
    launch->setAttr("counts", b.getArrayAttr({count}));
  }

  /// The first kernel equal to `kernel`, which is erased if it is not that one. Names have a dot:
  /// plx-outline's have none.
  IrregularFuncOp unify(IrregularFuncOp kernel) {
    auto [entry, isNew] = known_.try_emplace(kernel->getAttrDictionary(), kernel);
    if (!isNew) {
      kernel.erase();
      return entry->second;
    }
    kernel.setSymName((kernel.getKind() + "." + llvm::Twine(known_.size() - 1)).str());
    return kernel;
  }

  llvm::DenseMap<mlir::Attribute, IrregularFuncOp> known_;
};

}  // namespace
}  // namespace plx
