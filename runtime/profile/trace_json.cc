// The events of a context as Chrome trace JSON ("Trace Event Format", complete events; times in
// microseconds).
#include <stdio.h>

#include "runtime/core/context.h"
#include "runtime/core/error.h"
#include "runtime/core/program.h"
#include "runtime/load/file_writer.h"
#include "runtime/profile/profile.h"

namespace {

// A JSON string. Names come from models: bytes that are no UTF-8 are written as U+FFFD, so that
// every reader takes the file.
int utf8_length(const unsigned char *at) {
  int length = at[0] < 0x80                    ? 1
               : at[0] >= 0xc2 && at[0] < 0xe0 ? 2
               : (at[0] & 0xf0) == 0xe0        ? 3
               : at[0] >= 0xf0 && at[0] < 0xf5 ? 4
                                               : 0;
  for (int i = 1; i < length; ++i) {
    if ((at[i] & 0xc0) != 0x80) return 0;
  }
  bool overlong = (at[0] == 0xe0 && at[1] < 0xa0) || (at[0] == 0xf0 && at[1] < 0x90);
  bool no_character = (at[0] == 0xed && at[1] >= 0xa0) || (at[0] == 0xf4 && at[1] >= 0x90);
  return overlong || no_character ? 0 : length;
}

void write_string(FILE *file, const char *text) {
  fputc('"', file);
  const auto *at = reinterpret_cast<const unsigned char *>(text == nullptr ? "" : text);
  while (*at != 0) {
    int length = utf8_length(at);
    if (length == 0) {
      fputs("\\ufffd", file);
      ++at;
    } else if (*at < 0x20 || *at == 0x7f) {
      fprintf(file, "\\u%04x", *at++);
    } else {
      if (*at == '"' || *at == '\\') fputc('\\', file);
      fwrite(at, 1, static_cast<size_t>(length), file);
      at += length;
    }
  }
  fputc('"', file);
}

// Integers only: a decimal point written by printf depends on the locale.
void write_microseconds(FILE *file, const char *key, uint64_t ns) {
  fprintf(file, "\"%s\":%llu.%03llu,", key, static_cast<unsigned long long>(ns / 1000),
          static_cast<unsigned long long>(ns % 1000));
}

void write_number_if_known(FILE *file, const char *key, int64_t value) {
  if (value >= 0) fprintf(file, ",\"%s\":%lld", key, static_cast<long long>(value));
}

void write_kernel(FILE *file, const plx_module &module, const plx::Event &event) {
  if (event.kernel < 0 || event.kernel >= module.num_kernels) {
    fprintf(file, "\"name\":\"kernel %d\",\"args\":{}", event.kernel);
    return;
  }
  const plx_kernel &kernel = module.kernels[event.kernel];
  fputs("\"name\":", file);
  write_string(file, kernel.name);
  fputs(",\"cat\":", file);
  write_string(file, kernel.schedule);
  fputs(",\"args\":{\"schedule\":", file);
  write_string(file, kernel.schedule);
  fputs(",\"nodes\":", file);
  write_string(file, kernel.nodes);
  write_number_if_known(file, "units", event.units);
  write_number_if_known(file, "flops", kernel.flops);
  write_number_if_known(file, "bytes", kernel.bytes);
  fputs("}", file);
}

void write_event(FILE *file, const plx_module &module, const plx::Event &event, uint64_t origin) {
  fputs("{\"ph\":\"X\",\"pid\":1,", file);
  fprintf(file, "\"tid\":%d,", event.part);
  write_microseconds(file, "ts", event.begin_ns - origin);
  write_microseconds(file, "dur", event.duration_ns);
  if (event.kernel == plx::kRunEvent) {
    fprintf(file, "\"name\":\"run %lld\",\"cat\":\"run\",\"args\":{}",
            static_cast<long long>(event.units));
  } else {
    write_kernel(file, module, event);
  }
  fputs("}", file);
}

void write_names(FILE *file, const plx_module &module, int32_t threads) {
  fputs("{\"ph\":\"M\",\"pid\":1,\"name\":\"process_name\",\"args\":{\"name\":", file);
  write_string(file, module.name);
  fputs("}}", file);
  for (int32_t i = 0; i < threads; ++i) {
    fprintf(file,
            ",\n{\"ph\":\"M\",\"pid\":1,\"tid\":%d,\"name\":\"thread_name\","
            "\"args\":{\"name\":\"part %d\"}}",
            i, i);
  }
}

}  // namespace

extern "C" plx_status plx_trace_write(const plx_context *context, const char *path,
                                      plx_error *out_error) {
  const plx::Profile *profile = context->profile;
  if (profile == nullptr) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT,
                     "the context does not trace; create it with options.trace = 1");
  }
  plx::FileWriter writer;
  plx_status status = writer.open(path, out_error);
  if (status != PLX_OK) return status;
  const plx_module &module = *context->program->module;
  FILE *file = writer.file();
  uint64_t kept = profile->recorded < profile->capacity ? profile->recorded : profile->capacity;
  uint64_t origin = UINT64_MAX;
  for (uint64_t i = 0; i < kept; ++i) {
    if (profile->events[i].begin_ns < origin) origin = profile->events[i].begin_ns;
  }
  fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n", file);
  write_names(file, module, profile->threads);
  for (uint64_t i = profile->recorded - kept; i < profile->recorded; ++i) {
    fputs(",\n", file);
    write_event(file, module, profile->events[i % profile->capacity], origin);
  }
  fputs("\n]}\n", file);
  return writer.commit(out_error);
}
