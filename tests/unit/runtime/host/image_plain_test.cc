#include "tests/unit/runtime/host/images.h"

namespace plx_test {
namespace {

TEST(PlainImage, PlainFormsOfPnm) {
  EXPECT_EQ(decode("P1 2 1\n# black is 1\n1 0").numbers<uint8_t>(),
            Pixels({0, 0, 0, 255, 255, 255}));
  EXPECT_EQ(decode("P2 1 1 3 1").numbers<uint8_t>(), Pixels({85, 85, 85}));
  EXPECT_EQ(decode("P3\n1 1\n255\n1 2 3\n").numbers<uint8_t>(), Pixels({1, 2, 3}));
  EXPECT_EQ(decode("P4 2 1\n\x80").numbers<uint8_t>(), Pixels({0, 0, 0, 255, 255, 255}));
  EXPECT_EQ(decode(std::string("P5 1 1 65535\n\xff\xff", 15)).numbers<uint8_t>(),
            Pixels({255, 255, 255}));
}

}  // namespace
}  // namespace plx_test
