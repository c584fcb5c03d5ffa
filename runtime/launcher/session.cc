#include "runtime/launcher/session.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

namespace plx {
namespace {

int failed(const plx_error &error) {
  fprintf(stderr, "error: %s\n", error.message);
  return 1;
}

bool names(const Assignment &assignment, const char *name) {
  return strlen(name) == static_cast<size_t>(assignment.name_bytes) &&
         memcmp(name, assignment.name, static_cast<size_t>(assignment.name_bytes)) == 0;
}

// The folder of the executable, where its weights file lies, whatever the current folder is.
const char *weights_beside(const plx_module &module, char *path, size_t capacity) {
  if (module.weights_file == nullptr) return nullptr;
  ssize_t bytes = readlink("/proc/self/exe", path, capacity - 1);
  if (bytes <= 0) return nullptr;
  path[bytes] = 0;
  char *name = strrchr(path, '/') + 1;
  size_t left = capacity - static_cast<size_t>(name - path);
  int written = snprintf(name, left, "%s", module.weights_file);
  return static_cast<size_t>(written) < left ? path : nullptr;
}

int load(const plx_module &module, const LauncherOptions &options, Session *session) {
  plx_error error;
  char path[PATH_MAX];
  plx_load_options load_options = {};
  load_options.struct_bytes = sizeof load_options;
  load_options.weights_path =
      options.weights != nullptr ? options.weights : weights_beside(module, path, sizeof path);
  plx_context_options context_options = {};
  context_options.struct_bytes = sizeof context_options;
  context_options.threads = options.threads;
  context_options.seed = options.seed;
  context_options.trace = options.trace != nullptr ? 1 : 0;
  uint64_t begin_ns = monotonic_ns();
  if (plx_program_create(&module, &load_options, &session->program, &error) != PLX_OK ||
      plx_context_create(session->program, &context_options, &session->context, &error) != PLX_OK) {
    return failed(error);
  }
  session->load_ns = monotonic_ns() - begin_ns;
  session->inputs = static_cast<plx_array **>(
      calloc(static_cast<size_t>(module.num_inputs) + 1, sizeof(plx_array *)));
  session->given =
      static_cast<bool *>(calloc(static_cast<size_t>(module.num_inputs) + 1, sizeof(bool)));
  if (session->inputs != nullptr && session->given != nullptr) return 0;
  fprintf(stderr, "error: no memory\n");
  return 1;
}

// A sequence or an optional: from a file, or empty where there is none.
int set_object(const plx_value &input, int32_t index, const char *path, Session *session) {
  plx_error error;
  plx_object *object = nullptr;
  if (path == nullptr && input.kind == PLX_KIND_MAP) {
    fprintf(stderr, "error: input '%s' is a map, which is not made up; give --input NAME=FILE\n",
            input.name);
    return 1;
  }
  plx_status status = path != nullptr
                          ? plx_object_read(path, input.kind, &object, &error)
                          : plx_object_of_items(input.kind, nullptr, 0, &object, &error);
  if (status == PLX_OK) {
    status = plx_context_set_input_object(session->context, index, object, &error);
    plx_object_release(object);
  }
  return status == PLX_OK ? 0 : failed(error);
}

bool is_object(const plx_value &value) { return value.kind != PLX_KIND_TENSOR; }

int read_inputs(const plx_module &module, const LauncherOptions &options, Session *session) {
  plx_error error;
  for (int32_t i = 0; i < options.num_inputs; ++i) {
    const Assignment &given = options.inputs[i];
    char name[512];
    snprintf(name, sizeof name, "%.*s", static_cast<int>(given.name_bytes), given.name);
    int32_t index = plx_program_find_input(session->program, name);
    plx_array *array = nullptr;
    if (index >= 0 && is_object(module.inputs[index])) {
      if (set_object(module.inputs[index], index, given.value, session) != 0) return 1;
      session->given[index] = true;
      continue;
    }
    if (plx_array_read(given.value, &array, &error) != PLX_OK) return failed(error);
    plx_tensor view = plx_array_view(array);
    // Also where there is no such input: the message lists those there are.
    if (plx_context_set_input(session->context, name, &view, &error) != PLX_OK) {
      plx_array_destroy(array);
      return failed(error);
    }
    if (index < module.num_inputs) {
      plx_array_destroy(session->inputs[index]);
      session->inputs[index] = array;
    }
  }
  return 0;
}

// The sizes of --dim by symbol, -1 where none is given; null after an error.
int64_t *read_dims(const plx_module &module, const LauncherOptions &options) {
  auto *dims = static_cast<int64_t *>(
      malloc(sizeof(int64_t) * (static_cast<size_t>(module.num_symbols) + 1)));
  if (dims == nullptr) return nullptr;
  for (int32_t i = 0; i < module.num_symbols; ++i) dims[i] = -1;
  for (int32_t d = 0; d < options.num_dims; ++d) {
    bool found = false;
    for (int32_t i = 0; i < module.num_symbols; ++i) {
      if (!names(options.dims[d], module.symbols[i].name)) continue;
      dims[i] = strtoll(options.dims[d].value, nullptr, 10);
      found = true;
    }
    if (found) continue;
    fprintf(stderr, "error: the model has no dim '%.*s'\n",
            static_cast<int>(options.dims[d].name_bytes), options.dims[d].name);
    free(dims);
    return nullptr;
  }
  return dims;
}

int make_up_inputs(const plx_module &module, const LauncherOptions &options, Session *session) {
  plx_error error;
  int64_t *dims = read_dims(module, options);
  if (dims == nullptr) return 2;
  int code = 0;
  for (int32_t i = 0; i < module.num_inputs && code == 0; ++i) {
    if (session->inputs[i] != nullptr || session->given[i]) continue;
    if (is_object(module.inputs[i])) {
      code = set_object(module.inputs[i], i, nullptr, session);
      continue;
    }
    if (plx_random_input(session->program, session->context, i, dims, options.seed,
                         &session->inputs[i], &error) != PLX_OK) {
      code = failed(error);
      break;
    }
    plx_tensor view = plx_array_view(session->inputs[i]);
    if (plx_context_set_input_at(session->context, i, &view, &error) != PLX_OK)
      code = failed(error);
  }
  free(dims);
  return code;
}

int print_output(const Session &session, int32_t index) {
  plx_error error;
  plx_tensor tensor;
  char type[512];
  char summary[512];
  const plx_value &output = plx_program_module(session.program)->outputs[index];
  if (is_object(output)) {
    plx_object *object = nullptr;
    if (plx_context_output_object(session.context, index, &object, &error) != PLX_OK) {
      return failed(error);
    }
    plx_format_object(object, summary, sizeof summary);
    printf("%s: %s\n", output.name, summary);
    return 0;
  }
  if (plx_context_output(session.context, index, &tensor, &error) != PLX_OK) return failed(error);
  plx_format_type(&tensor, type, sizeof type);
  plx_format_summary(&tensor, summary, sizeof summary);
  printf("%s: %s %s\n", output.name, type, summary);
  return 0;
}

int write_output(const Session &session, int32_t index, const char *folder, const char *file) {
  plx_error error;
  plx_tensor tensor;
  char path[PATH_MAX];
  const plx_value &output = plx_program_module(session.program)->outputs[index];
  if (snprintf(path, sizeof path, "%s/%s", folder, file) >= static_cast<int>(sizeof path)) {
    fprintf(stderr, "error: the path of output '%s' is too long\n", output.name);
    return 1;
  }
  plx_object *object = nullptr;
  plx_status status = is_object(output)
                          ? plx_context_output_object(session.context, index, &object, &error)
                          : plx_context_output(session.context, index, &tensor, &error);
  if (status == PLX_OK) {
    status = object != nullptr ? plx_object_write_pb(path, output.name, object, &error)
             : plx_npy_can_hold(tensor.element_type)
                 ? plx_write_npy(path, &tensor, &error)
                 : plx_write_pb(path, output.name, &tensor, &error);
  }
  return status == PLX_OK ? 0 : failed(error);
}

int write_outputs(const Session &session, const char *folder) {
  const plx_module &module = *plx_program_module(session.program);
  auto count = static_cast<size_t>(module.num_outputs);
  auto **output_names = static_cast<const char **>(calloc(count + 1, sizeof(char *)));
  auto *types = static_cast<int32_t *>(calloc(count + 1, sizeof(int32_t)));
  char **files = nullptr;
  plx_error error = {PLX_OUT_OF_MEMORY, 0, "no memory"};
  int code = 0;
  for (int32_t i = 0; output_names != nullptr && types != nullptr && i < module.num_outputs; ++i) {
    output_names[i] = module.outputs[i].name;
    types[i] = is_object(module.outputs[i]) ? PLX_OBJECT : module.outputs[i].element_type;
  }
  if (output_names == nullptr || types == nullptr ||
      plx_output_file_names(output_names, types, module.num_outputs, &files, &error) != PLX_OK) {
    code = failed(error);
  }
  // As `plexus run` does. A folder that cannot be made is found out by the first write.
  mkdir(folder, 0777);
  for (int32_t i = 0; code == 0 && i < module.num_outputs; ++i) {
    code = write_output(session, i, folder, files[i]);
  }
  free(output_names);
  free(types);
  free(files);
  return code;
}

}  // namespace

uint64_t monotonic_ns() {
  timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1000000000u + static_cast<uint64_t>(time.tv_nsec);
}

int open_session(const plx_module &module, const LauncherOptions &options, Session *out_session) {
  *out_session = {};
  int code = load(module, options, out_session);
  if (code == 0) code = read_inputs(module, options, out_session);
  if (code == 0) code = make_up_inputs(module, options, out_session);
  return code;
}

void close_session(Session *session) {
  free(session->given);
  if (session->inputs != nullptr) {
    const plx_module &module = *plx_program_module(session->program);
    for (int32_t i = 0; i < module.num_inputs; ++i) plx_array_destroy(session->inputs[i]);
    free(session->inputs);
  }
  plx_context_destroy(session->context);
  plx_program_release(session->program);
}

int run_once(const Session &session, const LauncherOptions &options) {
  plx_error error;
  const plx_module &module = *plx_program_module(session.program);
  if (plx_context_run(session.context, &error) != PLX_OK) return failed(error);
  for (int32_t i = 0; i < module.num_outputs; ++i) {
    if (print_output(session, i) != 0) return 1;
  }
  if (options.output_dir != nullptr && write_outputs(session, options.output_dir) != 0) return 1;
  return 0;
}

}  // namespace plx
