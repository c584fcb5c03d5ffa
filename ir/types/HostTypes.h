// The type of host values below kernels, and which types of plx become it.
#ifndef PLEXUS_IR_TYPES_HOSTTYPES_H
#define PLEXUS_IR_TYPES_HOSTTYPES_H

#include "ir/types/Types.h"

namespace plx {

namespace detail {
struct MapTypeStorage;
}

/// `!plx.object`: a value of the host in the program below kernels (ir/kernel/HostProgram.td): a
/// sequence, an optional, a tensor of strings, or a tensor whose sizes its maker chose (the
/// runtime's plx_object).
class ObjectType : public mlir::Type::TypeBase<ObjectType, mlir::Type, mlir::TypeStorage> {
 public:
  using Base::Base;
  static constexpr llvm::StringLiteral name = "plx.object";
};

/// `!plx.map<K, V>`: a host value, of keys (i64 or !plx.string) to numbers or strings V. Only host
/// functions take and give it.
class MapType : public mlir::Type::TypeBase<MapType, mlir::Type, detail::MapTypeStorage> {
 public:
  using Base::Base;
  static constexpr llvm::StringLiteral name = "plx.map";
  static MapType get(mlir::Type key, mlir::Type value);
  mlir::Type key() const;
  mlir::Type value() const;
};

/// True for what programs hold as objects: sequences, optionals, maps, tensors of strings.
bool isHostValue(mlir::Type type);

}  // namespace plx

#endif  // PLEXUS_IR_TYPES_HOSTTYPES_H
