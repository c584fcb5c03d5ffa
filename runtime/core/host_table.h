// Host functions by name: those that this process has registered, the runtime's own, and those of
// libplexus_host, which is opened when a name of it is asked for.
#ifndef PLEXUS_RUNTIME_CORE_HOST_TABLE_H
#define PLEXUS_RUNTIME_CORE_HOST_TABLE_H

#include "plexus_rt.h"

namespace plx {

// False: there is none of that name. Any thread.
bool find_host_function(const char *name, plx_host_function *out_function);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_CORE_HOST_TABLE_H
