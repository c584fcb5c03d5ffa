// What the uniquer keeps of sequence and optional types: their element type.
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

}  // namespace plx::detail

#endif  // PLEXUS_IR_TYPES_TYPESTORAGE_H
