// The type of host values below kernels, and which types of plx become it.
#ifndef PLEXUS_IR_TYPES_HOSTTYPES_H
#define PLEXUS_IR_TYPES_HOSTTYPES_H

#include "ir/types/Types.h"

namespace plx {

/// `!plx.object`: a value of the host in the program below kernels (ir/kernel/HostProgram.td): a
/// sequence, an optional, a tensor of strings, or a tensor whose sizes its maker chose (the
/// runtime's plx_object).
class ObjectType : public mlir::Type::TypeBase<ObjectType, mlir::Type, mlir::TypeStorage> {
 public:
  using Base::Base;
  static constexpr llvm::StringLiteral name = "plx.object";
};

/// True for what programs hold as objects: sequences, optionals, tensors of strings.
bool isHostValue(mlir::Type type);

}  // namespace plx

#endif  // PLEXUS_IR_TYPES_HOSTTYPES_H
