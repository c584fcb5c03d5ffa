#include "compiler/graph/Prepare.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace plx {

std::pair<mlir::OwningOpRef<mlir::ModuleOp>, llvm::SmallVector<std::string>> takePrepare(
    mlir::ModuleOp module) {
  auto prepare = module.lookupSymbol<mlir::func::FuncOp>(kPrepareFunction);
  if (!prepare) return {};
  llvm::SmallVector<std::string> names;
  for (unsigned i = 0; i < prepare.getNumResults(); ++i)
    names.push_back(prepare.getResultAttrOfType<mlir::StringAttr>(i, "plx.name").str());
  mlir::OwningOpRef<mlir::ModuleOp> own = mlir::ModuleOp::create(prepare.getLoc());
  prepare->remove();
  own->push_back(prepare);
  prepare.setName("main");
  prepare.setPublic();
  return {std::move(own), std::move(names)};
}

}  // namespace plx
