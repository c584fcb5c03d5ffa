// What emitted objects may need from outside.
#ifndef PLEXUS_COMPILER_PACKAGE_SYMBOLCHECK_H
#define PLEXUS_COMPILER_PACKAGE_SYMBOLCHECK_H

#include "absl/status/status.h"
#include "compiler/Compile.h"

namespace plx {

/// Refuses, naming every symbol and object, a program whose objects need something other than
/// plx_*, memcpy, memmove, memset and each other. A call to libm or compiler-rt that LLVM inserted
/// would give other bits on other systems, or not link at all.
absl::Status checkSymbols(const CompiledProgram &program);

}  // namespace plx

#endif  // PLEXUS_COMPILER_PACKAGE_SYMBOLCHECK_H
