// run-values FILE...: runs every function of *-values.mlir files on the reference evaluator
// (ir/eval/ValueTests.h says what they look like). Exit status 1, and a line for each, when some
// are not as expected.
#include "ir/Dialect.h"
#include "ir/eval/ValueTests.h"
#include "llvm/Support/raw_ostream.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"

/// Number of tests run; failures are counted into `failures`. Nothing for a file that does not
/// parse.
static std::optional<size_t> runFile(const char *path, size_t &failures) {
  mlir::MLIRContext context;
  context.loadDialect<plx::PlxDialect, mlir::func::FuncDialect>();
  mlir::OwningOpRef<mlir::ModuleOp> module = mlir::parseSourceFile<mlir::ModuleOp>(path, &context);
  if (!module) return std::nullopt;
  auto tests = plx::eval::valueTestsOf(*module);
  if (failed(tests)) return std::nullopt;
  plx::eval::Executor execute = plx::eval::referenceExecutor(*module);
  for (const plx::eval::ValueTest &test : *tests) {
    std::string wrong = plx::eval::runValueTest(test, execute);
    if (wrong.empty()) continue;
    llvm::errs() << path << ": " << wrong << "\n";
    ++failures;
  }
  return tests->size();
}

int main(int argc, char **argv) {
  size_t run = 0, failures = 0;
  for (int i = 1; i < argc; ++i) {
    std::optional<size_t> count = runFile(argv[i], failures);
    if (!count) return 1;
    if (*count == 0) {
      llvm::errs() << argv[i] << ": no function has `plx.expect` or `plx.fails`\n";
      return 1;
    }
    run += *count;
  }
  llvm::outs() << run - failures << " passed, " << failures << " failed\n";
  return failures == 0 && run > 0 ? 0 : 1;
}
