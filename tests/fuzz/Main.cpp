// plexus-fuzz: random programs, compiled code against the reference evaluator.
//
//   plexus-fuzz [--seed N] [--count N] [--seconds N] [--out FOLDER] [--print] [--gradient]
//               [FILE.mlir ...]
//
// Programs of seeds N, N + 1, ...: at most `count` of them, for at most `seconds`. One that fails
// is printed, made small, and written to FOLDER/fuzz-SEED.mlir, which given as FILE runs again.
// With --gradient programs also give the gradient of their float results by their float inputs;
// those without derivative are skipped. With --print programs are written to standard output and
// not run. The last line is `N passed, N failed, N skipped`; skipped are programs with ops the
// compiler refuses.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "ir/Dialect.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "tests/fuzz/Generator.h"
#include "tests/fuzz/Gradient.h"
#include "tests/fuzz/Run.h"
#include "tests/fuzz/Shrink.h"

namespace {

using namespace plx::fuzz;

struct Options {
  uint64_t seed = 1, count = 100;
  double seconds = 1e9;
  std::string out = ".";
  bool print = false, gradient = false;
  std::vector<std::string> files;
};

int usage() {
  std::fprintf(stderr,
               "usage: plexus-fuzz [--seed N] [--count N] [--seconds N] [--out FOLDER] [--print] "
               "[--gradient] [FILE.mlir ...]\n");
  return 2;
}

bool parse(int argc, char **argv, Options &options) {
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (word == "--print") {
      options.print = true;
    } else if (word == "--gradient") {
      options.gradient = true;
    } else if (word.rfind("--", 0) != 0) {
      options.files.push_back(word);
    } else {
      if (++i == argc) return false;
      char *end = nullptr;
      if (word == "--out") {
        options.out = argv[i];
        continue;
      }
      if (word == "--seed")
        options.seed = std::strtoull(argv[i], &end, 10);
      else if (word == "--count")
        options.count = std::strtoull(argv[i], &end, 10);
      else if (word == "--seconds")
        options.seconds = std::strtod(argv[i], &end);
      if (!end || *end || end == argv[i]) return false;
    }
  }
  return true;
}

struct Figures {
  uint64_t passed = 0, failed = 0, skipped = 0;
};

void report(mlir::ModuleOp module, const std::string &name, const Outcome &outcome,
            const Options &options) {
  std::printf("%s failed: %s\n%s", name.c_str(), outcome.what.c_str(), textOf(module).c_str());
  std::fflush(stdout);
  Shrunk small = shrink(module);
  std::string path = options.out + "/fuzz-" + name + ".mlir", text = textOf(*small.module);
  std::ofstream(path) << "// " << small.what.substr(0, small.what.find('\n')) << "\n" << text;
  std::printf("first op that differs: %s\nmade small: %s\n%swritten to %s\n",
              small.firstOp.empty() ? "none alone" : small.firstOp.c_str(), small.what.c_str(),
              text.c_str(), path.c_str());
  std::fflush(stdout);
}

void run(mlir::ModuleOp module, const std::string &name, const Options &options, Figures &figures) {
  Outcome outcome = runGuarded(module);
  switch (outcome.verdict) {
    case Verdict::Passed:
      ++figures.passed;
      break;
    case Verdict::Refused:
      ++figures.skipped;
      break;
    case Verdict::Invalid:  // the generator is wrong
      std::printf("%s is no case: %s\n%s", name.c_str(), outcome.what.c_str(),
                  textOf(module).c_str());
      ++figures.failed;
      break;
    case Verdict::Failed:
      ++figures.failed;
      report(module, name, outcome, options);
  }
}

}  // namespace

int main(int argc, char **argv) {
  Options options;
  if (!parse(argc, argv, options)) return usage();
  Figures figures;
  auto start = std::chrono::steady_clock::now();
  auto secondsGone = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  auto newContext = [] {
    auto context = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
    context->loadDialect<plx::PlxDialect, mlir::func::FuncDialect>();
    return context;
  };
  for (const std::string &file : options.files) {
    auto context = newContext();
    auto module = mlir::parseSourceFile<mlir::ModuleOp>(file, context.get());
    if (!module) return 1;
    run(*module, llvm::StringRef(file).rsplit('/').second.str() + ".again", options, figures);
  }
  std::unique_ptr<mlir::MLIRContext> context;
  uint64_t count = options.files.empty() ? options.count : 0;
  for (uint64_t i = 0; i < count && secondsGone() < options.seconds; ++i) {
    if (i % 64 == 0) context = newContext();  // attributes live as long as their context
    auto module = Generator(context.get(), options.seed + i).generate();
    if (options.gradient && failed(appendGradient(*module))) {
      ++figures.skipped;
      continue;
    }
    if (options.print)
      std::printf("// seed %llu\n%s", static_cast<unsigned long long>(options.seed + i),
                  textOf(*module).c_str());
    else
      run(*module, std::to_string(options.seed + i), options, figures);
  }
  std::printf("%llu passed, %llu failed, %llu skipped\n",
              static_cast<unsigned long long>(figures.passed),
              static_cast<unsigned long long>(figures.failed),
              static_cast<unsigned long long>(figures.skipped));
  return figures.failed > 0;
}
