// Whether this CPU, and the system on it, can run what a module was compiled for.
#include <stdint.h>
#include <string.h>

#include "runtime/core/error.h"
#include "runtime/load/verify_module.h"

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

namespace plx {
namespace {

#if defined(__x86_64__)

enum Register { Eax, Ebx, Ecx, Edx };

// XCR0 bits that the system must have set for registers to survive a task switch (Intel SDM vol.
// 1, 13.3).
constexpr uint64_t kNoState = 0;
constexpr uint64_t kYmm = 0x6;
constexpr uint64_t kZmm = 0xe6;
constexpr uint64_t kTile = 0x60000;

// LLVM's names, where CPUID has them (Intel SDM vol. 2, CPUID; AMD APM vol. 3, appendix E).
struct Feature {
  const char *name;
  uint32_t leaf;
  uint32_t subleaf;
  Register in;
  int bit;
  uint64_t state;
};

constexpr Feature kFeatures[] = {
    {"sse3", 1, 0, Ecx, 0, kNoState},
    {"pclmul", 1, 0, Ecx, 1, kNoState},
    {"ssse3", 1, 0, Ecx, 9, kNoState},
    {"fma", 1, 0, Ecx, 12, kYmm},
    {"cx16", 1, 0, Ecx, 13, kNoState},
    {"sse4.1", 1, 0, Ecx, 19, kNoState},
    {"sse4.2", 1, 0, Ecx, 20, kNoState},
    {"movbe", 1, 0, Ecx, 22, kNoState},
    {"popcnt", 1, 0, Ecx, 23, kNoState},
    {"aes", 1, 0, Ecx, 25, kNoState},
    {"avx", 1, 0, Ecx, 28, kYmm},
    {"f16c", 1, 0, Ecx, 29, kYmm},
    {"bmi", 7, 0, Ebx, 3, kNoState},
    {"avx2", 7, 0, Ebx, 5, kYmm},
    {"bmi2", 7, 0, Ebx, 8, kNoState},
    {"avx512f", 7, 0, Ebx, 16, kZmm},
    {"avx512dq", 7, 0, Ebx, 17, kZmm},
    {"adx", 7, 0, Ebx, 19, kNoState},
    {"avx512ifma", 7, 0, Ebx, 21, kZmm},
    {"avx512cd", 7, 0, Ebx, 28, kZmm},
    {"sha", 7, 0, Ebx, 29, kNoState},
    {"avx512bw", 7, 0, Ebx, 30, kZmm},
    {"avx512vl", 7, 0, Ebx, 31, kZmm},
    {"avx512vbmi", 7, 0, Ecx, 1, kZmm},
    {"avx512vbmi2", 7, 0, Ecx, 6, kZmm},
    {"gfni", 7, 0, Ecx, 8, kNoState},
    {"vaes", 7, 0, Ecx, 9, kYmm},
    {"vpclmulqdq", 7, 0, Ecx, 10, kYmm},
    {"avx512vnni", 7, 0, Ecx, 11, kZmm},
    {"avx512bitalg", 7, 0, Ecx, 12, kZmm},
    {"avx512vpopcntdq", 7, 0, Ecx, 14, kZmm},
    {"avx512vp2intersect", 7, 0, Edx, 8, kZmm},
    {"amx-bf16", 7, 0, Edx, 22, kTile},
    {"avx512fp16", 7, 0, Edx, 23, kZmm},
    {"amx-tile", 7, 0, Edx, 24, kTile},
    {"amx-int8", 7, 0, Edx, 25, kTile},
    {"avxvnni", 7, 1, Eax, 4, kYmm},
    {"avx512bf16", 7, 1, Eax, 5, kZmm},
    {"avxifma", 7, 1, Eax, 23, kYmm},
    {"avxvnniint8", 7, 1, Edx, 4, kYmm},
    {"avxneconvert", 7, 1, Edx, 5, kYmm},
    {"lzcnt", 0x80000001, 0, Ecx, 5, kNoState},
    {"sse4a", 0x80000001, 0, Ecx, 6, kNoState},
};

uint64_t enabled_state() {
  uint32_t a = 0, b = 0, c = 0, d = 0;
  if (__get_cpuid(1, &a, &b, &c, &d) == 0 || (c >> 27 & 1) == 0) return 0;  // OSXSAVE
  uint32_t low = 0;
  uint32_t high = 0;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low | (static_cast<uint64_t>(high) << 32);
}

bool has(const Feature &feature) {
  uint32_t registers[4] = {};
  if (__get_cpuid_count(feature.leaf, feature.subleaf, &registers[Eax], &registers[Ebx],
                        &registers[Ecx], &registers[Edx]) == 0) {
    return false;
  }
  bool state = feature.state == kNoState || (enabled_state() & feature.state) == feature.state;
  return state && (registers[feature.in] >> feature.bit & 1) != 0;
}

#elif defined(__aarch64__)

// Bits of AT_HWCAP and AT_HWCAP2 (Linux, arch/arm64/include/uapi/asm/hwcap.h).
struct Feature {
  const char *name;
  int word;  // 1: AT_HWCAP, 2: AT_HWCAP2
  int bit;
};

constexpr Feature kFeatures[] = {
    {"fp-armv8", 1, 0}, {"neon", 1, 1}, {"lse", 1, 8},  {"fullfp16", 1, 10}, {"rdm", 1, 12},
    {"dotprod", 1, 20}, {"sve", 1, 22}, {"sve2", 2, 1}, {"i8mm", 2, 13},     {"bf16", 2, 14},
};

bool has(const Feature &feature) {
  unsigned long word = getauxval(feature.word == 1 ? AT_HWCAP : AT_HWCAP2);
  return (word >> feature.bit & 1) != 0;
}

#else
struct Feature {
  const char *name;
};
constexpr Feature kFeatures[] = {{"a name that no feature has"}};
bool has(const Feature &) { return false; }
#endif

bool is_missing(const char *name, size_t bytes) {
  for (const Feature &feature : kFeatures) {
    if (strlen(feature.name) == bytes && memcmp(feature.name, name, bytes) == 0)
      return !has(feature);
  }
  return false;
}

}  // namespace

plx_status check_cpu_features(const char *features, const char *where, plx_error *out_error) {
  char names[512];
  Text missing(names, sizeof names);
  for (const char *at = features; *at != 0;) {
    size_t bytes = strcspn(at, ",");
    // LLVM writes "+avx2" for what is used and "-avx2" for what is not.
    size_t sign = *at == '+' ? 1 : 0;
    if (*at != '-' && is_missing(at + sign, bytes - sign)) {
      missing.add("%s%.*s", missing.length() == 0 ? "" : ", ", static_cast<int>(bytes - sign),
                  at + sign);
    }
    at += bytes + (at[bytes] == ',' ? 1 : 0);
  }
  if (missing.length() == 0) return PLX_OK;
  return fail(
      out_error, PLX_UNSUPPORTED,
      "model '%s' was compiled for a CPU with features that this machine lacks: %s. Compile it "
      "for this machine or for an older CPU",
      where, names);
}

}  // namespace plx
