#include "runtime/train/plot.h"

#include <gtest/gtest.h>

#include <cmath>

namespace plx::train {
namespace {

size_t countOf(const std::string &text, const std::string &what) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size()) ++count;
  return count;
}

TEST(PlotTest, CurvesHaveTheirPlaces) {
  std::string svg = plotSvg("a < b", {{"loss", {{0, 0}, {10, 4}}}, {"other", {{0, 2}, {10, 2}}}});
  EXPECT_NE(svg.find("a &lt; b"), std::string::npos);
  EXPECT_NE(svg.find(">loss</text>"), std::string::npos);
  // Corners of the frame, and its middle.
  EXPECT_NE(svg.find("d=\"M70.0 400.0L780.0 40.0\""), std::string::npos) << svg;
  EXPECT_NE(svg.find("d=\"M70.0 220.0L780.0 220.0\""), std::string::npos) << svg;
  EXPECT_EQ(svg.substr(svg.size() - 7), "</svg>\n");
}

TEST(PlotTest, WhatIsNotFiniteIsAGap) {
  std::string svg = plotSvg("t", {{"loss", {{0, 1}, {1, 2}, {2, NAN}, {3, 1}, {4, 2}}}});
  EXPECT_EQ(countOf(svg.substr(svg.find("<path")), "M"), 2u) << svg;
  EXPECT_EQ(countOf(svg, "nan"), 0u);
  for (const std::vector<Curve> &curves :
       {std::vector<Curve>{}, {{"loss", {}}}, {{"loss", {{5, NAN}}}}, {{"loss", {{5, 1}}}}})
    EXPECT_EQ(countOf(plotSvg("t", curves), "nan"), 0u);
}

TEST(PlotTest, ManyPointsAreDrawnByMeans) {
  Curve curve{"loss", {}};
  for (int64_t step = 0; step < 100000; ++step)
    curve.points.emplace_back(step, step % 2 == 0 ? 1.0 : 3.0);
  std::string svg = plotSvg("t", {curve});
  EXPECT_LT(svg.size(), 20000u);
  EXPECT_EQ(countOf(svg, "L"), 499u);
}

}  // namespace
}  // namespace plx::train
