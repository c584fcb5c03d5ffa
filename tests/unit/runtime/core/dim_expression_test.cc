#include "runtime/core/dim_expression.h"

#include <gtest/gtest.h>

#include <string>

namespace plx {
namespace {

const plx_symbol kSymbols[] = {{"batch", 0}, {"s.1", 0}, {"dim param 1", 0}, {"max", 0}};
const int64_t kValues[] = {5, -7, 11, 100};

std::string evaluate(const char *text) {
  DimExpression *expression = nullptr;
  if (compile_dim(text, kSymbols, 4, &expression, nullptr) != PLX_OK) return "refused";
  int64_t value = 0;
  bool good = evaluate_dim(*expression, kValues, &value);
  free_dim(expression);
  return good ? std::to_string(value) : "no value";
}

TEST(DimExpression, Values) {
  EXPECT_EQ(evaluate("3"), "3");
  EXPECT_EQ(evaluate("2*batch + 1"), "11");
  EXPECT_EQ(evaluate("2 * (batch + 1)-1"), "11");
  EXPECT_EQ(evaluate("-batch*3 - -2"), "-13");
  EXPECT_EQ(evaluate("s.1 floordiv 2"), "-4");
  EXPECT_EQ(evaluate("s.1 ceildiv 2"), "-3");
  EXPECT_EQ(evaluate("s.1 mod 3"), "2");
  EXPECT_EQ(evaluate("floordiv(batch, 2) + ceildiv(batch, 2)"), "5");
  EXPECT_EQ(evaluate("max(batch, s.1) * min(batch, s.1)"), "-35");
  EXPECT_EQ(evaluate("\"dim param 1\" + 1"), "12");
  EXPECT_EQ(evaluate("\"dim param 1\">=1 + batch>=-2"), "16");
  EXPECT_EQ(evaluate("max + 1"), "101");
}

TEST(DimExpression, NoValue) {
  EXPECT_EQ(evaluate("batch floordiv 0"), "no value");
  EXPECT_EQ(evaluate("batch mod (batch - 5)"), "no value");
  EXPECT_EQ(evaluate("9223372036854775807 + batch"), "no value");
  EXPECT_EQ(evaluate("9223372036854775807 * batch"), "no value");
  EXPECT_EQ(evaluate("(-9223372036854775807 - 1) floordiv -1"), "no value");
}

TEST(DimExpression, Refused) {
  for (const char *text :
       {"", "batch batch", "batch +", "unknown", "(batch", "batch)", "\"batch", "2**3",
        "99999999999999999999", "max(batch)", "max(batch, 1, 2)", "batch>=", "#"}) {
    EXPECT_EQ(evaluate(text), "refused") << text;
  }
}

TEST(DimExpression, DepthIsBounded) {
  EXPECT_EQ(evaluate((std::string(20, '(') + "batch" + std::string(20, ')')).c_str()), "5");
  EXPECT_EQ(evaluate((std::string(100000, '(') + "batch" + std::string(100000, ')')).c_str()),
            "refused");
  EXPECT_EQ(evaluate((std::string(100000, '-') + "batch").c_str()), "refused");
  std::string wide = "batch";
  for (int i = 0; i < 1000; ++i) wide += " + batch";
  EXPECT_EQ(evaluate(wide.c_str()), "5005");
}

TEST(DimExpression, MessageHasThePosition) {
  plx_error error;
  DimExpression *expression = nullptr;
  EXPECT_EQ(compile_dim("batch + rows", kSymbols, 4, &expression, &error), PLX_BAD_FORMAT);
  EXPECT_STREQ(
      error.message,
      "dim expression 'batch + rows' cannot be read at character 8: expected sums and products of "
      "integers and the module's symbols, at most 32 deep");
}

}  // namespace
}  // namespace plx
