// Long programs: compile time grows with their length, not with its square.
#include <gtest/gtest.h>

#include <chrono>

#include "tests/unit/compiler/host/host_harness.h"

namespace plx {
namespace {

/// y = x + launches * c by a chain of launches, each of which reads what was made `reach` launches
/// before as well.
std::string chain(int launches, bool isSymbolic) {
  std::string type = isSymbolic ? "tensor<?xf32, #plx.dims<[n]>>" : "tensor<8xf32>",
              size = isSymbolic ? "n" : "8";
  std::string text = "func.func @main(%v0: " + type + ", %c: " + type + ") -> " + type + " {\n";
  for (int i = 0; i < launches; ++i)
    text += "  %v" + std::to_string(i + 1) + " = plx.launch @add [" + size + "] (%v" +
            std::to_string(i) + ", %c) {nodes = \"/n" + std::to_string(i) + "(Add)\"} : (" + type +
            ", " + type + ") -> " + type + "\n";
  return text + "  return %v" + std::to_string(launches) + " : " + type + "\n}";
}

double secondsToCompile(int launches, bool isSymbolic) {
  std::string text = chain(launches, isSymbolic);
  auto begin = std::chrono::steady_clock::now();
  auto program = compileHost(text);
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  EXPECT_TRUE(program.ok()) << program.status();
  if (!program.ok()) return 0;
  EXPECT_EQ(program->info.kernels.size(), static_cast<size_t>(launches));
  Runner runner(*program);
  auto result =
      runner.run({floats({8}, std::vector<float>(8, 1)), floats({8}, std::vector<float>(8, 2))});
  EXPECT_TRUE(result.ok()) << result.status();
  if (result.ok()) EXPECT_EQ((*result)[0], floats({8}, std::vector<float>(8, 1 + 2.0f * launches)));
  return seconds;
}

TEST(HostScale, AThousandLaunches) {
  for (bool isSymbolic : {false, true}) {
    double small = secondsToCompile(250, isSymbolic), large = secondsToCompile(1000, isSymbolic);
    RecordProperty(isSymbolic ? "symbolic_1000" : "static_1000", std::to_string(large));
    // Four times the length: a square would cost 16 times.
    EXPECT_LT(large, 10 * small + 1) << small << " s for 250 launches";
    fprintf(stderr, "%s: %.3f s for 250, %.3f s for 1000\n", isSymbolic ? "symbolic" : "static",
            small, large);
  }
}

}  // namespace
}  // namespace plx
