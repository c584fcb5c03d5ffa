// What the lanes of a warp do together: shuffles, votes, products of fragments.
#include <string.h>

#include <bit>

#include "tests/emulator/block.h"
#include "tests/emulator/error.h"

namespace plx_emulator {
namespace {

constexpr const char *kNames[] = {"__shfl_sync",     "__shfl_up_sync", "__shfl_down_sync",
                                  "__shfl_xor_sync", "__syncwarp",     "a vote",
                                  "mma (f16)",       "mma (bf16)",     "mma (tf32)"};

struct Shuffle {
  uint64_t value, result;
  int argument, width;
};
struct Vote {
  bool yes;
  uint32_t result;
};
struct Mma {
  float *d;
  const uint32_t *a, *b;
};

Lane &lane_at(uint32_t lane) { return lane_of(now.thread / kWarp * kWarp + lane); }

template <class T>
T &operand_at(uint32_t lane) {
  return *static_cast<T *>(lane_at(lane).operand);
}

// Lane that a shuffle reads, as PTX defines shfl.sync: its own where the source is out of range.
uint32_t source_of(int meeting, uint32_t lane, int argument, int width) {
  int self = static_cast<int>(lane), first = self & -width, last = first + width - 1;
  int source = self;
  switch (meeting) {
    case kShuffleIndex:
      return static_cast<uint32_t>(first + (argument & (width - 1)));
    case kShuffleUp:
      source = self - argument;
      return static_cast<uint32_t>(source < first ? self : source);
    case kShuffleDown:
      source = self + argument;
      return static_cast<uint32_t>(source > last ? self : source);
    default:
      source = self ^ argument;
      return static_cast<uint32_t>(source > last ? self : source);
  }
}

void shuffle(int meeting, uint32_t lanes) {
  for (uint32_t rest = lanes; rest != 0; rest &= rest - 1) {
    uint32_t lane = static_cast<uint32_t>(std::countr_zero(rest));
    Shuffle &own = operand_at<Shuffle>(lane);
    uint32_t source = source_of(meeting, lane, own.argument, own.width);
    if (source >= kWarp || !(lanes & (1u << source))) {
      fault("read of an inactive lane", now.code->line(lane_at(lane).line),
            text("%s, lane %u, reads lane %u by %s, which takes no part (mask 0x%08x)",
                 who(now.block, now.thread / kWarp * kWarp + lane).c_str(), lane, source,
                 kNames[meeting], lane_at(lane).mask));
      return;
    }
    own.result = operand_at<Shuffle>(source).value;
  }
}

void vote(uint32_t lanes) {
  uint32_t result = 0;
  for (uint32_t rest = lanes; rest != 0; rest &= rest - 1) {
    uint32_t lane = static_cast<uint32_t>(std::countr_zero(rest));
    if (operand_at<Vote>(lane).yes) result |= 1u << lane;
  }
  for (uint32_t rest = lanes; rest != 0; rest &= rest - 1) {
    operand_at<Vote>(static_cast<uint32_t>(std::countr_zero(rest))).result = result;
  }
}

// libgcc's conversion, which a compiler calls for want of F16C, took half the time of a matmul. The
// exponents' biases differ by 112; the product is exact, for subnormal numbers too.
inline float f16_value(uint32_t bits) {
  float magnitude = std::bit_cast<float>((bits & 0x7fff) << 13) * 0x1p112f;
  uint32_t sign = (bits & 0x8000) << 16;
  uint32_t special = magnitude >= 65536.0f ? 0x7f800000 : 0;  // infinities and NaNs
  return std::bit_cast<float>(std::bit_cast<uint32_t>(magnitude) | special | sign);
}

// d [16, 8] += a [16, 16] * b [8, 16] transposed. Products of 16-bit floats are exact in f32; a GPU
// adds them in an order of its own, so its last bits differ.
__attribute__((target_clones("avx2", "default"))) void multiply(bool bf16, const uint16_t *a,
                                                                const uint16_t *b, float *d) {
  float wide_a[16 * 16], wide_b[8 * 16], columns[16][8];
  auto widen = [bf16](const uint16_t *from, float *to, int count) {
    if (bf16) {
      for (int i = 0; i < count; ++i) to[i] = std::bit_cast<float>(uint32_t{from[i]} << 16);
    } else {
      for (int i = 0; i < count; ++i) to[i] = f16_value(from[i]);
    }
  };
  widen(a, wide_a, 16 * 16);
  widen(b, wide_b, 8 * 16);
  for (int k = 0; k < 16; ++k) {
    for (int column = 0; column < 8; ++column) columns[k][column] = wide_b[column * 16 + k];
  }
  for (int row = 0; row < 16; ++row) {
    for (int k = 0; k < 16; ++k) {
      for (int column = 0; column < 8; ++column) {
        d[row * 8 + column] += wide_a[row * 16 + k] * columns[k][column];
      }
    }
  }
}

// The fragments of the lanes as PTX ISA 9.7.14.5.8, "matrix fragments for mma.m16n8k16 with
// floating point type", spreads them: pairs of neighbours in a row of a, a column of b, a row of d.
void multiply_fragments(bool bf16) {
  uint16_t a[16][16], b[8][16];
  float d[16][8];
  for (uint32_t lane = 0; lane < kWarp; ++lane) {
    const Mma &own = operand_at<Mma>(lane);
    uint32_t group = lane / 4, pair = lane % 4 * 2;
    memcpy(&a[group][pair], &own.a[0], 4);
    memcpy(&a[group + 8][pair], &own.a[1], 4);
    memcpy(&a[group][pair + 8], &own.a[2], 4);
    memcpy(&a[group + 8][pair + 8], &own.a[3], 4);
    memcpy(&b[group][pair], &own.b[0], 4);
    memcpy(&b[group][pair + 8], &own.b[1], 4);
    memcpy(&d[group][pair], own.d, 8);
    memcpy(&d[group + 8][pair], own.d + 2, 8);
  }
  multiply(bf16, &a[0][0], &b[0][0], &d[0][0]);
  for (uint32_t lane = 0; lane < kWarp; ++lane) {
    float *own = operand_at<Mma>(lane).d;
    uint32_t group = lane / 4, pair = lane % 4 * 2;
    memcpy(own, &d[group][pair], 8);
    memcpy(own + 2, &d[group + 8][pair], 8);
  }
}

// The same of mma.m16n8k8 with tf32: floats of which the upper 19 bits count.
void multiply_fragments_tf32() {
  float a[16][8], b[8][8];  // b by columns
  auto value = [](uint32_t bits) { return std::bit_cast<float>(bits & ~0x1fffu); };
  for (uint32_t lane = 0; lane < kWarp; ++lane) {
    const Mma &own = operand_at<Mma>(lane);
    uint32_t group = lane / 4, place = lane % 4;
    for (uint32_t r = 0; r < 4; ++r) a[group + r % 2 * 8][place + r / 2 * 4] = value(own.a[r]);
    for (uint32_t r = 0; r < 2; ++r) b[group][place + r * 4] = value(own.b[r]);
  }
  for (uint32_t lane = 0; lane < kWarp; ++lane) {
    float *own = operand_at<Mma>(lane).d;
    uint32_t group = lane / 4, pair = lane % 4 * 2;
    for (uint32_t r = 0; r < 4; ++r)
      for (uint32_t k = 0; k < 8; ++k) own[r] += a[group + r / 2 * 8][k] * b[pair + r % 2][k];
  }
}

}  // namespace

const char *meeting_name(int meeting) { return kNames[meeting]; }

void hold_meeting(int meeting, uint32_t lanes) {
  if (meeting <= kShuffleXor) {
    shuffle(meeting, lanes);
  } else if (meeting == kVote) {
    vote(lanes);
  } else if (meeting >= kMma16 && meeting <= kMmaTf32) {
    if (lanes == ~0u)
      return meeting == kMmaTf32 ? multiply_fragments_tf32()
                                 : multiply_fragments(meeting == kMmaB16);
    fault("lanes that do not meet", now.code->line(lane_at(std::countr_zero(lanes)).line),
          text("block %u, warp %u: mma needs all 32 lanes, has 0x%08x", now.block,
               now.thread / kWarp, lanes));
  }
}

}  // namespace plx_emulator

#define PLX_EMU_EXPORT extern "C" __attribute__((visibility("default")))

PLX_EMU_EXPORT void plx_emu_warp_barrier(unsigned mask, int line) {
  plx_emulator::meet(plx_emulator::kSyncWarp, mask, line, nullptr);
}

PLX_EMU_EXPORT unsigned long long plx_emu_shuffle(int kind, unsigned mask, unsigned long long bits,
                                                  int argument, int width, int line) {
  plx_emulator::Shuffle own = {bits, 0, argument, width};
  plx_emulator::meet(kind, mask, line, &own);
  return own.result;
}

PLX_EMU_EXPORT unsigned plx_emu_ballot(unsigned mask, int yes, int line) {
  plx_emulator::Vote own = {yes != 0, 0};
  plx_emulator::meet(plx_emulator::kVote, mask, line, &own);
  return own.result;
}

// kind: 0 f16, 1 bf16, 2 tf32.
PLX_EMU_EXPORT void plx_emu_mma(int kind, float *d, const unsigned *a, const unsigned *b,
                                int line) {
  plx_emulator::Mma own = {d, a, b};
  plx_emulator::meet(plx_emulator::kMma16 + kind, ~0u, line, &own);
}

PLX_EMU_EXPORT float plx_emu_f16_to_f32(unsigned short bits) {
  return plx_emulator::f16_value(bits);
}

PLX_EMU_EXPORT unsigned short plx_emu_f32_to_f16(float value) {
  return std::bit_cast<unsigned short>(static_cast<_Float16>(value));
}

PLX_EMU_EXPORT void plx_emu_trap() {
  plx_emulator::fault(
      "__trap()", "a line that is not known",
      plx_emulator::who(plx_emulator::now.block, plx_emulator::now.thread) + " calls __trap");
}
