// Reading .npy (numpy.lib.format, versions 1.0 to 3.0). The bytes may be hostile: nothing is
// believed before it is checked against the number of bytes that are really there.
#include <string.h>

#include "runtime/core/array.h"
#include "runtime/core/checked.h"
#include "runtime/core/error.h"
#include "runtime/load/array_file.h"

namespace plx {
namespace {

struct Header {
  int32_t element_type;
  int64_t item_bytes;  // of one element in the file
  bool swapped;        // big-endian
  bool unicode;        // strings of 4-byte characters
  bool fortran;
  int32_t rank;
  int64_t dims[PLX_MAX_RANK];
};

// The header is a Python dict literal; of those only what numpy writes is understood.
class HeaderParser {
 public:
  HeaderParser(const char *text, uint64_t bytes) : at_(text), end_(text + bytes) {}

  bool parse(Header *out) {
    bool descr = false, order = false, shape = false;
    if (!take('{')) return false;
    while (!take('}')) {
      if (take_word("'descr'") && take(':')) {
        descr = parse_descr(out);
        if (!descr) return false;
      } else if (take_word("'fortran_order'") && take(':')) {
        order = parse_bool(&out->fortran);
        if (!order) return false;
      } else if (take_word("'shape'") && take(':')) {
        shape = parse_shape(out);
        if (!shape) return false;
      } else {
        return false;
      }
      take(',');
    }
    return descr && order && shape;
  }
  const char *at() const { return at_; }

 private:
  void skip_spaces() {
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t')) ++at_;
  }
  bool take(char c) {
    skip_spaces();
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
  }
  bool take_word(const char *word) {
    skip_spaces();
    size_t bytes = strlen(word);
    if (static_cast<size_t>(end_ - at_) < bytes || memcmp(at_, word, bytes) != 0) return false;
    at_ += bytes;
    return true;
  }
  bool number(int64_t *out) {
    skip_spaces();
    const char *start = at_;
    int64_t value = 0;
    for (; at_ < end_ && *at_ >= '0' && *at_ <= '9'; ++at_) {
      if (!checked_mul<int64_t>(value, 10, &value) ||
          !checked_add<int64_t>(value, *at_ - '0', &value)) {
        return false;
      }
    }
    if (at_ < end_ && *at_ == 'L') ++at_;  // Python 2 wrote long integers so
    *out = value;
    return at_ > start;
  }
  bool parse_bool(bool *out) {
    *out = take_word("True");
    return *out || take_word("False");
  }
  bool parse_shape(Header *out) {
    out->rank = 0;
    if (!take('(')) return false;
    while (!take(')')) {
      if (out->rank == PLX_MAX_RANK || !number(&out->dims[out->rank])) return false;
      ++out->rank;
      if (!take(',')) return take(')');
    }
    return true;
  }
  bool parse_descr(Header *out) {
    if (!take('\'')) return false;
    char order = at_ < end_ ? *at_ : ' ';
    if (order == '<' || order == '>' || order == '|' || order == '=') ++at_;
    out->swapped = order == '>';
    if (at_ == end_) return false;
    char kind = *at_++;
    int64_t count = 0;
    if (!number(&count) || !take('\'')) return false;
    return set_type(kind, count, out);
  }
  static bool set_type(char kind, int64_t count, Header *out) {
    static constexpr struct {
      char kind;
      int64_t bytes;
      int32_t element_type;
    } types[] = {{'b', 1, PLX_BOOL}, {'i', 1, PLX_I8},   {'u', 1, PLX_U8},  {'i', 2, PLX_I16},
                 {'u', 2, PLX_U16},  {'i', 4, PLX_I32},  {'u', 4, PLX_U32}, {'i', 8, PLX_I64},
                 {'u', 8, PLX_U64},  {'f', 2, PLX_F16},  {'f', 4, PLX_F32}, {'f', 8, PLX_F64},
                 {'c', 8, PLX_C64},  {'c', 16, PLX_C128}};
    out->item_bytes = count;
    out->unicode = kind == 'U';
    if (kind == 'S' || kind == 'U') {
      out->element_type = PLX_STRING;
      return kind == 'S' || checked_mul<int64_t>(count, 4, &out->item_bytes);
    }
    for (const auto &type : types) {
      if (type.kind != kind || type.bytes != count) continue;
      out->element_type = type.element_type;
      return true;
    }
    return false;
  }

  const char *at_;
  const char *end_;
};

// File position of row-major element `index`: in Fortran order the first dim runs fastest.
class FileOrder {
 public:
  explicit FileOrder(const Header &header) : header_(header) {}
  int64_t position(int64_t index) const {
    if (!header_.fortran) return index;
    int64_t position = 0;
    for (int32_t d = header_.rank - 1; d >= 0; --d) {
      // position = i0 + n0 * (i1 + n1 * (...)), built from the last dim, which runs fastest in
      // `index`.
      indices_[d] = index % header_.dims[d];
      index /= header_.dims[d];
    }
    for (int32_t d = header_.rank - 1; d >= 0; --d)
      position = position * header_.dims[d] + indices_[d];
    return position;
  }

 private:
  const Header &header_;
  mutable int64_t indices_[PLX_MAX_RANK] = {};
};

void reverse_bytes(char *at, int64_t bytes) {
  for (int64_t i = 0; i < bytes / 2; ++i) {
    char kept = at[i];
    at[i] = at[bytes - 1 - i];
    at[bytes - 1 - i] = kept;
  }
}

void copy_elements(const Header &header, const char *from, int64_t count, char *to) {
  if (!header.fortran && !header.swapped) {
    if (count > 0) memcpy(to, from, static_cast<size_t>(count * header.item_bytes));
  } else {
    FileOrder order(header);
    bool complex = header.element_type == PLX_C64 || header.element_type == PLX_C128;
    int64_t part = complex ? header.item_bytes / 2 : header.item_bytes;
    for (int64_t i = 0; i < count; ++i, to += header.item_bytes) {
      memcpy(to, from + order.position(i) * header.item_bytes,
             static_cast<size_t>(header.item_bytes));
      for (int64_t p = 0; header.swapped && p < header.item_bytes; p += part)
        reverse_bytes(to + p, part);
    }
  }
}

void normalize_bools(char *at, int64_t count) {
  for (int64_t i = 0; i < count; ++i) at[i] = at[i] != 0;
}

// One character as UTF-8; surrogates and numbers beyond Unicode become U+FFFD. Returns the bytes
// written, at most 4.
int64_t write_utf8(uint32_t c, char *out) {
  if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) c = 0xfffd;
  if (c < 0x80) {
    out[0] = static_cast<char>(c);
    return 1;
  }
  int64_t bytes = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (int64_t i = bytes - 1; i > 0; --i, c >>= 6) out[i] = static_cast<char>(0x80 | (c & 0x3f));
  out[0] = static_cast<char>((0xf00 >> bytes) | c);
  return bytes;
}

int64_t copy_string(const Header &header, const char *from, char *to) {
  int64_t bytes = header.item_bytes;
  int64_t step = header.unicode ? 4 : 1;
  // numpy fills with zeros at the end.
  while (bytes > 0 && from[bytes - 1] == 0 &&
         (step == 1 || memcmp(from + bytes - 4, "\0\0\0\0", 4) == 0)) {
    bytes -= step;
  }
  if (!header.unicode) {
    if (bytes > 0) memcpy(to, from, static_cast<size_t>(bytes));
    return bytes;
  }
  int64_t written = 0;
  for (int64_t i = 0; i < bytes; i += 4) {
    uint32_t c = 0;
    memcpy(&c, from + i, 4);
    written += write_utf8(header.swapped ? __builtin_bswap32(c) : c, to + written);
  }
  return written;
}

bool copy_strings(const Header &header, const char *from, int64_t count, plx_array *array) {
  // UTF-8 takes no more bytes than the 4 of each character in the file.
  if (!allocate_string_bytes(array, static_cast<uint64_t>(count * header.item_bytes))) return false;
  auto *elements = static_cast<plx_string *>(array->view.data);
  char *at = array->string_bytes;
  FileOrder order(header);
  for (int64_t i = 0; i < count; ++i) {
    int64_t bytes = copy_string(header, from + order.position(i) * header.item_bytes, at);
    elements[i] = {at, bytes};
    at += bytes;
  }
  return true;
}

plx_status bad(const char *what, const char *why, plx_error *out_error) {
  return fail(out_error, PLX_BAD_FORMAT, "%s is no valid .npy file: %s", what, why);
}

plx_status load_elements(const Header &header, const char *data, uint64_t data_bytes,
                         const char *what, plx_array **out_array, plx_error *out_error) {
  int64_t count = plx_num_elements(header.rank, header.dims);
  int64_t needed = 0;
  if (count < 0 || !checked_mul(count, header.item_bytes, &needed) ||
      static_cast<uint64_t>(needed) > data_bytes) {
    return fail(
        out_error, PLX_BAD_FORMAT,
        "%s is no valid .npy file: its shape needs more than the %llu bytes of data that follow",
        what, static_cast<unsigned long long>(data_bytes));
  }
  // '<U0' elements take no bytes in the file, so that a file of few bytes could ask for any number
  // of them.
  if (header.item_bytes == 0 && static_cast<uint64_t>(count) > data_bytes + 4096) {
    return bad(what, "it has too many strings of no bytes", out_error);
  }
  plx_array *array = nullptr;
  plx_status status =
      plx_array_create(header.element_type, header.rank, header.dims, &array, out_error);
  if (status != PLX_OK) return status;
  if (header.element_type != PLX_STRING) {
    copy_elements(header, data, count, static_cast<char *>(array->view.data));
    if (header.element_type == PLX_BOOL)
      normalize_bools(static_cast<char *>(array->view.data), count);
  } else if (!copy_strings(header, data, count, array)) {
    plx_array_destroy(array);
    return fail(out_error, PLX_OUT_OF_MEMORY, "no memory for the strings of %s", what);
  }
  *out_array = array;
  return succeed(out_error);
}

}  // namespace

bool is_npy(const void *bytes, uint64_t num_bytes) {
  return num_bytes >= 6 && memcmp(bytes, "\x93NUMPY", 6) == 0;
}

}  // namespace plx

extern "C" plx_status plx_array_parse_npy(const void *bytes, uint64_t num_bytes, const char *what,
                                          plx_array **out_array, plx_error *out_error) {
  const auto *at = static_cast<const unsigned char *>(bytes);
  if (!plx::is_npy(bytes, num_bytes))
    return plx::bad(what, "it does not begin with \\x93NUMPY", out_error);
  if (num_bytes < 12) return plx::bad(what, "it ends within its first 12 bytes", out_error);
  if (at[6] < 1 || at[6] > 3) {
    return plx::fail(out_error, PLX_UNSUPPORTED,
                     "%s has version %d of the .npy format; expected 1 to 3", what, at[6]);
  }
  uint64_t length_bytes = at[6] == 1 ? 2 : 4;
  uint64_t length = at[8] | (static_cast<uint64_t>(at[9]) << 8);
  if (length_bytes == 4) {
    length |= (static_cast<uint64_t>(at[10]) << 16) | (static_cast<uint64_t>(at[11]) << 24);
  }
  uint64_t start = 8 + length_bytes;
  if (length > num_bytes - start) return plx::bad(what, "it ends within its header", out_error);
  plx::Header header = {};
  const char *text = static_cast<const char *>(bytes) + start;
  plx::HeaderParser parser(text, length);
  if (!parser.parse(&header)) {
    return plx::fail(
        out_error, PLX_BAD_FORMAT,
        "%s: its .npy header cannot be used from byte %lld on; expected 'descr' of a bool, "
        "number or string type, 'fortran_order' and 'shape' of at most %d dims",
        what, static_cast<long long>(parser.at() - text + static_cast<int64_t>(start)),
        PLX_MAX_RANK);
  }
  return plx::load_elements(header, text + length, num_bytes - start - length, what, out_array,
                            out_error);
}
