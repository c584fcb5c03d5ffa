// A compiled program made by hand: y[i] = 2 * x[i] + w[i % 4], x and y f32[n], w f32[4]. What the
// rest of the compiler would emit, in two objects, so that packaging is tested by itself.
#pragma once

#include "compiler/Compile.h"

namespace plx {

/// `name`: of the model; `bias`: the four elements of w are bias, bias + 1, ...
CompiledProgram tinyModel(const std::string &name = "tiny", float bias = 0.5f);
/// LLVM IR as a position-independent object of this machine.
std::string objectOf(const std::string &ir);

}  // namespace plx
