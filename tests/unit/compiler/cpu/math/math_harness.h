// Compiles the functions of compiler/cpu/math just in time, at a width and under facts of choice,
// and measures them.
#ifndef PLEXUS_TESTS_UNIT_COMPILER_CPU_MATH_MATH_HARNESS_H_
#define PLEXUS_TESTS_UNIT_COMPILER_CPU_MATH_MATH_HARNESS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "compiler/cpu/math/Math.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"

namespace plx::cpu::test {

/// Facts to test under, with a name. Those the host cannot run are left out.
struct Variant {
  std::string name;
  MathFacts facts;
};
std::vector<Variant> hostVariants();

/// Emits an element (or vector) of the result; y is null for functions of one argument.
using Emit = std::function<llvm::Value *(llvm::IRBuilderBase &, const MathFacts &, llvm::Value *x,
                                         llvm::Value *y)>;
Emit unary(llvm::Value *(*f)(llvm::IRBuilderBase &, const MathFacts &, llvm::Value *));
Emit binary(llvm::Value *(*f)(llvm::IRBuilderBase &, const MathFacts &, llvm::Value *,
                              llvm::Value *));

/// Adds `void name(const In *x, const In *y, Out *out, int64 count)` to the module: a loop over
/// vectors of `width` elements, whose last partial vector is left out.
void buildLoop(llvm::Module &module, const std::string &name, const Emit &emit,
               const MathFacts &facts, llvm::Type *in, llvm::Type *out, unsigned width);

/// One function compiled at several widths. Owns its code.
class Jit {
 public:
  Jit(const Emit &emit, const MathFacts &facts, const std::string &in, const std::string &out,
      const std::vector<unsigned> &widths);
  /// count must be a multiple of width.
  void run(unsigned width, const void *x, const void *y, void *out, int64_t count) const;

 private:
  using Loop = void (*)(const void *, const void *, void *, int64_t);
  std::unique_ptr<llvm::orc::LLJIT> jit_;
  std::vector<std::pair<unsigned, Loop>> loops_;
};

/// The element type of a name: "f32", "f64", "i8", "i16".
llvm::Type *typeNamed(llvm::LLVMContext &context, const std::string &name);

/// The distance of `got` to `want` in units of T's last place at `want`; infinity where NaN,
/// infinity or the sign of zero disagree.
double ulpError(float got, long double want);
double ulpError(double got, long double want);

/// Undefined symbols of the object that this module becomes on the given target.
std::vector<std::string> undefinedSymbols(llvm::Module &module, const std::string &triple,
                                          const std::string &cpu);

}  // namespace plx::cpu::test

#endif  // PLEXUS_TESTS_UNIT_COMPILER_CPU_MATH_MATH_HARNESS_H_
