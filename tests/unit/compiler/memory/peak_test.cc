#include "compiler/memory/Peak.h"

#include <gtest/gtest.h>

#include "compiler/memory/Passes.h"
#include "ir/Dialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

namespace plx {
namespace {

// a (n floats) meets b (2 n floats), b meets c (n floats); a fixed one of 64 bytes meets a.
constexpr char kProgram[] = R"mlir(
plx.program @main ["x"] [tensor<?xf32, #plx.dims<[n]>>] -> [] [] {
  %x = plx.input 0
  %s = plx.alloc [3] x 4
  %a = plx.alloc [n] x 4
  plx.run @k [n] (%x, %s, %a)
  %b = plx.alloc [2 * n] x 4
  plx.run @k [n] (%a, %b)
  %c = plx.alloc [n] x 4
  plx.run @k [n] (%b, %c)
})mlir";

TEST(PlannedBytes, FollowsTheSizes) {
  mlir::DialectRegistry registry;
  registry.insert<PlxDialect, mlir::scf::SCFDialect>();
  mlir::MLIRContext context(registry);
  mlir::OwningOpRef<mlir::ModuleOp> module =
      mlir::parseSourceString<mlir::ModuleOp>(kProgram, &context);
  ASSERT_TRUE(module);
  mlir::PassManager passes(&context);
  passes.addPass(createPlanMemoryPass());
  ASSERT_TRUE(succeeded(passes.run(*module)));
  ProgramOp program = *module->getOps<ProgramOp>().begin();
  auto at = [&](int64_t n) { return plannedBytes(program, [&](DimAtom) { return n; }); };
  EXPECT_EQ(at(0), 64);
  // b at the bottom (it does not meet the fixed one), then a and c in one place.
  EXPECT_EQ(at(160), 3 * 640);
  EXPECT_EQ(at(1), 128);
  EXPECT_EQ(at(-1), std::nullopt);
  EXPECT_EQ(at(INT64_MAX / 4), std::nullopt);
  EXPECT_EQ(plannedBytes(program, [](DimAtom) { return std::nullopt; }), std::nullopt);
}

}  // namespace
}  // namespace plx
