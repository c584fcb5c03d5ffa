#include "tests/unit/runtime/host/table.h"

namespace plx_test {
namespace {

TEST(Regex, MatchesWholeStrings) {
  Strings x({"abc", "abcd", ""});
  EXPECT_EQ(
      Called("host:regex_full_match", R"({"pattern":"a[a-z]{2}"})", {x.tensor}).numbers<uint8_t>(),
      std::vector<uint8_t>({1, 0, 0}));
  EXPECT_EQ(Called("host:regex_full_match", R"({"pattern":"["})", {x.tensor}).message(),
            "pattern '[' is not valid: missing ]: [");
}

}  // namespace
}  // namespace plx_test
