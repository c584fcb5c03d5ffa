#include "runtime/profile/profile.h"

#include <stdlib.h>
#include <time.h>

#include "runtime/core/context.h"
#include "runtime/core/error.h"

namespace plx {

uint64_t now_ns() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000000000u + static_cast<uint64_t>(time.tv_nsec);
}

Profile *create_profile(int32_t num_kernels, int32_t threads, uint64_t capacity) {
  auto *profile = static_cast<Profile *>(calloc(1, sizeof(Profile)));
  if (profile == nullptr) return nullptr;
  profile->kernels = static_cast<plx_kernel_profile *>(
      calloc(static_cast<size_t>(num_kernels) + 1, sizeof(plx_kernel_profile)));
  profile->times = static_cast<PartTime *>(calloc(static_cast<size_t>(threads), sizeof(PartTime)));
  profile->events = static_cast<Event *>(calloc(capacity, sizeof(Event)));
  profile->num_kernels = num_kernels;
  profile->threads = threads;
  profile->capacity = capacity;
  if (profile->kernels == nullptr || profile->times == nullptr || profile->events == nullptr) {
    destroy_profile(profile);
    return nullptr;
  }
  return profile;
}

void destroy_profile(Profile *profile) {
  if (profile == nullptr) return;
  free(profile->kernels);
  free(profile->times);
  free(profile->events);
  free(profile);
}

namespace {

void record_event(Profile *profile, const Event &event) {
  profile->events[profile->recorded % profile->capacity] = event;
  ++profile->recorded;
}

void add_total(plx_kernel_profile *total, uint64_t ns) {
  if (total->launches == 0 || ns < total->min_ns) total->min_ns = ns;
  if (ns > total->max_ns) total->max_ns = ns;
  total->total_ns += ns;
  ++total->launches;
}

}  // namespace

void record_launch(Profile *profile, int32_t kernel, int64_t units, int32_t parts) {
  uint64_t begin = profile->times[0].begin_ns;
  uint64_t end = profile->times[0].end_ns;
  for (int32_t i = 0; i < parts; ++i) {
    const PartTime &time = profile->times[i];
    if (time.begin_ns < begin) begin = time.begin_ns;
    if (time.end_ns > end) end = time.end_ns;
    record_event(profile, {time.begin_ns, time.end_ns - time.begin_ns, units, kernel, i});
  }
  if (kernel >= 0 && kernel < profile->num_kernels)
    add_total(&profile->kernels[kernel], end - begin);
}

void record_run(Profile *profile, uint64_t run_number, uint64_t begin_ns, uint64_t end_ns) {
  record_event(profile,
               {begin_ns, end_ns - begin_ns, static_cast<int64_t>(run_number), kRunEvent, 0});
}

}  // namespace plx

extern "C" {

plx_status plx_context_profile(const plx_context *context, int32_t index,
                               plx_kernel_profile *out_profile, plx_error *out_error) {
  const plx::Profile *profile = context->profile;
  if (profile == nullptr) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT,
                     "the context does not trace; create it with options.trace = 1");
  }
  if (index < 0 || index >= profile->num_kernels) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT, "kernel %d does not exist; there are %d",
                     index, profile->num_kernels);
  }
  *out_profile = profile->kernels[index];
  return plx::succeed(out_error);
}

void plx_profile_reset(plx_context *context) {
  plx::Profile *profile = context->profile;
  if (profile == nullptr) return;
  for (int32_t i = 0; i < profile->num_kernels; ++i) profile->kernels[i] = {};
  profile->recorded = 0;
}

}  // extern "C"
