#include <unistd.h>

#include <cmath>

#include "tests/unit/runtime/host/table.h"

namespace plx_test {
namespace {

using Texts = std::vector<std::string>;
using Ints = std::vector<int64_t>;

TEST(StringFunctions, ConcatBroadcasts) {
  Strings x({2, 1}, {"a", "b"}), y({"1", "", "3"});
  Called out("host:string_concat", "{}", {x.tensor, y.tensor});
  EXPECT_EQ(out.dims(), Ints({2, 3}));
  EXPECT_EQ(out.strings(), Texts({"a1", "a", "a3", "b1", "b", "b3"}));
  Strings z({"1", "2"}), w({"1", "2", "3"});
  EXPECT_EQ(Called("host:string_concat", "{}", {z.tensor, w.tensor}).message(),
            "shapes [2] and [3] do not broadcast");
}

TEST(StringFunctions, BytesAreAnyBytes) {
  Strings x({std::string("\0\xff", 2)}), y({std::string("\0", 1)});
  EXPECT_EQ(Called("host:string_concat", "{}", {x.tensor, y.tensor}).strings(),
            Texts({std::string("\0\xff\0", 3)}));
  EXPECT_EQ(Called("host:string_equal", "{}", {x.tensor, y.tensor}).numbers<uint8_t>(),
            std::vector<uint8_t>({0}));
}

TEST(StringFunctions, OtherTypesAreRefused) {
  Strings x({"a"});
  float number = 1;
  plx_tensor scalar = {&number, nullptr, 0, PLX_F32};
  EXPECT_EQ(Called("host:string_concat", "{}", {x.tensor, scalar}).message(),
            "argument 1 is a tensor of f32; expected string");
  EXPECT_EQ(Called("host:string_concat", "{}", {x.tensor}).message(),
            "argument 1 must be a tensor");
}

TEST(StringFunctions, SplitPads) {
  Strings x({"a,b,,c", "", "d"});
  Called out("host:string_split", R"({"delimiter":",","maxsplit":2})", {x.tensor}, 2);
  EXPECT_EQ(out.dims(), Ints({3, 3}));
  EXPECT_EQ(out.strings(), Texts({"a", "b", ",c", "", "", "", "d", "", ""}));
  EXPECT_EQ(out.numbers<int64_t>(1), Ints({3, 1, 1}));
}

TEST(StringFunctions, SplitAtWhiteSpace) {
  Strings x({" a \t b  c ", "   "});
  Called all("host:string_split", "{}", {x.tensor}, 2);
  EXPECT_EQ(all.strings(), Texts({"a", "b", "c", "", "", ""}));
  EXPECT_EQ(all.numbers<int64_t>(1), Ints({3, 0}));
  Called one("host:string_split", R"({"maxsplit":1})", {x.tensor}, 2);
  EXPECT_EQ(one.strings(), Texts({"a", "b  c", "", ""}));
}

TEST(StringFunctions, TablesAreTakenFromAndFoundIn) {
  Strings first({"a", "b"}), second({"c"});
  int64_t index[3] = {2, 0, 1}, size[1] = {3};
  plx_tensor places = {index, size, 1, PLX_I64};
  EXPECT_EQ(Called("host:take_strings", "{}", {first.tensor, second.tensor, places}).strings(),
            Texts({"c", "a", "b"}));
  index[1] = 3;
  EXPECT_EQ(Called("host:take_strings", "{}", {first.tensor, second.tensor, places}).message(),
            "index 3 is out of range [0, 3)");
  Strings keys({"x", "a", "x"}), x({"x", "y", "a"});
  EXPECT_EQ(Called("host:find_strings", "{}", {x.tensor, keys.tensor}).numbers<int64_t>(),
            Ints({2, 3, 1}));
}

TEST(StringFunctions, NumbersAreReadAndWritten) {
  Strings x({" 1.5", "+2e3", "-INF", "1e99", "0x"});
  EXPECT_EQ(Called("host:parse_numbers", R"({"to":11})", {x.tensor}).message(),
            "'0x' is no number of this type");
  Strings good({" 1.5", "+2e3", "-INF", "1e99"});
  auto read = Called("host:parse_numbers", R"({"to":1})", {good.tensor}).numbers<float>();
  EXPECT_EQ(read, std::vector<float>({1.5f, 2000.0f, -HUGE_VALF, HUGE_VALF}));
  Strings large({"9223372036854775808"});
  EXPECT_EQ(Called("host:parse_numbers", R"({"to":7})", {large.tensor}).message(),
            "'9223372036854775808' is no number of this type");
  float numbers[4] = {0.1f, -HUGE_VALF, 1e10f, 3};
  int64_t size[1] = {4};
  EXPECT_EQ(Called("host:format_numbers", "{}", {{numbers, size, 1, PLX_F32}}).strings(),
            Texts({"0.1", "-INF", "1e+10", "3"}));
}

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

// Users' libraries are opened the same way.
TEST(Library, GivesItsFunctionsByPath) {
  char path[4096];
  ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  ASSERT_GT(length, 0);
  std::string self(path, static_cast<size_t>(length));
  std::string library = self.substr(0, self.find_last_of('/')) + "/../lib/libplexus_host.so";
  plx_error error;
  EXPECT_EQ(plx_open_host_functions(library.c_str(), &error), PLX_OK) << error.message;
  EXPECT_EQ(plx_has_host_function("host:string_concat"), 1);
}

TEST(Regex, MatchesWholeStrings) {
  Strings x({"abc", "abcd", ""});
  EXPECT_EQ(
      Called("host:regex_full_match", R"({"pattern":"a[a-z]{2}"})", {x.tensor}).numbers<uint8_t>(),
      std::vector<uint8_t>({1, 0, 0}));
  EXPECT_EQ(Called("host:regex_full_match", R"({"pattern":"["})", {x.tensor}).message(),
            "pattern '[' is not valid: missing ]: [");
}

TEST(Tfidf, CountsGramsOfStrings) {
  // 1-grams a, b; 2-grams (a, b).
  const char *settings =
      R"({"mode":"TFIDF","min_gram_length":1,"max_gram_length":2,"max_skip_count":1,)"
      R"("ngram_counts":[0,2],"ngram_indexes":[0,2,1],"pool_strings":["a","b","a","b"],)"
      R"("weights":[1.0,2.0,3.0]})";
  Strings x({"a", "c", "b", "a", "b"});
  Called out("host:tfidf", settings, {x.tensor});
  EXPECT_EQ(out.numbers<float>(), std::vector<float>({2, 4, 6}));
  Strings rows({2, 2}, {"a", "b", "b", "b"});
  Called batch("host:tfidf", settings, {rows.tensor});
  EXPECT_EQ(batch.dims(), Ints({2, 3}));
  EXPECT_EQ(batch.numbers<float>(), std::vector<float>({1, 2, 3, 0, 0, 6}));
}

TEST(Tfidf, SettingsThatDoNotFitAreRefused) {
  int64_t item = 1, size[1] = {1};
  plx_tensor x = {&item, size, 1, PLX_I64};
  auto message = [&](const std::string &settings) {
    return Called("host:tfidf", ("{" + settings + "}").c_str(), {x}).message();
  };
  EXPECT_EQ(message(R"("ngram_indexes":[-1])"), "ngram_indexes has an entry of -1");
  EXPECT_EQ(message(R"("ngram_indexes":[0],"max_skip_count":-1)"),
            "n-grams of 1 to 1 items that skip up to -1 are not possible");
  EXPECT_EQ(message(R"("ngram_indexes":[0],"weights":[1.0,2.0])"),
            "there are 2 weights for 1 n-grams");
  EXPECT_EQ(message(R"("ngram_indexes":[0],"ngram_counts":[0,5],"pool_int64s":[1])"),
            "ngram_counts does not fit the pool of 1 items");
  EXPECT_EQ(message(R"("ngram_indexes":[0],"ngram_counts":[0],"pool_int64s":[1,2])"),
            "there are 2 n-grams but 1 ngram_indexes");
  EXPECT_EQ(
      Called("host:tfidf",
             R"({"ngram_indexes":[0],"ngram_counts":[0,0],"pool_int64s":[1,1],)"
             R"("min_gram_length":2,"max_gram_length":2,"max_skip_count":9223372036854775806})",
             {x})
          .numbers<float>(),
      std::vector<float>({0}));
}

}  // namespace
}  // namespace plx_test
