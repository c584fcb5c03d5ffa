// Writing files that appear whole or not at all.
#ifndef PLEXUS_RUNTIME_LOAD_FILE_WRITER_H
#define PLEXUS_RUNTIME_LOAD_FILE_WRITER_H

#include <limits.h>
#include <stdio.h>

#include "plexus_rt.h"

namespace plx {

// Writes to a file beside `path` and renames it in `commit`; without a commit the destructor
// removes it.
class FileWriter {
 public:
  ~FileWriter();
  plx_status open(const char *path, plx_error *out_error);
  FILE *file() { return file_; }
  // Errors of all writes before are reported here.
  plx_status commit(plx_error *out_error);

 private:
  FILE *file_ = nullptr;
  char path_[PATH_MAX] = {};
  char temporary_[PATH_MAX] = {};
};

}  // namespace plx
#endif  // PLEXUS_RUNTIME_LOAD_FILE_WRITER_H
