// BMP and PNM: uncompressed, read by hand.
#include <cstring>

#include "runtime/host/image.h"

namespace plx::host {
namespace {

// Little-endian numbers at an offset; Failure beyond the end.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : bytes_(bytes) {}
  template <typename T>
  T at(uint64_t offset) const {
    T value;
    memcpy(&value, range(offset, sizeof value), sizeof value);
    return value;
  }
  const uint8_t *range(uint64_t offset, uint64_t length) const {
    if (offset > bytes_.size() || length > bytes_.size() - offset)
      throw Failure("it ends at byte " + std::to_string(bytes_.size()));
    return reinterpret_cast<const uint8_t *>(bytes_.data()) + offset;
  }

 private:
  std::string_view bytes_;
};

// Where a channel of a pixel lies in its bits.
struct Mask {
  uint32_t bits;
  uint8_t of(uint32_t pixel) const {
    if (bits == 0) return 0;
    uint32_t shift = static_cast<uint32_t>(__builtin_ctz(bits));
    uint64_t most = bits >> shift, value = (pixel & bits) >> shift;
    return static_cast<uint8_t>(value * 255 / most);
  }
};

struct BmpHeader {
  int64_t width, height;
  bool is_top_down;
  uint32_t bits, data_offset, colors_offset, num_colors;
  Mask masks[3];  // red, green, blue
};

BmpHeader read_header(const Bytes &bytes) {
  constexpr uint32_t kRgb = 0, kBitFields = 3;
  BmpHeader header = {};
  header.data_offset = bytes.at<uint32_t>(10);
  auto header_bytes = bytes.at<uint32_t>(14);
  if (header_bytes < 40)
    throw Failure("its header has " + std::to_string(header_bytes) +
                  " bytes; expected at least 40");
  header.width = bytes.at<int32_t>(18);
  header.height = bytes.at<int32_t>(22);
  header.is_top_down = header.height < 0;
  if (header.is_top_down) header.height = -header.height;
  header.bits = bytes.at<uint16_t>(28);
  auto compression = bytes.at<uint32_t>(30);
  header.num_colors = bytes.at<uint32_t>(46);
  header.colors_offset = 14 + header_bytes;
  if (compression != kRgb && compression != kBitFields)
    throw Failure("its compression is " + std::to_string(compression) + "; expected none");
  if (header.bits == 16)
    header.masks[0] = {0x7c00}, header.masks[1] = {0x3e0}, header.masks[2] = {0x1f};
  if (header.bits == 32)
    header.masks[0] = {0xff0000}, header.masks[1] = {0xff00}, header.masks[2] = {0xff};
  if (compression == kBitFields)
    for (uint64_t k = 0; k < 3; ++k) header.masks[k] = {bytes.at<uint32_t>(54 + 4 * k)};
  return header;
}

void read_palette_row(const BmpHeader &header, const uint8_t *row, const uint8_t *colors,
                      uint32_t num_colors, int64_t width, uint8_t *out) {
  for (int64_t x = 0; x < width; ++x, out += 3) {
    int64_t bit = x * header.bits;
    uint32_t index = (row[bit / 8] >> (8 - header.bits - bit % 8)) & ((1u << header.bits) - 1);
    if (index >= num_colors)
      throw Failure("it uses color " + std::to_string(index) + " of " + std::to_string(num_colors));
    const uint8_t *color = colors + 4 * index;
    out[0] = color[2], out[1] = color[1], out[2] = color[0];
  }
}

void read_direct_row(const BmpHeader &header, const uint8_t *row, int64_t width, uint8_t *out) {
  uint32_t bytes = header.bits / 8;
  for (int64_t x = 0; x < width; ++x, row += bytes, out += 3) {
    if (bytes == 3) {
      out[0] = row[2], out[1] = row[1], out[2] = row[0];
      continue;
    }
    uint32_t pixel = 0;
    memcpy(&pixel, row, bytes);
    for (int k = 0; k < 3; ++k) out[k] = header.masks[k].of(pixel);
  }
}

// ---- PNM

class PnmReader {
 public:
  explicit PnmReader(std::string_view bytes) : bytes_(bytes) {}

  // A number, after white space and comments.
  int64_t number() {
    skip_space();
    int64_t value = 0;
    size_t digits = 0;
    for (; at_ < bytes_.size() && bytes_[at_] >= '0' && bytes_[at_] <= '9'; ++at_, ++digits) {
      if (digits > 8) throw Failure("a number in it is too large");
      value = value * 10 + (bytes_[at_] - '0');
    }
    if (digits == 0) throw Failure("a number is missing at byte " + std::to_string(at_));
    return value;
  }
  // A digit by itself, of P1.
  int64_t digit() {
    skip_space();
    if (at_ == bytes_.size() || (bytes_[at_] != '0' && bytes_[at_] != '1'))
      throw Failure("a bit is missing at byte " + std::to_string(at_));
    return bytes_[at_++] - '0';
  }
  const uint8_t *raw(int64_t length) {
    if (length > static_cast<int64_t>(bytes_.size() - at_))
      throw Failure("it ends at byte " + std::to_string(bytes_.size()));
    auto *data = reinterpret_cast<const uint8_t *>(bytes_.data()) + at_;
    at_ += static_cast<size_t>(length);
    return data;
  }
  void skip(size_t count) { raw(static_cast<int64_t>(count)); }

 private:
  void skip_space() {
    while (at_ < bytes_.size()) {
      if (bytes_[at_] == '#')
        while (at_ < bytes_.size() && bytes_[at_] != '\n') ++at_;
      else if (strchr(" \t\r\n\f\v", bytes_[at_]) && bytes_[at_] != 0)
        ++at_;
      else
        return;
    }
  }
  std::string_view bytes_;
  size_t at_ = 0;
};

// One sample scaled to a byte.
uint8_t scaled(int64_t value, int64_t most) {
  if (value > most)
    throw Failure("a sample is " + std::to_string(value) + " of " + std::to_string(most));
  return static_cast<uint8_t>((value * 255 + most / 2) / most);
}

}  // namespace

Image decode_bmp(std::string_view data) {
  Bytes bytes(data);
  BmpHeader header = read_header(bytes);
  Image image = Image::of(header.width, header.height);
  bool has_palette = header.bits == 1 || header.bits == 4 || header.bits == 8;
  if (!has_palette && header.bits != 16 && header.bits != 24 && header.bits != 32)
    throw Failure("it has " + std::to_string(header.bits) + " bits a pixel");
  uint32_t num_colors = has_palette ? 1u << header.bits : 0;
  if (header.num_colors > 0 && header.num_colors < num_colors) num_colors = header.num_colors;
  const uint8_t *colors = bytes.range(header.colors_offset, 4u * num_colors);
  uint64_t stride = (static_cast<uint64_t>(header.width) * header.bits + 31) / 32 * 4;
  for (int64_t y = 0; y < header.height; ++y) {
    auto line = static_cast<uint64_t>(header.is_top_down ? y : header.height - 1 - y);
    const uint8_t *row = bytes.range(header.data_offset + line * stride, stride);
    if (has_palette)
      read_palette_row(header, row, colors, num_colors, header.width, image.row(y));
    else
      read_direct_row(header, row, header.width, image.row(y));
  }
  return image;
}

Image decode_pnm(std::string_view data) {
  int kind = data[1] - '0';
  bool is_bits = kind == 1 || kind == 4, is_color = kind == 3 || kind == 6, is_raw = kind > 3;
  PnmReader reader(data);
  reader.skip(2);
  int64_t width = reader.number(), height = reader.number();
  int64_t most = is_bits ? 1 : reader.number();
  if (most < 1 || most > 65535) throw Failure("its largest sample is " + std::to_string(most));
  Image image = Image::of(width, height);
  if (is_raw) reader.skip(1);
  int64_t channels = is_color ? 3 : 1, bytes = most > 255 ? 2 : 1;
  for (int64_t y = 0; y < height; ++y) {
    int64_t row_bytes = is_bits ? (width + 7) / 8 : width * channels * bytes;
    const uint8_t *row = is_raw ? reader.raw(row_bytes) : nullptr;
    uint8_t *out = image.row(y);
    for (int64_t i = 0; i < width * channels; ++i) {
      int64_t value = is_raw && is_bits      ? row[i / 8] >> (7 - i % 8) & 1
                      : is_raw && bytes == 2 ? row[2 * i] << 8 | row[2 * i + 1]
                      : is_raw               ? row[i]
                      : is_bits              ? reader.digit()
                                             : reader.number();
      uint8_t sample = scaled(is_bits ? 1 - value : value, most);
      if (is_color)
        out[i] = sample;
      else
        out[3 * i] = out[3 * i + 1] = out[3 * i + 2] = sample;
    }
  }
  return image;
}

}  // namespace plx::host
