#include "runtime/core/host_table.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

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
  pthread_mutex_unlock(&table_lock);
  return entry != nullptr;
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
