#include "runtime/train/csv.h"

#include <gtest/gtest.h>

#include "tests/unit/runtime/train/folder.h"

namespace plx::train {
namespace {

using Places = std::vector<size_t>;

std::string message(const std::string &text) {
  return std::string(Csv::parse(text, "f").status().message());
}

TEST(CsvTest, ReadsNumbersUnderAHeader) {
  absl::StatusOr<Csv> table = Csv::parse("a,\"b \"\"x\"\"\", c\r\n1,+2.5,-3e2\n\n4,\"5\",6", "f");
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->names(), (std::vector<std::string>{"a", "b \"x\"", "c"}));
  EXPECT_EQ(table->rows(), 2);
  EXPECT_EQ(table->values({2, 0}), (std::vector<double>{-300, 1, 6, 4}));
}

TEST(CsvTest, FindsGroupsOfColumns) {
  absl::StatusOr<Csv> table = Csv::parse("p0,p1,y,p2\n1,2,3,4\n", "f");
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(*table->find("y"), (Places{2}));
  EXPECT_EQ(*table->find("p1:p2"), (Places{1, 2, 3}));
  EXPECT_EQ(*table->find("p*"), (Places{0, 1, 3}));
  for (const char *wrong : {"z", "z:p2", "p2:p0", "q*", ""})
    EXPECT_FALSE(table->find(wrong).ok()) << wrong;
  EXPECT_EQ(table->find("z").status().message(),
            "'f' has no column 'z'; it has 'p0', 'p1', 'y', 'p2'");
}

TEST(CsvTest, SaysWhereItIsWrong) {
  EXPECT_EQ(message(""), "'f' is empty");
  EXPECT_EQ(message("a,b\n1\n"), "f:2: 1 fields; the header has 2");
  EXPECT_EQ(message("a,b\n1,x\n"), "f:2: column 'b': 'x' is no number");
  EXPECT_EQ(message("a\n\"1"), "f:2: a quote has no end");
  EXPECT_EQ(message("a\n\"1\"2"), "f:2: a quoted field ends before '2'");
  EXPECT_EQ(Csv::read("/none.csv").status().code(), absl::StatusCode::kNotFound);
}

TEST(CsvTest, ReadsAFile) {
  Folder folder;
  std::ofstream(folder.in("t.csv")) << "\xef\xbb\xbfx\n1\n2\n";
  absl::StatusOr<Csv> table = Csv::read(folder.in("t.csv"));
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->values({0}), (std::vector<double>{1, 2}));
}

}  // namespace
}  // namespace plx::train
