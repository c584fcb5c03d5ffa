// Makes outputs safe to write where the inputs donated to them lie. See UpdateInPlacePass in
// Passes.td.
//
// Whether both are bound to one buffer is the caller's choice at each run, so the program has to be
// right either way.
#include "compiler/memory/KernelFacts.h"
#include "ir/types/Types.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Pass/Pass.h"

namespace plx {

#define GEN_PASS_DEF_UPDATEINPLACEPASS
#include "compiler/memory/Passes.h.inc"

namespace {

class InPlace {
 public:
  InPlace(ProgramOp program, mlir::SymbolTable &kernels)
      : body_(program.getBody().front()), kernels_(kernels), donated_(*program.getDonated()) {
    program.walk([&](OutputOp output) { outputs_.push_back(output); });
    program.walk([&](InputOp input) { inputs_[input.getIndex()].push_back(input); });
  }

  void run() {
    for (OutputOp output : outputs_) {
      int64_t input = donated_[output.getIndex()];
      if (input >= 0 && !isSafe(output, input)) copyLast(output);
    }
  }

 private:
  using Ops = llvm::SmallSetVector<mlir::Operation *, 8>;

  /// Ops that use a buffer, or one that may be the same or lie in it.
  void addUsers(mlir::Value buffer, Ops &users) const {
    llvm::SmallSetVector<mlir::Value, 8> buffers;
    buffers.insert(buffer);
    for (size_t i = 0; i < buffers.size(); ++i)
      for (mlir::Operation *user : buffers[i].getUsers()) {
        users.insert(user);
        // Control flow may hand it on: the whole op around the user, and what comes out of it.
        for (mlir::Operation *around = user; around != body_.getParentOp();
             around = around->getParentOp()) {
          users.insert(around);
          for (mlir::Value result : around->getResults())
            if (mlir::isa<BufferType>(result.getType())) buffers.insert(result);
        }
      }
  }

  bool isSafe(OutputOp output, int64_t input) const {
    if (output->getBlock() != &body_) return false;
    Ops writers, readers;
    addUsers(output.getResult(), writers);
    for (InputOp source : inputs_.lookup(input)) addUsers(source.getResult(), readers);
    for (mlir::Operation *reader : readers) {
      mlir::Operation *read = body_.findAncestorOpInBlock(*reader);
      for (mlir::Operation *writer : writers) {
        mlir::Operation *write = body_.findAncestorOpInBlock(*writer);
        bool isBefore = read != write && read->isBeforeInBlock(write);
        if (!isBefore && !(reader == writer && mayShare(reader, output, input))) return false;
      }
    }
    return true;
  }

  /// An op that reads the input and writes the output as if they were one buffer.
  bool mayShare(mlir::Operation *op, OutputOp output, int64_t input) const {
    if (auto copy = mlir::dyn_cast<CopyOp>(op))
      return copy.getSource().getDefiningOp<InputOp>() && copy.getTarget() == output.getResult();
    auto run = mlir::dyn_cast<RunOp>(op);
    return run && llvm::all_of(inputs_.lookup(input), [&](InputOp source) {
             return plx::mayShare(run, source.getResult(), output.getResult(), kernels_);
           });
  }

  /// Its place is behind all that reads inputs; copies of others' inputs were made before.
  void copyLast(OutputOp output) const {
    mlir::OpBuilder builder(body_.findAncestorOpInBlock(*output));
    auto program = mlir::cast<ProgramOp>(body_.getParentOp());
    auto type = mlir::cast<mlir::TypeAttr>(program.getOutputTypes()[output.getIndex()]).getValue();
    int64_t bytes = bytesOfElement(mlir::cast<mlir::RankedTensorType>(type).getElementType());
    mlir::Value alloc = AllocOp::create(builder, output.getLoc(), output.getDims(), bytes,
                                        mlir::IntegerAttr(), mlir::IntegerAttr());
    output.getResult().replaceAllUsesWith(alloc);
    output->moveBefore(&body_, body_.end());
    builder.setInsertionPointToEnd(&body_);
    CopyOp::create(builder, output.getLoc(), alloc, output.getResult(), output.getDims(), bytes);
  }

  mlir::Block &body_;
  mlir::SymbolTable &kernels_;
  llvm::ArrayRef<int64_t> donated_;  // by output
  llvm::SmallVector<OutputOp> outputs_;
  llvm::DenseMap<int64_t, llvm::SmallVector<InputOp>> inputs_;
};

struct UpdateInPlacePass : impl::UpdateInPlacePassBase<UpdateInPlacePass> {
  void runOnOperation() override {
    mlir::SymbolTable kernels(getOperation());
    for (ProgramOp program : programsOf(getOperation()))
      if (program.getDonated()) InPlace(program, kernels).run();
  }
};

}  // namespace
}  // namespace plx
