// What the uniquer keeps of a Dim: terms in canonical order, their spelling, depth and bounds, all
// computed once.
//
// Storages are built by the uniquer under its lock, so nothing here makes another Dim: bounds kept
// from construction are those of interval arithmetic; tighter ones (DimFacts.h) are found on demand
// and remembered. Ownership: arrays and text lie in the context's allocator and live as long as the
// context. Threads: a storage never changes but for the remembered bounds, which are atomic and the
// same whoever computes them.
#ifndef PLEXUS_IR_TYPES_DIMSTORAGE_H
#define PLEXUS_IR_TYPES_DIMSTORAGE_H

#include <atomic>

#include "ir/types/Dim.h"
#include "llvm/ADT/Hashing.h"
#include "mlir/IR/AttributeSupport.h"

namespace plx::detail {

/// Limits beyond which an expression is null: no model needs them, and a hostile one must not cost
/// more than a refusal.
constexpr size_t maxDimTerms = 256;
constexpr size_t maxDimDegree = 32;
constexpr unsigned maxDimDepth = 64;
constexpr size_t maxDimTextBytes = 16 * 1024;

/// Inclusive bounds; absent: unbounded on that side.
struct DimInterval {
  std::optional<int64_t> low, high;
  static DimInterval of(int64_t value) { return {value, value}; }
};

DimInterval operator+(DimInterval a, DimInterval b);
DimInterval operator*(DimInterval a, DimInterval b);
/// a floordiv b, or a ceildiv b; unbounded unless b >= 1.
DimInterval divideIntervals(DimInterval a, DimInterval b, bool roundUp);
DimInterval maxOfIntervals(DimInterval a, DimInterval b);

/// Bounds of a sum of products from the bounds of its atoms.
DimInterval intervalOfTerms(llvm::ArrayRef<DimTerm> terms,
                            llvm::function_ref<DimInterval(DimAtom)> ofAtom);
/// Bounds of an atom that is no symbol from the bounds of its operands.
DimInterval intervalOfCompound(DimAtomKind kind, DimInterval lhs, DimInterval rhs);

struct DimAtomKey {
  DimAtomKind kind;
  mlir::StringAttr symbol;   // Symbol
  int64_t lowerBound;        // Symbol
  mlir::Attribute lhs, rhs;  // the others: Dims
  bool operator==(const DimAtomKey &other) const {
    return kind == other.kind && symbol == other.symbol && lowerBound == other.lowerBound &&
           lhs == other.lhs && rhs == other.rhs;
  }
};

struct DimAtomStorage : mlir::AttributeStorage {
  using KeyTy = DimAtomKey;
  explicit DimAtomStorage(const KeyTy &key) : key(key) {}
  bool operator==(const KeyTy &other) const { return key == other; }
  static llvm::hash_code hashKey(const KeyTy &key);
  static DimAtomStorage *construct(mlir::AttributeStorageAllocator &allocator, const KeyTy &key);

  KeyTy key;
  llvm::StringRef text;
  DimInterval interval;
  unsigned depth = 0;  // 0: a symbol; others one more than their deeper operand
};

/// Bounds found on demand: `state` says whether `value` is not known yet, absent or present.
struct RememberedBound {
  enum State : uint8_t { Unknown, Absent, Present };
  std::atomic<uint8_t> state{Unknown};
  std::atomic<int64_t> value{0};
};

struct DimStorage : mlir::AttributeStorage {
  using KeyTy = llvm::ArrayRef<DimTerm>;
  explicit DimStorage(KeyTy terms) : terms(terms) {}
  bool operator==(const KeyTy &other) const;
  static llvm::hash_code hashKey(const KeyTy &key);
  static DimStorage *construct(mlir::AttributeStorageAllocator &allocator, const KeyTy &key);

  llvm::ArrayRef<DimTerm> terms;
  llvm::StringRef text;
  DimInterval interval;
  unsigned depth = 0;           // of its deepest atom
  bool intervalIsExact = true;  // a sum of integer x symbol: nothing is gained by looking closer
  RememberedBound lower, upper;
};

struct DimsStorage : mlir::AttributeStorage {
  using KeyTy = llvm::ArrayRef<Dim>;
  explicit DimsStorage(KeyTy dims) : dims(dims) {}
  bool operator==(const KeyTy &other) const { return dims == other; }
  static llvm::hash_code hashKey(const KeyTy &key);
  static DimsStorage *construct(mlir::AttributeStorageAllocator &allocator, const KeyTy &key);
  llvm::ArrayRef<Dim> dims;
};

/// Spelling of a name as a symbol: bare or quoted.
std::string symbolText(llvm::StringRef name);

}  // namespace plx::detail

#endif  // PLEXUS_IR_TYPES_DIMSTORAGE_H
