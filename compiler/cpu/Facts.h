// Facts of a CPU that emission depends on.
#ifndef PLEXUS_COMPILER_CPU_FACTS_H
#define PLEXUS_COMPILER_CPU_FACTS_H

#include "compiler/cpu/math/Math.h"
#include "llvm/Target/TargetMachine.h"

namespace plx::cpu {

struct Facts {
  int64_t vectorBytes = 16;  // of a vector register
  int64_t vectorRegisters = 16;
  bool maskedMemory = false;  // masked loads and stores of 1- to 8-byte elements are instructions
  MathFacts math;
  bool fastMath =
      false;  // no fact of the CPU: the user lets the model's arithmetic be reassociated
};

Facts factsOf(const llvm::TargetMachine &machine);

}  // namespace plx::cpu

#endif  // PLEXUS_COMPILER_CPU_FACTS_H
