// Checks of a descriptor before anything trusts it.
#ifndef PLEXUS_RUNTIME_LOAD_VERIFY_MODULE_H
#define PLEXUS_RUNTIME_LOAD_VERIFY_MODULE_H

#include "plexus_rt.h"

namespace plx {

// Magic, version, tables, names, types, ranks, dims, offsets. PLX_BAD_FORMAT, or PLX_UNSUPPORTED
// for another version.
plx_status verify_module(const plx_module *module, plx_error *out_error);

// Whether this machine has the features of a comma-separated list, those that are known to us; the
// missing ones are named. `where` is the model's name. Unknown names pass: the list comes from a
// newer compiler.
plx_status check_cpu_features(const char *features, const char *where, plx_error *out_error);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_LOAD_VERIFY_MODULE_H
