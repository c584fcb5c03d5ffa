#include <png.h>

#include <cstring>

#include "runtime/host/image.h"

namespace plx::host {
namespace {

// What libpng's callbacks see. Errors come back by longjmp, so no frame between holds objects that
// have to be destroyed.
struct Source {
  std::string_view bytes;
  size_t at = 0;
  char message[128] = "";
};

void read_bytes(png_structp png, png_bytep out, size_t length) {
  auto *source = static_cast<Source *>(png_get_io_ptr(png));
  if (length > source->bytes.size() - source->at) png_error(png, "it ends too early");
  memcpy(out, source->bytes.data() + source->at, length);
  source->at += length;
}

void keep_error(png_structp png, png_const_charp message) {
  auto *source = static_cast<Source *>(png_get_error_ptr(png));
  snprintf(source->message, sizeof source->message, "%s", message);
  png_longjmp(png, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

// Rows of 8-bit RGB, whatever is in the file; alpha is left out.
void ask_for_rgb(png_structp png) {
  png_set_expand(png);
  png_set_strip_16(png);
  png_set_strip_alpha(png);
  png_set_gray_to_rgb(png);
}

bool read_size(png_structp png, png_infop info, png_uint_32 *width, png_uint_32 *height) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  png_read_info(png, info);
  *width = png_get_image_width(png, info);
  *height = png_get_image_height(png, info);
  return true;
}

bool read_rows(png_structp png, png_infop info, Image *image) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;
  ask_for_rgb(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  if (png_get_rowbytes(png, info) != static_cast<size_t>(image->width) * 3)
    png_error(png, "its rows are not as long as its width says");
  for (int pass = 0; pass < passes; ++pass)
    for (int64_t y = 0; y < image->height; ++y) png_read_row(png, image->row(y), nullptr);
  return true;
}

struct Reader {
  png_structp png = nullptr;
  png_infop info = nullptr;
  ~Reader() { png_destroy_read_struct(&png, &info, nullptr); }
};

}  // namespace

Image decode_png(std::string_view bytes) {
  Source source;
  source.bytes = bytes;
  Reader reader;
  reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &source, keep_error, ignore_warning);
  if (reader.png != nullptr) reader.info = png_create_info_struct(reader.png);
  if (reader.info == nullptr) throw std::bad_alloc();
  png_set_read_fn(reader.png, &source, read_bytes);
  png_uint_32 width = 0, height = 0;
  if (!read_size(reader.png, reader.info, &width, &height)) throw Failure(source.message);
  Image image = Image::of(width, height);
  if (!read_rows(reader.png, reader.info, &image)) throw Failure(source.message);
  return image;
}

}  // namespace plx::host
