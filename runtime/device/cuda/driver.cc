#include "runtime/device/cuda/driver.h"

#include <dlfcn.h>
#include <pthread.h>

#include "runtime/core/error.h"

namespace plx::cuda {
namespace {

constexpr char kLibrary[] = "libcuda.so.1";
constexpr int kOldestVersion = 12000;

pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
Driver driver;
bool is_open = false;

plx_status load(plx_error *out_error) {
  void *library = dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char *why = dlerror();
    return fail(out_error, PLX_NOT_FOUND,
                "device 'cuda' needs the NVIDIA driver, and %s is not there (%s): install the "
                "driver, or use --device cpu",
                kLibrary, why == nullptr ? "no reason given" : why);
  }
#define PLX_CUDA_FIND(name, arguments)                                                    \
  driver.name = reinterpret_cast<decltype(driver.name)>(dlsym(library, #name));           \
  if (driver.name == nullptr) {                                                           \
    dlclose(library);                                                                     \
    return fail(out_error, PLX_UNSUPPORTED,                                               \
                "the NVIDIA driver's %s has no function %s: it is older than CUDA 12.0; " \
                "update the driver, or use --device cpu",                                 \
                kLibrary, #name);                                                         \
  }
  PLX_CUDA_FUNCTIONS(PLX_CUDA_FIND)
#undef PLX_CUDA_FIND
  return PLX_OK;
}

plx_status initialise(plx_error *out_error) {
  if (Result result = driver.cuInit(0)) {
    const char *text = nullptr;
    driver.cuGetErrorString(result, &text);
    return fail(out_error, PLX_NOT_FOUND,
                "the NVIDIA driver (%s) does not start: %s%s. Use --device cpu", kLibrary,
                text == nullptr ? "unknown error" : text,
                result == kNoDevice ? " (this machine has no GPU, or it is hidden by "
                                      "CUDA_VISIBLE_DEVICES)"
                                    : "");
  }
  driver.cuDriverGetVersion(&driver.version);
  if (driver.version < kOldestVersion) {
    return fail(out_error, PLX_UNSUPPORTED,
                "the NVIDIA driver is for CUDA %d.%d; Plexus needs 12.0 or later: update the "
                "driver, or use --device cpu",
                driver.version / 1000, driver.version % 1000 / 10);
  }
  driver.cuDeviceGetCount(&driver.devices);
  if (driver.devices > 0) return PLX_OK;
  return fail(out_error, PLX_NOT_FOUND,
              "the NVIDIA driver (%s) sees no GPU on this machine: use --device cpu", kLibrary);
}

}  // namespace

plx_status open_driver(const Driver **out_driver, plx_error *out_error) {
  pthread_mutex_lock(&lock);
  plx_status status = PLX_OK;
  if (!is_open) {
    status = load(out_error);
    if (status == PLX_OK) status = initialise(out_error);
    is_open = status == PLX_OK;
  }
  pthread_mutex_unlock(&lock);
  if (status == PLX_OK) *out_driver = &driver;
  return status;
}

}  // namespace plx::cuda
