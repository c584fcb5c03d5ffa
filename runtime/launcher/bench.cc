// --bench: the figures of `plexus bench`, measured in the executable itself.
#include <stdio.h>
#include <stdlib.h>

#include "runtime/launcher/session.h"

namespace plx {
namespace {

constexpr size_t kMaxRuns = size_t{1} << 20;

int compare(const void *a, const void *b) {
  uint64_t x = *static_cast<const uint64_t *>(a);
  uint64_t y = *static_cast<const uint64_t *>(b);
  return x < y ? -1 : x > y ? 1 : 0;
}

double milliseconds(uint64_t ns) { return static_cast<double>(ns) * 1e-6; }

// The share-quantile of sorted times, nearest rank.
double quantile(const uint64_t *sorted, size_t count, double share) {
  auto rank = static_cast<size_t>(share * static_cast<double>(count));
  return milliseconds(sorted[rank < count ? rank : count - 1]);
}

bool timed_run(const Session &session, uint64_t *out_ns) {
  plx_error error;
  uint64_t begin_ns = monotonic_ns();
  if (plx_context_run(session.context, &error) != PLX_OK) {
    fprintf(stderr, "error: %s\n", error.message);
    return false;
  }
  *out_ns = monotonic_ns() - begin_ns;
  return true;
}

void print_report(const Session &session, uint64_t first_ns, uint64_t *times, size_t count) {
  plx_memory memory;
  plx_context_memory(session.context, &memory);
  qsort(times, count, sizeof(uint64_t), compare);
  uint64_t peak = memory.arena_peak_bytes + memory.scratch_bytes + memory.state_bytes +
                  memory.output_bytes + memory.host_bytes + memory.weights_bytes +
                  memory.packed_bytes;
  printf("{\"load_ms\": %.3f, \"first_run_ms\": %.3f, ", milliseconds(session.load_ns),
         milliseconds(first_ns));
  printf("\"latency_ms\": {\"min\": %.6f, \"median\": %.6f, \"p90\": %.6f, \"p99\": %.6f}, ",
         milliseconds(times[0]), quantile(times, count, 0.5), quantile(times, count, 0.9),
         quantile(times, count, 0.99));
  printf(
      "\"runs\": %zu, \"peak_memory_bytes\": %llu, \"arena_bytes\": %llu, \"weights_bytes\": "
      "%llu, ",
      count, static_cast<unsigned long long>(peak),
      static_cast<unsigned long long>(memory.arena_peak_bytes),
      static_cast<unsigned long long>(memory.weights_bytes));
  printf("\"threads\": %d, \"device\": \"cpu\"}\n", plx_context_threads(session.context));
}

}  // namespace

int run_bench(const Session &session, const LauncherOptions &options) {
  auto *times = static_cast<uint64_t *>(malloc(kMaxRuns * sizeof(uint64_t)));
  if (times == nullptr) {
    fprintf(stderr, "error: no memory\n");
    return 1;
  }
  uint64_t first_ns = 0;
  bool good = timed_run(session, &first_ns);
  auto limit_ns = static_cast<uint64_t>(options.seconds * 1e9);
  uint64_t begin_ns = monotonic_ns();
  size_t count = 0;
  while (good && count < kMaxRuns && (count == 0 || monotonic_ns() - begin_ns < limit_ns)) {
    good = timed_run(session, &times[count]);
    ++count;
  }
  if (good) print_report(session, first_ns, times, count);
  free(times);
  return good ? 0 : 1;
}

}  // namespace plx
