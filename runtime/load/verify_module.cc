#include "runtime/load/verify_module.h"

#include <string.h>

#include "runtime/core/checked.h"
#include "runtime/core/error.h"
#include "runtime/device/device_program.h"

namespace plx {
namespace {

plx_status bad(const plx_module &module, const char *what, int32_t index, plx_error *out_error) {
  return fail(out_error, PLX_BAD_FORMAT, "model '%s': entry %d of its descriptor's %s is not valid",
              module.name, index, what);
}

bool table_is_there(const void *table, int32_t count) {
  return count >= 0 && (count == 0 || table != nullptr);
}

plx_status check_header(const plx_module &module, plx_error *out_error) {
  if (module.magic != PLX_ABI_MAGIC) {
    return fail(out_error, PLX_BAD_FORMAT,
                "not a compiled model: its descriptor begins with %016llx, expected %016llx",
                static_cast<unsigned long long>(module.magic),
                static_cast<unsigned long long>(PLX_ABI_MAGIC));
  }
  if (module.abi_version != PLX_ABI_VERSION || module.descriptor_bytes != sizeof(plx_module)) {
    return fail(
        out_error, PLX_UNSUPPORTED,
        "the model was compiled for version %u of the runtime's ABI (descriptor of %u bytes); "
        "this runtime, %s, has version %d (%zu bytes). Compile it again",
        module.abi_version, module.descriptor_bytes, PLX_RT_VERSION, PLX_ABI_VERSION,
        sizeof(plx_module));
  }
  if (module.name == nullptr || module.producer == nullptr || module.target_cpu == nullptr ||
      module.features == nullptr || module.run == nullptr) {
    return fail(out_error, PLX_BAD_FORMAT, "a model's descriptor lacks its name, target or code");
  }
  bool tables = table_is_there(module.symbols, module.num_symbols) &&
                table_is_there(module.inputs, module.num_inputs) &&
                table_is_there(module.outputs, module.num_outputs) &&
                table_is_there(module.parameters, module.num_parameters) &&
                table_is_there(module.kernels, module.num_kernels) &&
                table_is_there(module.sites, module.num_sites) &&
                table_is_there(module.imports, module.num_imports) && module.num_states >= 0;
  if (tables) return PLX_OK;
  return fail(out_error, PLX_BAD_FORMAT, "model '%s': a table of its descriptor is missing",
              module.name);
}

bool dim_is_valid(const plx_module &module, const plx_dim &dim) {
  if (dim.text == nullptr || dim.symbol < -1 || dim.symbol >= module.num_symbols) return false;
  return dim.constant >= 0 ? dim.symbol == -1 : dim.constant == -1;
}

bool value_is_valid(const plx_module &module, const plx_value &value, bool output) {
  if (value.name == nullptr || plx_element_bytes(value.element_type) == 0) return false;
  if (value.kind < PLX_KIND_TENSOR || value.kind > PLX_KIND_MAP) return false;
  if (value.kind != PLX_KIND_TENSOR) return value.rank == -1 && (!output || value.donated == -1);
  if (value.rank < (output ? -1 : 0) || value.rank > PLX_MAX_RANK) return false;
  if (value.rank > 0 && value.dims == nullptr) return false;
  for (int32_t i = 0; i < value.rank; ++i) {
    if (!dim_is_valid(module, value.dims[i])) return false;
  }
  if (!output) return true;
  if (value.donated < -1 || value.donated >= module.num_inputs) return false;
  return value.donated < 0 || module.inputs[value.donated].element_type == value.element_type;
}

plx_status check_values(const plx_module &module, const plx_value *values, int32_t count,
                        bool output, plx_error *out_error) {
  const char *what = output ? "outputs" : "inputs";
  for (int32_t i = 0; i < count; ++i) {
    if (!value_is_valid(module, values[i], output)) return bad(module, what, i, out_error);
  }
  return PLX_OK;
}

bool parameter_is_valid(const plx_module &module, const plx_parameter &parameter) {
  uint64_t end = 0;
  if (parameter.name == nullptr || parameter.rank < 0 || parameter.rank > PLX_MAX_RANK ||
      (parameter.rank > 0 && parameter.dims == nullptr) || parameter.element_type == PLX_STRING) {
    return false;
  }
  plx_tensor view = {nullptr, parameter.dims, parameter.rank, parameter.element_type};
  int64_t bytes = plx_tensor_bytes(&view);
  return bytes >= 0 && static_cast<uint64_t>(bytes) == parameter.bytes &&
         parameter.offset % PLX_ALIGNMENT == 0 &&
         checked_add(parameter.offset, parameter.bytes, &end) && end <= module.weights_bytes;
}

plx_status check_weights(const plx_module &module, plx_error *out_error) {
  if (reinterpret_cast<uintptr_t>(module.weights) % PLX_ALIGNMENT != 0) {
    return fail(out_error, PLX_BAD_FORMAT, "model '%s': its weights are not aligned to %d bytes",
                module.name, PLX_ALIGNMENT);
  }
  const char *file = module.weights_file;
  if (module.weights_bytes > 0 && module.weights == nullptr && file == nullptr) {
    return fail(out_error, PLX_BAD_FORMAT, "model '%s' has weights neither inside nor in a file",
                module.name);
  }
  if (file != nullptr && (file[0] == 0 || strchr(file, '/') != nullptr || strcmp(file, ".") == 0 ||
                          strcmp(file, "..") == 0)) {
    return fail(out_error, PLX_BAD_FORMAT,
                "model '%s': its weights file '%s' must be a plain file name", module.name, file);
  }
  if (module.prepare == nullptr && module.packed_bytes != 0) {
    return fail(out_error, PLX_BAD_FORMAT, "model '%s' has packed parameters but no code for them",
                module.name);
  }
  for (int32_t i = 0; i < module.num_parameters; ++i) {
    if (!parameter_is_valid(module, module.parameters[i]))
      return bad(module, "parameters", i, out_error);
  }
  return PLX_OK;
}

plx_status check_small_tables(const plx_module &module, plx_error *out_error) {
  for (int32_t i = 0; i < module.num_symbols; ++i) {
    if (module.symbols[i].name == nullptr) return bad(module, "symbols", i, out_error);
  }
  for (int32_t i = 0; i < module.num_kernels; ++i) {
    const plx_kernel &kernel = module.kernels[i];
    if (kernel.name == nullptr || kernel.schedule == nullptr || kernel.nodes == nullptr) {
      return bad(module, "kernels", i, out_error);
    }
  }
  for (int32_t i = 0; i < module.num_imports; ++i) {
    if (module.imports[i].name == nullptr) return bad(module, "imports", i, out_error);
  }
  return PLX_OK;
}

}  // namespace

plx_status verify_module(const plx_module *module, plx_error *out_error) {
  if (module == nullptr) return fail(out_error, PLX_INVALID_ARGUMENT, "the descriptor is NULL");
  plx_status status = check_header(*module, out_error);
  if (status == PLX_OK) status = check_small_tables(*module, out_error);
  if (status == PLX_OK) {
    status = check_values(*module, module->inputs, module->num_inputs, false, out_error);
  }
  if (status == PLX_OK) {
    status = check_values(*module, module->outputs, module->num_outputs, true, out_error);
  }
  if (status == PLX_OK) status = check_weights(*module, out_error);
  if (status == PLX_OK && (!device_code_is_valid(*module) ||
                           (module->device_code != nullptr && module->prepare != nullptr))) {
    status = fail(out_error, PLX_BAD_FORMAT, "model '%s': its table of device code is damaged",
                  module->name);
  }
  return status;
}

}  // namespace plx
