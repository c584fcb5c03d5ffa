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

}  // namespace
}  // namespace plx_test
