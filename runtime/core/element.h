// Element types: sizes, names, and conversion of one element from and to double.
#ifndef PLEXUS_RUNTIME_CORE_ELEMENT_H
#define PLEXUS_RUNTIME_CORE_ELEMENT_H

#include "plexus_abi.h"

namespace plx {

enum class ElementClass { Float, Signed, Unsigned, Bool, Complex, String };

struct ElementInfo {
  const char *name;
  int32_t bytes;  // in memory
  int32_t bits;   // in an ONNX file
  ElementClass kind;
};

// Null for numbers that are no type.
const ElementInfo *element_info(int32_t element_type);

// The element at `at`, exact for all but i64, u64 beyond 2^53; the real part of a complex one; 0
// for a string.
double load_element(int32_t element_type, const void *at);

// Rounds a float of magnitude <= 1 to the type (to nearest, ties to even) and writes it. Float and
// complex types only (the imaginary part is a second call at + bytes / 2 with the part's type).
void store_float(int32_t element_type, double value, void *at);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_CORE_ELEMENT_H
