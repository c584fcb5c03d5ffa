// plx_host_*: to the runtime that calls the host function. Part of libplexus_host too.
#include "runtime/core/host_frame.h"

extern "C" {

plx_status plx_host_result(plx_host_frame *frame, plx_tensor *result, int32_t element_type,
                           int32_t rank, const int64_t *dims) {
  return frame->calls->result(frame, result, element_type, rank, dims);
}

void plx_host_object(plx_host_frame *frame, plx_tensor *result, plx_object *object) {
  frame->calls->object(frame, result, object);
}

void *plx_host_bytes(plx_host_frame *frame, int64_t bytes) {
  return frame->calls->bytes(frame, bytes);
}

void plx_host_error(plx_host_frame *frame, const char *message) {
  frame->calls->error(frame, message);
}

const char *plx_host_attributes(const plx_host_frame *frame) { return frame->attributes; }

void *plx_host_user_data(const plx_host_frame *frame) { return frame->user_data; }

int64_t plx_host_ints(plx_host_frame *frame, const char *name, int64_t *out_ints,
                      int64_t capacity) {
  return frame->calls->ints(frame, name, out_ints, capacity);
}

int64_t plx_host_floats(plx_host_frame *frame, const char *name, double *out_floats,
                        int64_t capacity) {
  return frame->calls->floats(frame, name, out_floats, capacity);
}

int64_t plx_host_strings(plx_host_frame *frame, const char *name, plx_string *out_strings,
                         int64_t capacity) {
  return frame->calls->strings(frame, name, out_strings, capacity);
}

}  // extern "C"
