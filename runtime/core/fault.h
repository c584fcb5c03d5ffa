// Which part of a launch the current thread runs, so that of several faults the one in program
// order is kept.
#ifndef PLEXUS_RUNTIME_CORE_FAULT_H
#define PLEXUS_RUNTIME_CORE_FAULT_H

#include "plexus_rt.h"

namespace plx {

// Set by the launch around each part; 0 for the host program.
void set_current_part(int32_t part);

// The run's fault code, 0 none. Any thread.
int32_t fault_code(const plx_run &run);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_CORE_FAULT_H
