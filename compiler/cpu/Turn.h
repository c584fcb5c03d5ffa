// Turns a square of registers: rows become columns.
#ifndef PLEXUS_COMPILER_CPU_TURN_H
#define PLEXUS_COMPILER_CPU_TURN_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/IR/IRBuilder.h"

namespace plx::cpu {

/// `square`: as many vectors as each has lanes, a power of two. Lane j of vector i goes to lane i
/// of vector j.
void turn(llvm::IRBuilder<> &b, llvm::SmallVectorImpl<llvm::Value *> &square);

}  // namespace plx::cpu

#endif  // PLEXUS_COMPILER_CPU_TURN_H
