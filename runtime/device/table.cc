#include "runtime/device/table.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/core/error.h"

namespace plx {
namespace {

constexpr char kEmulator[] = "libplexus_emulator.so";

// The library beside the one (or the program) that holds this code; false: none is known.
bool beside(char *path, uint64_t capacity) {
  Dl_info info;
  if (dladdr(reinterpret_cast<const void *>(&find_device_api), &info) == 0) return false;
  const char *slash = info.dli_fname == nullptr ? nullptr : strrchr(info.dli_fname, '/');
  if (slash == nullptr) return false;
  Text text(path, capacity);
  text.add("%.*s/%s", static_cast<int>(slash - info.dli_fname), info.dli_fname, kEmulator);
  return !text.cut();
}

void *open_emulator() {
  if (const char *path = getenv("PLEXUS_EMULATOR")) return dlopen(path, RTLD_NOW | RTLD_LOCAL);
  char path[PATH_MAX];
  void *library = beside(path, sizeof path) ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : nullptr;
  return library != nullptr ? library : dlopen(kEmulator, RTLD_NOW | RTLD_LOCAL);
}

plx_status emulator_api(const plx_device_api **out_api, plx_error *out_error) {
  void *library = open_emulator();
  if (library == nullptr) {
    const char *why = dlerror();
    return fail(out_error, PLX_NOT_FOUND,
                "device 'cuda-emulated' needs %s, which is built with Plexus's tests (it needs "
                "clang 22) and not installed: %s. Set PLEXUS_EMULATOR to its path, or use "
                "--device cpu",
                kEmulator, why == nullptr ? "it cannot be opened" : why);
  }
  auto plugin = reinterpret_cast<plx_device_plugin_fn>(dlsym(library, PLX_DEVICE_PLUGIN_SYMBOL));
  const plx_device_api *api = plugin == nullptr ? nullptr : plugin();
  if (api == nullptr || api->version != PLX_DEVICE_VERSION || api->bytes != sizeof *api) {
    dlclose(library);
    return fail(out_error, PLX_UNSUPPORTED,
                "%s is of another version of Plexus: expected device version %d", kEmulator,
                PLX_DEVICE_VERSION);
  }
  *out_api = api;
  return PLX_OK;
}

}  // namespace

plx_status find_device_api(const char *name, const plx_device_api **out_api, plx_error *out_error) {
  if (strcmp(name, "cuda") == 0) return cuda_device_api(out_api, out_error);
  if (strcmp(name, "cuda-emulated") == 0) return emulator_api(out_api, out_error);
  return fail(out_error, PLX_UNSUPPORTED,
              "the program's kernels are for device '%s', which this runtime does not know; it "
              "knows cuda and cuda-emulated",
              name);
}

}  // namespace plx

extern "C" plx_status plx_device_describe(const char *name, int32_t ordinal, char *out_text,
                                          uint64_t capacity, plx_error *out_error) {
  if (name == nullptr || out_text == nullptr) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT, "plx_device_describe: an argument is NULL");
  }
  const plx_device_api *api = nullptr;
  plx_device *device = nullptr;
  plx_status status = plx::find_device_api(name, &api, out_error);
  if (status == PLX_OK) status = api->open(ordinal, &device, out_error);
  if (status != PLX_OK) return status;
  api->describe(device, out_text, capacity);
  api->close(device);
  return plx::succeed(out_error);
}
