// plx-check-sizes (Passes.td).
#include "compiler/fusion/Passes.h"
#include "ir/interfaces/SizeChecks.h"
#include "ir/kernel/HostProgram.h"
#include "llvm/ADT/DenseSet.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace plx {

#define GEN_PASS_DEF_CHECKSIZESPASS
#include "compiler/fusion/Passes.h.inc"

namespace {

namespace arith = mlir::arith;
using Predicate = arith::CmpIPredicate;

/// Writes the conditions of one op in front of it.
class Writer {
 public:
  explicit Writer(mlir::Operation *op) : b_(op), location_(op->getLoc()) {}

  void write(const SizeCheck &check) {
    mlir::Value value = size(check.value), allowed = value;
    if (check.low) {
      mlir::Value low = size(check.low);
      allowed = check.low == check.high ? low : select(Predicate::slt, value, low, low, value);
    }
    if (check.high && check.low != check.high) {
      mlir::Value high = size(check.high);
      allowed = select(Predicate::slt, high, allowed, high, allowed);
    }
    if (check.orOne) allowed = select(Predicate::eq, value, constant(1), value, allowed);
    if (check.elements)
      allowed = select(Predicate::eq, size(check.elements), constant(0), value, allowed);
    RequireOp::create(b_, location_, value, allowed, check.axis, check.message);
  }

 private:
  mlir::Value size(Dim dim) {
    return SizeOp::create(b_, location_, DimsAttr::get(b_.getContext(), {dim}));
  }
  mlir::Value constant(int64_t value) { return size(Dim::constant(b_.getContext(), value)); }
  mlir::Value select(Predicate predicate, mlir::Value a, mlir::Value b, mlir::Value yes,
                     mlir::Value no) {
    mlir::Value holds = arith::CmpIOp::create(b_, location_, predicate, a, b);
    return arith::SelectOp::create(b_, location_, holds, yes, no);
  }

  mlir::OpBuilder b_;
  mlir::Location location_;
};

/// What stands in a block, and in those around it, need not be asked again.
using Asked = llvm::DenseSet<std::pair<mlir::Attribute, mlir::Attribute>>;

mlir::LogicalResult checkOp(mlir::Operation *op, Asked &asked) {
  auto checked = mlir::dyn_cast<SizeChecks>(op);
  if (!checked) return mlir::success();
  llvm::SmallVector<SizeCheck> checks;
  checked.sizeChecks(checks);
  Writer writer(op);
  for (const SizeCheck &check : checks) {
    if (!check.value) return op->emitOpError() << "a size or an index that it reads leaves 64 bits";
    if (check.isProved()) continue;
    bool isEquality = check.low == check.high && !check.orOne;
    if (isEquality && !asked.insert({check.value, check.low}).second) continue;
    writer.write(check);
  }
  return mlir::success();
}

mlir::LogicalResult checkBlock(mlir::Block &block, Asked asked) {
  for (mlir::Operation &op : block) {
    if (failed(checkOp(&op, asked))) return mlir::failure();
    for (mlir::Region &region : op.getRegions())
      for (mlir::Block &inner : region)
        if (failed(checkBlock(inner, asked))) return mlir::failure();
  }
  return mlir::success();
}

struct CheckSizesPass : impl::CheckSizesPassBase<CheckSizesPass> {
  void runOnOperation() override {
    for (mlir::Block &block : getOperation().getBody())
      if (failed(checkBlock(block, {}))) return signalPassFailure();
  }
};

}  // namespace
}  // namespace plx
