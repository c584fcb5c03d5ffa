#include "runtime/load/file_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <atomic>

#include "runtime/core/error.h"

namespace plx {

FileWriter::~FileWriter() {
  if (file_ == nullptr) return;
  fclose(file_);
  unlink(temporary_);
}

plx_status FileWriter::open(const char *path, plx_error *out_error) {
  Text copy(path_, sizeof path_);
  copy.add("%s", path);
  // Unique among the threads of this process and among processes; O_EXCL catches what a crash left.
  static std::atomic<uint32_t> counter{0};
  Text temporary(temporary_, sizeof temporary_);
  temporary.add("%s.%d-%u.tmp", path, static_cast<int>(getpid()), counter.fetch_add(1));
  if (copy.cut() || temporary.cut()) {
    return fail(out_error, PLX_INVALID_ARGUMENT, "path '%.200s...' is too long", path);
  }
  int descriptor = ::open(temporary_, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (descriptor < 0) {
    return fail(out_error, errno == ENOENT ? PLX_NOT_FOUND : PLX_IO, "cannot write '%s': %s", path,
                strerrordesc_np(errno));
  }
  file_ = fdopen(descriptor, "wb");
  if (file_ == nullptr) {
    close(descriptor);
    unlink(temporary_);
    return fail(out_error, PLX_OUT_OF_MEMORY, "no memory to write '%s'", path);
  }
  return PLX_OK;
}

plx_status FileWriter::commit(plx_error *out_error) {
  bool failed = ferror(file_) != 0;
  int reason = failed ? EIO : 0;
  if (fclose(file_) != 0) reason = errno;
  file_ = nullptr;
  if (reason == 0 && rename(temporary_, path_) != 0) reason = errno;
  if (reason == 0) return succeed(out_error);
  unlink(temporary_);
  return fail(out_error, PLX_IO, "cannot write '%s': %s", path_, strerrordesc_np(reason));
}

}  // namespace plx
