// Kernels with a fault planted in them, each of which the emulator must find, at its line.
#include <ostream>

#include "tests/unit/emulator/device.h"

namespace emulator_test {
namespace {

// Kernels are k(const float *x, float *y, long long n, place): x has n = 64 elements and is read, y
// has as many and is written. In `body`, the mark //@ stands at the line of the fault, //< at that
// of the other thread of a race.
struct Planted {
  const char *name;
  const char *kind;  // how the message begins
  const char *body;
  Shape shape;
  const char *detail;  // what else it says
};

std::ostream &operator<<(std::ostream &out, const Planted &planted) { return out << planted.name; }

const Planted kPlanted[] = {
    {"SharedReadAfterWrite",
     "race in shared memory",
     R"(
  __shared__ float tile[64];
  tile[threadIdx.x] = x[threadIdx.x]; //<
  y[threadIdx.x] = tile[threadIdx.x / 2]; //@
)",
     {1, 64},
     "block 0, thread 1 reads 4 bytes of shared array 'k::tile' (256 bytes) + 0 bytes, which block "
     "0, thread 0 wrote at"},
    {"SharedWriteAfterRead",
     "race in shared memory",
     R"(
  __shared__ float tile[64];
  float sum = 0;
  for (int i = 0; i < 2; ++i) {
    tile[threadIdx.x] = x[threadIdx.x] + i; //@
    __syncthreads();
    sum += tile[(threadIdx.x + 1) % 64]; //<
  }
  y[threadIdx.x] = sum;
)",
     {1, 64},
     "thread 0 read at"},
    {"SharedWriteAfterWrite",
     "race in shared memory",
     R"(
  __shared__ float tile[64];
  tile[threadIdx.x / 2] = x[threadIdx.x]; //@
  __syncthreads();
  y[threadIdx.x] = tile[threadIdx.x / 2];
)",
     {1, 64},
     "thread 1 writes"},
    {"ShufflesDoNotOrder",
     "race in shared memory",
     R"(
  __shared__ float tile[32];
  tile[threadIdx.x] = x[threadIdx.x]; //<
  float sum = __shfl_xor_sync(0xffffffffu, x[threadIdx.x], 1);
  y[threadIdx.x] = sum + tile[threadIdx.x ^ 1]; //@
)",
     {1, 32},
     "with no barrier between"},
    {"SyncwarpOrdersItsWarpAlone",
     "race in shared memory",
     R"(
  __shared__ float tile[64];
  tile[threadIdx.x] = x[threadIdx.x]; //<
  __syncwarp();
  y[threadIdx.x] = tile[threadIdx.x % 32]; //@
)",
     {1, 64},
     "thread 63 reads"},
    {"SharedBytesOfOneWord",
     "race in shared memory",
     R"(
  __shared__ unsigned char flags[64];
  __shared__ float tile[64];
  tile[threadIdx.x] = x[threadIdx.x];
  flags[threadIdx.x] = 1; //<
  y[threadIdx.x] = tile[threadIdx.x] + flags[threadIdx.x / 2]; //@
)",
     {1, 64},
     "reads 1 byte of shared array"},
    {"GlobalWithinBlock",
     "race in global memory",
     R"(
  y[threadIdx.x] = x[threadIdx.x];
  y[threadIdx.x] += y[threadIdx.x / 2]; //@
)",
     {1, 64},
     "operand 1, element 0"},
    {"GlobalBetweenBlocks",
     "race between blocks in global memory",
     R"(
  y[threadIdx.x + blockIdx.x * 31] = x[threadIdx.x]; //@
)",
     {2, 32},
     "block 1, thread 0 writes 4 bytes of operand 1, element 31"},
    {"GlobalReadOfAnotherBlock",
     "race between blocks in global memory",
     R"(
  if (blockIdx.x == 0) y[threadIdx.x] = x[threadIdx.x]; //<
  if (blockIdx.x == 1) y[32 + threadIdx.x] = y[threadIdx.x]; //@
)",
     {2, 32},
     "block 1, thread 0 reads 4 bytes of operand 1, element 0"},
    {"AtomicAgainstPlain",
     "race between blocks in global memory",
     R"(
  int *counter = (int *)y;
  if (blockIdx.x == 0 && threadIdx.x == 0) counter[0] = 0; //<
  if (blockIdx.x == 1) atomicAdd(counter, 1); //@
)",
     {2, 32},
     "changes atomically"},
    {"ReadBeyondEnd",
     "out of bounds",
     R"(
  y[threadIdx.x] = x[threadIdx.x + 1]; //@
)",
     {1, 64},
     "thread 63 reads 4 bytes of operand 0, element 64 (it has 64 elements of 4 bytes)"},
    {"ReadBeforeBegin",
     "out of bounds",
     R"(
  y[threadIdx.x] = x[(int)threadIdx.x - 1]; //@
)",
     {1, 64},
     "thread 0 reads 4 bytes of operand 0, element -1"},
    {"FarBeyondEnd",
     "out of bounds",
     R"(
  y[threadIdx.x * 100000000] = x[threadIdx.x]; //@
)",
     {1, 64},
     "writes 4 bytes of operand 1, element 100000000"},
    {"NullPointer",
     "out of bounds",
     R"(
  float *nothing = (float *)(n - 64);
  y[threadIdx.x] = nothing[1000000]; //@
)",
     {1, 64},
     "lies in no operand"},
    {"WriteToInput",
     "write to an operand that is only read",
     R"(
  ((float *)x)[threadIdx.x] = 1; //@
)",
     {1, 64},
     "operand 0, element 0"},
    {"ReadOfOutput",
     "read of what was not written",
     R"(
  y[threadIdx.x] += x[threadIdx.x]; //@
)",
     {1, 64},
     "operand 1, element 0"},
    {"DivergentBarrier",
     "divergent barrier",
     R"(
  if (threadIdx.x < 40) {
    __syncthreads(); //@
  } else {
    __syncthreads();
  }
)",
     {1, 64},
     "40 threads wait at line"},
    {"BarrierAfterExit",
     "barrier that threads have left",
     R"(
  if (threadIdx.x >= 40) return;
  __syncthreads(); //@
)",
     {1, 64},
     "40 threads wait at line 5; 24 have exited"},
    {"UninitialisedShared",
     "read of uninitialised shared memory",
     R"(
  __shared__ float tile[64];
  if (threadIdx.x > 2) tile[threadIdx.x] = x[threadIdx.x];
  __syncthreads();
  y[threadIdx.x] = tile[threadIdx.x]; //@
)",
     {1, 64},
     "thread 0 reads"},
    {"SharedOfEarlierBlock",
     "read of uninitialised shared memory",
     R"(
  __shared__ float tile[64];
  if (blockIdx.x == 0) tile[threadIdx.x] = x[threadIdx.x];
  __syncthreads();
  y[threadIdx.x + blockIdx.x * 32] = tile[threadIdx.x]; //@
)",
     {2, 32},
     "block 1, thread 0 reads"},
    {"EarlyTouchOfCopy",
     "touch of an unfinished cp.async",
     R"(
  __shared__ float4 tile[16];
  plx_emu_cp_async_16(&tile[threadIdx.x], x + 4 * threadIdx.x); //<
  plx_emu_cp_async_commit();
  y[threadIdx.x] = tile[threadIdx.x].x; //@
  plx_emu_cp_async_wait(0);
)",
     {1, 16},
     "has not waited for"},
    {"WaitForTooFewGroups",
     "touch of an unfinished cp.async",
     R"(
  __shared__ float4 tile[32];
  for (int i = 0; i < 2; ++i) {
    plx_emu_cp_async_16(&tile[threadIdx.x + 8 * i], x + 4 * threadIdx.x + 32 * i); //<
    plx_emu_cp_async_commit();
  }
  plx_emu_cp_async_wait(1);
  __syncthreads();
  y[threadIdx.x] = tile[threadIdx.x + 8].x; //@
  plx_emu_cp_async_wait(0);
)",
     {1, 8},
     "thread 0 copies to since"},
    {"CopyWithoutBarrier",
     "race in shared memory",
     R"(
  __shared__ float4 tile[16];
  plx_emu_cp_async_16(&tile[threadIdx.x], x + 4 * threadIdx.x); //<
  plx_emu_cp_async_commit();
  plx_emu_cp_async_wait(0);
  y[threadIdx.x] = tile[threadIdx.x / 2].x; //@
)",
     {1, 16},
     ""},
    {"UnfinishedCopy",
     "unfinished cp.async at exit",
     R"(
  __shared__ float4 tile[16];
  plx_emu_cp_async_16(&tile[threadIdx.x], x + 4 * threadIdx.x); //@
  plx_emu_cp_async_commit();
)",
     {1, 16},
     "without waiting for 1 copies"},
    {"Misaligned",
     "misaligned access",
     R"(
  float4 four = *(const float4 *)(x + 1 + threadIdx.x); //@
  y[threadIdx.x] = four.x;
)",
     {1, 16},
     "reads 16 bytes"},
    {"ShuffleInBranch",
     "lanes that do not meet",
     R"(
  float sum = x[threadIdx.x];
  if (threadIdx.x < 16) sum += __shfl_xor_sync(0xffffffffu, sum, 1); //@
  __syncwarp();
  y[threadIdx.x] = sum;
)",
     {1, 32},
     "lanes 0x0000ffff wait at __shfl_xor_sync"},
    {"ShuffleOfInactiveLane",
     "read of an inactive lane",
     R"(
  float sum = x[threadIdx.x];
  if (threadIdx.x < 16) sum += __shfl_xor_sync(0x0000ffffu, sum, 16); //@
  y[threadIdx.x] = sum;
)",
     {1, 32},
     "lane 0, reads lane 16 by __shfl_xor_sync"},
    {"ShuffleOfExitedLane",
     "read of an inactive lane",
     R"(
  if (threadIdx.x == 31) return;
  y[threadIdx.x] = __shfl_down_sync(0xffffffffu, x[threadIdx.x], 1); //@
)",
     {1, 32},
     "reads lane 31"},
    {"MaskWithoutSelf",
     "lanes that do not meet",
     R"(
  __syncwarp(0x0000ffffu); //@
)",
     {1, 32},
     "lacks its lane 16"},
    {"OverflowByIndex",
     "index beyond an array",
     R"(
  __shared__ float tile[32];
  __shared__ float other[64];
  other[threadIdx.x] = 0;
  tile[threadIdx.x] = x[threadIdx.x]; //@
  y[threadIdx.x] = tile[threadIdx.x] + other[threadIdx.x];
)",
     {1, 64},
     "uses index 32 of an array of type 'float[32]'"},
    {"OverflowByPointer",
     "out of bounds of a shared array",
     R"(
  __shared__ float tile[32];
  __shared__ float other[64];
  other[threadIdx.x] = 0;
  float *first = tile;
  first[threadIdx.x] = x[threadIdx.x]; //@
  y[threadIdx.x] = tile[threadIdx.x % 32] + other[threadIdx.x];
)",
     {1, 64},
     "::tile' (128 bytes) + 128 bytes"},
    {"OverflowOfDynamic",
     "out of bounds",
     R"(
  extern __shared__ unsigned char memory[];
  float *tile = (float *)memory;
  tile[threadIdx.x] = x[threadIdx.x]; //@
)",
     {1, 64, 128},
     "dynamic shared memory + 128 bytes, of which the launch has 128"},
    {"LocalArray",
     "index beyond an array",
     R"(
  float parts[4] = {0, 1, 2, 3};
  y[threadIdx.x] = parts[threadIdx.x % 5]; //@
)",
     {1, 64},
     "thread 4 uses index 4 of an array of type 'float[4]'"},
    {"DivisionByZero",
     "division by zero",
     R"(
  y[threadIdx.x] = (int)n / ((int)threadIdx.x - 3); //@
)",
     {1, 32},
     "thread 3 divides a number of type 'int' by 0"},
    {"DivisionOverflow",
     "crash",
     R"(
  y[threadIdx.x] = (int)(n - 64 - 2147483648ll) / ((int)threadIdx.x - 3); //@
)",
     {1, 3},
     "thread 2 ends by an integer division that overflows"},
    {"ShiftByTooMuch",
     "shift by too much",
     R"(
  y[threadIdx.x] = 1u << threadIdx.x; //@
)",
     {1, 33},
     "thread 32 shifts a number of type 'unsigned int' by 32"},
    {"TooMuchLocalMemory",
     "crash",
     R"(
  volatile float many[100000];
  many[threadIdx.x * 100] = x[threadIdx.x]; //@
  y[threadIdx.x] = many[threadIdx.x * 100];
)",
     {1, 1},
     "access to memory that is not there"},
    {"MmaInBranch",
     "lanes that do not meet",
     R"(
  float d[4] = {};
  unsigned a[4] = {}, b[2] = {};
  if (threadIdx.x < 31) plx_emu_mma_m16n8k16_bf16(d, a, b); //@
  y[threadIdx.x] = d[0];
)",
     {1, 32},
     "mma"},
};

class Faults : public Emulator, public testing::WithParamInterface<Planted> {};

TEST_P(Faults, IsFoundAtItsLine) {
  const Planted &planted = GetParam();
  std::string source = std::string(kPrelude) +
                       "extern \"C\" __global__ void __launch_bounds__(64)\n"
                       "k(const float *x, float *y, long long n, plx_launch_place place) {" +
                       planted.body + "}\n";
  std::vector<float> values(64, 1.0f);
  std::vector<Buffer> buffers = {Buffer::of(PLX_READ, values), Buffer::of(PLX_WRITE, values)};
  EXPECT_EQ(PLX_INTERNAL, launch(source, "k", planted.shape, buffers, {64}));
  std::string message = error_.message, line = line_of(source, "//@");
  std::string start = std::string("cuda-emulated: ") + planted.kind + " in kernel 'k' at ";
  EXPECT_TRUE(message.starts_with(start + line + " `")) << message << "\nexpected line: " << line;
  EXPECT_NE(std::string::npos, message.find(planted.detail)) << message;
  if (source.find("//<") != std::string::npos) {
    EXPECT_NE(std::string::npos, message.find(line_of(source, "//<"), start.size() + line.size()))
        << message;
  }
}

INSTANTIATE_TEST_SUITE_P(Planted, Faults, testing::ValuesIn(kPlanted),
                         [](const auto &info) { return std::string(info.param.name); });

}  // namespace
}  // namespace emulator_test
