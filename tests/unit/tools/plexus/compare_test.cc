// What counts as equal, and what a difference says.
#include "tools/plexus/Compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace plx {
namespace {

template <typename Element>
struct Owned {
  std::vector<Element> data;
  std::vector<int64_t> dims;
  int32_t type;
  plx_tensor view() { return {data.data(), dims.data(), static_cast<int32_t>(dims.size()), type}; }
};

std::string compare(std::vector<float> a, std::vector<float> b, Tolerance tolerance = {}) {
  Owned<float> x = {a, {static_cast<int64_t>(a.size())}, PLX_F32};
  Owned<float> y = {b, {static_cast<int64_t>(b.size())}, PLX_F32};
  return difference(x.view(), y.view(), tolerance);
}

TEST(CompareTest, ToleranceIsAbsolutePlusRelative) {
  EXPECT_EQ(compare({100.09f}, {100}), "");
  EXPECT_NE(compare({100.11f}, {100}), "");
  EXPECT_EQ(compare({1e-8f}, {0}), "");
  EXPECT_NE(compare({2e-7f}, {0}), "");
  EXPECT_EQ(compare({0.5f}, {0}, {0, 0.5}), "");
}

TEST(CompareTest, SpecialValues) {
  float infinity = INFINITY, nan = NAN;
  EXPECT_EQ(compare({nan, infinity, -infinity}, {nan, infinity, -infinity}), "");
  EXPECT_NE(compare({nan}, {1}), "");
  EXPECT_NE(compare({1}, {nan}), "");
  EXPECT_NE(compare({infinity}, {-infinity}), "");
  EXPECT_NE(compare({1e38f}, {infinity}), "");
  EXPECT_NE(compare({infinity}, {1e38f}), "");
}

TEST(CompareTest, SaysHowManyWhereAndWhat) {
  Owned<float> a = {{1, 2, 3, 9}, {2, 2}, PLX_F32}, b = {{1, 3, 3, 4}, {2, 2}, PLX_F32};
  EXPECT_EQ(difference(a.view(), b.view(), {}),
            "2 of 4 elements differ; first at [0, 1] 2, expected 3; most at [1, 1] 9, expected 4 "
            "(by 5)");
}

TEST(CompareTest, TypeAndShapeMustMatch) {
  Owned<float> a = {{1, 2}, {2}, PLX_F32}, b = {{1, 2}, {2, 1}, PLX_F32};
  Owned<int32_t> c = {{1, 2}, {2}, PLX_I32};
  EXPECT_EQ(difference(a.view(), b.view(), {}), "is f32[2], expected f32[2, 1]");
  EXPECT_EQ(difference(a.view(), c.view(), {}), "is f32[2], expected i32[2]");
}

TEST(CompareTest, LargeIntegersAreExact) {
  int64_t large = (int64_t{1} << 53) + 1;  // no double
  Owned<int64_t> a = {{large}, {1}, PLX_I64}, b = {{large - 1}, {1}, PLX_I64};
  EXPECT_EQ(difference(a.view(), a.view(), {0, 0}), "");
  EXPECT_NE(difference(a.view(), b.view(), {0, 0}), "");
}

TEST(CompareTest, BothPartsOfComplexNumbersCount) {
  Owned<float> a = {{1, 2}, {1}, PLX_C64}, b = {{1, 3}, {1}, PLX_C64};
  EXPECT_EQ(difference(a.view(), a.view(), {}), "");
  EXPECT_NE(difference(a.view(), b.view(), {}), "");
}

TEST(CompareTest, Strings) {
  Owned<plx_string> a = {{{"ab", 2}, {"c", 1}}, {2}, PLX_STRING};
  Owned<plx_string> b = {{{"ab", 2}, {"d", 1}}, {2}, PLX_STRING};
  EXPECT_EQ(difference(a.view(), a.view(), {}), "");
  EXPECT_EQ(difference(a.view(), b.view(), {}), "at [1] 'c', expected 'd'");
}

}  // namespace
}  // namespace plx
