// Models in small, before and after the graph passes: values stay (exactly, where only views and
// whole numbers are at work), and the transposes that should go have gone.
#include <gtest/gtest.h>

#include "before_after.h"

namespace {

using plx::BeforeAfter;

// Two 3x3 convolutions channels-first with BatchNormalization between, a skip connection, global
// pooling and a product of matrices at the end, as the importer writes them.
constexpr const char *kResidual = R"(
func.func @main(%x: tensor<1x4x6x6xf32>) -> tensor<1x5xf32> {
  %w1 = plx.parameter "w1" : tensor<4x4x3x3xf32>
  %w2 = plx.parameter "w2" : tensor<4x4x3x3xf32>
  %scale = plx.parameter "scale" : tensor<4xf32>
  %shift = plx.parameter "shift" : tensor<4xf32>
  %fc = plx.parameter "fc" : tensor<5x4xf32>
  %zero = plx.constant dense<0.0> : tensor<f32>
  %zeros = plx.broadcast %zero [] : (tensor<f32>) -> tensor<1x4x6x6xf32>
  %t1 = plx.transpose %x [0, 2, 3, 1] : (tensor<1x4x6x6xf32>) -> tensor<1x6x6x4xf32>
  %p1 = plx.pad %t1, %zero [0, 1, 1, 0] [0, 1, 1, 0] [0, 0, 0, 0] : (tensor<1x6x6x4xf32>, tensor<f32>) -> tensor<1x8x8x4xf32>
  %k1 = plx.transpose %w1 [2, 3, 1, 0] : (tensor<4x4x3x3xf32>) -> tensor<3x3x4x4xf32>
  %c1 = plx.convolution %p1, %k1 strides [1, 1] dilations [1, 1] groups 1 : (tensor<1x8x8x4xf32>, tensor<3x3x4x4xf32>) -> tensor<1x6x6x4xf32>
  %y1 = plx.transpose %c1 [0, 3, 1, 2] : (tensor<1x6x6x4xf32>) -> tensor<1x4x6x6xf32>
  %s = plx.reshape %scale : (tensor<4xf32>) -> tensor<1x4x1x1xf32>
  %sb = plx.broadcast %s [0, 1, 2, 3] : (tensor<1x4x1x1xf32>) -> tensor<1x4x6x6xf32>
  %m = plx.pointwise mul(%y1, %sb) : (tensor<1x4x6x6xf32>, tensor<1x4x6x6xf32>) -> tensor<1x4x6x6xf32>
  %h = plx.reshape %shift : (tensor<4xf32>) -> tensor<1x4x1x1xf32>
  %hb = plx.broadcast %h [0, 1, 2, 3] : (tensor<1x4x1x1xf32>) -> tensor<1x4x6x6xf32>
  %n = plx.pointwise add(%m, %hb) : (tensor<1x4x6x6xf32>, tensor<1x4x6x6xf32>) -> tensor<1x4x6x6xf32>
  %r1 = plx.pointwise max(%n, %zeros) : (tensor<1x4x6x6xf32>, tensor<1x4x6x6xf32>) -> tensor<1x4x6x6xf32>
  %t2 = plx.transpose %r1 [0, 2, 3, 1] : (tensor<1x4x6x6xf32>) -> tensor<1x6x6x4xf32>
  %p2 = plx.pad %t2, %zero [0, 1, 1, 0] [0, 1, 1, 0] [0, 0, 0, 0] : (tensor<1x6x6x4xf32>, tensor<f32>) -> tensor<1x8x8x4xf32>
  %k2 = plx.transpose %w2 [2, 3, 1, 0] : (tensor<4x4x3x3xf32>) -> tensor<3x3x4x4xf32>
  %c2 = plx.convolution %p2, %k2 strides [1, 1] dilations [1, 1] groups 1 : (tensor<1x8x8x4xf32>, tensor<3x3x4x4xf32>) -> tensor<1x6x6x4xf32>
  %y2 = plx.transpose %c2 [0, 3, 1, 2] : (tensor<1x6x6x4xf32>) -> tensor<1x4x6x6xf32>
  %sum = plx.pointwise add(%y2, %r1) : (tensor<1x4x6x6xf32>, tensor<1x4x6x6xf32>) -> tensor<1x4x6x6xf32>
  %pool = plx.reduce sum %sum [2, 3] : (tensor<1x4x6x6xf32>) -> tensor<1x4xf32>
  %out = plx.dot_general %pool, %fc batch [] x [] contract [1] x [1] : (tensor<1x4xf32>, tensor<5x4xf32>) -> tensor<1x5xf32>
  return %out : tensor<1x5xf32>
}
)";

TEST(GraphPasses, ResidualNetworkKeepsItsValues) {
  BeforeAfter program;
  ASSERT_TRUE(program.load(kResidual, {{1, 4, 6, 6}}));
  ASSERT_TRUE(program.run("func.func(plx-propagate-transposes,plx-simplify)"));
  // One at the input; two of weights, one a kernel.
  EXPECT_EQ(program.count("plx.transpose"), 3) << program.text();
  EXPECT_EQ(program.difference(), 0) << program.text();  // whole numbers: scaled weights are exact
}

TEST(GraphPasses, ScaledWeightsRoundAsStated) {
  BeforeAfter program;
  program.whole = false;
  ASSERT_TRUE(program.load(kResidual, {{1, 4, 6, 6}}));
  ASSERT_TRUE(program.run("func.func(plx-propagate-transposes,plx-simplify)"));
  double difference = program.difference();
  EXPECT_LT(difference, 1e-5) << program.text();
}

TEST(GraphPasses, PackedAndPreparedWeightsAreTheSame) {
  BeforeAfter program;
  program.whole = false;
  ASSERT_TRUE(program.load(kResidual, {{1, 4, 6, 6}}));
  // Panels of 4 and 8 columns (16-byte registers): one that is filled up among them.
  ASSERT_TRUE(program.run(
      "func.func(plx-propagate-transposes,plx-pack-weights{vector-bytes=16 vector-registers=16})"));
  EXPECT_NE(program.text().find("plx.packed"), std::string::npos) << program.text();
  EXPECT_NE(program.text().find("plx.panel"), std::string::npos) << program.text();
  ASSERT_TRUE(program.run("plx-hoist-parameters"));
  EXPECT_NE(program.text().find("prepared.0"), std::string::npos) << program.text();
  ASSERT_TRUE(program.run("canonicalize"));
  EXPECT_EQ(program.text().find("\"w1\"", program.text().find("@main")),
            program.text().find("\"w1\"", program.text().find("@prepare")))
      << "weights that are prepared are not read by @main\n"
      << program.text();
  EXPECT_LT(program.difference(), 1e-6) << program.text();
}

// A gate of one number a channel, a concat, a shuffle of channels, tokens at the end.
constexpr const char *kGate = R"(
func.func @main(%x: tensor<2x3x4x8xf32>, %y: tensor<2x3x4x4xf32>) -> (tensor<2x12x12xf32>, tensor<2x3x4xi64>) {
  %a = plx.transpose %x [0, 3, 1, 2] : (tensor<2x3x4x8xf32>) -> tensor<2x8x3x4xf32>
  %b = plx.transpose %y [0, 3, 1, 2] : (tensor<2x3x4x4xf32>) -> tensor<2x4x3x4xf32>
  %pool = plx.reduce max %a [2, 3] : (tensor<2x8x3x4xf32>) -> tensor<2x8xf32>
  %gate = plx.reshape %pool : (tensor<2x8xf32>) -> tensor<2x8x1x1xf32>
  %g = plx.broadcast %gate [0, 1, 2, 3] : (tensor<2x8x1x1xf32>) -> tensor<2x8x3x4xf32>
  %m = plx.pointwise mul(%a, %g) : (tensor<2x8x3x4xf32>, tensor<2x8x3x4xf32>) -> tensor<2x8x3x4xf32>
  %c = plx.concat 1 (%m, %b) : (tensor<2x8x3x4xf32>, tensor<2x4x3x4xf32>) -> tensor<2x12x3x4xf32>
  %s1 = plx.reshape %c : (tensor<2x12x3x4xf32>) -> tensor<2x3x4x3x4xf32>
  %s2 = plx.transpose %s1 [0, 2, 1, 3, 4] : (tensor<2x3x4x3x4xf32>) -> tensor<2x4x3x3x4xf32>
  %s3 = plx.reshape %s2 : (tensor<2x4x3x3x4xf32>) -> tensor<2x12x3x4xf32>
  %best = plx.arg_reduce max %s3 axis 1 : (tensor<2x12x3x4xf32>) -> tensor<2x3x4xi64>
  %t = plx.reshape %s3 : (tensor<2x12x3x4xf32>) -> tensor<2x12x12xf32>
  %tokens = plx.transpose %t [0, 2, 1] : (tensor<2x12x12xf32>) -> tensor<2x12x12xf32>
  return %tokens, %best : tensor<2x12x12xf32>, tensor<2x3x4xi64>
}
)";

TEST(GraphPasses, GateAndShuffleKeepTheirValues) {
  BeforeAfter program;
  ASSERT_TRUE(program.load(kGate, {{2, 3, 4, 8}, {2, 3, 4, 4}}));
  ASSERT_TRUE(program.run("func.func(plx-propagate-transposes)"));
  EXPECT_EQ(program.count("plx.transpose"), 1) << program.text();  // the shuffle itself
  EXPECT_EQ(program.difference(), 0) << program.text();
}

// One of each rule of plx-simplify.
constexpr const char *kRules = R"(
func.func @main(%x: tensor<3x4xf32>, %h: tensor<3x4xf16>) -> (tensor<3x4xf32>, tensor<4xf32>, tensor<5x8xf32>, tensor<3x2xf32>, tensor<3x4xf64>) {
  %one = plx.constant dense<1.0> : tensor<3x4xf32>
  %two = plx.constant dense<2.0> : tensor<3x4xf32>
  %half = plx.constant dense<0.5> : tensor<3x4xf32>
  %eight = plx.constant dense<8.0> : tensor<3x4xf32>
  %v = plx.constant dense<7.0> : tensor<f32>
  %last = plx.constant dense<-1> : tensor<i64>
  %0 = plx.pointwise mul(%x, %one) : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  %1 = plx.pointwise pow(%0, %two) : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  %2 = plx.pointwise pow(%1, %half) : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  %3 = plx.pointwise div(%2, %eight) : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x4xf32>
  %4 = plx.gather %x, (%last) axes [0] at 0 : (tensor<3x4xf32>, tensor<i64>) -> tensor<4xf32>
  %5 = plx.pad %x, %v [1, 0] [0, 1] [0, 0] : (tensor<3x4xf32>, tensor<f32>) -> tensor<4x5xf32>
  %6 = plx.pad %5, %v [0, 2] [1, 1] [0, 0] : (tensor<4x5xf32>, tensor<f32>) -> tensor<5x8xf32>
  %7 = plx.concat 1 (%x, %3) : (tensor<3x4xf32>, tensor<3x4xf32>) -> tensor<3x8xf32>
  %8 = plx.slice %7 [0, 7] [3, 2] [1, -2] : (tensor<3x8xf32>) -> tensor<3x2xf32>
  %9 = plx.cast %h : (tensor<3x4xf16>) -> tensor<3x4xf32>
  %10 = plx.cast %9 : (tensor<3x4xf32>) -> tensor<3x4xf64>
  return %3, %4, %6, %8, %10 : tensor<3x4xf32>, tensor<4xf32>, tensor<5x8xf32>, tensor<3x2xf32>, tensor<3x4xf64>
}
)";

TEST(GraphPasses, RulesKeepEveryBit) {
  BeforeAfter program;
  program.whole = false;
  ASSERT_TRUE(program.load(kRules, {{3, 4}, {3, 4}}));
  ASSERT_TRUE(program.run("func.func(plx-simplify)"));
  for (const char *gone : {"pow(", "div(", "plx.gather", "plx.concat"})
    EXPECT_EQ(program.text().find(gone), std::string::npos) << gone << "\n" << program.text();
  EXPECT_EQ(program.count("plx.pad"), 1);
  EXPECT_EQ(program.count("plx.cast"), 1);
  EXPECT_EQ(program.difference(), 0) << program.text();
}

// Transposed convolutions as the importer writes them: a stride a dim that divides the kernel, cut
// and padded so that the first output has any phase.
TEST(GraphPasses, TransposedConvolutionsKeepTheirValues) {
  struct Case {
    int64_t rows, columns, taps, low, high;
  };
  for (auto [rows, columns, taps, low, high] :
       {Case{2, 2, 4, 2, 2}, {2, 2, 2, 1, 1}, {1, 2, 4, 0, 5}, {3, 2, 6, 4, 1}, {2, 1, 2, 3, 0}}) {
    auto padded = [&, low = low, high = high](int64_t n, int64_t stride) {
      return low + high + (n - 1) * stride + 1;
    };
    int64_t h = padded(4, rows), w = padded(5, columns);
    auto shape = [](std::initializer_list<int64_t> dims) {
      std::string text = "tensor<";
      for (int64_t dim : dims) text += std::to_string(dim) + "x";
      return text + "f32>";
    };
    std::string x = shape({2, 4, 5, 3}), p = shape({2, h, w, 3}), k = shape({taps, taps, 3, 2}),
                y = shape({2, h - taps + 1, w - taps + 1, 2});
    auto list = [](int64_t a, int64_t b) {
      return " [0, " + std::to_string(a) + ", " + std::to_string(b) + ", 0]";
    };
    BeforeAfter program;
    ASSERT_TRUE(program.load("func.func @main(%x: " + x + ", %w: " + k + ") -> " + y + R"( {
      %zero = plx.constant dense<0.0> : tensor<f32>
      %p = plx.pad %x, %zero)" + list(low, low) +
                                 list(high, high) + list(rows - 1, columns - 1) + " : (" + x +
                                 ", tensor<f32>) -> " + p +
                                 "\n%y = plx.convolution %p, %w strides [1, 1] dilations [1, 1] "
                                 "groups 1 : (" +
                                 p + ", " + k + ") -> " + y + "\nreturn %y : " + y + "\n}",
                             {{2, 4, 5, 3}, {taps, taps, 3, 2}}));
    ASSERT_TRUE(program.run("func.func(plx-sub-pixel-convolution)"));
    EXPECT_NE(program.text().find("x3x" + std::to_string(rows * columns * 2) + "xf32>"),
              std::string::npos)
        << program.text();
    EXPECT_EQ(program.difference(), 0) << program.text();
  }
}

}  // namespace
