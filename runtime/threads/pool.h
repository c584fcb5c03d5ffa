// A pool of threads that run the parts of one task at a time: a static partition, no queue. Each
// context has its own, so that contexts never wait for each other; a parked thread costs its stack
// alone.
#ifndef PLEXUS_RUNTIME_THREADS_POOL_H
#define PLEXUS_RUNTIME_THREADS_POOL_H

#include "plexus_rt.h"

namespace plx {

struct Pool;

// A pool for tasks of up to `threads` parts (>= 2): that many minus one threads, all signals
// blocked. Null: the system has no memory or threads for it.
Pool *create_pool(int32_t threads);
void destroy_pool(Pool *pool);

// function(task, i) for each i in [0, parts), part 0 on the calling thread, the others each on a
// thread of their own; returns when all are done. parts <= threads of the pool. One caller at a
// time.
void run_on_pool(Pool *pool, int32_t parts, plx_task_fn function, void *task);

// CPUs this process may use, >= 1.
int32_t available_cpus();

}  // namespace plx
#endif  // PLEXUS_RUNTIME_THREADS_POOL_H
