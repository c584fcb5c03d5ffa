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

bool find_built_in(const char *name, plx_host_function *out_function) {
  constexpr const plx_host_function *(*kAll[])(int32_t *) = {
      plx::sequence_functions, plx::map_functions, plx::value_functions};
  for (auto *functions : kAll) {
    int32_t count = 0;
    const plx_host_function *table_of_them = functions(&count);
    if (find_in(table_of_them, count, name, out_function)) return true;
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
  pthread_mutex_lock(&table_lock);
  const plx_host_function *entry = find(name);
  if (entry != nullptr) *out_function = *entry;
  bool found =
      entry != nullptr || find_built_in(name, out_function) || find_in_library(name, out_function);
  pthread_mutex_unlock(&table_lock);
  return found;
}

}  // namespace plx

extern "C" int32_t plx_has_host_function(const char *name) {
  plx_host_function function = {};
  return name != nullptr && plx::find_host_function(name, &function) ? 1 : 0;
}

extern "C" plx_status plx_open_host_functions(const char *path, plx_error *out_error) {
  char here[PATH_MAX];
  plx::Text text(here, sizeof here);
  text.add("%s%s", strchr(path, '/') == nullptr ? "./" : "", path);
  void *library = text.cut() ? nullptr : dlopen(here, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char *why = dlerror();
    return plx::fail(out_error, PLX_NOT_FOUND, "cannot load '%.300s': %s", path,
                     why == nullptr ? "its path is too long" : why);
  }
  auto functions = reinterpret_cast<LibraryFunctions>(dlsym(library, "plx_host_library"));
  int32_t count = 0;
  const plx_host_function *given = functions == nullptr ? nullptr : functions(&count);
  if (given == nullptr) {
    dlclose(library);
    return plx::fail(out_error, PLX_BAD_FORMAT,
                     "'%s' gives no host functions: it has no plx_host_library()", path);
  }
  for (int32_t i = 0; i < count; ++i) {
    plx_status status = plx_register_host_function(given[i].name, given[i].function,
                                                   given[i].function_data, out_error);
    if (status != PLX_OK) return status;
  }
  return plx::succeed(out_error);
}

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
