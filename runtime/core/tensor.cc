// Views of tensors: sizes and text for people.
#include "runtime/core/tensor.h"

#include <math.h>
#include <string.h>

#include "runtime/core/checked.h"
#include "runtime/core/element.h"
#include "runtime/core/error.h"

namespace plx {

void add_dims(Text *text, int32_t rank, const int64_t *dims) {
  text->add("[");
  for (int32_t i = 0; i < rank; ++i) {
    text->add("%s%lld", i == 0 ? "" : ", ", static_cast<long long>(dims[i]));
  }
  text->add("]");
}

void add_value_dims(Text *text, const plx_value &value) {
  if (value.rank < 0) {
    text->add("[...]");
    return;
  }
  text->add("[");
  for (int32_t i = 0; i < value.rank; ++i) {
    text->add("%s%s", i == 0 ? "" : ", ", value.dims[i].text);
  }
  text->add("]");
}

namespace {

constexpr int64_t kShownElements = 6;

// Shortest of %.6g and so on would be locale-dependent in its decimal point only; messages accept
// that.
void add_element(Text *text, const plx_tensor &tensor, int64_t index) {
  int64_t bytes = plx_element_bytes(tensor.element_type);
  const char *at = static_cast<const char *>(tensor.data) + index * bytes;
  ElementClass kind = element_info(tensor.element_type)->kind;
  if (tensor.element_type == PLX_I64) {
    int64_t value;
    memcpy(&value, at, sizeof value);
    text->add("%lld", static_cast<long long>(value));
  } else if (tensor.element_type == PLX_U64) {
    uint64_t value;
    memcpy(&value, at, sizeof value);
    text->add("%llu", static_cast<unsigned long long>(value));
  } else if (kind == ElementClass::Bool) {
    text->add(load_element(tensor.element_type, at) != 0 ? "true" : "false");
  } else if (kind == ElementClass::Complex) {
    text->add("%.6g%+.6gi", load_element(tensor.element_type, at),
              load_element(tensor.element_type, at + bytes / 2));
  } else if (kind == ElementClass::String) {
    plx_string value;
    memcpy(&value, at, sizeof value);
    int shown = value.bytes > 40 ? 40 : static_cast<int>(value.bytes);
    text->add("\"");
    for (int i = 0; i < shown; ++i) {  // no control characters to a terminal
      auto c = static_cast<unsigned char>(value.data[i]);
      text->add(c < 32 || c == 127 ? "\\x%02x" : "%c", c);
    }
    text->add(value.bytes > shown ? "\"..." : "\"");
  } else {
    text->add("%.6g", load_element(tensor.element_type, at));
  }
}

void add_first(Text *text, const plx_tensor &tensor, int64_t count) {
  text->add("first [");
  for (int64_t i = 0; i < count && i < kShownElements; ++i) {
    if (i > 0) text->add(", ");
    add_element(text, tensor, i);
  }
  text->add(count > kShownElements ? ", ...]" : "]");
}

struct Statistics {
  double sum = 0;
  int64_t low = -1;   // index of the least element, -1: all are NaN
  int64_t high = -1;  // of the first largest
  int64_t nans = 0;
};

Statistics measure(const plx_tensor &tensor, int64_t count) {
  Statistics s;
  double low = 0;
  double high = 0;
  int64_t bytes = plx_element_bytes(tensor.element_type);
  const char *at = static_cast<const char *>(tensor.data);
  for (int64_t i = 0; i < count; ++i, at += bytes) {
    double value = load_element(tensor.element_type, at);
    if (isnan(value)) {
      ++s.nans;
      continue;
    }
    s.sum += value;
    if (s.low < 0 || value < low) {
      low = value;
      s.low = i;
    }
    if (s.high < 0 || value > high) {
      high = value;
      s.high = i;
    }
  }
  return s;
}

void add_statistics(Text *text, const plx_tensor &tensor, int64_t count) {
  Statistics s = measure(tensor, count);
  if (s.nans > 0) text->add("nan %lld ", static_cast<long long>(s.nans));
  if (s.low < 0) return;
  text->add("min ");
  add_element(text, tensor, s.low);
  text->add(" max ");
  add_element(text, tensor, s.high);
  text->add(" mean %.6g argmax %lld ", s.sum / static_cast<double>(count - s.nans),
            static_cast<long long>(s.high));
}

}  // namespace
}  // namespace plx

extern "C" {

int64_t plx_num_elements(int32_t rank, const int64_t *dims) {
  int64_t count = 1;
  bool empty = false;
  if (rank < 0 || rank > PLX_MAX_RANK) return -1;
  for (int32_t i = 0; i < rank; ++i) {
    if (dims[i] < 0) return -1;
    if (dims[i] == 0) empty = true;
  }
  if (empty) return 0;
  for (int32_t i = 0; i < rank; ++i) {
    if (!plx::checked_mul(count, dims[i], &count)) return -1;
  }
  return count;
}

int64_t plx_tensor_bytes(const plx_tensor *tensor) {
  int64_t count = plx_num_elements(tensor->rank, tensor->dims);
  int64_t element = plx_element_bytes(tensor->element_type);
  if (count < 0 || element == 0 || !plx::checked_mul(count, element, &count)) return -1;
  return count;
}

double plx_tensor_element(const plx_tensor *tensor, int64_t index) {
  int64_t bytes = plx_element_bytes(tensor->element_type);
  return plx::load_element(tensor->element_type,
                           static_cast<const char *>(tensor->data) + index * bytes);
}

void plx_format_type(const plx_tensor *tensor, char *out_text, uint64_t capacity) {
  plx::Text text(out_text, capacity);
  text.add("%s", plx_element_name(tensor->element_type));
  plx::add_dims(&text, tensor->rank, tensor->dims);
}

void plx_format_value_type(const plx_value *value, char *out_text, uint64_t capacity) {
  plx::Text text(out_text, capacity);
  if (value->kind != PLX_KIND_TENSOR) {
    const char *kind = value->kind == PLX_KIND_SEQUENCE   ? "sequence"
                       : value->kind == PLX_KIND_OPTIONAL ? "optional"
                                                          : "map";
    text.add("%s of %s", kind, plx_element_name(value->element_type));
    return;
  }
  text.add("%s", plx_element_name(value->element_type));
  plx::add_value_dims(&text, *value);
}

void plx_format_summary(const plx_tensor *tensor, char *out_text, uint64_t capacity) {
  plx::Text text(out_text, capacity);
  int64_t count = plx_num_elements(tensor->rank, tensor->dims);
  const plx::ElementInfo *info = plx::element_info(tensor->element_type);
  if (count <= 0 || info == nullptr) {
    text.add("no elements");
    return;
  }
  bool ordered =
      info->kind != plx::ElementClass::String && info->kind != plx::ElementClass::Complex;
  if (ordered) plx::add_statistics(&text, *tensor, count);
  plx::add_first(&text, *tensor, count);
}

}  // extern "C"
