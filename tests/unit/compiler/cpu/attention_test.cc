// Kernels of schedule attention against the reference evaluator: sizes with and without rests of
// vectors and blocks, masks, causal limits, narrow floats, operands in other orders, and what is
// not a number.
#include <gtest/gtest.h>

#include <limits>

#include "tests/unit/compiler/cpu/kernel_harness.h"

namespace {

using namespace plx;
using cpu::test::expectClose;
using cpu::test::KernelHarness;
using cpu::test::testCpus;

struct Case {
  int64_t b, s, t, d, e;
  std::string element = "f32";
  std::string mask = "";    // none; "keys": [b, t]; "full": [b, s, t]
  std::string causal = "";  // offset; or none
  bool isStatic = false;
};

std::string tensor(const std::vector<std::string> &dims, const std::string &element) {
  std::string shape, list;
  bool isStatic = true;
  for (const std::string &dim : dims) {
    bool known = isdigit(dim[0]);
    isStatic &= known;
    shape += (known ? dim : "?") + "x";
    list += (list.empty() ? "" : ", ") + dim;
  }
  return "tensor<" + shape + element + (isStatic ? "" : ", #plx.dims<[" + list + "]>") + ">";
}

/// @f that is one attention of the case.
std::string textOf(const Case &c) {
  auto dim = [&](int64_t size, const char *name) {
    return c.isStatic ? std::to_string(size) : std::string(name);
  };
  std::string b = dim(c.b, "b"), s = dim(c.s, "s"), t = dim(c.t, "t"), d = std::to_string(c.d),
              e = std::to_string(c.e);
  std::string q = tensor({b, s, d}, c.element), k = tensor({b, t, d}, c.element),
              v = tensor({b, t, e}, c.element), full = tensor({b, s, t}, c.element),
              r = tensor({b, s, e}, c.element);
  std::string mask = c.mask == "keys" ? tensor({b, t}, c.element) : full;
  std::string text = "func.func @f(%q: " + q + ", %k: " + k + ", %v: " + v +
                     (c.mask.empty() ? "" : ", %m0: " + mask) + ") -> " + r + " {\n";
  if (c.mask == "keys") text += "%m = plx.broadcast %m0 [0, 2] : (" + mask + ") -> " + full + "\n";
  std::string m = c.mask == "keys" ? "%m" : "%m0";
  text += "%r = plx.attention %q, %k, %v" + (c.mask.empty() ? "" : " mask " + m) + " scale 0.25" +
          (c.causal.empty() ? "" : " causal [" + c.causal + "]") + " : (" + q + ", " + k + ", " +
          v + (c.mask.empty() ? "" : ", " + full) + ") -> " + r + "\nreturn %r : " + r + " }";
  return text;
}

std::vector<std::vector<int64_t>> shapesOf(const Case &c) {
  std::vector<std::vector<int64_t>> shapes{{c.b, c.s, c.d}, {c.b, c.t, c.d}, {c.b, c.t, c.e}};
  if (c.mask == "keys") shapes.push_back({c.b, c.t});
  if (c.mask == "full") shapes.push_back({c.b, c.s, c.t});
  return shapes;
}

void check(const Case &c, double tolerance = 5e-6) {
  SCOPED_TRACE(textOf(c));
  expectClose(textOf(c), shapesOf(c), tolerance);
  KernelHarness harness;
  harness.compare(textOf(c), shapesOf(c));
  EXPECT_EQ(harness.schedules, "attention ");
}

TEST(Attention, SizesWithRests) {
  check({2, 37, 150, 24, 20});
  check({1, 64, 256, 16, 32});
  check({3, 7, 5, 3, 70});
  check({2, 33, 129, 64, 64, "f32", "", "", true});
  check({2, 16, 31, 20, 16, "f32", "", "", true});
}

TEST(Attention, SizesOfNoneAndOne) {
  check({2, 0, 5, 8, 16});
  check({2, 1, 9, 8, 16});
  check({2, 5, 1, 8, 16});
  check({2, 5, 0, 8, 16});  // no keys: NaN
  check({0, 5, 4, 8, 16});
}

TEST(Attention, Masks) {
  check({2, 35, 140, 16, 24, "f32", "full"});
  check({2, 35, 140, 16, 24, "f32", "keys"});
  check({2, 35, 40, 16, 24, "f32", "full", "", true});
}

TEST(Attention, Causal) {
  check({2, 40, 40, 16, 20, "f32", "", "0"});
  check({2, 150, 150, 8, 32, "f32", "", "0", true});
  check({1, 20, 161, 16, 16, "f32", "", "t - s"});  // behind a cache
  check({1, 30, 10, 16, 16, "f32", "", "t - s"});   // the first rows see nothing
  check({2, 40, 37, 16, 20, "f32", "full", "3"});
}

TEST(Attention, OtherFloats) {
  check({2, 21, 40, 12, 20, "f64"}, 1e-13);
  check({2, 21, 40, 12, 20, "f64", "full", "0"}, 1e-13);
  check({2, 21, 140, 24, 20, "f16"}, 2e-3);
  check({2, 21, 40, 24, 20, "bf16", "full", "0"}, 2e-2);
}

// Heads inside the rows, as projections write them, and back.
TEST(Attention, OperandsInOtherOrders) {
  std::string x = tensor({"b", "s", "3", "16"}, "f32"), h = tensor({"b", "3", "s", "16"}, "f32");
  std::string y = tensor({"b", "3", "16", "t"}, "f32"), k = tensor({"b", "3", "t", "16"}, "f32");
  std::string text = "func.func @f(%q: " + x + ", %k: " + y + ", %v: " + y + ") -> " + x + " {\n";
  text += "%qh = plx.transpose %q [0, 2, 1, 3] : (" + x + ") -> " + h + "\n";
  text += "%kh = plx.transpose %k [0, 1, 3, 2] : (" + y + ") -> " + k + "\n";
  text += "%vh = plx.transpose %v [0, 1, 3, 2] : (" + y + ") -> " + k + "\n";
  text += "%r = plx.attention %qh, %kh, %vh scale 0.25 causal [0] : (" + h + ", " + k + ", " + k +
          ") -> " + h + "\n";
  text += "%t = plx.transpose %r [0, 2, 1, 3] : (" + h + ") -> " + x + "\nreturn %t : " + x + " }";
  expectClose(text, {{2, 37, 3, 16}, {2, 3, 16, 41}, {2, 3, 16, 41}}, 5e-6);
  KernelHarness harness;
  harness.compare(text, {{2, 37, 3, 16}, {2, 3, 16, 41}, {2, 3, 16, 41}});
  EXPECT_EQ(harness.schedules, "attention ");
}

// Heads that share keys and values.
TEST(Attention, SharedKeys) {
  std::string q = tensor({"b", "6", "s", "16"}, "f32"), g = tensor({"b", "2", "t", "16"}, "f32");
  std::string w = tensor({"b", "2", "3", "t", "16"}, "f32"),
              k = tensor({"b", "6", "t", "16"}, "f32");
  std::string text = "func.func @f(%q: " + q + ", %k: " + g + ", %v: " + g + ") -> " + q + " {\n";
  for (std::string n : {"k", "v"}) {
    text += "%" + n + "w = plx.broadcast %" + n + " [0, 1, 3, 4] : (" + g + ") -> " + w + "\n";
    text += "%" + n + "h = plx.reshape %" + n + "w : (" + w + ") -> " + k + "\n";
  }
  text += "%r = plx.attention %q, %kh, %vh scale 0.25 : (" + q + ", " + k + ", " + k + ") -> " + q +
          "\nreturn %r : " + q + " }";
  expectClose(text, {{2, 6, 20, 16}, {2, 2, 41, 16}, {2, 2, 41, 16}}, 5e-6);
}

/// `spoil` changes the tensors q, k, v and mask.
void checkSpoilt(const Case &c, std::function<void(std::vector<eval::Tensor> &)> spoil) {
  for (const std::string &cpu : testCpus()) {
    KernelHarness harness;
    harness.changeInputs = spoil;
    EXPECT_LE(harness.compare(textOf(c), shapesOf(c), cpu), 3e-5) << cpu << "\n" << harness.lowered;
  }
}

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Attention, NotNumbers) {
  // Rows of -inf in whole, in the first block, and in parts; a NaN; an infinite score.
  checkSpoilt({1, 6, 300, 8, 16, "f32", "full"}, [](std::vector<eval::Tensor> &x) {
    for (int64_t j = 0; j < 300; ++j) {
      x[3].setFloat(j, -kInfinity);
      if (j < 260) x[3].setFloat(300 + j, -kInfinity);
      if (j > 20) x[3].setFloat(600 + j, -kInfinity);
    }
    x[3].setFloat(900 + 7, kNan);
    x[3].setFloat(1200 + 150, kInfinity);
  });
  // A NaN key spoils all rows, an infinite value its column.
  checkSpoilt({1, 20, 40, 8, 16}, [](std::vector<eval::Tensor> &x) { x[1].setFloat(77, kNan); });
  checkSpoilt({1, 20, 40, 8, 16},
              [](std::vector<eval::Tensor> &x) { x[2].setFloat(77, kInfinity); });
  // Weights grow from block to block by more than floats hold.
  checkSpoilt({1, 20, 400, 8, 16, "f32", "full"}, [](std::vector<eval::Tensor> &x) {
    for (int64_t i = 0; i < x[3].numElements(); ++i) x[3].setFloat(i, i % 400 - 200.0);
  });
}

// What does not take part may hold anything.
TEST(Attention, NotNumbersBehindTheLimit) {
  checkSpoilt({1, 40, 40, 8, 16, "f32", "", "0"}, [](std::vector<eval::Tensor> &x) {
    for (int64_t c = 0; c < 16; ++c) x[2].setFloat(39 * 16 + c, c % 2 ? kNan : kInfinity);
    for (int64_t c = 0; c < 8; ++c) x[1].setFloat(38 * 8 + c, kNan);
  });
}

}  // namespace
