#include <tiffio.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>

#include "runtime/host/image.h"

namespace plx::host {
namespace {

// Bytes that libtiff may take at one time.
constexpr tmsize_t kMaxBytes = tmsize_t{1} << 30;

struct Source {
  std::string_view bytes;
  toff_t at = 0;
};

tmsize_t read_bytes(thandle_t handle, void *out, tmsize_t length) {
  auto *source = static_cast<Source *>(handle);
  if (source->at >= source->bytes.size() || length <= 0) return 0;
  size_t taken = std::min<size_t>(static_cast<size_t>(length), source->bytes.size() - source->at);
  memcpy(out, source->bytes.data() + source->at, taken);
  source->at += taken;
  return static_cast<tmsize_t>(taken);
}

tmsize_t write_nothing(thandle_t, void *, tmsize_t) { return 0; }

toff_t seek_bytes(thandle_t handle, toff_t offset, int from) {
  auto *source = static_cast<Source *>(handle);
  if (from == SEEK_CUR) offset += source->at;
  if (from == SEEK_END) offset += source->bytes.size();
  return source->at = offset;
}

int close_nothing(thandle_t) { return 0; }
toff_t size_of(thandle_t handle) { return static_cast<Source *>(handle)->bytes.size(); }
int map_nothing(thandle_t, void **, toff_t *) { return 0; }
void unmap_nothing(thandle_t, void *, toff_t) {}

int keep_error(TIFF *, void *out, const char *, const char *format, va_list args) {
  std::string &text = *static_cast<std::string *>(out);
  char message[200];
  vsnprintf(message, sizeof message, format, args);
  if (text.empty()) text = message;  // the first says why
  return 1;
}

int ignore_warning(TIFF *, void *, const char *, const char *, va_list) { return 1; }

}  // namespace

Image decode_tiff(std::string_view bytes) {
  Source source{bytes};
  std::string message;
  std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions *)> options(TIFFOpenOptionsAlloc(),
                                                                        TIFFOpenOptionsFree);
  if (!options) throw std::bad_alloc();
  TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), kMaxBytes);
  TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_error, &message);
  TIFFOpenOptionsSetWarningHandlerExtR(options.get(), ignore_warning, nullptr);
  std::unique_ptr<TIFF, void (*)(TIFF *)> tiff(
      TIFFClientOpenExt("image", "rm", &source, read_bytes, write_nothing, seek_bytes,
                        close_nothing, size_of, map_nothing, unmap_nothing, options.get()),
      TIFFClose);
  auto why = [&] { return message.empty() ? std::string("its data are not valid") : message; };
  uint32_t width = 0, height = 0;
  if (!tiff || !TIFFGetField(tiff.get(), TIFFTAG_IMAGEWIDTH, &width) ||
      !TIFFGetField(tiff.get(), TIFFTAG_IMAGELENGTH, &height))
    throw Failure(why());
  Image image = Image::of(width, height);
  std::vector<uint32_t> pixels(static_cast<size_t>(image.width * image.height));
  if (!TIFFReadRGBAImageOriented(tiff.get(), width, height, pixels.data(), ORIENTATION_TOPLEFT, 1))
    throw Failure(why());
  uint8_t *out = image.rgb.data();
  for (uint32_t pixel : pixels) {
    *out++ = static_cast<uint8_t>(TIFFGetR(pixel));
    *out++ = static_cast<uint8_t>(TIFFGetG(pixel));
    *out++ = static_cast<uint8_t>(TIFFGetB(pixel));
  }
  return image;
}

}  // namespace plx::host
