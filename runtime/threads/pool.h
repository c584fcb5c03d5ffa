// A pool of threads that run the parts of one task at a time: a static partition, no queue. Each
// part has a thread of its own, so that what it reads again is in that thread's cache; where the
// system does not let that thread run, the caller takes its part. Each context has its own pool, so
// that contexts never wait for each other; a parked thread costs its stack alone.
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
// thread of their own or, those that have not begun when part 0 is done, on the calling thread;
// returns when all are done. parts <= threads of the pool. One caller at a
// time.
void run_on_pool(Pool *pool, int32_t parts, plx_task_fn function, void *task);

// CPUs this process may use, >= 1.
int32_t available_cpus();

}  // namespace plx
#endif  // PLEXUS_RUNTIME_THREADS_POOL_H
