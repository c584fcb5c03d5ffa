// The tile interface: what a warp does on tensor cores. Further instructions (wgmma, TMA) have
// their place here, and nowhere else.

// d[4] += a[4] * b[2]: 16 x 8 results of 16 terms, in the fragment layout of the PTX ISA
// (mma.sync.aligned.m16n8k16): with g = lane / 4 and t = lane % 4,
//   a: rows g, g + 8 at columns 2t, 2t + 1, then the same at columns 8 + 2t, 9 + 2t
//   b: column g at rows 2t, 2t + 1, then 8 + 2t, 9 + 2t
//   d: row g at columns 2t, 2t + 1, then row g + 8
// and of 8 terms that are tf32 (m16n8k8), a: rows g, g + 8 at column t, then at column 4 + t; b:
// column g at rows t, 4 + t. All 32 lanes of the warp take part.
#ifdef PLX_EMULATED
#define PLX_TILE_MULTIPLY(name, shape, type)                                                      \
  __device__ __forceinline__ void name(float d[4], const u32 a[4], const u32 b[2]) {              \
    plx_emu_mma_##shape##_##type(d, a, b);                                                        \
  }
#else
#define PLX_TILE_MULTIPLY(name, shape, type)                                                      \
  __device__ __forceinline__ void name(float d[4], const u32 a[4], const u32 b[2]) {              \
    asm volatile("mma.sync.aligned." #shape ".row.col.f32." #type "." #type ".f32 "               \
                 "{%0,%1,%2,%3}, {%4,%5,%6,%7}, {%8,%9}, {%0,%1,%2,%3};"                          \
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])                                 \
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));             \
  }
#endif
PLX_TILE_MULTIPLY(tile_multiply_f16, m16n8k16, f16)
PLX_TILE_MULTIPLY(tile_multiply_bf16, m16n8k16, bf16)
PLX_TILE_MULTIPLY(tile_multiply_tf32, m16n8k8, tf32)

// A float rounded to the 19 bits that count.
__device__ __forceinline__ u32 tf32_bits(float value) {
#ifdef PLX_EMULATED
  return (bits_as<u32>(value) + 0x1000u) & ~0x1fffu;
#else
  u32 bits;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(value));
  return bits;
#endif
}
