#ifndef PLEXUS_IR_OPS_RANDOMBITS_H
#define PLEXUS_IR_OPS_RANDOMBITS_H

#include <array>
#include <cstdint>

#include "ir/ops/Op.h"

#define GET_OP_CLASSES
#include "ir/ops/RandomBits.h.inc"

namespace plx {

/// Words [4 * block, 4 * block + 4) of what the op gives for the key [bits, stream].
std::array<uint32_t, 4> randomWords(uint64_t bits, uint64_t stream, uint64_t block);

}  // namespace plx

#endif  // PLEXUS_IR_OPS_RANDOMBITS_H
