// NamesSymbols: the trait of ops that give symbols their values at run time.
//
// The names stand in the attributes `size` (one) and `fresh` (a list, may be absent). Types and
// plx.dims anywhere after the op use them without being its users in SSA form. An op that names any
// therefore states a write: nobody erases it for want of users, nobody merges it with its twin. One
// that names none is free of effects.
#ifndef PLEXUS_IR_OPS_NAMESSYMBOLS_H
#define PLEXUS_IR_OPS_NAMESSYMBOLS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace plx {

template <typename ConcreteOp>
class NamesSymbols : public mlir::OpTrait::TraitBase<ConcreteOp, NamesSymbols> {
 public:
  bool namesSymbols() {
    mlir::Operation *op = this->getOperation();
    auto fresh = op->getAttrOfType<mlir::ArrayAttr>("fresh");
    return (fresh && !fresh.empty()) || op->getAttrOfType<mlir::StringAttr>("size");
  }
  void getEffects(
      llvm::SmallVectorImpl<mlir::SideEffects::EffectInstance<mlir::MemoryEffects::Effect>>
          &effects) {
    if (namesSymbols()) effects.emplace_back(mlir::MemoryEffects::Write::get());
  }
};

}  // namespace plx

#endif  // PLEXUS_IR_OPS_NAMESSYMBOLS_H
