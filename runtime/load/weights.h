// External weights files.
#ifndef PLEXUS_RUNTIME_LOAD_WEIGHTS_H
#define PLEXUS_RUNTIME_LOAD_WEIGHTS_H

#include "plexus_rt.h"

namespace plx {

// Maps the weights file of a module whose weights are not inside, and checks its size and hash.
// `module_path` is the library's file, or null: the file is looked for beside it, or in the current
// folder.
plx_status map_weights(const plx_module &module, const plx_load_options &options,
                       const char *module_path, plx_mapping *out_mapping, plx_error *out_error);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_LOAD_WEIGHTS_H
