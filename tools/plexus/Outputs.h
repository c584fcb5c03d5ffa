// What commands write: files, and the line an output gets.
#ifndef PLEXUS_TOOLS_PLEXUS_OUTPUTS_H
#define PLEXUS_TOOLS_PLEXUS_OUTPUTS_H

#include <string>

#include "tools/plexus/Json.h"
#include "tools/plexus/Program.h"

namespace plx {

/// Output `index` of the context's last run. Throws Failure.
plx_tensor outputOf(const plx_context *context, int32_t index);
/// The same of one that is a sequence or an optional; the context holds it.
plx_object *outputObjectOf(const plx_context *context, int32_t index);
/// "NAME: f32[1, 10] min ... max ...", "NAME: sequence of 2: f32[3], f32[4]".
std::string lineOf(const Program &program, const plx_context *context, int32_t index);
/// Writes every output to DIR/NAME.npy (or .pb where npy lacks the type), making DIR.
void writeOutputs(const Program &program, const plx_context *context, const std::string &folder);
/// Writes text to a file, or to stdout for "-".
void writeText(const std::string &path, const std::string &text);

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_OUTPUTS_H
