// onnx-reference [--timeout SECONDS] [--import-only] [--dump] FOLDER...: imports each case and runs
// it on the reference evaluator. A line a case: "pass", "pass-known" (values of integer inputs had
// to be compiled in), "fail" or "crash", then the folder and why. Each case runs in a process of
// its own. Exit status: 0 if all pass.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "frontends/onnx/Import.h"
#include "ir/eval/Evaluator.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tests/conformance/reference/Case.h"

namespace {

using plx::eval::Value;
struct Options {
  unsigned timeout = 60;
  bool importOnly = false, dump = false;
};

std::string runSets(plx::ImportedModule &imported,
                    const std::vector<plx::conformance::DataSet> &sets,
                    const plx::conformance::Tolerance &tolerance) {
  plx::eval::Evaluator evaluator(*imported.module);
  evaluator.setParameterSource([&](llvm::StringRef name,
                                   mlir::Operation *) -> mlir::FailureOr<plx::eval::Tensor> {
    for (const plx::ImportedWeight &weight : imported.weights)
      if (weight.name == name)
        return plx::eval::Tensor::fromBytes(weight.type.getElementType(), weight.type.getShape(),
                                            {weight.data(), weight.byteLength});
    return mlir::failure();
  });
  auto main = imported.module->lookupSymbol<mlir::func::FuncOp>("main");
  for (const auto &set : sets) {
    llvm::SmallVector<Value> inputs(set.inputs.begin(), set.inputs.end());
    // Some cases give one element as [1] to an input that is a scalar.
    for (auto [input, type] : llvm::zip(inputs, main.getArgumentTypes()))
      if (auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
          tensor && tensor.getRank() == 0)
        if (input.tensor().numElements() == 1) input = input.tensor().withShape({});
    auto results = evaluator.run("main", inputs);
    if (failed(results)) return evaluator.error();
    for (size_t i = 0; i < set.outputs.size(); ++i) {
      double atol = tolerance.atol[std::min(i, tolerance.atol.size() - 1)];
      std::string difference =
          plx::conformance::compare((*results)[i], set.outputs[i], tolerance.rtol, atol);
      if (!difference.empty()) return "output " + std::to_string(i) + ": " + difference;
    }
  }
  return "";
}

int runCase(const std::string &folder, const Options &options, std::string &why) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  plx::ImportOptions import;
  import.name = "model";
  auto start = std::chrono::steady_clock::now();
  auto imported = plx::importOnnxFile(context, folder + "/model.onnx", import);
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  if (options.importOnly) {
    why = imported.ok() ? std::to_string(seconds) + " s" : std::string(imported.status().message());
    if (imported.ok() && options.dump) imported->module->print(llvm::outs());
    return imported.ok() ? 0 : 2;
  }
  auto sets = plx::conformance::readDataSets(&context, folder);
  bool known = false;
  // First small integer inputs are compiled in, then small floats too.
  for (bool floats : {false, true}) {
    if (imported.ok() || sets.empty() ||
        imported.status().message().find("must be known") == absl::string_view::npos)
      break;
    auto names = plx::conformance::inputNames(folder);
    import.knownInputs.clear();
    for (size_t i = 0; i < names.size() && i < sets[0].inputs.size(); ++i) {
      const auto *tensor = std::get_if<plx::eval::Tensor>(&sets[0].inputs[i].is);
      if (!tensor || tensor->rank() > 1 || tensor->numElements() > 64) continue;
      if (tensor->isInt() || (floats && tensor->isFloat()))
        import.knownInputs.push_back({names[i], tensor->toAttr()});
    }
    imported = plx::importOnnxFile(context, folder + "/model.onnx", import);
    known = true;
  }
  if (!imported.ok()) {
    why = std::string(imported.status().message());
    return 2;
  }
  if (options.dump) imported->module->print(llvm::outs());
  why = runSets(*imported, sets, plx::conformance::readTolerance(folder));
  if (!why.empty()) return 2;
  return known ? 1 : 0;
}

int child(const std::string &folder, const Options &options) {
  std::string why;
  int code = 2;
  try {
    code = runCase(folder, options, why);
  } catch (const std::exception &error) {
    why = std::string("exception: ") + error.what();
  }
  static const char *const kWords[] = {"pass", "pass-known", "fail"};
  for (char &l : why)
    if (l == '\n') l = ' ';
  std::cout << kWords[code] << ' ' << folder << ' ' << why << std::endl;
  return code;
}

}  // namespace

int main(int argc, char **argv) {
  Options options;
  int counts[4] = {0, 0, 0, 0};
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    if (argument == "--timeout" && i + 1 < argc) {
      options.timeout = std::atoi(argv[++i]);
      continue;
    }
    if (argument == "--import-only" || argument == "--dump") {
      (argument == "--dump" ? options.dump : options.importOnly) = true;
      continue;
    }
    pid_t pid = fork();
    if (pid == 0) {
      alarm(options.timeout);
      _exit(child(argument, options));
    }
    int status = 0;
    waitpid(pid, &status, 0);
    int code = WIFEXITED(status) && WEXITSTATUS(status) < 3 ? WEXITSTATUS(status) : 3;
    if (code == 3)
      std::cout << "crash " << argument
                << (WIFSIGNALED(status) ? " signal " + std::to_string(WTERMSIG(status)) : "")
                << std::endl;
    ++counts[code];
  }
  std::cout << counts[0] + counts[1] << " pass (" << counts[1] << " with known inputs), "
            << counts[2] << " fail, " << counts[3] << " crash" << std::endl;
  return counts[2] + counts[3] == 0 ? 0 : 1;
}
