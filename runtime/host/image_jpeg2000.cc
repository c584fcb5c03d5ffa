#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "runtime/host/image.h"

namespace plx::host {
namespace {

struct Source {
  std::string_view bytes;
  size_t at = 0;
};

OPJ_SIZE_T read_bytes(void *out, OPJ_SIZE_T length, void *data) {
  auto *source = static_cast<Source *>(data);
  size_t left = source->bytes.size() - source->at;
  if (left == 0) return static_cast<OPJ_SIZE_T>(-1);
  size_t taken = std::min<size_t>(left, length);
  memcpy(out, source->bytes.data() + source->at, taken);
  source->at += taken;
  return taken;
}

OPJ_OFF_T skip_bytes(OPJ_OFF_T length, void *data) {
  auto *source = static_cast<Source *>(data);
  auto left = static_cast<OPJ_OFF_T>(source->bytes.size() - source->at);
  OPJ_OFF_T taken = std::clamp<OPJ_OFF_T>(length, -static_cast<OPJ_OFF_T>(source->at), left);
  source->at = static_cast<size_t>(static_cast<OPJ_OFF_T>(source->at) + taken);
  return taken == 0 && length != 0 ? -1 : taken;
}

OPJ_BOOL seek_bytes(OPJ_OFF_T position, void *data) {
  auto *source = static_cast<Source *>(data);
  if (position < 0 || static_cast<size_t>(position) > source->bytes.size()) return OPJ_FALSE;
  source->at = static_cast<size_t>(position);
  return OPJ_TRUE;
}

void keep_message(const char *message, void *out) {
  std::string &text = *static_cast<std::string *>(out);
  if (!text.empty()) return;  // the first says why
  text = message;
  while (!text.empty() && text.back() == '\n') text.pop_back();
}

// A component's sample of a pixel, as a byte.
int64_t sample(const opj_image_comp_t &component, int64_t x, int64_t y) {
  int64_t column = x / std::max<int64_t>(1, component.dx),
          row = y / std::max<int64_t>(1, component.dy);
  column = std::min<int64_t>(column, static_cast<int64_t>(component.w) - 1);
  row = std::min<int64_t>(row, static_cast<int64_t>(component.h) - 1);
  int64_t value = component.data[row * component.w + column];
  if (component.sgnd) value += int64_t{1} << (component.prec - 1);
  if (component.prec > 8) value >>= component.prec - 8;
  if (component.prec < 8) value = value * 255 / ((1 << component.prec) - 1);
  return std::clamp<int64_t>(value, 0, 255);
}

uint8_t to_byte(double value) { return static_cast<uint8_t>(std::clamp(value + 0.5, 0.0, 255.0)); }

// ITU-R 601, as JFIF has it.
void ycc_to_rgb(uint8_t *p) {
  double y = p[0], cb = p[1] - 128.0, cr = p[2] - 128.0;
  p[0] = to_byte(y + 1.402 * cr);
  p[1] = to_byte(y - 0.344136 * cb - 0.714136 * cr);
  p[2] = to_byte(y + 1.772 * cb);
}

Image to_image(const opj_image_t &decoded) {
  if (decoded.numcomps == 0) throw Failure("it has no components");
  uint32_t used = decoded.numcomps < 3 ? 1 : 3;
  for (uint32_t k = 0; k < used; ++k) {
    const opj_image_comp_t &component = decoded.comps[k];
    if (component.data == nullptr || component.w == 0 || component.h == 0 || component.prec == 0 ||
        component.prec > 31)
      throw Failure("component " + std::to_string(k) + " has no samples");
  }
  Image image = Image::of(decoded.x1 - int64_t{decoded.x0}, decoded.y1 - int64_t{decoded.y0});
  bool is_ycc = used == 3 &&
                (decoded.color_space == OPJ_CLRSPC_SYCC || decoded.color_space == OPJ_CLRSPC_EYCC);
  for (int64_t y = 0; y < image.height; ++y) {
    uint8_t *out = image.row(y);
    for (int64_t x = 0; x < image.width; ++x, out += 3) {
      for (uint32_t k = 0; k < 3; ++k)
        out[k] = static_cast<uint8_t>(sample(decoded.comps[used == 1 ? 0 : k], x, y));
      if (is_ycc) ycc_to_rgb(out);
    }
  }
  return image;
}

}  // namespace

Image decode_jpeg2000(std::string_view bytes) {
  Source source{bytes};
  std::string message;
  std::unique_ptr<opj_codec_t, void (*)(opj_codec_t *)> codec(
      opj_create_decompress(bytes[0] == 0 ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K),
      [](opj_codec_t *c) { opj_destroy_codec(c); });
  std::unique_ptr<opj_stream_t, void (*)(opj_stream_t *)> stream(
      opj_stream_default_create(OPJ_TRUE), opj_stream_destroy);
  if (!codec || !stream) throw std::bad_alloc();
  opj_set_error_handler(codec.get(), keep_message, &message);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  opj_setup_decoder(codec.get(), &parameters);
  opj_stream_set_user_data(stream.get(), &source, nullptr);
  opj_stream_set_user_data_length(stream.get(), bytes.size());
  opj_stream_set_read_function(stream.get(), read_bytes);
  opj_stream_set_skip_function(stream.get(), skip_bytes);
  opj_stream_set_seek_function(stream.get(), seek_bytes);
  opj_image_t *decoded = nullptr;
  bool good = opj_read_header(stream.get(), codec.get(), &decoded);
  std::unique_ptr<opj_image_t, void (*)(opj_image_t *)> owner(decoded, opj_image_destroy);
  if (good) Image::of(decoded->x1 - int64_t{decoded->x0}, decoded->y1 - int64_t{decoded->y0});
  good = good && opj_decode(codec.get(), stream.get(), decoded) &&
         opj_end_decompress(codec.get(), stream.get());
  if (!good) throw Failure(message.empty() ? "its data are not valid" : message);
  return to_image(*decoded);
}

}  // namespace plx::host
