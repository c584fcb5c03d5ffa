// Narrow float conversions against a table of all values of each type, searched for the nearest.
#include "compiler/cpu/math/Narrow.h"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>

#include "gtest/gtest.h"
#include "llvm/IR/Module.h"
#include "math_harness.h"

namespace plx::cpu::test {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

struct Type {
  const char *name;
  NarrowFloat type;
  int exponentBits, mantissaBits, bias;
  double largest;
  /// What lies beyond the largest: infinity or NaN. For f4 the largest.
  double beyond;
  bool fnuz = false;
};
const Type kTypes[] = {
    {"f16", NarrowFloat::F16, 5, 10, 15, 65504, kInf},
    {"bf16", NarrowFloat::BF16, 8, 7, 127, 0x1.fep127, kInf},
    {"f8e4m3fn", NarrowFloat::F8E4M3FN, 4, 3, 7, 448, kNan},
    {"f8e4m3fnuz", NarrowFloat::F8E4M3FNUZ, 4, 3, 8, 240, kNan, true},
    {"f8e5m2", NarrowFloat::F8E5M2, 5, 2, 15, 57344, kInf},
    {"f8e5m2fnuz", NarrowFloat::F8E5M2FNUZ, 5, 2, 16, 57344, kNan, true},
    {"f4e2m1", NarrowFloat::F4E2M1, 2, 1, 1, 6, 6},
};
bool isHalf(const Type &t) { return narrowBitWidth(t.type) == 16; }

/// The value of a code by the formats' definition.
double decode(const Type &t, unsigned code) {
  int width = t.exponentBits + t.mantissaBits;
  unsigned magnitude = code & ((1u << width) - 1);
  bool negative = code >> width & 1;
  if (t.fnuz && negative && magnitude == 0) return kNan;
  int e = static_cast<int>(magnitude >> t.mantissaBits);
  double m = magnitude & ((1u << t.mantissaBits) - 1);
  double fraction = std::ldexp(m, -t.mantissaBits);
  double value = e == 0 ? std::ldexp(fraction, 1 - t.bias) : std::ldexp(1 + fraction, e - t.bias);
  if (value > t.largest) value = std::isinf(t.beyond) && m == 0 ? kInf : kNan;
  return negative ? -value : value;
}

/// All finite nonnegative values, in order: the index is the code.
std::vector<double> finiteValues(const Type &t) {
  std::vector<double> values;
  for (unsigned code = 0; code < 1u << (t.exponentBits + t.mantissaBits); ++code) {
    double v = decode(t, code);
    if (!std::isfinite(v)) break;
    values.push_back(v);
  }
  return values;
}

/// The value x becomes: the nearest, ties to the even code; beyond the largest by the format's
/// rule.
double nearest(const Type &t, const std::vector<double> &values, double x, bool saturate) {
  if (std::isnan(x)) return t.type == NarrowFloat::F4E2M1 ? 0 : kNan;
  double a = std::fabs(x), sign = std::signbit(x) ? -1 : 1;
  size_t above = std::lower_bound(values.begin(), values.end(), a) - values.begin();
  double step = values.back() - values[values.size() - 2];
  size_t last = values.size() - 1;
  double r;
  if (above > last) {
    // Half a step beyond the largest is where the next value would begin, had it existed: a tie, to
    // the even one.
    double tie = values[last] + step / 2;
    bool over = a > tie || (a == tie && last % 2 == 1);
    bool clipped = (saturate && !isHalf(t)) || t.type == NarrowFloat::F4E2M1;
    r = over && !clipped ? t.beyond : values[last];
  } else if (above == 0 || values[above] == a) {
    r = values[above];
  } else {
    double down = a - values[above - 1], up = values[above] - a;
    r = down < up || (down == up && above % 2 == 1) ? values[above - 1] : values[above];
  }
  if (t.fnuz && r == 0) return 0;
  return std::isnan(r) ? r : sign * r;
}

/// All values, the points half way between neighbours, their neighbours in T, and random bits.
template <typename T>
std::vector<T> inputs(const std::vector<double> &values) {
  std::vector<T> x;
  auto add = [&](double v) {
    T t = static_cast<T>(v);
    for (T n :
         {t, std::nextafter(t, T(0)), std::nextafter(t, std::numeric_limits<T>::infinity())}) {
      x.push_back(n);
      x.push_back(-n);
    }
  };
  for (size_t i = 0; i < values.size(); ++i) {
    add(values[i]);
    if (i > 0) add((values[i] + values[i - 1]) / 2);
    if (sizeof(T) == 8 && i > 0) {
      // Just off the tie, by less than an f32 can hold: rounding to f32 first would go wrong.
      double tie = (values[i] + values[i - 1]) / 2;
      add(tie * (1 + 0x1p-40));
      add(tie * (1 - 0x1p-40));
    }
  }
  double step = values.back() - values[values.size() - 2];
  for (double v : {values.back() + step / 2, values.back() + step, 1e30, kInf}) add(v);
  x.push_back(std::numeric_limits<T>::max());
  x.push_back(static_cast<T>(kNan));
  x.push_back(-static_cast<T>(kNan));
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000 || x.size() % 16 != 0; ++i) {
    T t;
    uint64_t pattern = random();
    std::memcpy(&t, &pattern, sizeof t);
    x.push_back(t);
  }
  return x;
}

template <typename T>
const char *nameOf() {
  return sizeof(T) == 4 ? "f32" : "f64";
}
std::string integerOf(NarrowFloat type) { return narrowBitWidth(type) == 16 ? "i16" : "i8"; }

unsigned codeAt(const std::vector<uint8_t> &bytes, size_t i, bool half) {
  return half ? bytes[2 * i] | bytes[2 * i + 1] << 8 : bytes[i];
}

bool sameValue(double a, double b) {
  return std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b);
}

template <typename T>
void testNarrow(const Type &t, bool saturate) {
  auto values = finiteValues(t);
  auto x = inputs<T>(values);
  for (const Variant &variant : hostVariants()) {
    Emit emit = [&](llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *v, llvm::Value *) {
      return emitNarrow(b, facts, t.type, v, saturate);
    };
    Jit jit(emit, variant.facts, nameOf<T>(), integerOf(t.type), {1, 4, 8, 16});
    for (unsigned width : {1u, 4u, 8u, 16u}) {
      std::vector<uint8_t> got(x.size() * 2);
      jit.run(width, x.data(), x.data(), got.data(), static_cast<int64_t>(x.size()));
      int wrong = 0;
      for (size_t i = 0; i < x.size() && wrong < 5; ++i) {
        unsigned code = codeAt(got, i, isHalf(t));
        double want = nearest(t, values, x[i], saturate);
        if (sameValue(decode(t, code), want)) continue;
        ++wrong;
        ADD_FAILURE() << t.name << "(" << std::hexfloat << x[i] << ") is " << decode(t, code)
                      << ", expected " << want << std::defaultfloat << ", width " << width << ", "
                      << variant.name << ", saturate " << saturate;
      }
    }
  }
}

template <typename T>
void testWiden(const Type &t) {
  size_t count = size_t(1) << (t.exponentBits + t.mantissaBits + 1);
  std::vector<uint8_t> codes;
  for (size_t i = 0; i < count; ++i) {
    codes.push_back(static_cast<uint8_t>(i));
    if (isHalf(t)) codes.push_back(static_cast<uint8_t>(i >> 8));
  }
  for (const Variant &variant : hostVariants()) {
    Emit emit = [&](llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *v, llvm::Value *) {
      return emitWiden(b, facts, t.type, v, typeNamed(b.getContext(), nameOf<T>()));
    };
    Jit jit(emit, variant.facts, integerOf(t.type), nameOf<T>(), {1, 16});
    for (unsigned width : {1u, 16u}) {
      std::vector<T> got(count);
      jit.run(width, codes.data(), codes.data(), got.data(), static_cast<int64_t>(count));
      for (size_t i = 0; i < count; ++i)
        ASSERT_TRUE(sameValue(got[i], decode(t, static_cast<unsigned>(i))))
            << t.name << " code " << i << " is " << got[i] << " at width " << width << ", "
            << variant.name;
    }
  }
}

class Narrow : public testing::TestWithParam<Type> {};

TEST_P(Narrow, RoundsFloatToNearest) {
  testNarrow<float>(GetParam(), true);
  testNarrow<float>(GetParam(), false);
}
TEST_P(Narrow, RoundsDoubleOnce) {
  testNarrow<double>(GetParam(), true);
  testNarrow<double>(GetParam(), false);
}
TEST_P(Narrow, WidensExactly) {
  testWiden<float>(GetParam());
  testWiden<double>(GetParam());
}
TEST_P(Narrow, LeavesNoUndefinedSymbol) {
  const MathFacts all{.fma = true, .roundInstructions = true, .f16c = true};
  struct Machine {
    const char *triple, *cpu;
    MathFacts facts;
  };
  for (const Machine &m :
       {Machine{"x86_64-linux-gnu", "x86-64", {}}, Machine{"x86_64-linux-gnu", "x86-64-v3", all},
        Machine{"aarch64-linux-gnu", "generic", all}}) {
    llvm::LLVMContext context;
    llvm::Module module("symbols", context);
    auto *integer = typeNamed(context, integerOf(GetParam().type));
    for (const char *type : {"f32", "f64"})
      for (unsigned width : {1u, 4u}) {
        auto *element = typeNamed(context, type);
        auto narrow = [&](llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *v,
                          llvm::Value *) { return emitNarrow(b, facts, GetParam().type, v, true); };
        auto widen = [&](llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *v,
                         llvm::Value *) {
          return emitWiden(b, facts, GetParam().type, v, element);
        };
        std::string suffix = type + std::to_string(width);
        buildLoop(module, "narrow" + suffix, narrow, m.facts, element, integer, width);
        buildLoop(module, "widen" + suffix, widen, m.facts, integer, element, width);
      }
    EXPECT_EQ(undefinedSymbols(module, m.triple, m.cpu), std::vector<std::string>{}) << m.cpu;
  }
}

INSTANTIATE_TEST_SUITE_P(All, Narrow, testing::ValuesIn(kTypes),
                         [](const auto &info) { return std::string(info.param.name); });

/// The code of |x| among the powers of two 2^-127 .. 2^127.
unsigned powerCode(double x, PowerRounding rounding, bool saturate) {
  if (!std::isfinite(x)) return 255;
  double a = std::fabs(x);
  int e = -127;
  while (e < 128 && std::ldexp(1.0, e + 1) <= a) ++e;
  double low = std::ldexp(1.0, e);
  bool up = rounding == PowerRounding::Up ? a > low
                                          : rounding == PowerRounding::Nearest && a >= 1.5 * low;
  unsigned code = static_cast<unsigned>(e + 127 + up);
  return code <= 254 ? code : saturate ? 254 : 255;
}

template <typename T>
void testPower(PowerRounding rounding, bool saturate) {
  std::vector<double> powers;
  for (int e = -127; e <= 127; ++e) powers.push_back(std::ldexp(1.0, e));
  auto x = inputs<T>(powers);
  std::vector<uint8_t> got(x.size());
  Emit emit = [&](llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *v, llvm::Value *) {
    return emitNarrow(b, facts, NarrowFloat::F8E8M0, v, saturate, rounding);
  };
  Jit jit(emit, {}, nameOf<T>(), "i8", {1, 16});
  for (unsigned width : {1u, 16u}) {
    jit.run(width, x.data(), x.data(), got.data(), static_cast<int64_t>(x.size()));
    for (size_t i = 0; i < x.size(); ++i)
      ASSERT_EQ(got[i], powerCode(x[i], rounding, saturate))
          << std::hexfloat << x[i] << " rounding " << static_cast<int>(rounding) << " saturate "
          << saturate;
  }
}

TEST(NarrowPower, RoundsToPowersOfTwo) {
  for (auto rounding : {PowerRounding::Up, PowerRounding::Down, PowerRounding::Nearest})
    for (bool saturate : {false, true}) {
      testPower<float>(rounding, saturate);
      testPower<double>(rounding, saturate);
    }
}

TEST(NarrowPower, WidensExactly) {
  std::vector<uint8_t> codes(256);
  for (int i = 0; i < 256; ++i) codes[i] = static_cast<uint8_t>(i);
  auto run = [&](auto element, const char *name) {
    using T = decltype(element);
    Emit emit = [&](llvm::IRBuilderBase &b, const MathFacts &facts, llvm::Value *v, llvm::Value *) {
      return emitWiden(b, facts, NarrowFloat::F8E8M0, v, typeNamed(b.getContext(), name));
    };
    std::vector<T> got(256);
    Jit(emit, {}, "i8", name, {16}).run(16, codes.data(), codes.data(), got.data(), 256);
    for (int i = 0; i < 255; ++i) EXPECT_EQ(got[i], std::ldexp(T(1), i - 127));
    EXPECT_TRUE(std::isnan(got[255]));
  };
  run(float(), "f32");
  run(double(), "f64");
}

}  // namespace
}  // namespace plx::cpu::test
