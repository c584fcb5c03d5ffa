// Kernels as a compiler prints them: their values are right, and nothing is found in them.
#include <bit>
#include <cmath>
#include <cstdlib>
#include <random>

#include "tests/unit/emulator/device.h"

namespace emulator_test {
namespace {

class Kernels : public Emulator {
 protected:
  static std::vector<float> random(size_t count) {
    std::mt19937 engine(7);
    std::uniform_real_distribution<float> uniform(-1, 1);
    std::vector<float> values(count);
    for (float &value : values) value = uniform(engine);
    return values;
  }

  static void expect_near(const std::vector<float> &expected, const std::vector<float> &found,
                          float tolerance) {
    ASSERT_EQ(expected.size(), found.size());
    for (size_t i = 0; i < expected.size(); ++i) {
      ASSERT_NEAR(expected[i], found[i], tolerance) << "element " << i;
    }
  }
};

std::string with_prelude(const char *text) { return std::string(kPrelude) + text; }

TEST_F(Kernels, VectorisedMap) {
  std::string source = with_prelude(R"(
extern "C" __global__ void __launch_bounds__(128) map(const float *__restrict__ x,
    float *__restrict__ y, long long n, plx_launch_place place) {
  long long i = (blockIdx.x * (long long)blockDim.x + threadIdx.x) * 4;
  if (i + 3 < n) {
    float4 v = *(const float4 *)(x + i);
    *(float4 *)(y + i) = make_float4(tanhf(v.x), tanhf(v.y), tanhf(v.z), tanhf(v.w));
  } else {
    for (; i < n; ++i) y[i] = tanhf(x[i]);
  }
})");
  std::vector<float> x = random(1030), expected;
  for (float value : x) expected.push_back(std::tanh(value));
  std::vector<Buffer> buffers = {Buffer::of(PLX_READ, x), Buffer::of(PLX_WRITE, x)};
  ASSERT_EQ(PLX_OK, launch(source, "map", {3, 128}, buffers, {1030})) << error_.message;
  EXPECT_EQ(expected, buffers[1].as<float>());
}

const char kSoftmax[] = R"(
__device__ float warp_max(float x) {
  for (int d = 16; d > 0; d /= 2) x = fmaxf(x, __shfl_xor_sync(0xffffffffu, x, d));
  return x;
}
__device__ float warp_sum(float x) {
  for (int d = 16; d > 0; d /= 2) x += __shfl_xor_sync(0xffffffffu, x, d);
  return x;
}
template <bool kMax>
__device__ float block_reduce(float x, float *parts) {
  x = kMax ? warp_max(x) : warp_sum(x);
  __syncthreads();
  if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = x;
  __syncthreads();
  x = parts[0];
  for (int i = 1; i < blockDim.x / 32; ++i) x = kMax ? fmaxf(x, parts[i]) : x + parts[i];
  return x;
}
extern "C" __global__ void __launch_bounds__(128) softmax(const float *x, float *y, long long n,
                                                          plx_launch_place place) {
  __shared__ float parts[4];
  const float *row = x + blockIdx.x * n;
  float most = __int_as_float(0xff800000);
  for (long long i = threadIdx.x; i < n; i += blockDim.x) most = fmaxf(most, row[i]);
  most = block_reduce<true>(most, parts);
  float sum = 0;
  for (long long i = threadIdx.x; i < n; i += blockDim.x) sum += expf(row[i] - most);
  sum = block_reduce<false>(sum, parts);
  for (long long i = threadIdx.x; i < n; i += blockDim.x) {
    y[blockIdx.x * n + i] = expf(row[i] - most) / sum;
  }
})";

std::vector<float> softmax(const std::vector<float> &x, size_t n) {
  std::vector<float> y(x.size());
  for (size_t row = 0; row < x.size(); row += n) {
    double sum = 0;
    for (size_t i = 0; i < n; ++i) sum += std::exp(x[row + i]);
    for (size_t i = 0; i < n; ++i) y[row + i] = static_cast<float>(std::exp(x[row + i]) / sum);
  }
  return y;
}

TEST_F(Kernels, RowSoftmaxInAnyOrder) {
  std::vector<float> x = random(5 * 300);
  for (const char *order : {"", "reversed", "random"}) {
    setenv("PLEXUS_EMULATOR_ORDER", order, 1);
    std::vector<Buffer> buffers = {Buffer::of(PLX_READ, x), Buffer::of(PLX_WRITE, x)};
    ASSERT_EQ(PLX_OK, launch(with_prelude(kSoftmax), "softmax", {5, 128}, buffers, {300}))
        << error_.message;
    expect_near(softmax(x, 300), buffers[1].as<float>(), 1e-6f);
  }
  unsetenv("PLEXUS_EMULATOR_ORDER");
}

std::vector<float> matmul(const std::vector<float> &a, const std::vector<float> &b, size_t m,
                          size_t n, size_t k) {
  std::vector<float> c(m * n);
  for (size_t i = 0; i < m; ++i) {
    for (size_t j = 0; j < n; ++j) {
      double sum = 0;
      for (size_t l = 0; l < k; ++l) sum += a[i * k + l] * b[l * n + j];
      c[i * n + j] = static_cast<float>(sum);
    }
  }
  return c;
}

TEST_F(Kernels, TiledMatmulInDynamicSharedMemory) {
  std::string source = with_prelude(R"(
extern "C" __global__ void __launch_bounds__(256) matmul(const float *a, const float *b, float *c,
    long long m, long long n, long long k, plx_launch_place place) {
  extern __shared__ __align__(16) unsigned char memory[];
  float (*tile_a)[17] = (float (*)[17])memory;
  float (*tile_b)[17] = tile_a + 16;
  int column = threadIdx.x % 16, row = threadIdx.x / 16;
  long long tiles = (n + 15) / 16;
  long long i = blockIdx.x / tiles * 16 + row, j = blockIdx.x % tiles * 16 + column;
  float sum = 0;
  for (long long first = 0; first < k; first += 16) {
    tile_a[row][column] = i < m && first + column < k ? a[i * k + first + column] : 0;
    tile_b[row][column] = first + row < k && j < n ? b[(first + row) * n + j] : 0;
    __syncthreads();
    for (int l = 0; l < 16; ++l) sum = fmaf(tile_a[row][l], tile_b[l][column], sum);
    __syncthreads();
  }
  if (i < m && j < n) c[i * n + j] = sum;
})");
  std::vector<float> a = random(40 * 50), b = random(50 * 35);
  std::vector<Buffer> buffers = {Buffer::of(PLX_READ, a), Buffer::of(PLX_READ, b),
                                 Buffer::of(PLX_WRITE, std::vector<float>(40 * 35))};
  ASSERT_EQ(PLX_OK, launch(source, "matmul", {9, 256, 2 * 16 * 17 * 4}, buffers, {40, 35, 50}))
      << error_.message;
  expect_near(matmul(a, b, 40, 35, 50), buffers[2].as<float>(), 1e-4f);
}

// One warp, c [16, 8] = a [16, k] * b [k, 8]; b lies transposed, [8, k]. Two stages of cp.async.
const char kMma[] = R"(
extern "C" __global__ void __launch_bounds__(32) mma(const unsigned short *a,
    const unsigned short *b, float *c, long long k, plx_launch_place place) {
  __shared__ __align__(16) unsigned short tile_a[2][16][24];
  __shared__ __align__(16) unsigned short tile_b[2][8][24];
  int lane = threadIdx.x, group = lane / 4, pair = lane % 4 * 2;
  auto fetch = [&](int stage, long long first) {
    plx_emu_cp_async_16(&tile_a[stage][lane / 2][lane % 2 * 8], a + lane / 2 * k + first + lane % 2 * 8);
    if (lane < 16) {
      plx_emu_cp_async_16(&tile_b[stage][lane / 2][lane % 2 * 8],
                          b + lane / 2 * k + first + lane % 2 * 8);
    }
    plx_emu_cp_async_commit();
  };
  float d[4] = {0, 0, 0, 0};
  fetch(0, 0);
  for (long long first = 0; first < k; first += 16) {
    int stage = first / 16 % 2;
    if (first + 16 < k) fetch(stage ^ 1, first + 16);
    plx_emu_cp_async_wait(first + 16 < k ? 1 : 0);
    __syncthreads();
    auto at_a = [&](int row, int column) { return *(const unsigned *)&tile_a[stage][row][column]; };
    unsigned fa[4] = {at_a(group, pair), at_a(group + 8, pair), at_a(group, pair + 8),
                      at_a(group + 8, pair + 8)};
    unsigned fb[2] = {*(const unsigned *)&tile_b[stage][group][pair],
                      *(const unsigned *)&tile_b[stage][group][pair + 8]};
    PRODUCT(d, fa, fb);
    __syncthreads();
  }
  *(float2 *)&c[group * 8 + pair] = make_float2(d[0], d[1]);
  *(float2 *)&c[(group + 8) * 8 + pair] = make_float2(d[2], d[3]);
})";

void test_mma(const std::vector<float> &a, const std::vector<float> &b_transposed,
              const std::vector<float> &found) {
  size_t k = a.size() / 16;
  std::vector<float> b(k * 8);
  for (size_t i = 0; i < k; ++i) {
    for (size_t j = 0; j < 8; ++j) b[i * 8 + j] = b_transposed[j * k + i];
  }
  std::vector<float> expected = matmul(a, b, 16, 8, k);
  for (size_t i = 0; i < expected.size(); ++i) ASSERT_NEAR(expected[i], found[i], 1e-4f) << i;
}

TEST_F(Kernels, MmaOfBf16WithAsyncCopies) {
  std::vector<float> values = random(24 * 64);
  std::vector<uint16_t> bits;
  for (float &value : values) {
    uint32_t word;
    memcpy(&word, &value, 4);
    bits.push_back(static_cast<uint16_t>(word >> 16));
    word &= 0xffff0000;
    memcpy(&value, &word, 4);
  }
  std::string source = "#define PRODUCT plx_emu_mma_m16n8k16_bf16\n" + with_prelude(kMma);
  std::vector<Buffer> buffers = {
      Buffer::of(PLX_READ, std::vector<uint16_t>(bits.begin(), bits.begin() + 16 * 64)),
      Buffer::of(PLX_READ, std::vector<uint16_t>(bits.begin() + 16 * 64, bits.end())),
      Buffer::of(PLX_WRITE, std::vector<float>(16 * 8))};
  ASSERT_EQ(PLX_OK, launch(source, "mma", {1, 32}, buffers, {64})) << error_.message;
  test_mma({values.begin(), values.begin() + 16 * 64}, {values.begin() + 16 * 64, values.end()},
           buffers[2].as<float>());
}

TEST_F(Kernels, MmaOfF16WithAsyncCopies) {
  std::vector<float> values = random(24 * 32);
  std::vector<_Float16> halves;
  for (float &value : values) {
    halves.push_back(static_cast<_Float16>(value));
    value = static_cast<float>(halves.back());
  }
  std::string source = "#define PRODUCT plx_emu_mma_m16n8k16_f16\n" + with_prelude(kMma);
  std::vector<Buffer> buffers = {
      Buffer::of(PLX_READ, std::vector<_Float16>(halves.begin(), halves.begin() + 16 * 32)),
      Buffer::of(PLX_READ, std::vector<_Float16>(halves.begin() + 16 * 32, halves.end())),
      Buffer::of(PLX_WRITE, std::vector<float>(16 * 8))};
  ASSERT_EQ(PLX_OK, launch(source, "mma", {1, 32}, buffers, {32})) << error_.message;
  test_mma({values.begin(), values.begin() + 16 * 32}, {values.begin() + 16 * 32, values.end()},
           buffers[2].as<float>());
}

TEST_F(Kernels, ConvertsEachF16) {
  std::string source = with_prelude(R"(
extern "C" __global__ void convert(float *y, unsigned short *z, plx_launch_place place) {
  int i = blockIdx.x * 256 + threadIdx.x;
  y[i] = plx_emu_f16_to_f32(i);
  z[i] = plx_emu_f32_to_f16(y[i]);
})");
  std::vector<Buffer> buffers = {Buffer::of(PLX_READ_WRITE, std::vector<float>(65536)),
                                 Buffer::of(PLX_WRITE, std::vector<uint16_t>(65536))};
  ASSERT_EQ(PLX_OK, launch(source, "convert", {256, 256}, buffers)) << error_.message;
  std::vector<float> y = buffers[0].as<float>();
  std::vector<uint16_t> z = buffers[1].as<uint16_t>();
  for (uint32_t bits = 0; bits < 65536; ++bits) {
    auto half = std::bit_cast<_Float16>(static_cast<uint16_t>(bits));
    if (half != half) {
      EXPECT_TRUE(std::isnan(y[bits])) << bits;
      continue;
    }
    EXPECT_EQ(static_cast<float>(half), y[bits]) << bits;
    EXPECT_EQ(bits, z[bits]);
  }
}

TEST_F(Kernels, ShufflesAndVotes) {
  std::string source = with_prelude(R"(
extern "C" __global__ void lanes(long long *y, plx_launch_place place) {
  int lane = threadIdx.x;
  long long *row = y + lane * 10;
  row[9] = __popc(__activemask()) + __clz(1) + __ffs(8);
  row[0] = __shfl_sync(0xffffffffu, lane * 10, 5);
  row[1] = __shfl_up_sync(0xffffffffu, (long long)lane << 40, 3) >> 40;
  row[2] = (long long)__shfl_down_sync(0xffffffffu, lane + 0.5, 2);
  row[3] = __shfl_xor_sync(0xffffffffu, (unsigned)lane, 7);
  row[4] = __ballot_sync(0xffffffffu, lane % 3 == 0);
  row[5] = __any_sync(0xffffffffu, lane == 31) + 2 * __all_sync(0xffffffffu, lane < 31);
  row[6] = __shfl_sync(0xffffffffu, lane, lane + 1, 8);
  row[7] = __shfl_down_sync(0xffffffffu, lane, 3, 8);
  row[8] = lane < 16 ? (long long)__shfl_xor_sync(0x0000ffffu, lane * 1.0f, 8) : -1;
})");
  std::vector<Buffer> buffers = {Buffer::of(PLX_WRITE, std::vector<int64_t>(32 * 10))};
  ASSERT_EQ(PLX_OK, launch(source, "lanes", {1, 32}, buffers)) << error_.message;
  std::vector<int64_t> y = buffers[0].as<int64_t>();
  uint32_t thirds = 0;
  for (int64_t lane = 0; lane < 32; lane += 3) thirds |= 1u << lane;
  for (int64_t lane = 0; lane < 32; ++lane) {
    std::vector<int64_t> found(y.begin() + lane * 10, y.begin() + lane * 10 + 10);
    std::vector<int64_t> expected = {50,
                                     lane < 3 ? lane : lane - 3,
                                     lane > 29 ? lane : lane + 2,
                                     lane ^ 7,
                                     thirds,
                                     1,
                                     lane / 8 * 8 + (lane + 1) % 8,
                                     lane % 8 > 4 ? lane : lane + 3,
                                     lane < 16 ? lane ^ 8 : -1,
                                     32 + 31 + 4};
    EXPECT_EQ(expected, found) << "lane " << lane;
  }
}

TEST_F(Kernels, AtomicsOfAllBlocks) {
  std::string source = with_prelude(R"(
extern "C" __global__ void count(int *y, plx_launch_place place) {
  atomicAdd(&y[0], (int)threadIdx.x);
  atomicMax(&y[1], (int)(blockIdx.x * 64 + threadIdx.x));
  atomicMin((unsigned *)&y[2], threadIdx.x);
  for (int old = y == 0; ; ) {
    int seen = atomicCAS(&y[3], old, old + 1);
    if (seen == old) break;
    old = seen;
  }
})");
  std::vector<Buffer> buffers = {Buffer::of(PLX_READ_WRITE, std::vector<int>{0, 0, 99, 0})};
  ASSERT_EQ(PLX_OK, launch(source, "count", {3, 64}, buffers)) << error_.message;
  EXPECT_EQ((std::vector<int>{3 * 64 * 63 / 2, 191, 0, 192}), buffers[0].as<int>());
}

TEST_F(Kernels, OperandsMayShareTheirMemory) {
  std::string source = with_prelude(R"(
extern "C" __global__ void twice(const float *x, float *y, long long n, plx_launch_place place) {
  y[threadIdx.x] = 2 * x[threadIdx.x];
})");
  std::vector<Buffer> buffers = {Buffer::of(PLX_READ, std::vector<float>{1, 2, 3, 4})};
  buffers[0].address = allocate(16);
  buffers.push_back(buffers[0]);
  buffers[1].access = PLX_WRITE;
  ASSERT_EQ(PLX_OK, launch(source, "twice", {1, 4}, buffers, {4})) << error_.message;
  EXPECT_EQ((std::vector<float>{2, 4, 6, 8}), buffers[0].as<float>());
}

TEST_F(Kernels, AnOperandEndsWhereItsRangeDoes) {
  std::string source = with_prelude(R"(
extern "C" __global__ void last(const float *x, float *y, long long n, plx_launch_place place) {
  y[n] = x[n];
})");
  // Both lie in one allocation, x before y, as in an arena.
  std::vector<float> four = {1, 2, 3, 4};
  std::vector<Buffer> buffers = {Buffer::of(PLX_READ, four), Buffer::of(PLX_WRITE, four)};
  buffers[0].address = allocate(32);
  buffers[1].address = buffers[0].address + 16;
  ASSERT_EQ(PLX_OK, launch(source, "last", {1, 1}, buffers, {3})) << error_.message;
  EXPECT_EQ(PLX_INTERNAL, launch(source, "last", {1, 1}, buffers, {4}));
  EXPECT_NE(nullptr, strstr(error_.message, "out of bounds")) << error_.message;
  EXPECT_NE(nullptr, strstr(error_.message, "operand 0, element 4")) << error_.message;
}

TEST_F(Kernels, FaultsGoToTheirCell) {
  std::string source = R"(
struct plx_fault_cell { unsigned long long order; int code, site; long long values[3]; int lock, reserved; };
struct plx_launch_place { unsigned long long fault, launch; long long site; };
PLX_EMU_UNCHECKED void plx_fail(plx_launch_place place, long long unit, int code, long long value) {
  plx_fault_cell *cell = (plx_fault_cell *)place.fault;
  while (atomicCAS(&cell->lock, 0, 1) != 0) {}
  unsigned long long order = place.launch << 32 | (unit + 1);
  if (cell->order == 0 || order < cell->order) {
    cell->order = order;
    cell->code = code;
    cell->values[0] = value;
  }
  atomicExch(&cell->lock, 0);
}
extern "C" __global__ void fails(const int *x, int *y, plx_launch_place place) {
  int i = blockIdx.x * 2 + threadIdx.x;
  if (x[i] > 10) plx_fail(place, i, 1, x[i]);
  y[i] = x[i];
})";
  std::vector<int> x = {1, 2, 3, 50, 5, 60};
  setenv("PLEXUS_EMULATOR_ORDER", "reversed", 1);
  std::vector<Buffer> buffers = {Buffer::of(PLX_READ, x), Buffer::of(PLX_WRITE, x)};
  ASSERT_EQ(PLX_OK, launch(source, "fails", {3, 2}, buffers)) << error_.message;
  unsetenv("PLEXUS_EMULATOR_ORDER");
  EXPECT_EQ(x, buffers[1].as<int>());
  EXPECT_EQ(UINT64_C(1) << 32 | 4, fault_cell().order);
  EXPECT_EQ(1, fault_cell().code);
  EXPECT_EQ(50, fault_cell().values[0]);
  EXPECT_EQ(0, fault_cell().lock);
}

TEST_F(Kernels, WildAccessOfUncheckedCodeIsAFault) {
  std::string source = with_prelude(R"(
PLX_EMU_UNCHECKED int wild(const int *x) {
  return x[1ll << 28]; //@
}
extern "C" __global__ void reads(const int *x, int *y, plx_launch_place place) { y[0] = wild(x); })");
  std::vector<Buffer> buffers = {Buffer::of(PLX_READ, std::vector<int>{1}),
                                 Buffer::of(PLX_WRITE, std::vector<int>{1})};
  EXPECT_EQ(PLX_INTERNAL, launch(source, "reads", {1, 1}, buffers));
  EXPECT_NE(nullptr, strstr(error_.message,
                            ("crash in kernel 'reads' at " + line_of(source, "//@")).c_str()))
      << error_.message;
}

// Of a large launch the last block is checked for races in shared memory, whatever came before.
TEST_F(Kernels, LargeLaunchesAreSampled) {
  std::string source = with_prelude(R"(
extern "C" __global__ void large(const float *x, float *y, long long n, plx_launch_place place) {
  __shared__ float tile[32];
  for (int i = 0; i < 1000; ++i) {
    tile[threadIdx.x] = x[threadIdx.x];
    __syncwarp();
  }
  if (n == 0 || (n == 1 && blockIdx.x == gridDim.x - 1)) tile[0] += 1; //@
  if (blockIdx.x == 0) y[threadIdx.x] = tile[threadIdx.x];
})");
  for (int64_t n : {0, 1, 2}) {
    std::vector<Buffer> buffers = {Buffer::of(PLX_READ, std::vector<float>(32)),
                                   Buffer::of(PLX_WRITE, std::vector<float>(32))};
    ASSERT_EQ(n < 2 ? PLX_INTERNAL : PLX_OK, launch(source, "large", {400, 32}, buffers, {n})) << n;
    const char *block = n == 0 ? "block 0, " : n == 1 ? "block 399, " : "";
    EXPECT_NE(nullptr, strstr(error_.message, block)) << error_.message;
  }
}

// Of a large operand that is only written the writes alone are kept.
TEST_F(Kernels, RacesOfLargeOutputsAreFound) {
  std::string source = with_prelude(R"(
extern "C" __global__ void fill(float *y, long long n, plx_launch_place place) {
  y[(blockIdx.x * 256ll + threadIdx.x) % n] = 1; //@
})");
  int64_t count = 1 << 20;
  for (int64_t n : {count, count - 1}) {
    std::vector<Buffer> buffers = {Buffer::of(PLX_WRITE, std::vector<float>(count))};
    EXPECT_EQ(n == count ? PLX_OK : PLX_INTERNAL,
              launch(source, "fill", {count / 256, 256}, buffers, {n}));
  }
  EXPECT_NE(nullptr,
            strstr(error_.message, "block 4095, thread 255 writes 4 bytes of operand 0, element 0"))
      << error_.message;
}

TEST_F(Kernels, AFaultLeavesTheNextLaunchAlone) {
  std::string source = with_prelude(R"(
extern "C" __global__ void after(const float *x, float *y, long long n, plx_launch_place place) {
  __shared__ float tile[64];
  tile[threadIdx.x] = x[threadIdx.x];
  __syncthreads();
  y[threadIdx.x + n] = tile[63 - threadIdx.x];
})");
  std::vector<float> x = random(64), reversed(x.rbegin(), x.rend());
  for (int i = 0; i < 3; ++i) {
    std::vector<Buffer> buffers = {Buffer::of(PLX_READ, x), Buffer::of(PLX_WRITE, x)};
    EXPECT_EQ(PLX_INTERNAL, launch(source, "after", {1, 64}, buffers, {1}));
    ASSERT_EQ(PLX_OK, launch(source, "after", {1, 64}, buffers, {0})) << error_.message;
    EXPECT_EQ(reversed, buffers[1].as<float>());
  }
}

}  // namespace
}  // namespace emulator_test
