// Decoding of every format, and of broken files.
// Covers: runtime/host/image_jpeg.cc, runtime/host/image_jpeg2000.cc, runtime/host/image_png.cc
// Covers: runtime/host/image_tiff.cc, runtime/host/image_webp.cc
#include <cstdlib>

#include "tests/unit/runtime/host/images.h"
#include "tests/unit/runtime/host/table.h"

namespace plx_test {
namespace {

TEST(Image, EveryFormatGivesItsPixels) {
  for (const std::string *bytes : {&kPng, &kWebp, &kTiff, &kJpeg2000, &kBmp, &kPnm}) {
    EXPECT_EQ(decode(*bytes).dims(), std::vector<int64_t>({2, 3, 3}));
    EXPECT_EQ(decode(*bytes).numbers<uint8_t>(), kPixels);
  }
}

TEST(Image, JpegIsCloseToItsPixels) {
  Pixels pixels = decode(kJpeg).numbers<uint8_t>();
  ASSERT_EQ(pixels.size(), kPixels.size());
  for (size_t i = 0; i < pixels.size(); ++i) EXPECT_LE(abs(pixels[i] - kPixels[i]), 24) << i;
}

TEST(Image, ChannelsAreInTheOrderAskedFor) {
  Pixels bgr = decode(kPnm, R"({"pixel_format":"BGR"})").numbers<uint8_t>();
  EXPECT_EQ(bgr[0], 0);
  EXPECT_EQ(bgr[2], 255);
  Called gray = decode(kPnm, R"({"pixel_format":"Grayscale"})");
  EXPECT_EQ(gray.dims(), std::vector<int64_t>({2, 3, 1}));
  EXPECT_EQ(gray.numbers<uint8_t>(), Pixels({76, 150, 29, 18, 79, 255}));
  EXPECT_EQ(decode(kPnm, R"({"pixel_format":"HSV"})").message(),
            "pixel_format is 'HSV'; expected RGB, BGR or Grayscale");
}

TEST(Image, BytesThatAreNoImageAreRefused) {
  EXPECT_EQ(decode("hello").message(),
            "the 5 bytes are no image of a kind that is known: PNG, JPEG, JPEG 2000, TIFF, WebP, "
            "BMP, PNM");
  EXPECT_EQ(decode("").message().substr(0, 25), "the 0 bytes are no image ");
}

TEST(Image, SizesAreCheckedBeforeMemoryIsTaken) {
  EXPECT_EQ(
      decode("P6 100000 100000 255\n").message(),
      "the PNM image cannot be decoded: it is 100000 x 100000 pixels; expected 1 to 1048576 a "
      "side and at most 134217728 in all");
  std::string bmp = kBmp;
  bmp[21] = 0x7f;  // a width of 2^30 and more
  EXPECT_NE(decode(bmp).message().find("pixels; expected 1 to"), std::string::npos);
  std::string png = kPng;
  png[16] = 0x7f;
  EXPECT_NE(decode(png).message(), "");
}

TEST(Image, WhatEndsEarlySaysSo) {
  EXPECT_EQ(decode(kBmp.substr(0, 60)).message(),
            "the BMP image cannot be decoded: it ends at byte 60");
  EXPECT_EQ(decode(kPng.substr(0, 40)).message(),
            "the PNG image cannot be decoded: it ends too early");
  EXPECT_EQ(decode(kPnm.substr(0, 14)).message(),
            "the PNM image cannot be decoded: it ends at byte 14");
}

// Hostile bytes: any answer, but no fault (the sanitizers watch).
TEST(Image, EveryPrefixAndManyChangedBytesAreDecodedOrRefused) {
  uint64_t state = 1;
  auto random = [&] {
    return state = state * 6364136223846793005u + 1442695040888963407u, state >> 33;
  };
  for (const std::string *image : {&kPng, &kJpeg, &kJpeg2000, &kTiff, &kWebp, &kBmp, &kPnm}) {
    for (size_t n = 0; n < image->size(); n += 1 + n / 64) decode(image->substr(0, n));
    for (int attempt = 0; attempt < 2000; ++attempt) {
      std::string changed = *image;
      for (uint64_t k = random() % 3 + 1; k > 0; --k)
        changed[random() % changed.size()] = static_cast<char>(random());
      decode(changed);
    }
  }
}

}  // namespace
}  // namespace plx_test
