#include "compiler/memory/Donations.h"

#include "ir/types/HostTypes.h"

namespace plx {

llvm::SmallVector<int64_t> donatedInputs(mlir::func::FuncOp main) {
  llvm::SmallVector<int64_t> donated(main.getNumResults(), -1);
  llvm::DenseMap<mlir::Attribute, int64_t> arguments;  // by name
  for (unsigned i = 0; i < main.getNumArguments(); ++i)
    if (auto name = main.getArgAttrOfType<mlir::StringAttr>(i, "plx.name"))
      arguments.try_emplace(name, i);
  for (unsigned i = 0; i < donated.size(); ++i) {
    auto found = arguments.find(main.getResultAttrOfType<mlir::StringAttr>(i, "plx.updates"));
    if (found == arguments.end()) continue;
    mlir::Type type = main.getResultTypes()[i];
    if (main.getArgumentTypes()[found->second] != type || isHostValue(type) ||
        !mlir::isa<mlir::RankedTensorType>(type))
      continue;
    donated[i] = found->second;
    arguments.erase(found);
  }
  return donated;
}

}  // namespace plx
