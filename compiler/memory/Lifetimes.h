// When the arena's buffers of a host program are alive.
#ifndef PLEXUS_COMPILER_MEMORY_LIFETIMES_H
#define PLEXUS_COMPILER_MEMORY_LIFETIMES_H

#include "ir/kernel/HostProgram.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SetVector.h"

namespace plx {

/// Numbers of the program's ops in the order of its text: `begin` where an op stands, `end` behind
/// its regions.
struct Positions {
  explicit Positions(ProgramOp program);
  llvm::DenseMap<mlir::Operation *, int64_t> begin, end;
  llvm::DenseMap<mlir::Block *, int64_t> blockBegin;  // before its first op

 private:
  void number(mlir::Block &block);
  int64_t next_ = 0;
};

/// The alloc that a buffer is the result of; null: it is another.
AllocOp allocOf(mlir::Value buffer);

struct Lifetime {
  int64_t begin, end;  // positions, both included
};

class Lifetimes {
 public:
  /// Fails where a buffer that is made in a loop's iteration would be passed on to the next.
  static mlir::FailureOr<Lifetimes> of(ProgramOp program, const Positions &positions);
  Lifetime operator[](AllocOp alloc) const { return lifetimes_.lookup(alloc); }

 private:
  using Roots = llvm::SmallSetVector<mlir::Operation *, 2>;
  void findRoots(ProgramOp program);
  bool flow(mlir::Value from, mlir::Value to);
  bool flowThrough(mlir::Operation *op);
  void use(mlir::Operation *alloc, mlir::Operation *user, const Positions &positions);

  llvm::DenseMap<mlir::Value, Roots> roots_;  // the allocs that a buffer may be, or lie in
  llvm::DenseMap<mlir::Operation *, Lifetime> lifetimes_;
};

}  // namespace plx

#endif  // PLEXUS_COMPILER_MEMORY_LIFETIMES_H
