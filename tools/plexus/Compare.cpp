#include "tools/plexus/Compare.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace plx {
namespace {

std::string typeOf(const plx_tensor &tensor) {
  char text[512];
  plx_format_type(&tensor, text, sizeof text);
  return text;
}

std::string typeOf(const plx_object &object) {
  char text[512];
  plx_format_object(&object, text, sizeof text);
  return text;
}

/// "[1, 0, 3]" of a row-major position.
std::string indexOf(const plx_tensor &tensor, int64_t position) {
  std::string out;
  for (int32_t i = tensor.rank - 1; i >= 0; --i) {
    out = std::to_string(position % tensor.dims[i]) + (out.empty() ? "" : ", ") + out;
    position /= tensor.dims[i];
  }
  return "[" + out + "]";
}

std::string textOf(double value) {
  char text[64];
  snprintf(text, sizeof text, "%.9g", value);
  return text;
}

bool isComplex(const plx_tensor &tensor) {
  return tensor.element_type == PLX_C64 || tensor.element_type == PLX_C128;
}

/// Complex tensors as twice as many reals.
plx_tensor realView(const plx_tensor &tensor, int64_t (&dims)[1]) {
  dims[0] = 2 * plx_num_elements(tensor.rank, tensor.dims);
  return {tensor.data, dims, 1, tensor.element_type == PLX_C64 ? PLX_F32 : PLX_F64};
}

std::string stringDifference(const plx_tensor &actual, const plx_tensor &expected) {
  auto *a = static_cast<const plx_string *>(actual.data);
  auto *b = static_cast<const plx_string *>(expected.data);
  int64_t count = plx_num_elements(actual.rank, actual.dims);
  for (int64_t i = 0; i < count; ++i) {
    std::string mine(a[i].data ? a[i].data : "", static_cast<size_t>(a[i].bytes));
    std::string wanted(b[i].data ? b[i].data : "", static_cast<size_t>(b[i].bytes));
    if (mine != wanted)
      return "at " + indexOf(actual, i) + " '" + mine + "', expected '" + wanted + "'";
  }
  return "";
}

struct Mismatches {
  int64_t count = 0, first = -1, worst = -1;
  double worstError = -1;

  void add(int64_t position, double error) {
    ++count;
    if (first < 0) first = position;
    if (std::isnan(error)) error = HUGE_VAL;
    if (error > worstError) {
      worstError = error;
      worst = position;
    }
  }
};

std::string describe(const Mismatches &found, const plx_tensor &actual, const plx_tensor &expected,
                     int64_t numElements) {
  auto at = [&](int64_t position) {
    return indexOf(actual, position) + " " + textOf(plx_tensor_element(&actual, position)) +
           ", expected " + textOf(plx_tensor_element(&expected, position));
  };
  std::string out = std::to_string(found.count) + " of " + std::to_string(numElements) +
                    " elements differ; first at " + at(found.first);
  if (found.worst != found.first)
    out += "; most at " + at(found.worst) + " (by " + textOf(found.worstError) + ")";
  return out;
}

}  // namespace

std::string shapeDifference(const plx_tensor &actual, const plx_tensor &expected) {
  bool same = actual.element_type == expected.element_type && actual.rank == expected.rank &&
              std::equal(actual.dims, actual.dims + actual.rank, expected.dims);
  return same ? "" : "is " + typeOf(actual) + ", expected " + typeOf(expected);
}

std::string difference(const plx_tensor &actual, const plx_tensor &expected, Tolerance tolerance) {
  if (std::string shape = shapeDifference(actual, expected); !shape.empty()) return shape;
  if (actual.element_type == PLX_STRING) return stringDifference(actual, expected);
  if (isComplex(actual)) {
    int64_t dims[2][1];
    return difference(realView(actual, dims[0]), realView(expected, dims[1]), tolerance);
  }
  int64_t count = plx_num_elements(actual.rank, actual.dims);
  auto bytes = static_cast<size_t>(plx_element_bytes(actual.element_type));
  Mismatches found;
  for (int64_t i = 0; i < count; ++i) {
    double a = plx_tensor_element(&actual, i), b = plx_tensor_element(&expected, i);
    double error = std::fabs(a - b);
    bool same =
        a == b || (std::isnan(a) && std::isnan(b)) ||
        (std::isfinite(b) && error <= tolerance.absolute + tolerance.relative * std::fabs(b));
    // Doubles cannot tell such integers apart.
    if (same && std::fabs(b) >= 9007199254740992.0 &&
        (actual.element_type == PLX_I64 || actual.element_type == PLX_U64) && a == b)
      same = memcmp(static_cast<const char *>(actual.data) + static_cast<size_t>(i) * bytes,
                    static_cast<const char *>(expected.data) + static_cast<size_t>(i) * bytes,
                    bytes) == 0;
    if (!same) found.add(i, error);
  }
  return found.count == 0 ? "" : describe(found, actual, expected, count);
}

std::string difference(const plx_object &actual, const plx_object &expected, Tolerance tolerance) {
  int32_t kind = plx_object_kind(&expected);
  int64_t count = plx_object_count(&expected);
  if (plx_object_kind(&actual) != kind || plx_object_count(&actual) != count)
    return "is " + typeOf(actual) + ", expected " + typeOf(expected);
  if (kind == PLX_KIND_TENSOR)
    return difference(plx_object_tensor(&actual), plx_object_tensor(&expected), tolerance);
  for (int64_t i = 0; i < count; ++i) {
    std::string what =
        difference(*plx_object_item(&actual, i), *plx_object_item(&expected, i), tolerance);
    if (!what.empty()) return "item " + std::to_string(i) + " " + what;
  }
  return "";
}

}  // namespace plx
