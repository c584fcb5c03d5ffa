// Kernels as the CPU target emits them, against the reference evaluator.
#include <gtest/gtest.h>

#include "tests/unit/compiler/cpu/kernel_harness.h"

namespace {

using plx::cpu::test::expectClose;
using plx::cpu::test::KernelHarness;

TEST(Kernels, PointwiseChain) {
  expectClose(R"(func.func @f(%x: tensor<5x37xf32>, %y: tensor<5x37xf32>) -> tensor<5x37xf32> {
    %a = plx.pointwise add(%x, %y) : (tensor<5x37xf32>, tensor<5x37xf32>) -> tensor<5x37xf32>
    %b = plx.pointwise exp(%a) : (tensor<5x37xf32>) -> tensor<5x37xf32>
    return %b : tensor<5x37xf32>
  })",
              {{5, 37}, {5, 37}}, 1e-6);
}

TEST(Kernels, Softmax) {
  expectClose(
      R"(func.func @f(%x: tensor<?x37xf32, #plx.dims<[n, 37]>>) -> tensor<?x37xf32, #plx.dims<[n, 37]>> {
    %m = plx.reduce max %x [1] : (tensor<?x37xf32, #plx.dims<[n, 37]>>) -> tensor<?xf32, #plx.dims<[n]>>
    %mb = plx.broadcast %m [0] : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?x37xf32, #plx.dims<[n, 37]>>
    %d = plx.pointwise sub(%x, %mb) : (tensor<?x37xf32, #plx.dims<[n, 37]>>, tensor<?x37xf32, #plx.dims<[n, 37]>>) -> tensor<?x37xf32, #plx.dims<[n, 37]>>
    %e = plx.pointwise exp(%d) : (tensor<?x37xf32, #plx.dims<[n, 37]>>) -> tensor<?x37xf32, #plx.dims<[n, 37]>>
    %s = plx.reduce sum %e [1] : (tensor<?x37xf32, #plx.dims<[n, 37]>>) -> tensor<?xf32, #plx.dims<[n]>>
    %sb = plx.broadcast %s [0] : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?x37xf32, #plx.dims<[n, 37]>>
    %r = plx.pointwise div(%e, %sb) : (tensor<?x37xf32, #plx.dims<[n, 37]>>, tensor<?x37xf32, #plx.dims<[n, 37]>>) -> tensor<?x37xf32, #plx.dims<[n, 37]>>
    return %r : tensor<?x37xf32, #plx.dims<[n, 37]>>
  })",
      {{6, 37}}, 1e-6);
}

TEST(Kernels, Matmul) {
  for (auto [m, k, n] : {std::tuple{1, 7, 19}, {13, 5, 64}, {37, 64, 50}, {8, 100, 16}}) {
    std::string a = "tensor<" + std::to_string(m) + "x" + std::to_string(k) + "xf32>";
    std::string b = "tensor<" + std::to_string(k) + "x" + std::to_string(n) + "xf32>";
    std::string c = "tensor<" + std::to_string(m) + "x" + std::to_string(n) + "xf32>";
    std::string v = "tensor<" + std::to_string(n) + "xf32>";
    expectClose("func.func @f(%a: " + a + ", %b: " + b + ", %v: " + v + ") -> " + c +
                    " {\n"
                    "%d = plx.dot_general %a, %b batch [] x [] contract [1] x [0] : (" +
                    a + ", " + b + ") -> " + c +
                    "\n"
                    "%w = plx.broadcast %v [1] : (" +
                    v + ") -> " + c +
                    "\n"
                    "%e = plx.pointwise add(%d, %w) : (" +
                    c + ", " + c + ") -> " + c +
                    "\n"
                    "%t = plx.pointwise tanh(%e) : (" +
                    c + ") -> " + c +
                    "\n"
                    "return %t : " +
                    c + "}",
                {{m, k}, {k, n}, {n}}, 2e-5);
  }
}

TEST(Kernels, MatmulOfSymbolicRowsAndTransposedColumns) {
  for (int64_t rows : {0, 1, 5, 33})
    expectClose(
        R"(func.func @f(%a: tensor<?x24xf32, #plx.dims<[m, 24]>>, %b: tensor<?x24xf32, #plx.dims<[n, 24]>>) -> tensor<?x?xf32, #plx.dims<[m, n]>> {
      %d = plx.dot_general %a, %b batch [] x [] contract [1] x [1] : (tensor<?x24xf32, #plx.dims<[m, 24]>>, tensor<?x24xf32, #plx.dims<[n, 24]>>) -> tensor<?x?xf32, #plx.dims<[m, n]>>
      return %d : tensor<?x?xf32, #plx.dims<[m, n]>>
    })",
        {{rows, 24}, {19, 24}}, 2e-5);
}

/// The product of %a [k, m] and %b [k, n], summed over k.
void expectProductOverRows(int64_t k, int64_t m, int64_t n) {
  auto type = [](int64_t rows, int64_t columns) {
    return "tensor<" + std::to_string(rows) + "x" + std::to_string(columns) + "xf32>";
  };
  expectClose("func.func @f(%a: " + type(k, m) + ", %b: " + type(k, n) + ") -> " + type(m, n) +
                  " {\n%d = plx.dot_general %a, %b batch [] x [] contract [0] x [0] : (" +
                  type(k, m) + ", " + type(k, n) + ") -> " + type(m, n) +
                  "\n%t = plx.pointwise tanh(%d) : (" + type(m, n) + ") -> " + type(m, n) +
                  "\nreturn %t : " + type(m, n) + "}",
              {{k, m}, {k, n}}, 2e-4);
}

// In blocks of terms, with sums that wait in memory, panels that are not whole, rows that are
// copied because they lie 4 KiB apart, and columns that are copied because they lie 1 KiB apart.
TEST(Kernels, LongContractions) {
  expectProductOverRows(2100, 29, 50);
  expectProductOverRows(300, 1024, 5);
  expectProductOverRows(260, 60, 256);
}

// Panels of columns that lie side by side along k are turned square by square.
TEST(Kernels, TurnedPanels) {
  for (auto [m, k, n] : {std::tuple{60, 37, 64}, {9, 16, 40}}) {
    std::string a = "tensor<" + std::to_string(m) + "x" + std::to_string(k) + "xf32>";
    std::string b = "tensor<" + std::to_string(n) + "x" + std::to_string(k) + "xf32>";
    std::string c = "tensor<" + std::to_string(m) + "x" + std::to_string(n) + "xf32>";
    expectClose("func.func @f(%a: " + a + ", %b: " + b + ") -> " + c +
                    " {\n%d = plx.dot_general %a, %b batch [] x [] contract [1] x [1] : (" + a +
                    ", " + b + ") -> " + c + "\nreturn %d : " + c + "}",
                {{m, k}, {n, k}}, 2e-5);
  }
}

// The gradient of a convolution's weights: rows are channels, taps share what is read of b.
TEST(Kernels, LongConvolution) {
  expectClose(
      R"(func.func @f(%x: tensor<17x2x35x34x1xf32>, %y: tensor<2x33x34x1x20xf32>) -> tensor<17x1x3x1x20xf32> {
    %c = plx.convolution %x, %y strides [1, 1, 1] dilations [1, 1, 1] groups 1
        : (tensor<17x2x35x34x1xf32>, tensor<2x33x34x1x20xf32>) -> tensor<17x1x3x1x20xf32>
    return %c : tensor<17x1x3x1x20xf32>
  })",
      {{17, 2, 35, 34, 1}, {2, 33, 34, 1, 20}}, 2e-4);
}

TEST(Kernels, Convolution) {
  expectClose(
      R"(func.func @f(%x: tensor<2x9x10x3xf32>, %w: tensor<3x3x3x20xf32>) -> tensor<2x4x4x20xf32> {
    %d = plx.convolution %x, %w strides [2, 2] dilations [1, 1] groups 1 : (tensor<2x9x10x3xf32>, tensor<3x3x3x20xf32>) -> tensor<2x4x4x20xf32>
    return %d : tensor<2x4x4x20xf32>
  })",
      {{2, 9, 10, 3}, {3, 3, 3, 20}}, 2e-5);
  expectClose(
      R"(func.func @f(%x: tensor<1x9x9x20xf32>, %w: tensor<3x3x1x20xf32>) -> tensor<1x7x7x20xf32> {
    %d = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 20 : (tensor<1x9x9x20xf32>, tensor<3x3x1x20xf32>) -> tensor<1x7x7x20xf32>
    return %d : tensor<1x7x7x20xf32>
  })",
      {{1, 9, 9, 20}, {3, 3, 1, 20}}, 2e-5);
}

TEST(Kernels, WindowsThatSlide) {
  // Widths around the number of places that are computed together; a fold longer than what is
  // written out; channels that do not fill the lanes.
  for (auto [width, taps] : {std::pair{2, 3}, {7, 3}, {9, 2}, {17, 9}, {31, 5}}) {
    std::string n = std::to_string(width), k = std::to_string(taps),
                in = std::to_string(2 * width + taps - 2);
    std::string x = "tensor<1x5x" + in + "x21xf32>", w = "tensor<3x" + k + "x1x21xf32>",
                y = "tensor<1x3x" + n + "x21xf32>";
    expectClose(
        "func.func @f(%x: " + x + ", %w: " + w + ") -> " + y +
            " {\n%c = plx.convolution %x, %w strides [1, 2] dilations [1, 1] groups 21 : (" + x +
            ", " + w + ") -> " + y + "\n%r = plx.pointwise tanh(%c) : (" + y + ") -> " + y +
            "\nreturn %r : " + y + "}",
        {{1, 5, 2 * width + taps - 2, 21}, {3, taps, 1, 21}}, 2e-5);
  }
  for (int64_t length : {1, 3, 8, 25})
    expectClose(
        R"(func.func @f(%x: tensor<?x24xi32, #plx.dims<[m, 24]>>) -> tensor<?x24xi32, #plx.dims<[m - 2, 24]>> {
      %r = plx.reduce_window max %x [3, 1] [1, 1] [1, 1] : (tensor<?x24xi32, #plx.dims<[m, 24]>>) -> tensor<?x24xi32, #plx.dims<[m - 2, 24]>>
      return %r : tensor<?x24xi32, #plx.dims<[m - 2, 24]>>
    })",
        {{length + 2, 24}}, 0);
}

TEST(Kernels, LongSums) {
  for (int64_t n : {1, 127, 128, 129, 1000, 40000})
    expectClose(
        R"(func.func @f(%x: tensor<?x19xf32, #plx.dims<[n, 19]>>) -> tensor<19xf32> {
          %s = plx.reduce sum %x [0] : (tensor<?x19xf32, #plx.dims<[n, 19]>>) -> tensor<19xf32>
          return %s : tensor<19xf32>
        })",
        {{n, 19}}, 5e-5);
  expectClose(R"(func.func @f(%x: tensor<700x9x19xf32>) -> tensor<9xf32> {
      %s = plx.reduce sum %x [0, 2] : (tensor<700x9x19xf32>) -> tensor<9xf32>
      return %s : tensor<9xf32>
    })",
              {{700, 9, 19}}, 5e-5);
  expectClose(R"(func.func @f(%x: tensor<700x9x19xf32>) -> tensor<9x19xf32> {
      %s = plx.reduce max %x [0] : (tensor<700x9x19xf32>) -> tensor<9x19xf32>
      return %s : tensor<9x19xf32>
    })",
              {{700, 9, 19}}, 0);
}

TEST(Kernels, RunningFolds) {
  const std::string t = "tensor<3x?x19xf32, #plx.dims<[3, n, 19]>>";
  for (const char *axis : {"0", "1", "2"})
    for (const char *flags : {"", " exclusive", " reverse", " exclusive reverse"})
      for (int64_t n : {0, 1, 37})
        expectClose("func.func @f(%x: " + t + ") -> " + t + "{\n %r = plx.cumulative sum %x axis " +
                        axis + flags + " : (" + t + ") -> " + t + "\n return %r : " + t + "}",
                    {{3, n, 19}}, 1e-5);
}

TEST(Kernels, RunningFoldsOfMoreThanOneDirectionAndLevel) {
  const std::string t = "tensor<9x37xf32>";
  // One pass does the first two; each of the others is folded from memory.
  std::string text = R"(func.func @f(%x: T) -> T {
    %a = plx.cumulative sum %x axis 0 : (T) -> T
    %e = plx.pointwise exp(%x) : (T) -> T
    %b = plx.cumulative max %e axis 0 exclusive : (T) -> T
    %c = plx.cumulative sum %e axis 0 reverse : (T) -> T
    %d = plx.cumulative sum %c axis 1 : (T) -> T
    %ab = plx.pointwise mul(%a, %b) : (T, T) -> T
    %cd = plx.pointwise max(%c, %d) : (T, T) -> T
    %r = plx.pointwise max(%ab, %cd) : (T, T) -> T
    return %r : T })";
  for (size_t at; (at = text.find('T')) != std::string::npos;) text.replace(at, 1, t);
  expectClose(text, {{9, 37}}, 1e-5);
}

TEST(Kernels, LayerNormIsOneKernel) {
  KernelHarness harness;
  std::string t = "tensor<6x48xf32>", r = "tensor<6xf32>";
  double error = harness.compare("func.func @f(%x: " + t + ") -> " + t + R"( {
    %n = plx.constant dense<48.0> : tensor<6xf32>
    %s = plx.reduce sum %x [1] : (tensor<6x48xf32>) -> tensor<6xf32>
    %m = plx.pointwise div(%s, %n) : (tensor<6xf32>, tensor<6xf32>) -> tensor<6xf32>
    %mb = plx.broadcast %m [0] : (tensor<6xf32>) -> tensor<6x48xf32>
    %d = plx.pointwise sub(%x, %mb) : (tensor<6x48xf32>, tensor<6x48xf32>) -> tensor<6x48xf32>
    %q = plx.pointwise mul(%d, %d) : (tensor<6x48xf32>, tensor<6x48xf32>) -> tensor<6x48xf32>
    %v = plx.reduce sum %q [1] : (tensor<6x48xf32>) -> tensor<6xf32>
    %w = plx.pointwise div(%v, %n) : (tensor<6xf32>, tensor<6xf32>) -> tensor<6xf32>
    %o = plx.pointwise sqrt(%w) : (tensor<6xf32>) -> tensor<6xf32>
    %ob = plx.broadcast %o [0] : (tensor<6xf32>) -> tensor<6x48xf32>
    %y = plx.pointwise div(%d, %ob) : (tensor<6x48xf32>, tensor<6x48xf32>) -> tensor<6x48xf32>
    return %y : tensor<6x48xf32> })",
                                 {{6, 48}});
  EXPECT_LE(error, 1e-5) << harness.lowered;
  EXPECT_EQ(harness.schedules, "row ");
}

}  // namespace
