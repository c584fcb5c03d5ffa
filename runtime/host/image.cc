// Decoding of images, by their first bytes.
#include "runtime/host/image.h"

#include <cstring>

#include "runtime/host/functions.h"

namespace plx::host {
namespace {

struct Codec {
  const char *name;
  bool (*knows)(std::string_view bytes);
  Image (*decode)(std::string_view bytes);
};

bool begins(std::string_view bytes, std::string_view with) { return bytes.starts_with(with); }

using namespace std::string_view_literals;
const Codec kCodecs[] = {
    {"PNG", [](std::string_view b) { return begins(b, "\x89PNG\r\n\x1a\n"sv); }, decode_png},
    {"JPEG", [](std::string_view b) { return begins(b, "\xff\xd8\xff"sv); }, decode_jpeg},
    {"JPEG 2000",
     [](std::string_view b) {
       return begins(b, "\0\0\0\x0cjP  \r\n\x87\n"sv) || begins(b, "\xff\x4f\xff\x51"sv);
     },
     decode_jpeg2000},
    {"TIFF", [](std::string_view b) { return begins(b, "II*\0"sv) || begins(b, "MM\0*"sv); },
     decode_tiff},
    {"WebP",
     [](std::string_view b) { return begins(b, "RIFF"sv) && b.substr(0, 12).ends_with("WEBP"sv); },
     decode_webp},
    {"BMP", [](std::string_view b) { return begins(b, "BM"sv); }, decode_bmp},
    {"PNM",
     [](std::string_view b) {
       return b.size() > 2 && b[0] == 'P' && b[1] >= '1' && b[1] <= '6' && strchr(" \t\r\n#", b[2]);
     },
     decode_pnm},
};

Image decoded(std::string_view bytes) {
  for (const Codec &codec : kCodecs) {
    if (!codec.knows(bytes)) continue;
    try {
      return codec.decode(bytes);
    } catch (const Failure &failure) {
      throw Failure(std::string("the ") + codec.name +
                    " image cannot be decoded: " + failure.what());
    }
  }
  throw Failure(
      "the " + std::to_string(bytes.size()) +
      " bytes are no image of a kind that is known: PNG, JPEG, JPEG 2000, TIFF, WebP, BMP, "
      "PNM");
}

}  // namespace

Image Image::of(int64_t width, int64_t height) {
  if (width < 1 || height < 1 || width > kMaxSide || height > kMaxSide ||
      width * height > kMaxPixels)
    throw Failure("it is " + std::to_string(width) + " x " + std::to_string(height) +
                  " pixels; expected 1 to " + std::to_string(kMaxSide) + " a side and at most " +
                  std::to_string(kMaxPixels) + " in all");
  return {width, height, std::vector<uint8_t>(static_cast<size_t>(width * height * 3))};
}

void decode_image(Call &call) {
  auto bytes = call.numbers<uint8_t>(0, PLX_U8);
  Image image = decoded({reinterpret_cast<const char *>(bytes.data()), bytes.size()});
  std::string format = call.string_of("pixel_format", "RGB");
  if (format != "RGB" && format != "BGR" && format != "Grayscale")
    throw Failure("pixel_format is '" + format + "'; expected RGB, BGR or Grayscale");
  int64_t channels = format == "Grayscale" ? 1 : 3;
  auto out = call.result<uint8_t>(0, PLX_U8, {image.height, image.width, channels});
  const uint8_t *rgb = image.rgb.data();
  for (size_t i = 0; i < out.size(); i += static_cast<size_t>(channels), rgb += 3) {
    // ITU-R 601-2 luma in 16 bits, rounded, as Pillow has it (Convert.c, L24).
    if (channels == 1)
      out[i] = static_cast<uint8_t>(
          (rgb[0] * 19595u + rgb[1] * 38470u + rgb[2] * 7471u + 0x8000u) >> 16);
    else if (format == "RGB")
      memcpy(&out[i], rgb, 3);
    else
      out[i] = rgb[2], out[i + 1] = rgb[1], out[i + 2] = rgb[0];
  }
}

}  // namespace plx::host
