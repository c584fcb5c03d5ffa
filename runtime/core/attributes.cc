#include "runtime/core/attributes.h"

#include <stdlib.h>
#include <string.h>

#include "runtime/core/host_frame.h"

namespace plx {
namespace {

// Steps through JSON text; after something malformed it stands at the end.
class Scanner {
 public:
  explicit Scanner(const char *text) : at_(text) {}

  bool take(char c) {
    skip_space();
    if (*at_ != c) return false;
    ++at_;
    return true;
  }
  bool at_string() {
    skip_space();
    return *at_ == '"';
  }

  // A string in quotes, decoded into `out` (which has room for as many bytes as are in the text)
  // where it is not null. Returns its bytes, -1 where it is malformed.
  int64_t string(char *out) {
    if (!take('"')) return fail();
    int64_t bytes = 0;
    while (*at_ != 0 && *at_ != '"') {
      char decoded[4];
      int32_t count = character(decoded);
      if (count < 0) return fail();
      if (out != nullptr) memcpy(out + bytes, decoded, static_cast<size_t>(count));
      bytes += count;
    }
    return take('"') ? bytes : fail();
  }

  // A number: an integer where it has neither point nor exponent. Also inf and nan.
  bool number(int64_t *out_int, double *out_float, bool *out_is_int) {
    skip_space();
    char *end_int = nullptr;
    char *end_float = nullptr;
    *out_int = strtoll(at_, &end_int, 10);
    *out_float = strtod(at_, &end_float);
    if (end_float == at_) {
      fail();
      return false;
    }
    *out_is_int = end_int == end_float;
    at_ = end_float;
    return true;
  }

  // Past a value of any kind that has no objects inside.
  bool skip_value() {
    if (at_string()) return string(nullptr) >= 0;
    if (take('[')) {
      if (take(']')) return true;
      do {
        if (!skip_value()) return false;
      } while (take(','));
      return take(']');
    }
    int64_t integer = 0;
    double real = 0;
    bool is_int = false;
    return number(&integer, &real, &is_int);
  }

  const char *position() const { return at_; }
  void go_to(const char *position) { at_ = position; }

 private:
  void skip_space() {
    while (*at_ == ' ' || *at_ == '\n' || *at_ == '\t' || *at_ == '\r') ++at_;
  }
  int32_t fail() {
    at_ += strlen(at_);
    return -1;
  }

  // One character or escape; its bytes, UTF-8 for \u. -1: malformed.
  int32_t character(char *out) {
    char c = *at_++;
    out[0] = c;
    if (c != '\\') return 1;
    switch (c = *at_++) {
      case 'n':
        out[0] = '\n';
        return 1;
      case 't':
        out[0] = '\t';
        return 1;
      case 'r':
        out[0] = '\r';
        return 1;
      case '"':
      case '\\':
      case '/':
        out[0] = c;
        return 1;
      case 'u':
        return unicode(out);
      default:
        --at_;
        return -1;
    }
  }

  // A code point of the basic plane.
  int32_t unicode(char *out) {
    uint32_t code = 0;
    for (int i = 0; i < 4; ++i) {
      char c = *at_;
      uint32_t digit = c >= '0' && c <= '9'   ? static_cast<uint32_t>(c - '0')
                       : c >= 'a' && c <= 'f' ? static_cast<uint32_t>(c - 'a' + 10)
                       : c >= 'A' && c <= 'F' ? static_cast<uint32_t>(c - 'A' + 10)
                                              : 16;
      if (digit > 15) return -1;
      ++at_;
      code = code * 16 + digit;
    }
    if (code < 0x80) {
      out[0] = static_cast<char>(code);
      return 1;
    }
    if (code < 0x800) {
      out[0] = static_cast<char>(0xc0 | code >> 6);
      out[1] = static_cast<char>(0x80 | (code & 0x3f));
      return 2;
    }
    out[0] = static_cast<char>(0xe0 | code >> 12);
    out[1] = static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out[2] = static_cast<char>(0x80 | (code & 0x3f));
    return 3;
  }

  const char *at_;
};

// Brings the scanner to the value of `name`.
bool find(const plx_host_frame &frame, const char *name, Scanner *scanner) {
  if (frame.attributes == nullptr || !scanner->take('{')) return false;
  uint64_t length = strlen(name);
  do {
    if (!scanner->at_string()) return false;
    const char *key = scanner->position() + 1;
    int64_t bytes = scanner->string(nullptr);
    if (bytes < 0 || !scanner->take(':')) return false;
    if (static_cast<uint64_t>(bytes) == length && memcmp(key, name, length) == 0) return true;
    if (!scanner->skip_value()) return false;
  } while (scanner->take(','));
  return false;
}

// Calls take_one(scanner, index) for each entry of a list, or for a value by itself. -1: one
// failed.
template <typename Take>
int64_t each_entry(const plx_host_frame &frame, const char *name, Take take_one) {
  Scanner scanner(frame.attributes);
  if (!find(frame, name, &scanner)) return -1;
  if (!scanner.take('[')) return take_one(&scanner, 0) ? 1 : -1;
  if (scanner.take(']')) return 0;
  int64_t count = 0;
  do {
    if (!take_one(&scanner, count)) return -1;
    ++count;
  } while (scanner.take(','));
  return scanner.take(']') ? count : -1;
}

}  // namespace

int64_t attribute_ints(plx_host_frame *frame, const char *name, int64_t *out, int64_t capacity) {
  return each_entry(*frame, name, [&](Scanner *scanner, int64_t index) {
    int64_t integer = 0;
    double real = 0;
    bool is_int = false;
    if (scanner->at_string() || !scanner->number(&integer, &real, &is_int) || !is_int) return false;
    if (out != nullptr && index < capacity) out[index] = integer;
    return true;
  });
}

int64_t attribute_floats(plx_host_frame *frame, const char *name, double *out, int64_t capacity) {
  return each_entry(*frame, name, [&](Scanner *scanner, int64_t index) {
    int64_t integer = 0;
    double real = 0;
    bool is_int = false;
    if (scanner->at_string() || !scanner->number(&integer, &real, &is_int)) return false;
    if (out != nullptr && index < capacity) out[index] = real;
    return true;
  });
}

int64_t attribute_strings(plx_host_frame *frame, const char *name, plx_string *out,
                          int64_t capacity) {
  return each_entry(*frame, name, [&](Scanner *scanner, int64_t index) {
    if (!scanner->at_string()) return false;
    if (out == nullptr || index >= capacity) return scanner->string(nullptr) >= 0;
    const char *begin = scanner->position();
    int64_t bytes = scanner->string(nullptr);
    auto *copy = static_cast<char *>(bytes < 0 ? nullptr : take_host_memory(frame, bytes));
    if (copy == nullptr) return false;
    scanner->go_to(begin);
    out[index] = {copy, scanner->string(copy)};
    return true;
  });
}

}  // namespace plx
