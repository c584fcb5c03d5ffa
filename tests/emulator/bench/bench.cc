// What the emulator costs: a load, a tiny launch, and the rate of some kernels. Run by hand:
//   ninja -C build emulator-bench && build/bin/emulator-bench
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "runtime/device/device.h"

namespace {

const char kKernels[] = R"(
struct plx_launch_place { unsigned long long fault, launch; long long site; };
extern "C" __global__ void __launch_bounds__(256) map(const float *x, float *y, long long n,
                                                      plx_launch_place place) {
  long long i = blockIdx.x * 256ll + threadIdx.x;
  if (i < n) y[i] = x[i] * 2 + 1;
}
extern "C" __global__ void __launch_bounds__(128) row(const float *x, float *y, long long n,
                                                      plx_launch_place place) {
  __shared__ float parts[4];
  float sum = 0;
  for (long long i = threadIdx.x; i < n; i += 128) sum += x[blockIdx.x * n + i];
  for (int d = 16; d > 0; d /= 2) sum += __shfl_xor_sync(0xffffffffu, sum, d);
  if (threadIdx.x % 32 == 0) parts[threadIdx.x / 32] = sum;
  __syncthreads();
  sum = parts[0] + parts[1] + parts[2] + parts[3];
  for (long long i = threadIdx.x; i < n; i += 128) y[blockIdx.x * n + i] = x[blockIdx.x * n + i] - sum;
}
extern "C" __global__ void __launch_bounds__(256) matmul(const float *a, float *c, long long n,
                                                         plx_launch_place place) {
  __shared__ float ta[16][128], tb[16][128];
  int t = threadIdx.x, row = t / 16 * 8, column = t % 16 * 8;
  long long tiles = n / 128, i0 = blockIdx.x / tiles * 128, j0 = blockIdx.x % tiles * 128;
  float sum[8][8] = {};
  for (long long k0 = 0; k0 < n; k0 += 16) {
    for (int e = t; e < 16 * 128; e += 256) {
      ta[e % 16][e / 16] = a[(i0 + e / 16) * n + k0 + e % 16];
      tb[e / 128][e % 128] = a[(k0 + e / 128) * n + j0 + e % 128];
    }
    __syncthreads();
    for (int k = 0; k < 16; ++k) {
      float4 a0 = *(float4 *)&ta[k][row], a1 = *(float4 *)&ta[k][row + 4];
      float4 b0 = *(float4 *)&tb[k][column], b1 = *(float4 *)&tb[k][column + 4];
      float fa[8] = {a0.x, a0.y, a0.z, a0.w, a1.x, a1.y, a1.z, a1.w};
      float fb[8] = {b0.x, b0.y, b0.z, b0.w, b1.x, b1.y, b1.z, b1.w};
#pragma unroll
      for (int i = 0; i < 8; ++i)
#pragma unroll
        for (int j = 0; j < 8; ++j) sum[i][j] = fmaf(fa[i], fb[j], sum[i][j]);
    }
    __syncthreads();
  }
#pragma unroll
  for (int i = 0; i < 8; ++i)
#pragma unroll
    for (int j = 0; j < 8; ++j) c[(i0 + row + i) * n + j0 + column + j] = sum[i][j];
}
extern "C" __global__ void __launch_bounds__(128) mma(const float *x, float *y, long long k,
                                                      plx_launch_place place) {
  float d[4] = {};
  unsigned a[4] = {1, 2, 3, 4}, b[2] = {5, 6};
  for (long long i = 0; i < k; i += 16) plx_emu_mma_m16n8k16_bf16(d, a, b);
  y[blockIdx.x * 128 + threadIdx.x] = d[0] + d[1] + d[2] + d[3];
}
)";

const plx_device_api *api;
plx_device *device;
plx_stream *stream;
plx_error error;

void must(plx_status status) {
  if (status == PLX_OK) return;
  fprintf(stderr, "%s\n", error.message);
  exit(1);
}

// Of the process for launches, which run on its one thread: others on the machine do not count.
double seconds(clockid_t clock = CLOCK_PROCESS_CPUTIME_ID) {
  timespec time;
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

plx_code *load(const std::string &text) {
  plx_image image = {PLX_IMAGE_SOURCE, 0, text.c_str(), text.size() + 1};
  plx_code *code = nullptr;
  must(api->load(device, &image, &code, &error));
  return code;
}

// Least time of some launches of `name`, of which each operand has `count` floats.
double launch(plx_code *code, const char *name, int64_t blocks, int32_t threads, int64_t count,
              int64_t size, int times) {
  plx_entry *entry = nullptr;
  must(api->find(device, code, name, threads, 0, &entry, &error));
  uint64_t bytes = static_cast<uint64_t>(count) * 4, x = 0, y = 0;
  must(api->allocate(device, bytes, &x, &error));
  must(api->allocate(device, bytes, &y, &error));
  must(api->clear(stream, x, bytes, &error));
  plx_launch_place place = {0, 1, 0};
  void *arguments[] = {&x, &y, &size, &place};
  plx_range ranges[] = {{x, bytes, PLX_READ, 4}, {y, bytes, PLX_WRITE, 4}};
  plx_device_launch request = {entry, name, blocks, threads, 0, arguments, ranges, 4, 2};
  double least = 1e9;
  for (int i = 0; i < times; ++i) {
    double begin = seconds();
    must(api->launch(stream, &request, &error));
    least = std::min(least, seconds() - begin);
  }
  api->release(device, x);
  api->release(device, y);
  return least;
}

// Of clang and the linker.
double child_seconds() {
  rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  auto of = [](timeval time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

void load_times(const char *what, const std::string &kernels) {
  double cold = 1e9, cold_cpu = 1e9, warm = 1e9;
  for (int i = 0; i < 10; ++i) {
    // A text that no cache has.
    std::string text = kernels + "// " + std::to_string(getpid()) + " " + std::to_string(i);
    double begin = seconds(CLOCK_MONOTONIC), cpu = child_seconds();
    api->unload(device, load(text));
    double middle = seconds(CLOCK_MONOTONIC);
    api->unload(device, load(text));
    cold = std::min(cold, middle - begin);
    cold_cpu = std::min(cold_cpu, child_seconds() - cpu);
    warm = std::min(warm, seconds(CLOCK_MONOTONIC) - middle);
  }
  printf("load of %s: %.0f ms (%.0f ms of CPU), from the cache %.2f ms\n", what, cold * 1e3,
         cold_cpu * 1e3, warm * 1e3);
}

}  // namespace

int main() {
  auto folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  void *library = dlopen((folder / "../lib/libplexus_emulator.so").c_str(), RTLD_NOW);
  if (library == nullptr) return fprintf(stderr, "%s\n", dlerror()), 1;
  api = reinterpret_cast<plx_device_plugin_fn>(dlsym(library, PLX_DEVICE_PLUGIN_SYMBOL))();
  must(api->open(0, &device, &error));
  must(api->open_stream(device, &stream, &error));
  std::string kernels = kKernels;
  load_times("map", kernels.substr(0, kernels.find("extern", kernels.find("extern") + 1)));
  load_times("all four", kernels);
  plx_code *code = load(kKernels);
  printf("tiny launch: %.1f us\n", launch(code, "map", 1, 32, 32, 32, 200) * 1e6);
  int64_t n = 1 << 20;
  printf("map: %.1f M threads/s\n", n / 1e6 / launch(code, "map", n / 256, 256, n, n, 5));
  int64_t blocks = 1024;
  double row = launch(code, "row", blocks, 128, blocks * 128, 128, 5);
  printf("row: %.2f M threads/s\n", blocks * 128 / 1e6 / row);
  n = 256;
  double matmul = launch(code, "matmul", 4, 256, n * n, n, 3);
  printf("matmul, 8x8 f32 a thread: %.2f GMAC/s\n", n * n * n / 1e9 / matmul);
  int64_t k = 1024;
  double mma = launch(code, "mma", 16, 128, 16 * 128, k, 3);
  printf("mma alone: %.2f GMAC/s\n", 16 * 4 * 16 * 8 * k / 1e9 / mma);
  return 0;
}
