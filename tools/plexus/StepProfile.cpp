#include "tools/plexus/StepProfile.h"

#include <algorithm>

#include "tools/plexus/Json.h"
#include "tools/plexus/Outputs.h"

namespace plx {

void StepProfile::write(const std::string &path, const StepRunner &runner) const {
  std::vector<double> sorted = milliseconds_;
  std::sort(sorted.begin(), sorted.end());
  Json report = Json::object();
  report.set("steps", static_cast<uint64_t>(sorted.size()));
  if (!sorted.empty())
    report.set("step_ms", Json::object()
                              .set("min", sorted.front())
                              .set("median", sorted[sorted.size() / 2])
                              .set("max", sorted.back()));
  StepRunner::Memory memory = runner.memory();
  report.set("state_bytes", memory.stateBytes)
      .set("arena_bytes", memory.arenaBytes)
      .set("weights_bytes", memory.weightsBytes)
      .set("heap_allocations", memory.heapAllocations);
  if (memory.deviceBytes > 0) report.set("device_bytes", memory.deviceBytes);
  Json kernels = Json::array();
  for (const StepRunner::Kernel &kernel : runner.kernels())
    kernels.push(Json::object()
                     .set("name", kernel.info->name)
                     .set("schedule", kernel.info->schedule)
                     .set("nodes", kernel.info->nodes)
                     .set("launches", kernel.launches)
                     .set("ms", kernel.milliseconds));
  if (!kernels.items().empty()) report.set("kernels", std::move(kernels));
  writeText(path, report.str() + "\n");
}

}  // namespace plx
