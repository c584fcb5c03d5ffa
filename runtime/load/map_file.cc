#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plexus_rt.h"
#include "runtime/core/error.h"

namespace {

plx_status check_file(int descriptor, const char *path, uint32_t flags, struct stat *out_stat,
                      plx_error *out_error) {
  if (fstat(descriptor, out_stat) != 0) {
    return plx::fail(out_error, PLX_IO, "cannot look at '%s': %s", path, strerrordesc_np(errno));
  }
  if (!S_ISREG(out_stat->st_mode)) {
    return plx::fail(out_error, PLX_UNSUPPORTED, "'%s' is not a regular file", path);
  }
  if ((flags & PLX_MAP_ONE_LINK) != 0 && out_stat->st_nlink > 1) {
    return plx::fail(out_error, PLX_UNSUPPORTED, "'%s' has %llu hard links; expected one", path,
                     static_cast<unsigned long long>(out_stat->st_nlink));
  }
  return PLX_OK;
}

plx_status map_descriptor(int descriptor, const char *path, uint32_t flags,
                          plx_mapping *out_mapping, plx_error *out_error) {
  struct stat info;
  plx_status status = check_file(descriptor, path, flags, &info, out_error);
  if (status != PLX_OK) return status;
  auto bytes = static_cast<uint64_t>(info.st_size);
  void *data = nullptr;
  if (bytes > 0) {
    int populate = (flags & PLX_MAP_PREFAULT) != 0 ? MAP_POPULATE : 0;
    data = mmap(nullptr, bytes, PROT_READ, MAP_PRIVATE | populate, descriptor, 0);
    if (data == MAP_FAILED) {
      return plx::fail(out_error, errno == ENOMEM ? PLX_OUT_OF_MEMORY : PLX_IO,
                       "cannot map '%s' (%llu bytes): %s", path,
                       static_cast<unsigned long long>(bytes), strerrordesc_np(errno));
    }
  }
  *out_mapping = {data, bytes};
  return plx::succeed(out_error);
}

}  // namespace

extern "C" {

plx_status plx_map_file(const char *path, uint32_t flags, plx_mapping *out_mapping,
                        plx_error *out_error) {
  // O_NONBLOCK: opening a pipe or a device must not wait for its other end.
  int follow = (flags & PLX_MAP_FOLLOW) != 0 ? 0 : O_NOFOLLOW;
  int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | follow);
  if (descriptor < 0) {
    if (errno == ELOOP && follow != 0) {
      return plx::fail(out_error, PLX_UNSUPPORTED,
                       "'%s' is a symbolic link; expected a regular file", path);
    }
    return plx::fail(out_error, errno == ENOENT ? PLX_NOT_FOUND : PLX_IO, "cannot open '%s': %s",
                     path, strerrordesc_np(errno));
  }
  plx_status status = map_descriptor(descriptor, path, flags, out_mapping, out_error);
  close(descriptor);
  return status;
}

void plx_unmap_file(const plx_mapping *mapping) {
  if (mapping->data != nullptr) munmap(const_cast<void *>(mapping->data), mapping->bytes);
}

}  // extern "C"
