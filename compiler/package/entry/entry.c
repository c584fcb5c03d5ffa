/* entry.c: the C API of one compiled model, as its generated header describes it. Every function
   here is exported under the model's own prefix (plx_entry_run as resnet50_run), so that several
   models share a process. Built once with Plexus and linked into every shared library and object.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/include/plexus_rt.h"

extern const plx_module plx_module_descriptor;

/* One model ready to run: a program, and a context of it. */
typedef struct plx_entry {
  plx_program *program; /* held */
  plx_context *context;
} plx_entry;

static void say(const plx_error *error, char *out_message, uint64_t message_bytes) {
  if (out_message == NULL || message_bytes == 0) return;
  uint64_t length = strlen(error->message);
  if (length >= message_bytes) length = message_bytes - 1;
  memcpy(out_message, error->message, length);
  out_message[length] = 0;
}

/* Weights in a file of their own lie beside the library that holds this code:
   "FOLDER/weights_file", malloc'ed; NULL where the loader does not know the library's path (then
   the current folder is looked in). */
static char *weights_path(void) {
  Dl_info info;
  const char *file = plx_module_descriptor.weights_file;
  if (file == NULL || !dladdr(&plx_module_descriptor, &info) || info.dli_fname == NULL) return NULL;
  const char *slash = strrchr(info.dli_fname, '/');
  if (slash == NULL) return NULL;
  size_t folder = (size_t)(slash - info.dli_fname) + 1;
  size_t name = strlen(file) + 1;
  char *path = malloc(folder + name);
  if (path == NULL) return NULL;
  memcpy(path, info.dli_fname, folder);
  memcpy(path + folder, file, name);
  return path;
}

static plx_status open_program(plx_program **out_program, plx_error *error) {
  plx_load_options options = {0};
  options.struct_bytes = sizeof options;
  char *path = weights_path();
  options.weights_path = path;
  plx_status status = plx_program_create(&plx_module_descriptor, &options, out_program, error);
  free(path);
  return status;
}

/* A context of `program` (which is retained through it), on `threads` threads. */
static plx_entry *with_context(plx_program *program, int32_t threads, plx_error *error) {
  plx_context_options options = {0};
  options.struct_bytes = sizeof options;
  options.threads = threads;
  plx_entry *entry = calloc(1, sizeof *entry);
  if (entry == NULL) {
    strcpy(error->message, "no memory for a model");
    return NULL;
  }
  entry->program = program;
  if (plx_context_create(program, &options, &entry->context, error)) {
    free(entry);
    return NULL;
  }
  return entry;
}

plx_entry *plx_entry_create(int32_t threads, char *out_message, uint64_t message_bytes) {
  plx_error error;
  plx_program *program;
  plx_entry *entry = NULL;
  if (open_program(&program, &error) == PLX_OK) {
    entry = with_context(program, threads, &error);
    plx_program_release(program); /* the context keeps it alive */
  }
  if (entry == NULL) say(&error, out_message, message_bytes);
  return entry;
}

plx_entry *plx_entry_clone(const plx_entry *model, int32_t threads, char *out_message,
                           uint64_t message_bytes) {
  plx_error error;
  plx_entry *entry = with_context(model->program, threads, &error);
  if (entry == NULL) say(&error, out_message, message_bytes);
  return entry;
}

void plx_entry_destroy(plx_entry *model) {
  if (model == NULL) return;
  plx_context_destroy(model->context);
  free(model);
}

static plx_status output_of(plx_context *context, int32_t index, plx_tensor *out_output,
                            plx_error *out_error) {
  plx_object *object;
  plx_status status;
  if (plx_module_descriptor.outputs[index].kind == PLX_KIND_TENSOR)
    return plx_context_output(context, index, out_output, out_error);
  status = plx_context_output_object(context, index, &object, out_error);
  if (status == PLX_OK) *out_output = (plx_tensor){object, NULL, 0, PLX_OBJECT};
  return status;
}

int32_t plx_entry_run(plx_entry *model, const plx_tensor *inputs, plx_tensor *out_outputs,
                      char *out_message, uint64_t message_bytes) {
  plx_error error;
  plx_status status = PLX_OK;
  for (int32_t i = 0; i < plx_module_descriptor.num_inputs && !status; ++i)
    status = inputs[i].element_type == PLX_OBJECT
                 ? plx_context_set_input_object(model->context, i, inputs[i].data, &error)
                 : plx_context_set_input_at(model->context, i, &inputs[i], &error);
  if (!status) status = plx_context_run(model->context, &error);
  for (int32_t i = 0; i < plx_module_descriptor.num_outputs && !status; ++i)
    status = output_of(model->context, i, &out_outputs[i], &error);
  if (status) say(&error, out_message, message_bytes);
  return status;
}

int32_t plx_entry_bind_output(plx_entry *model, int32_t index, void *data, uint64_t bytes,
                              char *out_message, uint64_t message_bytes) {
  plx_error error;
  plx_status status = plx_context_bind_output(model->context, index, data, bytes, &error);
  if (status) say(&error, out_message, message_bytes);
  return status;
}
