// The memory plan against random lifetimes and sizes: what is alive at one time never overlaps,
// whatever the sizes are.
#include "compiler/memory/Plan.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

#include "ir/Dialect.h"

namespace plx {
namespace {

class PlanTest : public testing::Test {
 protected:
  PlanTest() { context_.loadDialect<PlxDialect>(); }

  Dim symbol(int i) { return Dim::symbol(&context_, "n" + std::to_string(i), i == 2 ? 1 : 0); }
  int pick(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }

  PlannedBuffer buffer(int64_t begin, int64_t end, llvm::ArrayRef<Dim> dims, int64_t group = 0) {
    PlannedBuffer out;
    out.begin = begin;
    out.end = end;
    out.dims = DimsAttr::get(&context_, dims);
    out.elementBytes = 4;
    out.group = group;
    return out;
  }
  Dim constant(int64_t value) { return Dim::constant(&context_, value); }

  /// Groups begin before their buffers, and those of later groups are not known before.
  std::vector<PlannedBuffer> randomBuffers(int count) {
    std::vector<PlannedBuffer> buffers;
    for (int i = 0; i < count; ++i) {
      int begin = pick(0, 60), group = pick(0, begin / 20);
      llvm::SmallVector<Dim> dims{constant(pick(0, 40))};
      int kind = pick(0, 3);
      if (kind == 1) dims.push_back(symbol(pick(0, 2)));
      if (kind == 2) dims = {symbol(pick(0, 2)) * pick(1, 5) + pick(0, 300)};
      if (kind == 3) dims = {symbol(0), symbol(1) + pick(0, 3)};
      buffers.push_back(buffer(begin, begin + pick(0, pick(0, 1) ? 3 : 50), dims, group));
    }
    return buffers;
  }

  std::mt19937 random_{42};
  mlir::MLIRContext context_;
};

struct Range {
  int64_t offset, end;
};

/// What the host program does at run time (plx.place). Buffers whose group is in `skipped` are not
/// placed.
std::vector<Range> layOut(const std::vector<PlannedBuffer> &buffers, const Plan &plan,
                          const std::vector<int64_t> &values,
                          const std::set<int64_t> &skipped = {}) {
  auto valueOf = [&](DimAtom symbol) -> std::optional<int64_t> {
    return values[symbol.symbol().getValue().back() - '0'];
  };
  std::vector<Range> ranges(buffers.size(), Range{0, 0});
  for (size_t i = 0; i < buffers.size(); ++i)
    if (buffers[i].isStatic)
      ranges[i] = {buffers[i].base, buffers[i].base + *roundedBytes(buffers[i].dims, 4, valueOf)};
  for (int64_t i : plan.order) {
    if (skipped.contains(buffers[i].group)) continue;
    int64_t offset = buffers[i].base;
    for (int64_t below : buffers[i].below) offset = std::max(offset, ranges[below].end);
    ranges[i] = {offset, offset + *roundedBytes(buffers[i].dims, 4, valueOf)};
  }
  return ranges;
}

// By size alone these would leave gaps: by size and time alive, or by time alive, all that is ever
// alive together fits exactly. Units are of 64 bytes.
TEST_F(PlanTest, TakesTheBestOfSeveralOrders) {
  struct Case {
    std::vector<std::array<int64_t, 3>> buffers;  // first use, last use, units
    int64_t units;
  };
  for (const Case &each : {Case{{{6, 6, 5}, {1, 4, 3}, {5, 6, 2}, {1, 5, 3}}, 7},
                           Case{{{5, 6, 4}, {5, 7, 2}, {0, 4, 5}, {1, 7, 3}}, 9}}) {
    std::vector<PlannedBuffer> buffers;
    for (auto [begin, end, units] : each.buffers)
      buffers.push_back(buffer(begin, end, {constant(units * 16)}));
    EXPECT_EQ(planBuffers(buffers).staticBytes, each.units * 64);
  }
}

TEST_F(PlanTest, NothingAliveOverlapsAtAnySize) {
  for (int round = 0; round < 60; ++round) {
    std::vector<PlannedBuffer> buffers = randomBuffers(pick(1, 60));
    Plan plan = planBuffers(buffers);
    for (int sizes = 0; sizes < 8; ++sizes) {
      std::vector<int64_t> values{pick(0, 1) * pick(0, 2000), pick(0, 50), pick(1, 700)};
      std::set<int64_t> skipped;  // groups of a branch that is not taken
      if (sizes >= 5) skipped.insert(pick(0, 3));
      std::vector<Range> ranges = layOut(buffers, plan, values, skipped);
      for (size_t i = 0; i < buffers.size(); ++i) {
        EXPECT_EQ(ranges[i].offset % 64, 0);
        if (buffers[i].isStatic) EXPECT_LE(ranges[i].end, plan.staticBytes);
        for (size_t j = 0; j < i; ++j) {
          bool skips = !(buffers[i].isStatic || !skipped.contains(buffers[i].group)) ||
                       !(buffers[j].isStatic || !skipped.contains(buffers[j].group));
          if (skips || buffers[i].begin > buffers[j].end || buffers[j].begin > buffers[i].end)
            continue;
          ASSERT_TRUE(ranges[i].end <= ranges[j].offset || ranges[j].end <= ranges[i].offset)
              << "round " << round << ": " << i << " at " << ranges[i].offset << ", " << j << " at "
              << ranges[j].offset;
        }
      }
    }
  }
}

TEST_F(PlanTest, AChainNeedsTwoPlacesHoweverLong) {
  for (bool isStatic : {true, false}) {
    std::vector<PlannedBuffer> buffers;
    for (int i = 0; i < 100; ++i)
      buffers.push_back(buffer(i, i + 1, {isStatic ? constant(1000) : symbol(0)}));
    Plan plan = planBuffers(buffers);
    std::vector<Range> ranges = layOut(buffers, plan, {1000});
    int64_t top = 0, edges = 0;
    for (size_t i = 0; i < buffers.size(); ++i)
      top = std::max(top, ranges[i].end), edges += buffers[i].below.size();
    EXPECT_EQ(top, 2 * 4032);
    EXPECT_LE(edges, 200);
    EXPECT_EQ(plan.staticBytes, isStatic ? top : 0);
  }
}

TEST_F(PlanTest, WhatLiesBelowThroughAnotherIsNotNamedTwice) {
  std::vector<PlannedBuffer> buffers;
  for (int i = 0; i < 50; ++i)
    buffers.push_back(buffer(i, 100, {symbol(0)}));  // all alive at the end
  planBuffers(buffers);
  for (const PlannedBuffer &buffer : buffers) EXPECT_LE(buffer.below.size(), 1u);
}

TEST_F(PlanTest, TheTightestGapIsTaken) {
  // Three that live for all time, and between them, once the second and fourth are dead, gaps of
  // 640 and 448 bytes.
  std::vector<PlannedBuffer> buffers{buffer(0, 9, {constant(1000)}), buffer(0, 3, {constant(160)}),
                                     buffer(0, 9, {constant(120)}),  buffer(0, 3, {constant(110)}),
                                     buffer(0, 9, {constant(100)}),  buffer(4, 9, {constant(90)})};
  Plan plan = planBuffers(buffers);
  EXPECT_EQ(buffers[1].base, 4032);
  EXPECT_EQ(buffers[3].base, 5184);
  EXPECT_EQ(buffers[5].base, 5184);
  EXPECT_EQ(plan.staticBytes, 6080);
}

TEST_F(PlanTest, SizesThatOverflowAreLeftToTheRun) {
  std::vector<PlannedBuffer> buffers{buffer(0, 1, {constant(int64_t{1} << 61), constant(4)}),
                                     buffer(0, 1, {constant(4)})};
  Plan plan = planBuffers(buffers);
  EXPECT_FALSE(buffers[0].isStatic);
  EXPECT_EQ(buffers[0].base, 64);
  EXPECT_EQ(plan.staticBytes, 64);
}

}  // namespace
}  // namespace plx
