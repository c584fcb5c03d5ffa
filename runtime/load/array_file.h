// What the readers and writers of tensor files share.
#ifndef PLEXUS_RUNTIME_LOAD_ARRAY_FILE_H
#define PLEXUS_RUNTIME_LOAD_ARRAY_FILE_H

#include <stdint.h>

namespace plx {

bool is_npy(const void *bytes, uint64_t num_bytes);

// Elements of `bits` < 8 bits are packed in files, the first one in the lowest bits. Unpacks
// `count` of them into one byte each, with the sign extended where `is_signed`.
void unpack_bits(const uint8_t *packed, int64_t count, int32_t bits, bool is_signed, uint8_t *out);
// Packs `count` bytes into ceil(count * bits / 8).
void pack_bits(const uint8_t *bytes, int64_t count, int32_t bits, uint8_t *out);
// Bytes of `count` elements of `bits` bits in a file; -1 where that overflows.
int64_t packed_bytes(int64_t count, int32_t bits);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_LOAD_ARRAY_FILE_H
