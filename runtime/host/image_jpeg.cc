#include <csetjmp>
#include <cstdio>

#include <jpeglib.h>

#include "runtime/host/image.h"

namespace plx::host {
namespace {

// Scans of a progressive image: each passes over all of it, so their number bounds the time.
constexpr int kMaxScans = 500;

// Errors come back by longjmp, so no frame between holds objects that have to be destroyed.
struct Decoder {
  jpeg_decompress_struct jpeg;  // first, so that callbacks find the rest
  jpeg_error_mgr errors;
  jpeg_progress_mgr progress;
  jmp_buf failed;
  char message[JMSG_LENGTH_MAX];
};

void leave(j_common_ptr common) {
  auto *decoder = reinterpret_cast<Decoder *>(common);
  (*common->err->format_message)(common, decoder->message);
  longjmp(decoder->failed, 1);
}

void ignore_message(j_common_ptr) {}

void count_scans(j_common_ptr common) {
  auto *decoder = reinterpret_cast<Decoder *>(common);
  if (decoder->jpeg.input_scan_number <= kMaxScans) return;
  snprintf(decoder->message, sizeof decoder->message, "it has more than %d scans", kMaxScans);
  longjmp(decoder->failed, 1);
}

bool start(Decoder *decoder, std::string_view bytes) {
  decoder->jpeg.err = jpeg_std_error(&decoder->errors);
  decoder->errors.error_exit = leave;
  decoder->errors.output_message = ignore_message;
  if (setjmp(decoder->failed) != 0) return false;
  jpeg_create_decompress(&decoder->jpeg);
  decoder->progress.progress_monitor = count_scans;
  decoder->jpeg.progress = &decoder->progress;
  jpeg_mem_src(&decoder->jpeg, reinterpret_cast<const unsigned char *>(bytes.data()), bytes.size());
  jpeg_read_header(&decoder->jpeg, TRUE);
  bool is_cmyk = decoder->jpeg.num_components == 4;
  decoder->jpeg.out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
  return true;
}

// Adobe's CMYK is inverted: 255 is no ink.
void cmyk_to_rgb(const uint8_t *cmyk, int64_t width, uint8_t *rgb) {
  for (int64_t x = 0; x < width; ++x, cmyk += 4, rgb += 3)
    for (int k = 0; k < 3; ++k) rgb[k] = static_cast<uint8_t>(cmyk[k] * cmyk[3] / 255);
}

bool read_rows(Decoder *decoder, Image *image, uint8_t *cmyk) {
  if (setjmp(decoder->failed) != 0) return false;
  jpeg_start_decompress(&decoder->jpeg);
  for (int64_t y = 0; y < image->height; ++y) {
    JSAMPROW row = cmyk != nullptr ? cmyk : image->row(y);
    jpeg_read_scanlines(&decoder->jpeg, &row, 1);
    if (cmyk != nullptr) cmyk_to_rgb(cmyk, image->width, image->row(y));
  }
  jpeg_finish_decompress(&decoder->jpeg);
  return true;
}

}  // namespace

Image decode_jpeg(std::string_view bytes) {
  Decoder decoder = {};
  struct Owner {
    jpeg_decompress_struct *jpeg;
    ~Owner() { jpeg_destroy_decompress(jpeg); }
  } owner{&decoder.jpeg};
  if (!start(&decoder, bytes)) throw Failure(decoder.message);
  Image image = Image::of(decoder.jpeg.image_width, decoder.jpeg.image_height);
  std::vector<uint8_t> cmyk(
      decoder.jpeg.out_color_space == JCS_CMYK ? static_cast<size_t>(image.width) * 4 : 0);
  if (!read_rows(&decoder, &image, cmyk.empty() ? nullptr : cmyk.data()))
    throw Failure(decoder.message);
  return image;
}

}  // namespace plx::host
