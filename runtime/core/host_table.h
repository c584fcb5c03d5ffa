// The table of host functions that this process has registered.
#ifndef PLEXUS_RUNTIME_CORE_HOST_TABLE_H
#define PLEXUS_RUNTIME_CORE_HOST_TABLE_H

#include "plexus_rt.h"

namespace plx {

// False: nobody registered the name. Any thread.
bool find_host_function(const char *name, plx_host_function *out_function);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_CORE_HOST_TABLE_H
