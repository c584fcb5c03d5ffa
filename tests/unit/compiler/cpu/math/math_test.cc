// Every function against its reference: documented error bounds, special values, equal bits at
// every width, and no symbol left undefined in the object, whatever the target.
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <random>

#include "functions_table.h"
#include "gtest/gtest.h"
#include "ir/types/ScalarFn.h"
#include "llvm/IR/Module.h"

namespace plx::cpu::test {
namespace {

const std::vector<unsigned> kWidths{1, 2, 4, 8, 16};
constexpr int64_t kSamples32 = 1 << 20, kSamples64 = 1 << 17;

template <typename T>
using BitsOf = std::conditional_t<sizeof(T) == 4, uint32_t, uint64_t>;

template <typename T>
T fromBits(BitsOf<T> bits) {
  T value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

template <typename T>
std::vector<T> specials() {
  using L = std::numeric_limits<T>;
  std::vector<T> values;
  for (double v : {0.0,
                   0.25,
                   0.5,
                   0.65625,
                   0.75,
                   1.0,
                   1.5,
                   2.0,
                   2.5,
                   3.0,
                   4.0,
                   5.0,
                   10.0,
                   27.0,
                   88.0,
                   88.72,
                   89.4,
                   710.379,
                   710.47,
                   100.0,
                   128.0,
                   150.0,
                   709.0,
                   745.0,
                   1000.0,
                   1.57079632679489661923,
                   3.14159265358979323846,
                   8388607.5,
                   1e10,
                   1e22,
                   0x1p23,
                   0x1p24,
                   0x1p31,
                   0x1p52,
                   0x1p53,
                   0x1p63,
                   0x1p100}) {
    T t = static_cast<T>(v);
    for (T s : {t, std::nextafter(t, T(0)), std::nextafter(t, L::max())}) {
      values.push_back(s);
      values.push_back(-s);
    }
  }
  for (T v : {L::infinity(), L::max(), L::min(), L::denorm_min(), L::min() / 2, L::epsilon(),
              L::epsilon() / 4}) {
    values.push_back(v);
    values.push_back(-v);
  }
  values.push_back(L::quiet_NaN());
  values.push_back(-L::quiet_NaN());
  values.push_back(
      static_cast<T>(6381956970095103.0 * 0x1p797));      // closest double to a multiple of pi/2
  values.push_back(static_cast<T>(16367173.0 * 0x1p72));  // the same of the floats
  return values;
}

/// Special values (all pairs of them for two arguments), then all bit patterns in even steps and
/// values in [low, high], in turn. The count is a multiple of 16.
template <typename T>
struct Samples {
  std::vector<T> x, y;

  Samples(const Row &row, int64_t count) {
    std::mt19937_64 random(42);
    std::uniform_real_distribution<double> even(row.low, row.high);
    auto special = specials<T>();
    for (T a : special) {
      if (!row.isBinary) add(a, T(0));
      if (row.isBinary)
        for (T b : special) add(a, b);
    }
    // An odd step through the bit patterns visits all signs and exponents.
    BitsOf<T> step = sizeof(T) == 4 ? BitsOf<T>(0xffffffffu / (count / 2) | 1)
                                    : BitsOf<T>(~uint64_t(0) / (count / 2) | 1);
    BitsOf<T> pattern = static_cast<BitsOf<T>>(random());
    while (static_cast<int64_t>(x.size()) < count || x.size() % 16 != 0) {
      T a = x.size() % 2 ? fromBits<T>(pattern) : static_cast<T>(even(random));
      pattern += step;
      T b = x.size() % 4 < 2 ? static_cast<T>(even(random))
                             : fromBits<T>(static_cast<BitsOf<T>>(random()));
      add(a, b);
    }
  }
  void add(T a, T b) {
    x.push_back(a);
    y.push_back(b);
  }
  int64_t count() const { return static_cast<int64_t>(x.size()); }
};

template <typename T>
bool sameBits(T a, T b) {
  return std::memcmp(&a, &b, sizeof a) == 0;
}

template <typename T>
double worstUlp(const Row &row, const std::vector<long double> &want, const Samples<T> &samples,
                const std::vector<T> &got, double bound) {
  double worst = 0;
  for (int64_t i = 0, shown = 0; i < samples.count(); ++i) {
    double error = ulpError(got[i], want[i]);
    if (sizeof(T) == 8 && samples.x[i] < 0 && std::fabs(want[i]) < row.negativeFloor64)
      error = std::ldexp(error, std::ilogb(want[i]) - std::ilogb(row.negativeFloor64));
    worst = std::max(worst, error);
    bool isNegative = sizeof(T) == 8 && samples.x[i] < 0;
    double limit = isNegative && row.negativeUlp64 > 0 ? row.negativeUlp64 : bound;
    if (error > limit && shown++ < 4)
      ADD_FAILURE() << row.name << "(" << std::hexfloat << samples.x[i]
                    << (row.isBinary ? ", " + std::to_string(samples.y[i]) : "") << ") = " << got[i]
                    << ", expected " << static_cast<T>(want[i]) << std::defaultfloat
                    << " (x = " << samples.x[i] << "), " << error << " ulp off, bound " << limit;
  }
  return worst;
}

template <typename T>
void expectEqualWidths(const Row &row, const Jit &jit, const Samples<T> &samples,
                       const std::vector<T> &want) {
  int64_t count = std::min<int64_t>(samples.count(), 1 << 16);
  std::vector<T> got(count);
  for (unsigned width : kWidths) {
    jit.run(width, samples.x.data(), samples.y.data(), got.data(), count);
    int64_t differing = 0;
    for (int64_t i = 0; i < count; ++i)
      if (!sameBits(got[i], want[i]) && differing++ == 0)
        ADD_FAILURE() << row.name << "(" << std::hexfloat << samples.x[i] << ", " << samples.y[i]
                      << ") at width " << width << " is " << got[i] << ", at width 16 " << want[i];
  }
}

/// The largest error over all variants.
template <typename T>
double testFunction(const Row &row) {
  double bound = sizeof(T) == 4 ? row.ulp32 : row.ulp64;
  Samples<T> samples(row, sizeof(T) == 4 ? kSamples32 : kSamples64);
  std::vector<long double> want(samples.count());
  for (int64_t i = 0; i < samples.count(); ++i) want[i] = row.reference(samples.x[i], samples.y[i]);
  double worst = 0;
  const char *type = sizeof(T) == 4 ? "f32" : "f64";
  std::vector<T> got(samples.count()), plain;
  for (const Variant &variant : hostVariants()) {
    SCOPED_TRACE(variant.name);
    Jit jit(row.emit, variant.facts, type, type, kWidths);
    jit.run(16, samples.x.data(), samples.y.data(), got.data(), samples.count());
    worst = std::max(worst, worstUlp(row, want, samples, got, bound));
    expectEqualWidths(row, jit, samples, got);
  }
  return worst;
}

class Functions : public testing::TestWithParam<size_t> {};

TEST_P(Functions, KeepTheirBounds) {
  const Row &row = functionTable()[GetParam()];
  double worst32 = testFunction<float>(row), worst64 = testFunction<double>(row);
  std::printf("| %s | %.2f | %.2f |\n", row.name, worst32, worst64);
}

struct Machine {
  const char *triple, *cpu;
  MathFacts facts;
  unsigned bits;
};

TEST_P(Functions, LeaveNoUndefinedSymbol) {
  const Row &row = functionTable()[GetParam()];
  const MathFacts all{.fma = true, .roundInstructions = true, .f16c = true};
  MathFacts avx512 = all;
  avx512.avx512 = true;
  for (const Machine &m : {Machine{"x86_64-linux-gnu", "x86-64", {}, 128},
                           Machine{"x86_64-linux-gnu", "x86-64-v3", all, 256},
                           Machine{"x86_64-linux-gnu", "x86-64-v4", avx512, 512},
                           Machine{"aarch64-linux-gnu", "generic", all, 128}}) {
    llvm::LLVMContext context;
    llvm::Module module("symbols", context);
    for (const char *type : {"f32", "f64"}) {
      auto *element = typeNamed(context, type);
      for (unsigned width : {1u, m.bits / element->getScalarSizeInBits()})
        buildLoop(module, std::string(type) + "x" + std::to_string(width), row.emit, m.facts,
                  element, element, width);
    }
    EXPECT_EQ(undefinedSymbols(module, m.triple, m.cpu), std::vector<std::string>{})
        << row.name << " on " << m.cpu;
  }
}

/// The cost that ScalarFn.def states is what the functions are: a bound above 0 is a polynomial's.
TEST(FunctionTable, HasABoundForWhatIsTranscendental) {
  for (ScalarFn fn : {
#define PLX_SCALAR_FN(name, arity, domain, result, cost) ScalarFn::name##_,
#include "ir/types/ScalarFn.def"
       }) {
    const Row *found = nullptr;
    for (const Row &row : functionTable())
      if (llvm::StringRef(row.name).equals_insensitive(infoOf(fn).name)) found = &row;
    bool hasBound = found && found->ulp64 > 0;
    EXPECT_EQ(hasBound, infoOf(fn).cost == ScalarCost::Transcendental) << infoOf(fn).name.str();
  }
}

INSTANTIATE_TEST_SUITE_P(All, Functions, testing::Range<size_t>(0, functionTable().size()),
                         [](const auto &info) { return functionTable()[info.param].name; });

}  // namespace
}  // namespace plx::cpu::test
