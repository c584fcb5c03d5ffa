// The functions of this library, by what they are about.
#ifndef PLEXUS_RUNTIME_HOST_FUNCTIONS_H
#define PLEXUS_RUNTIME_HOST_FUNCTIONS_H

#include "runtime/host/call.h"

namespace plx::host {

// ---- strings.cc
void string_concat(Call &call);   // (x, y) -> strings, broadcast
void string_equal(Call &call);    // (x, y) -> bool, broadcast
void string_split(Call &call);    // (x) {delimiter, maxsplit} -> pieces [.., n], their number
void take_strings(Call &call);    // (tables.., index) -> strings: of all tables' elements, in order
void find_strings(Call &call);    // (x, keys) -> i64: place of each in keys, or their number
void parse_numbers(Call &call);   // (strings) {to} -> f32, f64, i64 or u64
void format_numbers(Call &call);  // (f32, f64, i64, u64 or bool) -> strings

// ---- normalize.cc
void string_normalize(Call &call);  // (x) {case_change_action, is_case_sensitive, stopwords}

// ---- regex.cc
void regex_full_match(Call &call);  // (x) {pattern} -> bool

// ---- tfidf.cc
void tfidf(Call &call);  // (x: i32, i64 or strings) {as of TfIdfVectorizer} -> f32

// ---- image.cc
void decode_image(Call &call);  // (u8 bytes) {pixel_format} -> u8 [height, width, channels]

}  // namespace plx::host
#endif  // PLEXUS_RUNTIME_HOST_FUNCTIONS_H
