// A model's kernels as files: sources, PTX, cubins.
#ifndef PLEXUS_TOOLS_API_KERNELFILES_H
#define PLEXUS_TOOLS_API_KERNELFILES_H

#include <string>

#include "absl/status/status.h"
#include "tools/api/Model.h"

namespace plx {

/// Writes a file a kernel and index.json into `folder`; `emit` is one of PLEXUS_EMIT_CUDA, PTX and
/// CUBIN. Warnings and spills of the assembler are in the index, and the warnings in the message of
/// a compilation that fails.
absl::Status writeKernels(const Model &model, int emit, const std::string &folder);

}  // namespace plx

#endif  // PLEXUS_TOOLS_API_KERNELFILES_H
