#include "runtime/load/weights.h"

#include <limits.h>
#include <string.h>

#include "runtime/core/error.h"
#include "runtime/load/hash64.h"

namespace plx {
namespace {

// Between two calls of the progress function; some 5 ms of hashing.
constexpr uint64_t kChunkBytes = uint64_t{64} << 20;

plx_status hash_weights(const plx_mapping &file, const plx_load_options &options,
                        uint64_t *out_hash, plx_error *out_error) {
  Hash64 hash(0);
  const auto *at = static_cast<const char *>(file.data);
  uint64_t whole = file.bytes - file.bytes % Hash64::kStripeBytes;
  for (uint64_t done = 0; done < whole;) {
    uint64_t chunk = whole - done < kChunkBytes ? whole - done : kChunkBytes;
    hash.add_stripes(at + done, chunk);
    done += chunk;
    if (options.progress != nullptr &&
        options.progress(options.progress_data, "check weights", done, file.bytes) != 0) {
      return fail(out_error, PLX_CANCELLED, "loading was cancelled");
    }
  }
  *out_hash = hash.finish(at + whole, file.bytes - whole);
  return PLX_OK;
}

plx_status check_content(const plx_module &module, const plx_load_options &options,
                         const plx_mapping &file, const char *path, plx_error *out_error) {
  if (file.bytes != module.weights_bytes) {
    return fail(out_error, PLX_BAD_FORMAT,
                "weights file '%s' of model '%s' has %llu bytes; expected %llu", path, module.name,
                static_cast<unsigned long long>(file.bytes),
                static_cast<unsigned long long>(module.weights_bytes));
  }
  if ((options.flags & PLX_LOAD_TRUST_WEIGHTS) != 0) return PLX_OK;
  uint64_t hash = 0;
  plx_status status = hash_weights(file, options, &hash, out_error);
  if (status != PLX_OK || hash == module.weights_hash) return status;
  return fail(
      out_error, PLX_BAD_FORMAT,
      "weights file '%s' does not belong to model '%s': its hash is %016llx, expected %016llx",
      path, module.name, static_cast<unsigned long long>(hash),
      static_cast<unsigned long long>(module.weights_hash));
}

bool beside(const char *module_path, const char *file, char *out_path, uint64_t capacity) {
  const char *slash = module_path == nullptr ? nullptr : strrchr(module_path, '/');
  Text text(out_path, capacity);
  if (slash != nullptr) text.add("%.*s/", static_cast<int>(slash - module_path), module_path);
  text.add("%s", file);
  return !text.cut();
}

}  // namespace

plx_status map_weights(const plx_module &module, const plx_load_options &options,
                       const char *module_path, plx_mapping *out_mapping, plx_error *out_error) {
  char path[PATH_MAX];
  // A path that the user gives may be a link; one that the model gives may not.
  uint32_t flags = options.weights_path != nullptr ? PLX_MAP_FOLLOW : 0;
  Text given(path, sizeof path);
  if (options.weights_path != nullptr) given.add("%s", options.weights_path);
  bool fits = options.weights_path != nullptr
                  ? !given.cut()
                  : beside(module_path, module.weights_file, path, sizeof path);
  if (!fits)
    return fail(out_error, PLX_INVALID_ARGUMENT, "the path of the weights file is too long");
  plx_mapping file = {};
  plx_status status = plx_map_file(path, flags, &file, out_error);
  if (status != PLX_OK) return status;
  status = check_content(module, options, file, path, out_error);
  if (status == PLX_OK) {
    *out_mapping = file;
  } else {
    plx_unmap_file(&file);
  }
  return status;
}

}  // namespace plx
