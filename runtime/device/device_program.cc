#include "runtime/device/device_program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/core/error.h"
#include "runtime/device/table.h"

namespace plx {
namespace {

constexpr int32_t kMostOperands = 4096;
constexpr int32_t kMostSizes = 256;

template <typename T>
bool allocate(T **out, int64_t count) {
  *out = static_cast<T *>(calloc(static_cast<size_t>(count) + 1, sizeof(T)));
  return *out != nullptr;
}

bool kernel_is_valid(const plx_device_code &code, const plx_device_kernel &kernel) {
  if (kernel.entry == nullptr || kernel.num_operands < 0 || kernel.num_operands > kMostOperands ||
      (kernel.num_operands > 0 && kernel.operands == nullptr) || kernel.num_sizes < 0 ||
      kernel.num_sizes > kMostSizes || kernel.threads < 1 || kernel.threads > 1024 ||
      kernel.shared_bytes < 0 || kernel.first_image < 0 || kernel.num_images < 1 ||
      kernel.num_images > code.num_images - kernel.first_image) {
    return false;
  }
  for (int32_t i = 0; i < kernel.num_operands; ++i) {
    const plx_operand &operand = kernel.operands[i];
    if (operand.access < PLX_READ || operand.access > PLX_READ_WRITE || operand.element_bytes < 1 ||
        operand.bytes == nullptr) {
      return false;
    }
  }
  return true;
}

// Names s0, s1, ... as symbols of expressions.
struct SizeSymbols {
  char names[kMostSizes][8];
  plx_symbol symbols[kMostSizes];
};

plx_status compile_ranges(DeviceProgram *program, plx_error *out_error) {
  const plx_module &module = *program->module;
  auto *sizes = static_cast<SizeSymbols *>(calloc(1, sizeof(SizeSymbols)));
  if (sizes == nullptr) return fail(out_error, PLX_OUT_OF_MEMORY, "no memory for a program");
  for (int32_t i = 0; i < kMostSizes; ++i) {
    snprintf(sizes->names[i], sizeof sizes->names[i], "s%d", i);
    sizes->symbols[i] = {sizes->names[i], INT64_MIN};
  }
  plx_status status = PLX_OK;
  for (int32_t k = 0; status == PLX_OK && k < module.num_kernels; ++k) {
    const plx_device_kernel &kernel = module.device_code->kernels[k];
    for (int32_t i = 0; status == PLX_OK && i < kernel.num_operands; ++i) {
      const char *text = kernel.operands[i].bytes;
      if (text[0] == 0) continue;
      status = compile_dim(text, sizes->symbols, kernel.num_sizes,
                           &program->ranges[program->first_range[k] + i], out_error);
    }
  }
  free(sizes);
  return status;
}

plx_status allocate_tables(DeviceProgram *program, plx_error *out_error) {
  const plx_module &module = *program->module;
  bool good = allocate(&program->codes, module.device_code->num_images) &&
              allocate(&program->entries, module.num_kernels) &&
              allocate(&program->parameters, module.num_parameters) &&
              allocate(&program->first_range, module.num_kernels);
  for (int32_t k = 0; good && k < module.num_kernels; ++k) {
    program->first_range[k] = program->num_ranges;
    program->num_ranges += module.device_code->kernels[k].num_operands;
  }
  good = good && allocate(&program->ranges, program->num_ranges);
  if (good) return PLX_OK;
  return fail(out_error, PLX_OUT_OF_MEMORY, "no memory for model '%s'", module.name);
}

plx_status no_image(const DeviceProgram &program, const plx_device_kernel &kernel,
                    plx_error *out_error) {
  const plx_device_code &code = *program.module->device_code;
  char device[160], images[256];
  program.api->describe(program.device, device, sizeof device);
  Text text(images, sizeof images);
  for (int32_t i = 0; i < kernel.num_images; ++i) {
    const plx_image &image = code.images[kernel.first_image + i];
    text.add("%s%s%d", i == 0 ? "" : ", ", image.kind == PLX_IMAGE_PTX ? "PTX of compute_" : "sm_",
             image.architecture);
  }
  return fail(out_error, PLX_UNSUPPORTED,
              "model '%s' was compiled for %s, and none of these runs on this device (%s): compile "
              "it with --cpu sm_NN for it",
              program.module->name, images, device);
}

plx_status load_kernel(DeviceProgram *program, int32_t index, plx_error *out_error) {
  const plx_device_code &code = *program->module->device_code;
  const plx_device_kernel &kernel = code.kernels[index];
  int32_t best = -1, best_suits = 0;
  for (int32_t i = kernel.first_image; i < kernel.first_image + kernel.num_images; ++i) {
    int32_t suits = program->api->suits(program->device, &code.images[i]);
    if (suits <= best_suits) continue;
    best = i;
    best_suits = suits;
  }
  if (best < 0) return no_image(*program, kernel, out_error);
  if (program->codes[best] == nullptr) {
    plx_status status =
        program->api->load(program->device, &code.images[best], &program->codes[best], out_error);
    if (status != PLX_OK) return status;
  }
  return program->api->find(program->device, program->codes[best], kernel.entry, kernel.threads,
                            kernel.shared_bytes, &program->entries[index], out_error);
}

plx_status upload_weights(DeviceProgram *program, const void *const *parameters,
                          plx_error *out_error) {
  const plx_module &module = *program->module;
  if (module.num_parameters == 0 || module.weights_bytes == 0) return PLX_OK;
  const plx_device_api &api = *program->api;
  const char *blob = static_cast<const char *>(parameters[0]) - module.parameters[0].offset;
  plx_stream *stream = nullptr;
  plx_status status =
      api.allocate(program->device, module.weights_bytes, &program->weights, out_error);
  if (status == PLX_OK) status = api.open_stream(program->device, &stream, out_error);
  if (status == PLX_OK) {
    status = api.upload(stream, program->weights, blob, module.weights_bytes, out_error);
  }
  if (status == PLX_OK) status = api.synchronize(stream, out_error);
  api.close_stream(stream);
  for (int32_t i = 0; i < module.num_parameters; ++i) {
    program->parameters[i] =
        reinterpret_cast<const void *>(program->weights + module.parameters[i].offset);
  }
  return status;
}

}  // namespace

bool device_code_is_valid(const plx_module &module) {
  const plx_device_code *code = module.device_code;
  if (code == nullptr) return true;
  if (code->device == nullptr || code->num_images < 0 ||
      (code->num_images > 0 && code->images == nullptr) ||
      (module.num_kernels > 0 && code->kernels == nullptr)) {
    return false;
  }
  for (int32_t i = 0; i < code->num_images; ++i) {
    const plx_image &image = code->images[i];
    if (image.data == nullptr || image.bytes == 0) return false;
    bool is_text = image.kind == PLX_IMAGE_PTX || image.kind == PLX_IMAGE_SOURCE;
    if (is_text && static_cast<const char *>(image.data)[image.bytes - 1] != 0) return false;
  }
  for (int32_t i = 0; i < module.num_kernels; ++i) {
    if (!kernel_is_valid(*code, code->kernels[i])) return false;
  }
  return true;
}

plx_status make_device_program(const plx_module &module, const void *const *parameters,
                               int32_t ordinal, DeviceProgram **out_program, plx_error *out_error) {
  const plx_device_api *api = nullptr;
  plx_status status = find_device_api(module.device_code->device, &api, out_error);
  if (status != PLX_OK) return status;
  auto *program = static_cast<DeviceProgram *>(calloc(1, sizeof(DeviceProgram)));
  if (program == nullptr) return fail(out_error, PLX_OUT_OF_MEMORY, "no memory for a program");
  program->module = &module;
  program->api = api;
  program->ordinal = ordinal;
  program->checks_ranges = strcmp(module.device_code->device, "cuda") != 0;
  status = api->open(ordinal, &program->device, out_error);
  if (status == PLX_OK) status = allocate_tables(program, out_error);
  if (status == PLX_OK && program->checks_ranges) status = compile_ranges(program, out_error);
  for (int32_t k = 0; status == PLX_OK && k < module.num_kernels; ++k) {
    status = load_kernel(program, k, out_error);
  }
  if (status == PLX_OK) status = upload_weights(program, parameters, out_error);
  if (status != PLX_OK) {
    destroy_device_program(program);
    return status;
  }
  *out_program = program;
  return PLX_OK;
}

void destroy_device_program(DeviceProgram *program) {
  if (program == nullptr) return;
  const plx_device_api &api = *program->api;
  for (int32_t i = 0; program->ranges != nullptr && i < program->num_ranges; ++i) {
    free_dim(program->ranges[i]);
  }
  if (program->device != nullptr) {
    for (int32_t i = 0; program->codes != nullptr && i < program->module->device_code->num_images;
         ++i) {
      if (program->codes[i] != nullptr) api.unload(program->device, program->codes[i]);
    }
    api.release(program->device, program->weights);
    api.close(program->device);
  }
  free(program->codes);
  free(program->entries);
  free(program->parameters);
  free(program->ranges);
  free(program->first_range);
  free(program);
}

}  // namespace plx
