#include "tools/plexus/Outputs.h"

#include <errno.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <vector>

#include "tools/plexus/Failure.h"

namespace plx {
namespace fs = std::filesystem;

plx_tensor outputOf(const plx_context *context, int32_t index) {
  plx_tensor tensor;
  plx_error error;
  // The ABI takes a mutable context, but reading an output changes nothing.
  checkStatus(plx_context_output(const_cast<plx_context *>(context), index, &tensor, &error),
              error);
  return tensor;
}

plx_object *outputObjectOf(const plx_context *context, int32_t index) {
  plx_object *object = nullptr;
  plx_error error;
  checkStatus(plx_context_output_object(const_cast<plx_context *>(context), index, &object, &error),
              error);
  return object;
}

std::string lineOf(const Program &program, const plx_context *context, int32_t index) {
  const plx_value &output = program.module().outputs[index];
  std::string name = output.name;
  char type[512], summary[1024];
  if (output.kind != PLX_KIND_TENSOR) {
    plx_format_object(outputObjectOf(context, index), summary, sizeof summary);
    return name + ": " + summary;
  }
  plx_tensor tensor = outputOf(context, index);
  plx_format_type(&tensor, type, sizeof type);
  plx_format_summary(&tensor, summary, sizeof summary);
  return name + ": " + type + " " + summary;
}

void writeOutputs(const Program &program, const plx_context *context, const std::string &folder) {
  std::error_code code;
  fs::create_directories(folder, code);
  if (code) throw Failure("'" + folder + "' cannot be made: " + code.message());
  const plx_module &module = program.module();
  std::vector<const char *> names;
  std::vector<int32_t> types;
  for (int32_t i = 0; i < module.num_outputs; ++i) {
    names.push_back(module.outputs[i].name);
    bool isTensor = module.outputs[i].kind == PLX_KIND_TENSOR;
    types.push_back(isTensor ? module.outputs[i].element_type : PLX_OBJECT);
  }
  plx_error error;
  char **files = nullptr;
  checkStatus(plx_output_file_names(names.data(), types.data(), module.num_outputs, &files, &error),
              error);
  std::unique_ptr<char *, void (*)(void *)> owner(files, free);
  for (int32_t i = 0; i < module.num_outputs; ++i) {
    std::string path = (fs::path(folder) / files[i]).string();
    if (module.outputs[i].kind != PLX_KIND_TENSOR) {
      const plx_object *object = outputObjectOf(context, i);
      checkStatus(plx_object_write_pb(path.c_str(), names[static_cast<size_t>(i)], object, &error),
                  error);
      continue;
    }
    plx_tensor tensor = outputOf(context, i);
    bool isNpy = plx_npy_can_hold(tensor.element_type);
    checkStatus(isNpy ? plx_write_npy(path.c_str(), &tensor, &error)
                      : plx_write_pb(path.c_str(), names[static_cast<size_t>(i)], &tensor, &error),
                error);
  }
}

void writeText(const std::string &path, const std::string &text) {
  FILE *file = path == "-" ? stdout : fopen(path.c_str(), "w");
  bool done = file && fwrite(text.data(), 1, text.size(), file) == text.size();
  if (file && file != stdout) done = fclose(file) == 0 && done;
  if (file == stdout) done = fflush(stdout) == 0 && done;
  if (!done) throw Failure("'" + path + "' cannot be written: " + strerror(errno));
}

}  // namespace plx
