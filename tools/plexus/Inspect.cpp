// plexus inspect: what a model or a compiled library holds, from its descriptor.
#include <algorithm>
#include <cstdio>

#include "tools/plexus/Commands.h"
#include "tools/plexus/Failure.h"
#include "tools/plexus/Json.h"
#include "tools/plexus/Outputs.h"
#include "tools/plexus/Program.h"

namespace plx {
namespace {

std::string typeOf(const plx_value &value) {
  char text[512];
  plx_format_value_type(&value, text, sizeof text);
  return text;
}

std::string typeOf(const plx_parameter &parameter) {
  plx_tensor tensor = {nullptr, parameter.dims, parameter.rank, parameter.element_type};
  char text[512];
  plx_format_type(&tensor, text, sizeof text);
  return text;
}

Json valuesOf(const plx_value *values, int32_t count) {
  Json list = Json::array();
  for (int32_t i = 0; i < count; ++i)
    list.push(Json::object().set("name", values[i].name).set("type", typeOf(values[i])));
  return list;
}

Json jsonOf(const plx_module &module) {
  Json parameters = Json::array(), kernels = Json::array();
  for (int32_t i = 0; i < module.num_parameters; ++i)
    parameters.push(Json::object()
                        .set("name", module.parameters[i].name)
                        .set("type", typeOf(module.parameters[i]))
                        .set("bytes", module.parameters[i].bytes));
  int64_t flops = 0, bytes = 0;
  for (int32_t i = 0; i < module.num_kernels; ++i) {
    const plx_kernel &kernel = module.kernels[i];
    kernels.push(Json::object()
                     .set("name", kernel.name)
                     .set("schedule", kernel.schedule)
                     .set("nodes", kernel.nodes)
                     .set("flops", kernel.flops)
                     .set("bytes", kernel.bytes));
    flops += std::max<int64_t>(kernel.flops, 0);
    bytes += std::max<int64_t>(kernel.bytes, 0);
  }
  Json out = Json::object();
  out.set("name", module.name).set("producer", module.producer);
  out.set("target_cpu", module.target_cpu).set("features", module.features);
  out.set("inputs", valuesOf(module.inputs, module.num_inputs));
  out.set("outputs", valuesOf(module.outputs, module.num_outputs));
  out.set("parameters", std::move(parameters)).set("kernels", std::move(kernels));
  out.set("flops", flops).set("bytes", bytes);
  return out.set("weights_bytes", module.weights_bytes).set("arena_bytes", module.arena_bytes);
}

/// A figure of -1 depends on symbolic dims.
std::string figure(int64_t value) { return value < 0 ? "symbolic" : std::to_string(value); }

void print(const plx_module &module) {
  printf("%s, made by %s for %s\n", module.name, module.producer, module.target_cpu);
  printf("inputs:\n");
  for (int32_t i = 0; i < module.num_inputs; ++i)
    printf("  %s: %s\n", module.inputs[i].name, typeOf(module.inputs[i]).c_str());
  printf("outputs:\n");
  for (int32_t i = 0; i < module.num_outputs; ++i)
    printf("  %s: %s\n", module.outputs[i].name, typeOf(module.outputs[i]).c_str());
  printf("parameters: %d, %llu bytes\n", module.num_parameters,
         static_cast<unsigned long long>(module.weights_bytes));
  for (int32_t i = 0; i < module.num_parameters; ++i)
    printf("  %s: %s\n", module.parameters[i].name, typeOf(module.parameters[i]).c_str());
  printf("kernels: %d\n", module.num_kernels);
  for (int32_t i = 0; i < module.num_kernels; ++i)
    printf("  %s: %s, %s flops, %s bytes, from %s\n", module.kernels[i].name,
           module.kernels[i].schedule, figure(module.kernels[i].flops).c_str(),
           figure(module.kernels[i].bytes).c_str(), module.kernels[i].nodes);
  printf("memory: arena %s bytes, scratch %llu bytes a thread\n",
         figure(module.arena_bytes).c_str(), static_cast<unsigned long long>(module.scratch_bytes));
}

}  // namespace

int inspectCommand(const InspectOptions &options) {
  if (!options.html.empty()) throw Failure("--html is not supported yet; --json is");
  Program program = Program::load(options.model, options.common);
  if (options.json != "-") print(program.module());
  if (!options.json.empty()) writeText(options.json, jsonOf(program.module()).str() + "\n");
  return 0;
}

}  // namespace plx
