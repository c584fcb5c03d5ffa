#include "tests/unit/runtime/host/table.h"

namespace plx_test {
namespace {

using Texts = std::vector<std::string>;
using Ints = std::vector<int64_t>;

TEST(Normalize, ChangesCaseWithoutALocale) {
  Strings x({"Ärger", "ǅ", "ΣΑΣ",
             "\xff"
             "A"});
  EXPECT_EQ(
      Called("host:string_normalize", R"({"case_change_action":"LOWER"})", {x.tensor}).strings(),
      Texts({"ärger", "ǆ", "σασ",
             "\xff"
             "a"}));
  EXPECT_EQ(
      Called("host:string_normalize", R"({"case_change_action":"UPPER"})", {x.tensor}).strings(),
      Texts({"ÄRGER", "Ǆ", "ΣΑΣ",
             "\xff"
             "A"}));
  EXPECT_EQ(Called("host:string_normalize", R"({"case_change_action":"x"})", {x.tensor}).message(),
            "case_change_action is 'x'; expected NONE, LOWER or UPPER");
}

TEST(Normalize, LeavesStopWordsOut) {
  Strings x({"Montag", "montag", "Dienstag"});
  const char *loose = R"({"stopwords":["MONTAG"],"is_case_sensitive":0})";
  const char *exact = R"({"stopwords":["montag"],"is_case_sensitive":1})";
  EXPECT_EQ(Called("host:string_normalize", loose, {x.tensor}).strings(), Texts({"Dienstag"}));
  EXPECT_EQ(Called("host:string_normalize", exact, {x.tensor}).strings(),
            Texts({"Montag", "Dienstag"}));
  Strings row({1, 1}, {"montag"});
  Called empty("host:string_normalize", exact, {row.tensor});
  EXPECT_EQ(empty.dims(), Ints({1, 1}));
  EXPECT_EQ(empty.strings(), Texts({""}));
  Strings rows({2, 1}, {"a", "b"});
  EXPECT_EQ(Called("host:string_normalize", exact, {rows.tensor}).message(),
            "the operand must be a list of strings, or one row of them");
}

}  // namespace
}  // namespace plx_test
