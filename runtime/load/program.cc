#include "runtime/core/program.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <new>

#include "runtime/core/dim_expression.h"
#include "runtime/core/error.h"
#include "runtime/core/host_table.h"
#include "runtime/device/device_program.h"
#include "runtime/load/verify_module.h"
#include "runtime/load/weights.h"

namespace plx {
namespace {

bool find_import(const plx_load_options &options, const char *name,
                 plx_host_function *out_function) {
  for (int32_t i = 0; i < options.num_host_functions; ++i) {
    if (strcmp(options.host_functions[i].name, name) != 0) continue;
    *out_function = options.host_functions[i];
    return true;
  }
  return find_host_function(name, out_function);
}

plx_status resolve_imports(plx_program *program, const plx_load_options &options,
                           plx_error *out_error) {
  const plx_module &module = *program->module;
  char names[768];
  Text missing(names, sizeof names);
  for (int32_t i = 0; i < module.num_imports; ++i) {
    const char *name = module.imports[i].name;
    if (!find_import(options, name, &program->imports[i])) {
      missing.add("%s'%s'", missing.length() == 0 ? "" : ", ", name);
    }
    program->imports[i].name = name;
  }
  if (missing.length() == 0) return PLX_OK;
  return fail(
      out_error, PLX_NOT_FOUND,
      "model '%s' needs host functions that are not there: %s%s. Those of Plexus ('host:...') are "
      "in "
      "libplexus_host.so, beside the runtime or on the library path; others are registered by "
      "plx_register_host_function",
      module.name, names, missing.cut() ? "..." : "");
}

plx_status locate_parameters(plx_program *program, const plx_load_options &options,
                             const char *module_path, plx_error *out_error) {
  const plx_module &module = *program->module;
  const void *blob = module.weights;
  if (blob == nullptr && module.weights_bytes > 0) {
    plx_status status =
        map_weights(module, options, module_path, &program->weights_file, out_error);
    if (status != PLX_OK) return status;
    blob = program->weights_file.data;
  }
  for (int32_t i = 0; i < module.num_parameters; ++i) {
    program->parameters[i] =
        blob == nullptr ? nullptr : static_cast<const char *>(blob) + module.parameters[i].offset;
  }
  return PLX_OK;
}

bool binds(const plx_module &module, int64_t symbol) {
  for (int32_t i = 0; i < module.num_inputs; ++i) {
    for (int32_t d = 0; d < module.inputs[i].rank; ++d) {
      if (module.inputs[i].dims[d].symbol == symbol) return true;
    }
  }
  return false;
}

// An input's dim can be checked before the run only where every symbol in it has its value by then.
plx_status check_symbols_bound(const plx_module &module, const plx_value &input, int32_t dim,
                               const DimExpression &expression, plx_error *out_error) {
  for (int32_t i = 0; i < expression.num_steps; ++i) {
    const DimExpression::Step &step = expression.steps[i];
    if (step.op != DimExpression::Symbol || binds(module, step.value)) continue;
    return fail(
        out_error, PLX_BAD_FORMAT,
        "model '%s', input '%s': dim %d is %s, but no input has a dim that is '%s' by itself",
        module.name, input.name, dim, input.dims[dim].text, module.symbols[step.value].name);
  }
  return PLX_OK;
}

plx_status compile_dims(plx_program *program, plx_error *out_error) {
  const plx_module &module = *program->module;
  for (int32_t i = 0; i < module.num_inputs; ++i) {
    const plx_value &input = module.inputs[i];
    for (int32_t d = 0; d < input.rank; ++d) {
      if (input.dims[d].constant >= 0 || input.dims[d].symbol >= 0) continue;
      DimExpression **slot = &program->dim_expressions[program->first_dim[i] + d];
      plx_status status =
          compile_dim(input.dims[d].text, module.symbols, module.num_symbols, slot, out_error);
      if (status == PLX_OK) status = check_symbols_bound(module, input, d, **slot, out_error);
      if (status != PLX_OK) return status;
    }
  }
  return PLX_OK;
}

template <typename T>
bool allocate(T **out, int64_t count) {
  *out = static_cast<T *>(calloc(static_cast<size_t>(count) + 1, sizeof(T)));
  return *out != nullptr;
}

plx_status allocate_tables(plx_program *program, plx_error *out_error) {
  const plx_module &module = *program->module;
  bool good = allocate(&program->parameters, module.num_parameters) &&
              allocate(&program->imports, module.num_imports) &&
              allocate(&program->first_dim, module.num_inputs);
  for (int32_t i = 0; good && i < module.num_inputs; ++i) {
    program->first_dim[i] = program->num_dims;
    if (module.inputs[i].rank > 0) program->num_dims += module.inputs[i].rank;
  }
  good = good && allocate(&program->dim_expressions, program->num_dims);
  if (good && module.packed_bytes > 0) {
    void *packed = mmap(nullptr, module.packed_bytes, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    good = packed != MAP_FAILED;
    program->packed = good ? packed : nullptr;
    if (good) madvise(packed, module.packed_bytes, MADV_HUGEPAGE);
  }
  if (good) return PLX_OK;
  return fail(out_error, PLX_OUT_OF_MEMORY, "no memory for model '%s'", module.name);
}

// `library` belongs to the program from here on, also when this fails.
plx_status build_program(const plx_module *module, const plx_load_options &options, void *library,
                         const char *module_path, plx_program **out_program, plx_error *out_error) {
  void *memory = calloc(1, sizeof(plx_program));
  if (memory == nullptr) {
    if (library != nullptr) dlclose(library);
    return fail(out_error, PLX_OUT_OF_MEMORY, "no memory for a program");
  }
  auto *program = new (memory) plx_program{};
  pthread_mutex_init(&program->prepare_lock, nullptr);
  program->holds.store(1, std::memory_order_relaxed);
  program->library = library;
  plx_status status = verify_module(module, out_error);
  if (status == PLX_OK) {
    program->module = module;
    status = check_cpu_features(module->features, module->name, out_error);
  }
  if (status == PLX_OK) status = allocate_tables(program, out_error);
  if (status == PLX_OK) status = resolve_imports(program, options, out_error);
  if (status == PLX_OK) status = compile_dims(program, out_error);
  if (status == PLX_OK) status = locate_parameters(program, options, module_path, out_error);
  if (status != PLX_OK) {
    destroy_program(program);
    return status;
  }
  *out_program = program;
  return succeed(out_error);
}

const plx_load_options kDefaults = {
    sizeof(plx_load_options), 0, nullptr, nullptr, nullptr, 0, 0, nullptr, nullptr};

plx_status check_options(const plx_load_options *options, plx_error *out_error) {
  if (options->struct_bytes == sizeof(plx_load_options) && options->num_host_functions >= 0) {
    return PLX_OK;
  }
  return fail(
      out_error, PLX_INVALID_ARGUMENT,
      "load options: struct_bytes is %u, expected %zu (sizeof(plx_load_options)), with %d host "
      "functions",
      options->struct_bytes, sizeof(plx_load_options), options->num_host_functions);
}

// dlopen looks for names without a slash elsewhere; a user means the file.
plx_status open_library(const char *path, void **out_library, plx_error *out_error) {
  char here[PATH_MAX];
  Text text(here, sizeof here);
  text.add("%s%s", strchr(path, '/') == nullptr ? "./" : "", path);
  if (text.cut())
    return fail(out_error, PLX_INVALID_ARGUMENT, "path '%.200s...' is too long", path);
  *out_library = dlopen(here, RTLD_NOW | RTLD_LOCAL);
  if (*out_library != nullptr) return PLX_OK;
  const char *why = dlerror();
  return fail(out_error, PLX_NOT_FOUND, "cannot load '%s': %s", path,
              why == nullptr ? "no reason given" : why);
}

}  // namespace

void hold_program(plx_program *program) { program->holds.fetch_add(1, std::memory_order_relaxed); }

bool evaluate_input_dim(const plx_program &program, int32_t input, int32_t dim,
                        const int64_t *symbols, int64_t *out_value) {
  const plx_dim &d = program.module->inputs[input].dims[dim];
  if (d.constant >= 0) {
    *out_value = d.constant;
    return true;
  }
  if (d.symbol >= 0) {
    *out_value = symbols[d.symbol];
  } else if (!evaluate_dim(*program.dim_expressions[program.first_dim[input] + dim], symbols,
                           out_value)) {
    return false;
  }
  return *out_value >= 0;
}

plx_status device_program(plx_program *program, int32_t ordinal, const DeviceProgram **out_device,
                          plx_error *out_error) {
  pthread_mutex_lock(&program->prepare_lock);
  DeviceProgram *device = program->devices;
  while (device != nullptr && device->ordinal != ordinal) device = device->next;
  plx_status status = PLX_OK;
  if (device == nullptr) {
    status =
        make_device_program(*program->module, program->parameters, ordinal, &device, out_error);
    if (status == PLX_OK) {
      device->next = program->devices;
      program->devices = device;
    }
  }
  pthread_mutex_unlock(&program->prepare_lock);
  if (status == PLX_OK) *out_device = device;
  return status;
}

void destroy_program(plx_program *program) {
  while (program->devices != nullptr) {
    DeviceProgram *device = program->devices;
    program->devices = device->next;
    destroy_device_program(device);
  }
  for (int32_t i = 0; program->dim_expressions != nullptr && i < program->num_dims; ++i) {
    free_dim(program->dim_expressions[i]);
  }
  free(program->dim_expressions);
  free(program->first_dim);
  free(program->imports);
  free(program->parameters);
  if (program->packed != nullptr) munmap(program->packed, program->module->packed_bytes);
  plx_unmap_file(&program->weights_file);
  pthread_mutex_destroy(&program->prepare_lock);
  if (program->library != nullptr) dlclose(program->library);
  free(program);
}

}  // namespace plx

extern "C" {

plx_status plx_program_create(const plx_module *module, const plx_load_options *options,
                              plx_program **out_program, plx_error *out_error) {
  if (options == nullptr) options = &plx::kDefaults;
  plx_status status = plx::check_options(options, out_error);
  if (status != PLX_OK) return status;
  return plx::build_program(module, *options, nullptr, nullptr, out_program, out_error);
}

plx_status plx_program_open(const char *path, const plx_load_options *options,
                            plx_program **out_program, plx_error *out_error) {
  if (options == nullptr) options = &plx::kDefaults;
  plx_status status = plx::check_options(options, out_error);
  void *library = nullptr;
  if (status == PLX_OK) status = plx::open_library(path, &library, out_error);
  if (status != PLX_OK) return status;
  const char *symbol =
      options->descriptor_symbol != nullptr ? options->descriptor_symbol : PLX_MODULE_SYMBOL;
  const void *module = dlsym(library, symbol);
  if (module == nullptr) {
    dlclose(library);
    return plx::fail(out_error, PLX_BAD_FORMAT, "'%s' is no compiled model: it has no symbol '%s'",
                     path, symbol);
  }
  return plx::build_program(static_cast<const plx_module *>(module), *options, library, path,
                            out_program, out_error);
}

void plx_program_release(plx_program *program) {
  if (program == nullptr) return;
  if (program->holds.fetch_sub(1, std::memory_order_acq_rel) == 1) plx::destroy_program(program);
}

const plx_module *plx_program_module(const plx_program *program) { return program->module; }

int32_t plx_program_find_input(const plx_program *program, const char *name) {
  for (int32_t i = 0; i < program->module->num_inputs; ++i) {
    if (strcmp(program->module->inputs[i].name, name) == 0) return i;
  }
  return -1;
}

int32_t plx_program_find_output(const plx_program *program, const char *name) {
  for (int32_t i = 0; i < program->module->num_outputs; ++i) {
    if (strcmp(program->module->outputs[i].name, name) == 0) return i;
  }
  return -1;
}

plx_status plx_program_parameter(const plx_program *program, int32_t index, plx_tensor *out_tensor,
                                 plx_error *out_error) {
  const plx_module &module = *program->module;
  if (index < 0 || index >= module.num_parameters || out_tensor == nullptr) {
    return plx::fail(out_error, PLX_INVALID_ARGUMENT,
                     "model '%s': parameter %d does not exist; the model has %d", module.name,
                     index, module.num_parameters);
  }
  const plx_parameter &parameter = module.parameters[index];
  *out_tensor = {const_cast<void *>(program->parameters[index]), parameter.dims, parameter.rank,
                 parameter.element_type};
  return plx::succeed(out_error);
}

}  // extern "C"
