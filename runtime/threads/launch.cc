// plx_rt_parallel: cutting the units of a kernel into parts and running them.
#include "runtime/core/calls.h"
#include "runtime/core/context.h"
#include "runtime/core/fault.h"
#include "runtime/profile/profile.h"
#include "runtime/threads/pool.h"

namespace plx {
namespace {

struct Launch {
  plx_run *run;
  plx_kernel_fn kernel;
  void *const *buffers;
  const int64_t *sizes;
  int64_t units;
  int32_t parts;
  PartTime *times;  // null when not tracing
};

// First unit of a part: the first units % parts parts have one unit more. No product can overflow.
int64_t first_unit(const Launch &launch, int64_t part) {
  int64_t each = launch.units / launch.parts;
  int64_t longer = launch.units % launch.parts;
  return part * each + (part < longer ? part : longer);
}

void run_part(void *task, int32_t part) {
  auto *launch = static_cast<Launch *>(task);
  set_current_part(part);
  uint64_t begin_ns = launch->times != nullptr ? now_ns() : 0;
  launch->kernel(launch->run, launch->buffers, launch->sizes, first_unit(*launch, part),
                 first_unit(*launch, part + 1), part);
  if (launch->times != nullptr) launch->times[part] = {begin_ns, now_ns()};
  set_current_part(0);
}

int32_t count_parts(const plx_run &run, int64_t units, int64_t grain) {
  int64_t parts = units / (grain > 1 ? grain : 1);
  if (parts > run.threads) parts = run.threads;
  return parts < 1 ? 1 : static_cast<int32_t>(parts);
}

}  // namespace

int32_t parallel(plx_run *run, int32_t kernel_index, plx_kernel_fn kernel, void *const *buffers,
                 const int64_t *sizes, int64_t units, int64_t grain) {
  plx_context *context = run->context;
  if (run_cancelled(run) != 0 || units <= 0) return fault_code(*run);
  int32_t parts = count_parts(*run, units, grain);
  Launch launch = {run, kernel, buffers, sizes, units, parts, part_times(context->profile)};
  ++context->launch;
  if (parts == 1) {
    run_part(&launch, 0);
  } else if (context->parallel != nullptr) {
    context->parallel(context->pool_data, parts, run_part, &launch);
  } else {
    run_on_pool(context->pool, parts, run_part, &launch);
  }
  ++context->launch;  // a fault of the host program after it is not one of its parts
  if (launch.times != nullptr) record_launch(context->profile, kernel_index, units, parts);
  return fault_code(*run);
}

}  // namespace plx
