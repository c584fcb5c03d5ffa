#include "tests/unit/runtime/host/table.h"

namespace plx_test {
namespace {

using Ints = std::vector<int64_t>;

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
