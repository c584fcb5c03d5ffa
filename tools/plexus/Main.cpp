// plexus: the command line. What can be written on it is said here and nowhere else.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "runtime/include/plexus_rt.h"
#include "tools/plexus/Commands.h"
#include "tools/plexus/ConfigFile.h"
#include "tools/plexus/Failure.h"

namespace plx {
namespace {

void addCommon(CLI::App *command, CommonOptions &common) {
  command->add_option("--device", common.device, "where it runs: cpu, cuda, or reference")
      ->check([](const std::string &device) {
        for (const char *known : {"cpu", "cuda", "cuda-emulated", "reference"})
          if (device == known) return std::string();
        return "'" + device + "' is no device; there are cpu, cuda and reference";
      });
  command->add_option("--threads", common.threads, "0: all CPUs")->check(CLI::Range(0, 1024));
  command->add_option("--seed", common.seed, "of random inputs and unseeded random nodes");
  command->add_option("--dim", common.dims, "NAME=SIZE, the size of a symbolic dim");
  command
      ->add_option("--functions", common.functions,
                   "shared library of C functions for the model's own operators")
      ->each([](const std::string &library) {
        plx_error error;
        if (plx_open_host_functions(library.c_str(), &error) != PLX_OK)
          throw Failure(error.message);
      });
  command->add_flag("--no-cache", common.noCache, "neither read nor write the compile cache");
  command->add_option("--cache-dir", common.cacheDir,
                      "folder of the compile cache instead of $XDG_CACHE_HOME/plexus");
  command->add_flag("--fast-math", common.fastMath, "let floats be reassociated");
  command->add_flag("--tf32", common.tf32, "let a CUDA device multiply f32 as tf32, of 11 bits");
  command->add_flag("--verify-after-all", common.verifyAfterAll, "verify after every pass")
      ->group("Compiler");
  command->add_option("--print-after", common.printAfter, "passes to print after: a,b or all")
      ->group("Compiler");
  command->add_option("--save-temps", common.saveTemps, "folder for the text of every stage")
      ->group("Compiler");
}

/// One file a time: what follows may be the model.
CLI::Option *addData(CLI::App *command, std::vector<std::string> &data) {
  return command
      ->add_option(
          "--data", data,
          "file of named columns: .npz, .safetensors, .csv, IDX, CIFAR-10's .bin; again for "
          "more rows, or for the labels")
      ->allow_extra_args(false)
      ->required();
}

CLI::App *addRun(CLI::App &app, RunOptions &options) {
  CLI::App *command = app.add_subcommand("run", "Compile (or load) a model and run it once");
  command->add_option("MODEL", options.model, "model, or a library made by compile")->required();
  command->add_option("--input", options.inputs, "NAME=FILE, or NAME=random, zeros, ones");
  command->add_option("--output-dir", options.outputDir, "folder for each output's .npy");
  command->add_option("--trace", options.trace, "file for a Chrome trace of the run");
  addCommon(command, options.common);
  return command;
}

CLI::App *addCompile(CLI::App &app, CompileCommand &options) {
  CLI::App *command = app.add_subcommand("compile", "Compile a model ahead of time");
  command->add_option("MODEL", options.model)->required();
  command
      ->add_option("-o,--output", options.out,
                   "OUT.so, OUT.o, OUT.onnx, an executable; of kernels a folder")
      ->required();
  command->add_option("--emit", options.emit, "instead of by OUT's ending")
      ->check(CLI::IsMember(
          {"exe", "so", "obj", "onnx", "mlir", "llvm", "asm", "cuda", "ptx", "cubin"}));
  command->add_option("--opset", options.opset, "of a model written as ONNX");
  command->add_option("--target", options.target, "LLVM triple");
  command->add_option("--cpu", options.cpu,
                      "LLVM's CPU name, default: this machine's; or sm_80,sm_90 for --device cuda");
  command->add_option("--features", options.features, "further features: +avx2,-fma");
  command->add_option("--runtime", options.runtime, "static: inside; shared: libplexus_rt.so")
      ->check(CLI::IsMember({"static", "shared"}));
  addCommon(command, options.common);
  return command;
}

CLI::App *addCheck(CLI::App &app, CheckOptions &options) {
  CLI::App *command = app.add_subcommand("check", "Run test cases and compare their outputs");
  command->add_option("PATH", options.paths, "folders with cases, or .mlir value tests")
      ->required();
  command->add_option("--jobs", options.jobs, "cases at once")->check(CLI::Range(1, 1024));
  command->add_option("--timeout", options.timeoutSeconds, "seconds a case may take")
      ->check(CLI::PositiveNumber);
  command->add_option("--filter", options.filter, "cases whose name matches REGEX alone");
  command->add_option("--json", options.json, "file for the results, - for stdout");
  command->add_flag("--symbolic", options.symbolic, "make every dim of every input a symbol");
  command->add_flag("--gradient", options.gradient,
                    "hold derivatives against differences instead, in f64");
  addCommon(command, options.common);
  return command;
}

CLI::App *addBench(CLI::App &app, BenchOptions &options) {
  CLI::App *command = app.add_subcommand("bench", "Measure loading, latency and memory");
  command->add_option("MODEL", options.model)->required();
  command->add_option("--input", options.inputs, "NAME=FILE, or NAME=random, zeros, ones");
  command->add_option("--seconds", options.seconds, "of measuring latency")
      ->check(CLI::PositiveNumber);
  command->add_option("--json", options.json, "file for the figures, - for stdout");
  command->add_flag("--op-profile", options.opProfile, "time of each kernel");
  addCommon(command, options.common);
  return command;
}

CLI::App *addInspect(CLI::App &app, InspectOptions &options) {
  CLI::App *command = app.add_subcommand("inspect", "Say what a model or compiled library holds");
  command->add_option("MODEL", options.model)->required();
  command->add_option("--json", options.json, "file for the figures, - for stdout");
  command->add_option("--html", options.html, "file for a page of it");
  addCommon(command, options.common);
  return command;
}

CLI::App *addDiff(CLI::App &app, DiffOptions &options) {
  CLI::App *command =
      app.add_subcommand("diff", "Compare a device with the reference evaluator, op by op");
  command->add_option("MODEL", options.model)->required();
  command->add_option("--input", options.inputs, "NAME=FILE, or NAME=random, zeros, ones");
  command->add_option("--rtol", options.rtol, "relative tolerance");
  command->add_option("--atol", options.atol, "absolute tolerance");
  addCommon(command, options.common);
  return command;
}

CLI::App *addGradient(CLI::App &app, GradientCommand &options) {
  CLI::App *command = app.add_subcommand("gradient", "Write a model's gradient graph as ONNX");
  command->add_option("MODEL", options.model)->required();
  command->add_option("-o,--output", options.out, "GRADIENT.onnx")->required();
  command->add_option("--of", options.of, "output that is differentiated; default: the first");
  command
      ->add_option("--with-respect-to", options.withRespectTo,
                   "inputs and initializers, a,b,...; default: every weight")
      ->delimiter(',');
  command->add_flag("--cotangent", options.cotangent,
                    "make the weights of the output's elements an input, ct.OUTPUT");
  command->add_option("--opset", options.opset, "of the model written");
  addCommon(command, options.common);
  return command;
}

void addTrainLoop(CLI::App *command, TrainCommand &options) {
  command->add_option("--epochs", options.epochs, "times the data are gone through")
      ->check(CLI::PositiveNumber);
  command->add_option("--steps", options.steps, "updates, instead of epochs")
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--batch", options.batch,
                   "rows of a step, or of a part of it; default: the model's, or 32")
      ->check(CLI::PositiveNumber);
  command->add_option("--accumulate", options.accumulate, "parts whose gradients make a step")
      ->check(CLI::PositiveNumber);
  command->add_flag("--no-shuffle", options.noShuffle, "take the rows in their order");
  command->add_option("--log", options.log, "CSV: a row a step");
  command->add_option("--tensorboard", options.tensorboard, "folder of an event file");
  command->add_option("--plot", options.plot, "FILE.svg: the loss over the steps");
  command->add_option("--memory-limit", options.memoryLimit,
                      "bytes a step may take; what does not fit is computed again");
  command->add_option("--profile", options.profile, "JSON: times of steps, memory");
  command->add_flag("--op-profile", options.opProfile, "time of each kernel into --profile");
  command->add_option("--checkpoint", options.checkpoint, "folder of checkpoints");
  command->add_option("--checkpoint-every", options.checkpointEvery, "steps; default: an epoch's")
      ->check(CLI::PositiveNumber);
  command->add_flag("--resume", options.resume, "go on from the last sound checkpoint");
}

void addOptimizer(CLI::App *command, TrainCommand &options) {
  command->add_option("--loss", options.loss, "cross_entropy, mse, ...")->required();
  command->add_option("--optimizer", options.optimizer,
                      "sgd, momentum, nesterov, adagrad, rmsprop, adam, adamw");
  command->add_option("--lr", options.rate, "learning rate")->check(CLI::NonNegativeNumber);
  command->add_option("--momentum", options.momentum, "of momentum and nesterov; default 0.9");
  command->add_option("--beta1", options.beta1, "of adam and adamw; default 0.9");
  command->add_option("--beta2", options.beta2, "of adam and adamw; default 0.999");
  command->add_option("--alpha", options.alpha, "of rmsprop; default 0.99");
  command->add_option("--epsilon", options.epsilon, "default 1e-8, of adagrad 1e-10");
  command->add_option("--weight-decay", options.weightDecay, "L2; of adamw decoupled");
  command->add_option("--l1", options.l1, "L1 penalty: g += l1 sign(p)");
  command->add_option("--l2", options.l2, "L2 penalty, coupled whatever the optimizer: g += l2 p");
  command->add_option("--group", options.groups,
                      "PATTERN:lr=0.1,weight-decay=0,...: what is different for parameters; the "
                      "first that matches counts");
  command->add_option("--clip-norm", options.clipNorm,
                      "most that the gradients' joint norm may be");
  command->add_option("--clip-value", options.clipValue, "most that a gradient's element may be");
  command->add_option("--schedule", options.schedule, "of the rate over all steps")
      ->check(CLI::IsMember({"constant", "step", "exponential", "cosine", "linear"}));
  command->add_option("--schedule-every", options.scheduleEvery, "steps of step and exponential");
  command->add_option("--schedule-factor", options.scheduleFactor, "of step and exponential");
  command->add_option("--warmup", options.warmup, "steps in which the rate rises to --lr");
}

void addValidation(CLI::App *command, TrainCommand &options) {
  command
      ->add_option("--validation", options.validation,
                   "file of the same columns, or the share of the rows to keep apart")
      ->allow_extra_args(false);
  command->add_option("--metrics", options.metrics, "accuracy,f1,mse,... of the validation's rows")
      ->delimiter(',');
  command->add_option("--validate-every", options.validateEvery, "steps; default: an epoch's")
      ->check(CLI::PositiveNumber);
  command->add_option("--monitor", options.monitor,
                      "loss or a metric: the weights written are the best by it");
  command
      ->add_option("--patience", options.patience,
                   "stop after so many evaluations that were no better")
      ->check(CLI::PositiveNumber);
}

CLI::App *addTrain(CLI::App &app, TrainCommand &options) {
  CLI::App *command = app.add_subcommand("train", "Train or fine-tune an ONNX model");
  command->add_option("MODEL", options.model)->required();
  CLI::Option *data = addData(command, options.data)->required(false);
  command->add_option("--input", options.inputs,
                      "NAME=COLUMN, or NAME=COLUMN/255; default: the column of that name");
  command->add_option("--target", options.target, "COLUMN, or OUTPUT=COLUMN");
  command->add_option("-o,--output", options.out, "file of the trained model");
  CLI::Option *emit =
      command
          ->add_option(
              "--emit-step", options.emitStep,
              "STEP.so: instead of training, a compiled step for C programs (plexus_train.h); "
              "STEP.so.training beside it")
          ->excludes(data);
  command
      ->add_option("--cpu", options.cpu,
                   "of --emit-step: LLVM's CPU name, or sm_80,sm_90 for --device cuda; default: "
                   "this machine's")
      ->needs(emit);
  command->add_option("--train-mode", options.trainMode, "auto: normalization and dropout train")
      ->check(CLI::IsMember({"auto", "as-is"}));
  command->add_option("--freeze", options.frozen, "globs of parameters that stay as they are");
  command->add_flag("--keep-tied", options.keepTied, "an Identity of a weight is that weight");
  addOptimizer(command, options);
  addTrainLoop(command, options);
  addValidation(command, options);
  command->add_option("--config", options.config, "TOML file of these options");
  addCommon(command, options.common);
  return command;
}

CLI::App *addOps(CLI::App &app, OpsOptions &options) {
  CLI::App *command = app.add_subcommand("ops", "List the ONNX operators that models may use");
  command->add_flag("--markdown", options.markdown, "as a table in Markdown");
  return command;
}

CLI::App *addZoo(CLI::App &app, ZooCommand &options) {
  CLI::App *command =
      app.add_subcommand("zoo", "List architectures, or write one as ONNX to be trained");
  CLI::Option *name = command->add_option("NAME", options.name, "default: list them all");
  CLI::Option *out = command->add_option("-o,--output", options.out, "file of the model");
  command->add_option("--seed", options.seed, "of its initial weights")->needs(name);
  name->needs(out);
  out->needs(name);
  return command;
}

CLI::App *addEvaluate(CLI::App &app, EvaluateCommand &options) {
  CLI::App *command = app.add_subcommand("evaluate", "Say how good a model's predictions are");
  command->add_option("MODEL", options.model)->required();
  addData(command, options.data);
  command->add_option("--input", options.inputs,
                      "NAME=COLUMN, or NAME=COLUMN/255; default: the column of that name");
  command->add_option("--target", options.target, "COLUMN, or OUTPUT=COLUMN")->required();
  command->add_option("--metrics", options.metrics, "accuracy,f1,mse,...")
      ->delimiter(',')
      ->required();
  command->add_option("--batch", options.batch, "rows of a run")->check(CLI::PositiveNumber);
  command->add_option("--json", options.json, "file for the figures, - for stdout");
  addCommon(command, options.common);
  return command;
}

CLI::App *addPredict(CLI::App &app, PredictCommand &options) {
  CLI::App *command = app.add_subcommand("predict", "Write a model's predictions");
  command->add_option("MODEL", options.model)->required();
  addData(command, options.data);
  command->add_option("--input", options.inputs,
                      "NAME=COLUMN, or NAME=COLUMN/255; default: the column of that name");
  command->add_option("-o,--output", options.out, "FILE.csv or FILE.npz")->required();
  command->add_option("--of", options.of, "which output; default: the first");
  command->add_option("--batch", options.batch, "rows of a run")->check(CLI::PositiveNumber);
  addCommon(command, options.common);
  return command;
}

/// CLI11's own exit codes are many; the contract knows 0 and 2 here.
int usage(const CLI::App &app, const CLI::ParseError &error) {
  bool isHelp = error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);
  if (isHelp) {
    app.exit(error);
    return kDone;
  }
  fprintf(stderr, "error: %s\nTry --help.\n", error.what());
  return kWrongUsage;
}

int run(int argc, char **argv) {
  CLI::App app("Plexus: a neural-network graph compiler", "plexus");
  app.set_version_flag("--version", std::string("plexus ") + plx_version());
  app.require_subcommand(1);
  RunOptions runOptions;
  CompileCommand compileOptions;
  CheckOptions checkOptions;
  BenchOptions benchOptions;
  InspectOptions inspectOptions;
  DiffOptions diffOptions;
  OpsOptions opsOptions;
  GradientCommand gradientOptions;
  TrainCommand trainOptions;
  EvaluateCommand evaluateOptions;
  PredictCommand predictOptions;
  ZooCommand zooOptions;
  CLI::App *runApp = addRun(app, runOptions), *compileApp = addCompile(app, compileOptions),
           *checkApp = addCheck(app, checkOptions), *benchApp = addBench(app, benchOptions),
           *inspectApp = addInspect(app, inspectOptions), *opsApp = addOps(app, opsOptions),
           *gradientApp = addGradient(app, gradientOptions),
           *trainApp = addTrain(app, trainOptions),
           *evaluateApp = addEvaluate(app, evaluateOptions),
           *predictApp = addPredict(app, predictOptions), *zooApp = addZoo(app, zooOptions);
  addDiff(app, diffOptions);
  try {
    std::vector<std::string> arguments =
        withConfig(*trainApp, std::vector<std::string>(argv + 1, argv + argc));
    std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the end
    app.parse(arguments);
  } catch (const CLI::ParseError &error) {
    return usage(app, error);
  }
  if (runApp->parsed()) return runCommand(runOptions);
  if (compileApp->parsed()) return compileCommand(compileOptions);
  if (checkApp->parsed()) return checkCommand(checkOptions);
  if (benchApp->parsed()) return benchCommand(benchOptions);
  if (inspectApp->parsed()) return inspectCommand(inspectOptions);
  if (gradientApp->parsed()) return gradientCommand(gradientOptions);
  if (trainApp->parsed()) return trainCommand(trainOptions);
  if (evaluateApp->parsed()) return evaluateCommand(evaluateOptions);
  if (predictApp->parsed()) return predictCommand(predictOptions);
  if (opsApp->parsed()) return opsCommand(opsOptions);
  if (zooApp->parsed()) return zooCommand(zooOptions);
  return diffCommand(diffOptions);
}

}  // namespace
}  // namespace plx

int main(int argc, char **argv) {
  try {
    return plx::run(argc, argv);
  } catch (const plx::Failure &failure) {
    fflush(stdout);
    fprintf(stderr, "error: %s\n", failure.what());
    return failure.code;
  } catch (const std::bad_alloc &) {
    fprintf(stderr, "error: no memory\n");
    return plx::kWorkFailed;
  } catch (const std::exception &exception) {
    fprintf(stderr, "error: %s\n", exception.what());
    return plx::kWorkFailed;
  }
}
