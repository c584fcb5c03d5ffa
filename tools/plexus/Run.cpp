// plexus run: compile (or load) a model and run it once.
#include <cstdio>

#include "tools/plexus/Commands.h"
#include "tools/plexus/Inputs.h"
#include "tools/plexus/Outputs.h"

namespace plx {

int runCommand(const RunOptions &options) {
  Program program = Program::load(options.model, options.common);
  Context context = createContext(program, options.common, !options.trace.empty());
  Inputs inputs(program, context.get(), options.inputs, options.common);
  plx_error error;
  checkStatus(plx_context_run(context.get(), &error), error);
  const plx_module &module = program.module();
  for (int32_t i = 0; i < module.num_outputs; ++i) puts(lineOf(program, context.get(), i).c_str());
  if (!options.outputDir.empty()) writeOutputs(program, context.get(), options.outputDir);
  if (!options.trace.empty())
    checkStatus(plx_trace_write(context.get(), options.trace.c_str(), &error), error);
  return 0;
}

}  // namespace plx
