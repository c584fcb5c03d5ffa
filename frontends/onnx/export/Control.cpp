// Branches, loops, calls.
#include "frontends/onnx/export/Broadcast.h"
#include "ir/ops/Call.h"
#include "ir/ops/If.h"
#include "ir/ops/Loop.h"
#include "ir/ops/Scan.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace plx::onnxio {
namespace {

onnx::GraphProto bodyOf(Exporter &e, mlir::Region &region, mlir::ArrayAttr carried) {
  onnx::GraphProto graph;
  e.subgraph(region.front(), graph, carried);
  return graph;
}

void exportIf(Exporter &e, IfOp op) {
  std::vector<NodeAttr> attrs{attrOf("then_branch", bodyOf(e, op.getThenRegion(), {})),
                              attrOf("else_branch", bodyOf(e, op.getElseRegion(), {}))};
  e.define(op->getResults(),
           e.nodes("If", {e.of(op.getCondition())}, static_cast<int>(op->getNumResults()), attrs));
}
PLX_ONNX_EXPORT(IfOp, exportIf);

// The largest i64 is no limit, which ONNX says by leaving the count out.
bool isEndless(Value tripCount) {
  mlir::DenseElementsAttr splat = splatOf(tripCount);
  return splat && splat.getSplatValue<llvm::APInt>().isMaxSignedValue();
}

void exportLoop(Exporter &e, LoopOp op) {
  Names inputs{isEndless(op.getTripCount()) ? Name() : e.of(op.getTripCount()),
               e.of(op.getCondition())};
  for (Value state : op.getStates()) inputs.push_back(e.of(state));
  onnx::GraphProto body = bodyOf(e, op.getBody(), op.getCarriedAttr());
  e.define(op->getResults(), e.nodes("Loop", inputs, static_cast<int>(op->getNumResults()),
                                     {attrOf("body", std::move(body))}));
}
PLX_ONNX_EXPORT(LoopOp, exportLoop);

void exportScan(Exporter &e, ScanOp op) {
  Names inputs = e.of(op.getStates());
  for (Value input : op.getInputs()) inputs.push_back(e.of(input));
  onnx::GraphProto body = bodyOf(e, op.getBody(), {});
  e.define(op->getResults(),
           e.nodes("Scan", inputs, static_cast<int>(op->getNumResults()),
                   {attrOf("body", std::move(body)),
                    attrOf("num_scan_inputs", static_cast<int64_t>(op.getInputs().size()))}));
}
PLX_ONNX_EXPORT(ScanOp, exportScan);

// In its place: the callee's symbols are those of this call while its body is written.
void exportCall(Exporter &e, CallOp op) {
  auto callee = e.module().lookupSymbol<mlir::func::FuncOp>(op.getCallee());
  if (!callee || callee.isExternal())
    unsupported("the function @" + op.getCallee() + " has no body");
  llvm::StringMap<SymbolSource> outer = e.symbols();
  e.symbols().clear();
  mlir::Block &body = callee.getBody().front();
  for (auto [argument, operand] : llvm::zip_equal(body.getArguments(), op.getArguments()))
    e.define(argument, e.of(operand));
  e.forgetSizes();
  for (Value argument : body.getArguments()) e.defineSymbols(argument, {});
  e.exportOps(body);
  Names results = e.of(body.getTerminator()->getOperands());
  e.symbols() = std::move(outer);
  e.forgetSizes();
  e.define(op->getResults(), results);
}
PLX_ONNX_EXPORT(CallOp, exportCall);

}  // namespace
}  // namespace plx::onnxio
