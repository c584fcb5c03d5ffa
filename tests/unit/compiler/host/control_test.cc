// Host programs with branches and loops.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/compiler/host/host_harness.h"

namespace plx {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(HostControl, IfGivesTheSizesOfTheBranchTaken) {
  auto program = compileHost(R"mlir(
func.func @main(%x: tensor<?xf32, #plx.dims<[n]>>, %c: tensor<i64>)
    -> (tensor<?xf32, #plx.dims<[m]>>, tensor<2xi64>) {
  plx.bind %c ["c"] [-9] : tensor<i64>
  %zero = plx.constant dense<0.0> : tensor<f32>
  %sum = plx.launch @sum [n] (%x) : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<f32>
  %p = plx.launch @below [] (%zero, %sum) : (tensor<f32>, tensor<f32>) -> tensor<i1>
  %r = plx.if %p fresh ["m"] {
    %t = plx.launch @append [n] (%x) : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n + 1]>>
    plx.yield %t : tensor<?xf32, #plx.dims<[n + 1]>>
  } else {
    plx.yield %x : tensor<?xf32, #plx.dims<[n]>>
  } : (tensor<i1>) -> tensor<?xf32, #plx.dims<[m]>>
  %y = plx.launch @twice [m] (%r) : (tensor<?xf32, #plx.dims<[m]>>) -> tensor<?xf32, #plx.dims<[m]>>
  %d = plx.dims [m, c ge -9] : tensor<2xi64>
  return %y, %d : tensor<?xf32, #plx.dims<[m]>>, tensor<2xi64>
})mlir");
  ASSERT_TRUE(program.ok()) << program.status();
  Runner runner(*program);
  auto result = runner.run({floats({2}, {1, 2}), ints({}, {-4})});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(*result, ElementsAre(floats({3}, {2, 4, 4}), ints({2}, {3, -4})));
  result = runner.run({floats({3}, {1, 2, -9}), ints({}, {0})});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(*result, ElementsAre(floats({3}, {2, 4, -18}), ints({2}, {3, 0})));
}

// A state of fixed size, one that grows, one that stays, and outputs of all iterations; the trip
// count comes as a value.
constexpr char kLoop[] = R"mlir(
func.func @main(%x: tensor<3xf32>, %g: tensor<?xf32, #plx.dims<[n]>>, %trips: tensor<i64>, %limit: tensor<f32>)
    -> (tensor<3xf32>, tensor<?xf32, #plx.dims<[m]>>, tensor<?x3xf32, #plx.dims<[t, 3]>>, tensor<?xi64, #plx.dims<[t]>>, tensor<3xf32>) {
  %true = plx.constant dense<true> : tensor<i1>
  %s, %grown, %same, %all, %is = plx.loop %trips, %true, (%x, %g, %x) fresh ["m", "t"] carried ["k"] {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<3xf32>, %b: tensor<?xf32, #plx.dims<[k]>>, %c: tensor<3xf32>):
    %a2 = plx.launch @add [3] (%a, %c) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
    %b2 = plx.launch @append [k] (%b) : (tensor<?xf32, #plx.dims<[k]>>) -> tensor<?xf32, #plx.dims<[k + 1]>>
    %sum = plx.launch @sum [k + 1] (%b2) : (tensor<?xf32, #plx.dims<[k + 1]>>) -> tensor<f32>
    %next = plx.launch @below [] (%sum, %limit) : (tensor<f32>, tensor<f32>) -> tensor<i1>
    plx.yield %next, %a2, %b2, %c, %a2, %i : tensor<i1>, tensor<3xf32>, tensor<?xf32, #plx.dims<[k + 1]>>, tensor<3xf32>, tensor<3xf32>, tensor<i64>
  } : (tensor<i64>, tensor<i1>, tensor<3xf32>, tensor<?xf32, #plx.dims<[n]>>, tensor<3xf32>)
      -> (tensor<3xf32>, tensor<?xf32, #plx.dims<[m]>>, tensor<3xf32>, tensor<?x3xf32, #plx.dims<[t, 3]>>, tensor<?xi64, #plx.dims<[t]>>)
  %out = plx.launch @twice [m] (%grown) : (tensor<?xf32, #plx.dims<[m]>>) -> tensor<?xf32, #plx.dims<[m]>>
  return %s, %out, %all, %is, %same : tensor<3xf32>, tensor<?xf32, #plx.dims<[m]>>, tensor<?x3xf32, #plx.dims<[t, 3]>>, tensor<?xi64, #plx.dims<[t]>>, tensor<3xf32>
})mlir";

std::vector<Array> expectLoop(int64_t n, int64_t trips, float limit) {
  std::vector<float> s{1, 2, 3}, grown, all;
  std::vector<int64_t> is;
  for (int64_t i = 0; i < n; ++i) grown.push_back(i);
  bool go = true;
  for (int64_t i = 0; i < trips && go; ++i) {
    for (int j = 0; j < 3; ++j) s[j] += j + 1;
    grown.push_back(grown.size());
    float sum = 0;
    for (float value : grown) sum += value;
    go = sum < limit;
    all.insert(all.end(), s.begin(), s.end());
    is.push_back(i);
  }
  int64_t t = is.size(), m = grown.size();
  for (float &value : grown) value *= 2;
  return {floats({3}, s), floats({m}, grown), floats({t, 3}, all), ints({t}, is),
          floats({3}, {1, 2, 3})};
}

TEST(HostControl, LoopCarriesFixedAndGrowingStates) {
  auto program = compileHost(kLoop);
  ASSERT_TRUE(program.ok()) << program.status();
  Runner runner(*program);
  struct Case {
    int64_t n, trips;
    float limit;
  };
  for (Case c : {Case{2, 5, 1e9}, Case{0, 1, 1e9}, Case{3, 100, 40}, Case{4, 0, 1e9},
                 Case{1, 300, 1e9}, Case{2, -3, 1}}) {
    std::vector<float> g;
    for (int64_t i = 0; i < c.n; ++i) g.push_back(i);
    auto result = runner.run(
        {floats({3}, {1, 2, 3}), floats({c.n}, g), ints({}, {c.trips}), floats({}, {c.limit})});
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(*result, expectLoop(c.n, c.trips, c.limit)) << c.n << " " << c.trips;
  }
}

TEST(HostControl, LoopOfKnownLengthAllocatesItsOutputsBefore) {
  auto program = compileHost(R"mlir(
func.func @main(%x: tensor<?xf32, #plx.dims<[n]>>) -> tensor<?x?xf32, #plx.dims<[n, n]>> {
  %true = plx.constant dense<true> : tensor<i1>
  %n = plx.dims [n] : tensor<i64>
  %s, %all = plx.loop %n, %true, (%x) {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<?xf32, #plx.dims<[n]>>):
    %b = plx.launch @add [n] (%a, %x) : (tensor<?xf32, #plx.dims<[n]>>, tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>>
    %c = plx.launch @twice [n] (%a) : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>>
    plx.yield %go, %b, %c : tensor<i1>, tensor<?xf32, #plx.dims<[n]>>, tensor<?xf32, #plx.dims<[n]>>
  } : (tensor<i64>, tensor<i1>, tensor<?xf32, #plx.dims<[n]>>) -> (tensor<?xf32, #plx.dims<[n]>>, tensor<?x?xf32, #plx.dims<[n, n]>>)
  return %all : tensor<?x?xf32, #plx.dims<[n, n]>>
})mlir");
  ASSERT_TRUE(program.ok()) << program.status();
  EXPECT_EQ(program->info.numStates, 0);
  Runner runner(*program);
  auto result = runner.run({floats({3}, {1, 2, 3})});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ((*result)[0], floats({3, 3}, {2, 4, 6, 4, 8, 12, 6, 12, 18}));
}

TEST(HostControl, ScanReadsSlicesAndStacksOutputs) {
  auto program = compileHost(R"mlir(
func.func @main(%x: tensor<?x2xf32, #plx.dims<[n, 2]>>, %h: tensor<2xf32>) -> (tensor<2xf32>, tensor<?x2xf32, #plx.dims<[n, 2]>>) {
  %last, %all = plx.scan (%h) over (%x) {
  ^bb0(%s: tensor<2xf32>, %row: tensor<2xf32>):
    %d = plx.launch @twice [2] (%s) : (tensor<2xf32>) -> tensor<2xf32>
    %t = plx.launch @add [2] (%d, %row) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    plx.yield %t, %t : tensor<2xf32>, tensor<2xf32>
  } : (tensor<2xf32>, tensor<?x2xf32, #plx.dims<[n, 2]>>) -> (tensor<2xf32>, tensor<?x2xf32, #plx.dims<[n, 2]>>)
  return %last, %all : tensor<2xf32>, tensor<?x2xf32, #plx.dims<[n, 2]>>
})mlir");
  ASSERT_TRUE(program.ok()) << program.status();
  Runner runner(*program);
  auto result = runner.run({floats({3, 2}, {1, 2, 3, 4, 5, 6}), floats({2}, {10, 20})});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(*result,
              ElementsAre(floats({2}, {95, 182}), floats({3, 2}, {21, 42, 45, 88, 95, 182})));
  result = runner.run({floats({0, 2}, {}), floats({2}, {10, 20})});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_THAT(*result, ElementsAre(floats({2}, {10, 20}), floats({0, 2}, {})));
}

TEST(HostControl, LoopsNest) {
  // The inner loop's growing state is an outer state of growing size, too.
  auto program = compileHost(R"mlir(
func.func @main(%x: tensor<?xf32, #plx.dims<[n]>>, %trips: tensor<i64>) -> tensor<?xf32, #plx.dims<[m]>> {
  %true = plx.constant dense<true> : tensor<i1>
  %two = plx.constant dense<2> : tensor<i64>
  %r = plx.loop %trips, %true, (%x) fresh ["m"] carried ["k"] {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<?xf32, #plx.dims<[k]>>):
    %d = plx.launch @twice [k] (%a) : (tensor<?xf32, #plx.dims<[k]>>) -> tensor<?xf32, #plx.dims<[k]>>
    %b = plx.loop %two, %true, (%d) fresh ["p"] carried ["q"] {
    ^bb0(%j: tensor<i64>, %on: tensor<i1>, %e: tensor<?xf32, #plx.dims<[q]>>):
      %f = plx.launch @append [q] (%e) : (tensor<?xf32, #plx.dims<[q]>>) -> tensor<?xf32, #plx.dims<[q + 1]>>
      plx.yield %on, %f : tensor<i1>, tensor<?xf32, #plx.dims<[q + 1]>>
    } : (tensor<i64>, tensor<i1>, tensor<?xf32, #plx.dims<[k]>>) -> tensor<?xf32, #plx.dims<[p]>>
    plx.yield %go, %b : tensor<i1>, tensor<?xf32, #plx.dims<[p]>>
  } : (tensor<i64>, tensor<i1>, tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[m]>>
  return %r : tensor<?xf32, #plx.dims<[m]>>
})mlir");
  ASSERT_TRUE(program.ok()) << program.status();
  Runner runner(*program);
  auto result = runner.run({floats({1}, {1}), ints({}, {3})});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ((*result)[0], floats({7}, {8, 4, 8, 6, 8, 5, 6}));
}

TEST(HostControl, PartsOfOneOutputMustAgree) {
  auto program = compileHost(R"mlir(
func.func @main(%x: tensor<?xf32, #plx.dims<[n]>>, %trips: tensor<i64>) -> tensor<?x?xf32, #plx.dims<[t, w]>> {
  %true = plx.constant dense<true> : tensor<i1>
  %r, %all = plx.loop %trips, %true, (%x) fresh ["m", "t", "w"] carried ["k"] {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<?xf32, #plx.dims<[k]>>):
    %b = plx.launch @append [k] (%a) : (tensor<?xf32, #plx.dims<[k]>>) -> tensor<?xf32, #plx.dims<[k + 1]>>
    plx.yield %go, %b, %a : tensor<i1>, tensor<?xf32, #plx.dims<[k + 1]>>, tensor<?xf32, #plx.dims<[k]>>
  } : (tensor<i64>, tensor<i1>, tensor<?xf32, #plx.dims<[n]>>) -> (tensor<?xf32, #plx.dims<[m]>>, tensor<?x?xf32, #plx.dims<[t, w]>>) loc("/l(Loop)")
  return %all : tensor<?x?xf32, #plx.dims<[t, w]>>
})mlir");
  ASSERT_TRUE(program.ok()) << program.status();
  Runner runner(*program);
  auto result = runner.run({floats({2}, {5, 6}), ints({}, {1})});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ((*result)[0], floats({1, 2}, {5, 6}));
  EXPECT_EQ(runner.run({floats({2}, {5, 6}), ints({}, {2})}).status().message(),
            "model 'm', node '/l' (Loop): dim 0 is 3 by `k` but 2 by `w`");
}

TEST(HostControl, EndlessLoopsEndWhenCancelled) {
  auto program = compileHost(R"mlir(
func.func @main(%x: tensor<3xf32>) -> tensor<3xf32> {
  %true = plx.constant dense<true> : tensor<i1>
  %trips = plx.constant dense<9223372036854775807> : tensor<i64>
  %r = plx.loop %trips, %true, (%x) {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %a: tensor<3xf32>):
    %b = plx.launch @broken [3] (%a) {nodes = "/b(Broken)"} : (tensor<3xf32>) -> tensor<3xf32>
    plx.yield %go, %b : tensor<i1>, tensor<3xf32>
  } : (tensor<i64>, tensor<i1>, tensor<3xf32>) -> tensor<3xf32>
  return %r : tensor<3xf32>
})mlir");
  ASSERT_TRUE(program.ok()) << program.status();
  Runner runner(*program);
  EXPECT_THAT(std::string(runner.run({floats({3}, {1, 2, 3})}).status().message()),
              HasSubstr("node '/b' (Broken)"));
}

}  // namespace
}  // namespace plx
