// Host programs without control flow: buffers, sizes, weights, faults.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runtime/include/plexus_rt.h"
#include "tests/unit/compiler/host/host_harness.h"

namespace plx {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kVector[] = "tensor<?xf32, #plx.dims<[n]>>";

std::string replaced(std::string text) {
  for (size_t at; (at = text.find("$V")) != std::string::npos;) text.replace(at, 2, kVector);
  return text;
}

TEST(HostStraight, RunsLaunchesAtSymbolicSizes) {
  auto program = compileHost(replaced(R"mlir(
func.func @main(%x: $V {plx.name = "x"}) -> ($V {plx.name = "y"}) {
  %t = plx.launch @twice [n] (%x) {nodes = "/t(Mul)"} : ($V) -> $V
  %u = plx.launch @twice [n] (%t) : ($V) -> $V
  %v = plx.launch @add [n] (%t, %u) {nodes = "/a(Add), /b(Add)"} : ($V, $V) -> $V
  %y = plx.launch @add [n] (%v, %x) : ($V, $V) -> $V
  return %y : $V
})mlir"));
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_EQ(program->info.arenaBytes, -1);
  EXPECT_EQ(program->info.scratchBytes, 4096u);
  ASSERT_EQ(program->info.kernels.size(), 4u);
  EXPECT_EQ(program->info.kernels[0].name, "plx_k_twice");
  EXPECT_EQ(program->info.kernels[0].nodes, "/t(Mul)");
  Runner runner(*program);
  for (int n : {3, 1, 100, 0, 7}) {
    std::vector<float> x, expected;
    for (int i = 0; i < n; ++i) x.push_back(i), expected.push_back(7.0f * i);
    auto result = runner.run({floats({n}, x)});
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ((*result)[0], floats({n}, expected));
  }
}

TEST(HostStraight, ReadsWeightsAndConstants) {
  auto program = compileHost(R"mlir(
func.func @main(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<2xi64>) {
  %w = plx.parameter "w" : tensor<3xf32>
  %c = plx.constant dense<[1.0, 2.0, 3.0]> : tensor<3xf32>
  %i = plx.constant dense<[5, -6]> : tensor<2xi64>
  %t = plx.launch @add [3] (%x, %w) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %y = plx.launch @add [3] (%t, %c) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %y, %i : tensor<3xf32>, tensor<2xi64>
})mlir",
                             {{"w", {10, 20, 30}}});
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_EQ(program->info.arenaBytes, 64);
  Runner runner(*program);
  auto result = runner.run({floats({3}, {100, 200, 300})});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(*result, ElementsAre(floats({3}, {111, 222, 333}), ints({2}, {5, -6})));
}

TEST(HostStraight, BindsValuesAndCopiesAliases) {
  auto program = compileHost(R"mlir(
func.func @main(%x: tensor<?xf32, #plx.dims<[n]>>, %v: tensor<2xi64>)
    -> (tensor<?x?xf32, #plx.dims<[a, b]>>, tensor<2xi64>) {
  plx.bind %v ["a", "b"] [1, 0] : tensor<2xi64>
  %r = plx.rebind %x : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[a * b]>> loc("/r(Reshape)")
  %y = plx.reshape %r : (tensor<?xf32, #plx.dims<[a * b]>>) -> tensor<?x?xf32, #plx.dims<[a, b]>>
  %d = plx.dims [n, b - 7] : tensor<2xi64>
  return %y, %d : tensor<?x?xf32, #plx.dims<[a, b]>>, tensor<2xi64>
})mlir");
  ASSERT_TRUE(program.ok()) << program.status();
  Runner runner(*program);
  auto result = runner.run({floats({6}, {1, 2, 3, 4, 5, 6}), ints({2}, {2, 3})});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(*result, ElementsAre(floats({2, 3}, {1, 2, 3, 4, 5, 6}), ints({2}, {6, -4})));
  EXPECT_EQ(runner.run({floats({6}, {1, 2, 3, 4, 5, 6}), ints({2}, {2, 4})}).status().message(),
            "model 'm', node '/r' (Reshape): dim 0 is 6 by `n` but 8 by `a*b`");
  EXPECT_THAT(std::string(runner.run({floats({0}, {}), ints({2}, {0, 4})}).status().message()),
              HasSubstr("dim 'a' is 0: expected at least 1"));
  EXPECT_THAT(
      std::string(runner.run({floats({2}, {1, 2}), ints({2}, {int64_t{1} << 40, int64_t{1} << 40})})
                      .status()
                      .message()),
      HasSubstr("does not fit 63 bits"));
}

TEST(HostStraight, SizesThatKernelsFind) {
  auto program = compileHost(R"mlir(
func.func @main(%x: tensor<?xf32, #plx.dims<[n]>>)
    -> (tensor<?xi64, #plx.dims<[k]>>, tensor<?xf32, #plx.dims<[n]>>) {
  %r, %c = plx.launch @find [n] (%x) {bounds = [#plx.dims<[n]>, #plx.dims<[]>], counts = [{result = 1, symbol = "k", lower = 0}]}
      : (tensor<?xf32, #plx.dims<[n]>>) -> (tensor<?xi64, #plx.dims<[k]>>, tensor<i64>)
  %y = plx.launch @twice [n] (%x) : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>>
  return %r, %y : tensor<?xi64, #plx.dims<[k]>>, tensor<?xf32, #plx.dims<[n]>>
})mlir");
  ASSERT_TRUE(program.ok()) << program.status();
  Runner runner(*program);
  auto result = runner.run({floats({5}, {1, 0, -1, 3, 2})});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(*result, ElementsAre(ints({3}, {0, 3, 4}), floats({5}, {2, 0, -2, 6, 4})));
}

TEST(HostStraight, FaultsInKernelsNameTheirNode) {
  auto program = compileHost(replaced(R"mlir(
func.func @main(%x: $V) -> $V {
  %t = plx.launch @twice [n] (%x) {nodes = "/t(Mul)"} : ($V) -> $V
  %y = plx.launch @broken [n] (%t) {nodes = "/g(Gather)"} : ($V) -> $V
  return %y : $V
})mlir"));
  ASSERT_TRUE(program.ok()) << program.status();
  Runner runner(*program);
  EXPECT_EQ(runner.run({floats({2}, {1, 2})}).status().message(),
            "model 'm', node '/g' (Gather): index 7 is out of range: expected 0 to 3");
}

TEST(HostStraight, NegativeSizesAreRefusedAtTheirNode) {
  auto program = compileHost(R"mlir(
func.func @main(%x: tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n - 5]>> {
  %t = plx.launch @twice [n - 5] (%x) : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n - 5]>> loc("/s(Slice)")
  %y = plx.launch @twice [n - 5] (%t) : (tensor<?xf32, #plx.dims<[n - 5]>>) -> tensor<?xf32, #plx.dims<[n - 5]>>
  return %y : tensor<?xf32, #plx.dims<[n - 5]>>
})mlir");
  ASSERT_TRUE(program.ok()) << program.status();
  Runner runner(*program);
  EXPECT_EQ(runner.run({floats({2}, {1, 2})}).status().message(),
            "model 'm', node '/s' (Slice): size -3 of axis 0 is negative");
  auto result = runner.run({floats({6}, {1, 2, 3, 4, 5, 6})});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ((*result)[0], floats({1}, {4}));
}

}  // namespace
}  // namespace plx
