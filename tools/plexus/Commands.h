// The subcommands: what each is told by its command line, and the function that does it. Main.cpp
// alone knows how a command line is written.
#ifndef PLEXUS_TOOLS_PLEXUS_COMMANDS_H
#define PLEXUS_TOOLS_PLEXUS_COMMANDS_H

#include <cstdint>
#include <string>
#include <vector>

namespace plx {

struct CommonOptions {
  std::string device = "cpu";
  int threads = 0;  // 0: all CPUs
  uint64_t seed = 0;
  std::vector<std::string> dims;       // "NAME=SIZE"
  std::vector<std::string> functions;  // libraries that gave host functions; open by now
  bool noCache = false;
  std::string cacheDir;  // "": $XDG_CACHE_HOME/plexus
  bool fastMath = false;
  bool tf32 = false;
  bool verifyAfterAll = false;
  std::string printAfter, saveTemps;
};

struct RunOptions {
  CommonOptions common;
  std::string model, outputDir, trace;
  std::vector<std::string> inputs;  // "NAME=FILE", or random, zeros, ones for FILE
};
struct CompileCommand {
  CommonOptions common;
  std::string model, out, emit, target, cpu, features, runtime = "static";
  int opset = 0;  // 0: the model's own, or the lowest that holds it
};
struct CheckOptions {
  CommonOptions common;
  std::vector<std::string> paths;
  int jobs = 0;  // 0: the CPUs there are
  double timeoutSeconds = 300;
  std::string filter, json;
  bool symbolic = false, gradient = false;
};
struct BenchOptions {
  CommonOptions common;
  std::string model, json;
  std::vector<std::string> inputs;
  double seconds = 2;
  bool opProfile = false;
};
struct InspectOptions {
  CommonOptions common;
  std::string model, json, html;
};
struct OpsOptions {
  bool markdown = false;
};
struct DiffOptions {
  CommonOptions common;
  std::string model;
  std::vector<std::string> inputs;
  double rtol = 1e-3, atol = 1e-5;
};

struct TrainCommand {
  CommonOptions common;
  std::string model, out, log, checkpoint, profile, emitStep, cpu;
  std::vector<std::string> data;
  std::vector<std::string> inputs;  // "NAME=COLUMN"
  std::string target;               // "COLUMN" or "OUTPUT=COLUMN"
  std::string loss, optimizer = "sgd", schedule = "constant", trainMode = "auto";
  std::vector<std::string> frozen;
  std::vector<std::string> groups;      // "PATTERN:lr=0.1,weight-decay=0"
  std::vector<std::string> validation;  // files, or a share of the rows
  std::vector<std::string> metrics;
  std::string monitor;  // "": the loss
  std::string tensorboard, plot, config;
  double rate = 0.01, momentum = 0, beta1 = 0, beta2 = 0, alpha = 0, epsilon = 0;
  double weightDecay = 0, l1 = 0, l2 = 0, clipNorm = 0, clipValue = 0;
  double scheduleFactor = 0.1;
  int64_t epochs = 0, steps = 0, batch = 0, accumulate = 1, warmup = 0, checkpointEvery = 0;
  int64_t scheduleEvery = 0, validateEvery = 0, patience = 0;
  uint64_t memoryLimit = 0;
  bool noShuffle = false, keepTied = false, resume = false, opProfile = false;
};
struct EvaluateCommand {
  CommonOptions common;
  std::string model, json;
  std::vector<std::string> data;
  std::vector<std::string> inputs;  // "NAME=COLUMN"
  std::string target;               // "COLUMN" or "OUTPUT=COLUMN"
  std::vector<std::string> metrics;
  int64_t batch = 64;
};
struct PredictCommand {
  CommonOptions common;
  std::string model, out, of;
  std::vector<std::string> data;
  std::vector<std::string> inputs;  // "NAME=COLUMN"
  int64_t batch = 64;
};
struct GradientCommand {
  CommonOptions common;
  std::string model, out, of;
  std::vector<std::string> withRespectTo;
  bool cotangent = false;
  int opset = 0;
};
struct ZooCommand {
  std::string name, out;
  uint64_t seed = 0;
};

// Each gives the exit code, or throws Failure.
int runCommand(const RunOptions &options);
int compileCommand(const CompileCommand &options);
int checkCommand(const CheckOptions &options);
int benchCommand(const BenchOptions &options);
int inspectCommand(const InspectOptions &options);
int diffCommand(const DiffOptions &options);
int gradientCommand(const GradientCommand &options);
int trainCommand(const TrainCommand &options);
int evaluateCommand(const EvaluateCommand &options);
int predictCommand(const PredictCommand &options);
int opsCommand(const OpsOptions &options);
int zooCommand(const ZooCommand &options);

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_COMMANDS_H
