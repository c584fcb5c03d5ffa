// Decoders of images. Bytes are hostile: sizes are checked before memory is taken.
#ifndef PLEXUS_RUNTIME_HOST_IMAGE_H
#define PLEXUS_RUNTIME_HOST_IMAGE_H

#include <cstdint>
#include <string_view>
#include <vector>

#include "runtime/host/call.h"

namespace plx::host {

// Pixels a side, and in all (three bytes each: 384 MiB): what may be asked for by a few bytes.
constexpr int64_t kMaxSide = 1 << 20;
constexpr int64_t kMaxPixels = int64_t{1} << 27;

struct Image {
  int64_t width, height;
  std::vector<uint8_t> rgb;  // [height][width][3]

  // Black; Failure where it is too large.
  static Image of(int64_t width, int64_t height);
  uint8_t *row(int64_t y) { return &rgb[static_cast<size_t>(y * width * 3)]; }
};

// Each throws Failure that says what is wrong.
Image decode_png(std::string_view bytes);
Image decode_jpeg(std::string_view bytes);
Image decode_jpeg2000(std::string_view bytes);
Image decode_tiff(std::string_view bytes);
Image decode_webp(std::string_view bytes);
Image decode_bmp(std::string_view bytes);
Image decode_pnm(std::string_view bytes);

}  // namespace plx::host
#endif  // PLEXUS_RUNTIME_HOST_IMAGE_H
