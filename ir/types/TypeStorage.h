// What the uniquer keeps of sequence, optional and map types: the types inside.
#ifndef PLEXUS_IR_TYPES_TYPESTORAGE_H
#define PLEXUS_IR_TYPES_TYPESTORAGE_H

#include "mlir/IR/TypeSupport.h"
#include "mlir/IR/Types.h"

namespace plx::detail {

struct ElementTypeStorage : mlir::TypeStorage {
  using KeyTy = mlir::Type;
  explicit ElementTypeStorage(mlir::Type element) : element(element) {}
  bool operator==(const KeyTy &key) const { return key == element; }
  static ElementTypeStorage *construct(mlir::TypeStorageAllocator &allocator, mlir::Type key) {
    return new (allocator.allocate<ElementTypeStorage>()) ElementTypeStorage(key);
  }
  mlir::Type element;
};

struct MapTypeStorage : mlir::TypeStorage {
  using KeyTy = std::pair<mlir::Type, mlir::Type>;
  explicit MapTypeStorage(KeyTy types) : types(types) {}
  bool operator==(const KeyTy &key) const { return key == types; }
  static MapTypeStorage *construct(mlir::TypeStorageAllocator &allocator, KeyTy types) {
    return new (allocator.allocate<MapTypeStorage>()) MapTypeStorage(types);
  }
  KeyTy types;
};

}  // namespace plx::detail

#endif  // PLEXUS_IR_TYPES_TYPESTORAGE_H
