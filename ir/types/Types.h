// Types of plx beside MLIR's builtin ones.
//
// Tensors are builtin ranked tensors whose element types are MLIR's builtin numbers (f64 f32 f16
// bf16, the f8 and f4 kinds, iN signless = signed, uiN unsigned, i1 = bool, complex<f32|f64>) or
// !plx.string.
#ifndef PLEXUS_IR_TYPES_TYPES_H
#define PLEXUS_IR_TYPES_TYPES_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Types.h"

namespace plx {

namespace detail {
struct ElementTypeStorage;
}

/// `!plx.string`: element type of string tensors; values live on the host.
class StringType : public mlir::Type::TypeBase<StringType, mlir::Type, mlir::TypeStorage> {
 public:
  using Base::Base;
  static constexpr llvm::StringLiteral name = "plx.string";
};

/// `!plx.sequence<T>`: a host value, a list of T (a tensor, perhaps of sizes that differ, or an
/// optional).
class SequenceType
    : public mlir::Type::TypeBase<SequenceType, mlir::Type, detail::ElementTypeStorage> {
 public:
  using Base::Base;
  static constexpr llvm::StringLiteral name = "plx.sequence";
  static SequenceType get(mlir::Type element);
  mlir::Type element() const;
};

/// `!plx.optional<T>`: a host value, a T or nothing.
class OptionalType
    : public mlir::Type::TypeBase<OptionalType, mlir::Type, detail::ElementTypeStorage> {
 public:
  using Base::Base;
  static constexpr llvm::StringLiteral name = "plx.optional";
  static OptionalType get(mlir::Type element);
  mlir::Type element() const;
};

/// `!plx.buffer`: an address in the program below kernels (ir/kernel/Host.td): what a launch takes.
class BufferType : public mlir::Type::TypeBase<BufferType, mlir::Type, mlir::TypeStorage> {
 public:
  using Base::Base;
  static constexpr llvm::StringLiteral name = "plx.buffer";
};

/// True for a tensor element type that plx knows.
bool isElementType(mlir::Type type);
/// Bytes of one element in memory (sub-byte types take one byte each); 0 for strings, whose storage
/// is the host's.
int64_t bytesOfElement(mlir::Type type);
/// ONNX's TensorProto.DataType number, which the runtime's C ABI uses as well; 0 if there is none.
int elementTypeCode(mlir::Type type);
mlir::Type elementTypeFromCode(mlir::MLIRContext *context, int code);

}  // namespace plx

#endif  // PLEXUS_IR_TYPES_TYPES_H
