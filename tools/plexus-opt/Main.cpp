// plexus-opt: one pass after another on textual IR, for lit tests.
#include "compiler/autodiff/Passes.h"
#include "compiler/fusion/Passes.h"
#include "compiler/graph/Passes.h"
#include "compiler/irregular/Passes.h"
#include "compiler/layout/Passes.h"
#include "compiler/memory/Passes.h"
#include "compiler/schedule/Passes.h"
#include "ir/Dialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  registry.insert<plx::PlxDialect, mlir::func::FuncDialect, mlir::arith::ArithDialect,
                  mlir::scf::SCFDialect>();
  mlir::registerCanonicalizerPass();
  mlir::registerCSEPass();
  plx::registerAutodiffPasses();
  plx::registerFusionPasses();
  plx::registerGraphPasses();
  plx::registerIrregularPasses();
  plx::registerLayoutPasses();
  plx::registerMemoryPasses();
  plx::registerSchedulePasses();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "Plexus: passes on textual IR\n", registry));
}
