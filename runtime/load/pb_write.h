// Writing protocol buffers, or measuring what would be written.
#ifndef PLEXUS_RUNTIME_LOAD_PB_WRITE_H
#define PLEXUS_RUNTIME_LOAD_PB_WRITE_H

#include <stdio.h>

#include "plexus_rt.h"

namespace plx {

// Writes fields to a file, which keeps errors; without one, only counts their bytes.
class PbWriter {
 public:
  explicit PbWriter(FILE *file) : file_(file) {}

  void varint(uint64_t value);
  void number(uint32_t field, uint64_t value);
  // Of a field of `bytes` bytes, which follow by `raw`.
  void header(uint32_t field, uint64_t bytes);
  void raw(const void *data, uint64_t bytes);
  void bytes(uint32_t field, const void *data, uint64_t bytes);
  uint64_t written() const { return written_; }

 private:
  FILE *file_;
  uint64_t written_ = 0;
};

// The fields of a TensorProto. The tensor is valid.
void write_tensor(PbWriter *out, const plx_tensor &tensor, const char *name);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_LOAD_PB_WRITE_H
