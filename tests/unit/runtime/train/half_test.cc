#include "runtime/train/half.h"

#include <gtest/gtest.h>

#include <bit>

namespace plx::train {
namespace {

TEST(HalfTest, EveryNumberComesBack) {
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    Half half;
    half.bits = static_cast<uint16_t>(bits);
    BFloat16 brain;
    brain.bits = half.bits;
    if (!std::isnan(static_cast<double>(half))) {
      ASSERT_EQ(Half(static_cast<double>(half)).bits, bits);
    }
    if (!std::isnan(static_cast<double>(brain))) {
      ASSERT_EQ(BFloat16(static_cast<double>(brain)).bits, bits);
    }
    // bf16 is the upper half of f32.
    float expected = std::bit_cast<float>(bits << 16);
    if (!std::isnan(expected)) {
      ASSERT_EQ(static_cast<double>(brain), expected);
    }
  }
}

TEST(HalfTest, RoundsToNearestEven) {
  EXPECT_EQ(Half(1).bits, 0x3c00);
  EXPECT_EQ(Half(1 + 0x1p-11).bits, 0x3c00);
  EXPECT_EQ(Half(1 + 0x1p-11 + 0x1p-40).bits, 0x3c01);  // twice rounded it were 0x3c00
  EXPECT_EQ(Half(1 + 0x3p-11).bits, 0x3c02);
  EXPECT_EQ(Half(-2 + 0x1p-12).bits, 0xc000);
  EXPECT_EQ(Half(0x1p-24).bits, 1);
  EXPECT_EQ(Half(0x1p-25).bits, 0);
  EXPECT_EQ(Half(0x1p-14 - 0x1p-26).bits, 0x0400);  // the largest subnormal's upper neighbour
  EXPECT_EQ(Half(65504).bits, 0x7bff);
  EXPECT_EQ(Half(65519).bits, 0x7bff);
  EXPECT_EQ(Half(65520).bits, 0x7c00);
  EXPECT_EQ(Half(-1e300).bits, 0xfc00);
  EXPECT_TRUE(std::isnan(static_cast<double>(Half(NAN))));
  EXPECT_TRUE(std::isnan(static_cast<double>(BFloat16(NAN))));
  EXPECT_EQ(BFloat16(3.14159).bits, 0x4049);
}

}  // namespace
}  // namespace plx::train
