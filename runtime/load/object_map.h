// Maps in files: ONNX MapProto.
#ifndef PLEXUS_RUNTIME_LOAD_OBJECT_MAP_H
#define PLEXUS_RUNTIME_LOAD_OBJECT_MAP_H

#include "plexus_rt.h"
#include "runtime/load/pb_write.h"

namespace plx {

// Values of any kind, nested `depth` deep so far (object_file.cc).
plx_status parse_object(const void *bytes, uint64_t num_bytes, const char *what, int32_t kind,
                        int32_t depth, plx_object **out_object, plx_error *out_error);

plx_status parse_map(const void *bytes, uint64_t num_bytes, const char *what, int32_t depth,
                     plx_object **out_object, plx_error *out_error);
void write_map(PbWriter *out, const plx_object &map, const char *name);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_LOAD_OBJECT_MAP_H
