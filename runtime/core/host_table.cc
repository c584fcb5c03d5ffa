#include "runtime/core/host_table.h"

#include <dlfcn.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/core/builtins.h"
#include "runtime/core/error.h"

namespace {

constexpr int32_t kMaxFunctions = 4096;

// Few entries, read at load only: a list under a lock. Names are never freed: programs may hold
// them.
pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;
plx_host_function table[kMaxFunctions];
int32_t table_count = 0;

// Call with the lock held.
plx_host_function *find(const char *name) {
  for (int32_t i = 0; i < table_count; ++i) {
    if (strcmp(table[i].name, name) == 0) return &table[i];
  }
  return nullptr;
}

bool find_in(const plx_host_function *functions, int32_t count, const char *name,
             plx_host_function *out_function) {
  for (int32_t i = 0; i < count; ++i) {
    if (strcmp(functions[i].name, name) != 0) continue;
    *out_function = functions[i];
    return true;
  }
  return false;
}

// ---- libplexus_host

using LibraryFunctions = const plx_host_function *(*)(int32_t *out_count);
const plx_host_function *library_functions = nullptr;
int32_t library_count = 0;
bool library_tried = false;

void *open_beside(const char *folder) {
  Dl_info self = {};
  if (dladdr(reinterpret_cast<void *>(&open_beside), &self) == 0 || self.dli_fname == nullptr) {
    return nullptr;
  }
  const char *slash = strrchr(self.dli_fname, '/');
  if (slash == nullptr) return nullptr;
  char path[PATH_MAX];
  plx::Text text(path, sizeof path);
  text.add("%.*s/%slibplexus_host.so", static_cast<int>(slash - self.dli_fname), self.dli_fname,
           folder);
  return text.cut() ? nullptr : dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

// Once a process, by the first program that needs it, and never closed. Call with the lock held.
void open_library() {
  library_tried = true;
  // One that the program was linked with is found by its name.
  void *library = dlopen("libplexus_host.so", RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
  if (library == nullptr) library = open_beside("");
  if (library == nullptr) library = open_beside("../lib/");
  if (library == nullptr) library = dlopen("libplexus_host.so", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return;
  auto functions = reinterpret_cast<LibraryFunctions>(dlsym(library, "plx_host_library"));
  if (functions != nullptr) library_functions = functions(&library_count);
}

bool find_in_library(const char *name, plx_host_function *out_function) {
  if (strncmp(name, PLX_HOST_LIBRARY, strlen(PLX_HOST_LIBRARY)) != 0) return false;
  if (!library_tried) open_library();
  return find_in(library_functions, library_count, name, out_function);
}

plx_status add(const char *name, plx_host_fn function, void *function_data, plx_error *out_error) {
  plx_host_function *entry = find(name);
  if (entry == nullptr) {
    if (table_count == kMaxFunctions) {
      return plx::fail(out_error, PLX_INVALID_ARGUMENT,
                       "host function '%s' cannot be registered: there are %d already", name,
                       kMaxFunctions);
    }
    char *copy = strdup(name);
    if (copy == nullptr) {
      return plx::fail(out_error, PLX_OUT_OF_MEMORY, "no memory to register '%s'", name);
    }
    entry = &table[table_count++];
    entry->name = copy;
  }
  entry->function = function;
  entry->function_data = function_data;
  return plx::succeed(out_error);
}

}  // namespace

namespace plx {

bool find_host_function(const char *name, plx_host_function *out_function) {
  int32_t num_sequences = 0;
  int32_t num_values = 0;
  const plx_host_function *sequences = sequence_functions(&num_sequences);
  const plx_host_function *values = value_functions(&num_values);
  pthread_mutex_lock(&table_lock);
  const plx_host_function *entry = find(name);
  if (entry != nullptr) *out_function = *entry;
  bool found = entry != nullptr || find_in(sequences, num_sequences, name, out_function) ||
               find_in(values, num_values, name, out_function) ||
               find_in_library(name, out_function);
  pthread_mutex_unlock(&table_lock);
  return found;
}

}  // namespace plx

extern "C" plx_status plx_register_host_function(const char *name, plx_host_fn function,
                                                 void *function_data, plx_error *out_error) {
  if (name == nullptr || name[0] == 0 || function == nullptr) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT,
                     "a host function needs a name and a function; '%s' has not both",
                     name == nullptr ? "" : name);
  }
  pthread_mutex_lock(&table_lock);
  plx_status status = add(name, function, function_data, out_error);
  pthread_mutex_unlock(&table_lock);
  return status;
}
