// plexus bench: load times, latency and memory.
//
// The cold load runs in a child process: the parent never loads the compiler, so that its peak
// memory is that of running the model.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "tools/plexus/Commands.h"
#include "tools/plexus/Failure.h"
#include "tools/plexus/Inputs.h"
#include "tools/plexus/Json.h"
#include "tools/plexus/Outputs.h"

namespace plx {
namespace {

using Clock = std::chrono::steady_clock;

double millisecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

/// Times a cold load: nothing cached, from the model's file to a context that can run.
double coldLoad(const BenchOptions &options) {
  Clock::time_point begin = Clock::now();
  Program program = Program::load(options.model, options.common);
  Context context = createContext(program, options.common);
  return millisecondsSince(begin);
}

/// The same in a child process, which leaves the cache filled. Its own message goes to stderr.
double coldLoadApart(const BenchOptions &options) {
  int ends[2];
  if (pipe(ends) != 0) throw Failure("no pipe can be made");
  fflush(nullptr);
  pid_t child = fork();
  if (child < 0) throw Failure("no process can be started");
  if (child == 0) {
    int code = kWorkFailed;
    try {
      double milliseconds = coldLoad(options);
      code = write(ends[1], &milliseconds, sizeof milliseconds) == sizeof milliseconds
                 ? kDone
                 : kWorkFailed;
    } catch (const Failure &failure) {
      fprintf(stderr, "error: %s\n", failure.what());
    }
    _exit(code);
  }
  close(ends[1]);
  double milliseconds = 0;
  bool got = read(ends[0], &milliseconds, sizeof milliseconds) == sizeof milliseconds;
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status))
    throw Failure("compiling crashed with signal " + std::to_string(WTERMSIG(status)));
  if (!got) throw Failure("'" + options.model + "' could not be loaded");
  return milliseconds;
}

/// A cache for this measurement alone.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "plexus-bench-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw Failure("no folder can be made in the temporary folder");
    path_ = pattern;
  }
  ~ScratchFolder() {
    std::error_code code;
    std::filesystem::remove_all(path_, code);
  }
  const std::string &path() const { return path_; }

 private:
  std::string path_;
};

/// Latencies in milliseconds, sorted; at least ten.
std::vector<double> measure(plx_context *context, double seconds) {
  std::vector<double> times;
  plx_error error;
  Clock::time_point begin = Clock::now();
  while (times.size() < 10 || millisecondsSince(begin) < seconds * 1000) {
    Clock::time_point start = Clock::now();
    checkStatus(plx_context_run(context, &error), error);
    times.push_back(millisecondsSince(start));
  }
  std::sort(times.begin(), times.end());
  return times;
}

double quantile(const std::vector<double> &sorted, double share) {
  auto rank = static_cast<size_t>(share * static_cast<double>(sorted.size()));
  return sorted[std::min(rank, sorted.size() - 1)];
}

Json latencyOf(const std::vector<double> &sorted) {
  return Json::object()
      .set("min", sorted.front())
      .set("median", quantile(sorted, 0.5))
      .set("p90", quantile(sorted, 0.9))
      .set("p99", quantile(sorted, 0.99));
}

uint64_t peakMemory() {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<uint64_t>(usage.ru_maxrss) * 1024;
}

Json profileOf(const Program &program, const CommonOptions &common, const Inputs &inputs,
               double seconds) {
  Context context = createContext(program, common, true);
  inputs.setAll(context.get());
  plx_error error;
  checkStatus(plx_context_run(context.get(), &error), error);
  plx_profile_reset(context.get());
  auto runs = static_cast<double>(measure(context.get(), seconds).size());
  Json list = Json::array();
  for (int32_t i = 0; i < program.module().num_kernels; ++i) {
    plx_kernel_profile profile;
    checkStatus(plx_context_profile(context.get(), i, &profile, &error), error);
    const plx_kernel &kernel = program.module().kernels[i];
    list.push(Json::object()
                  .set("name", kernel.name)
                  .set("schedule", kernel.schedule)
                  .set("nodes", kernel.nodes)
                  .set("launches", static_cast<double>(profile.launches) / runs)
                  .set("ms", static_cast<double>(profile.total_ns) * 1e-6 / runs)
                  .set("flops", kernel.flops)
                  .set("bytes", kernel.bytes));
  }
  return list;
}

void print(const Json &report) {
  for (const Json::Member &member : report.members()) {
    if (member.second.kind() == Json::Kind::Array) {
      for (const Json &kernel : member.second.items())
        printf("  %10.4f ms  %s  %s\n", kernel.find("ms")->number(),
               kernel.find("name")->text().c_str(), kernel.find("nodes")->text().c_str());
    } else if (member.second.kind() == Json::Kind::Object) {
      for (const Json::Member &part : member.second.members())
        printf("%s %s: %s\n", member.first.c_str(), part.first.c_str(), part.second.str().c_str());
    } else {
      printf("%s: %s\n", member.first.c_str(), member.second.str().c_str());
    }
  }
}

}  // namespace

int benchCommand(const BenchOptions &given) {
  BenchOptions options = given;
  ScratchFolder scratch;
  bool isModel = !isLibrary(options.model) && options.common.device != "reference";
  Json report = Json::object();
  if (isModel) {
    options.common.noCache = false;
    options.common.cacheDir = scratch.path();
    report.set("load_ms", coldLoadApart(options));
  }
  Clock::time_point begin = Clock::now();
  Program program = Program::load(options.model, options.common);
  Context context = createContext(program, options.common);
  double loaded = millisecondsSince(begin);
  if (!isModel) report.set("load_ms", loaded);
  report.set("cached_load_ms", loaded);

  Inputs inputs(program, context.get(), options.inputs, options.common);
  plx_error error;
  begin = Clock::now();
  checkStatus(plx_context_run(context.get(), &error), error);
  report.set("first_run_ms", millisecondsSince(begin));
  std::vector<double> times = measure(context.get(), options.seconds);
  plx_memory memory;
  plx_context_memory(context.get(), &memory);
  report.set("latency_ms", latencyOf(times)).set("runs", static_cast<uint64_t>(times.size()));
  report.set("peak_memory_bytes", peakMemory()).set("arena_bytes", memory.arena_peak_bytes);
  report.set("weights_bytes", memory.weights_bytes);
  report.set("threads", plx_context_threads(context.get())).set("device", options.common.device);
  if (options.opProfile)
    report.set("kernels", profileOf(program, options.common, inputs, options.seconds));
  if (options.json != "-") print(report);
  if (!options.json.empty()) writeText(options.json, report.str() + "\n");
  return 0;
}

}  // namespace plx
