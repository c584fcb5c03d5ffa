// plexus gradient: the gradient graph of a model, as ONNX.
#include "tools/plexus/Commands.h"
#include "tools/plexus/Compiler.h"

namespace plx {

int gradientCommand(const GradientCommand &options) {
  ModelOptions given = ModelOptions::of(options.common);
  given.dims = parseDims(options.common.dims);
  given.opset = options.opset;
  std::vector<const char *> names;
  for (const std::string &name : options.withRespectTo) names.push_back(name.c_str());
  const Compiler &compiler = Compiler::get();
  ModelHandle model =
      openModel(given, [&](const plexus_options &how, plexus_model **out, char **message) {
        return compiler.modelOpenGradient(
            options.model.c_str(), &how, options.of.empty() ? nullptr : options.of.c_str(),
            static_cast<int32_t>(names.size()), names.data(), options.cotangent, out, message);
      });
  char *message = nullptr;
  checkStatus(compiler.modelWrite(model.get(), PLEXUS_EMIT_ONNX, 0, options.out.c_str(), &message),
              message);
  return 0;
}

}  // namespace plx
