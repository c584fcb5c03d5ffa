// Times of launches: totals a kernel, and a ring of the newest events. Written by the context's
// thread alone, after the parts of a launch have left their times in a slot each.
#ifndef PLEXUS_RUNTIME_PROFILE_PROFILE_H
#define PLEXUS_RUNTIME_PROFILE_PROFILE_H

#include "plexus_rt.h"

namespace plx {

struct PartTime {
  uint64_t begin_ns;  // of the monotonic clock
  uint64_t end_ns;
};

struct Event {
  uint64_t begin_ns;
  uint64_t duration_ns;
  int64_t units;   // of the whole launch; number of the run for kRunEvent
  int32_t kernel;  // or kRunEvent
  int32_t part;
};

constexpr int32_t kRunEvent = -1;

struct Profile {
  plx_kernel_profile *kernels;  // [num_kernels]
  PartTime *times;              // [threads]
  Event *events;                // a ring of `capacity`
  int32_t num_kernels;
  int32_t threads;
  uint64_t capacity;
  uint64_t recorded;  // events so far; the newest `capacity` of them are kept
};

uint64_t now_ns();

// Null: no memory.
Profile *create_profile(int32_t num_kernels, int32_t threads, uint64_t capacity);
void destroy_profile(Profile *profile);

// Where the parts of a launch leave their times; null when `profile` is.
inline PartTime *part_times(Profile *profile) {
  return profile == nullptr ? nullptr : profile->times;
}

// After all parts are done.
void record_launch(Profile *profile, int32_t kernel, int64_t units, int32_t parts);
void record_run(Profile *profile, uint64_t run_number, uint64_t begin_ns, uint64_t end_ns);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_PROFILE_PROFILE_H
