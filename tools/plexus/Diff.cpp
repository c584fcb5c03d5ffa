// plexus diff: a device against the reference evaluator, op by op.
//
// Both are compiled with every value of the graph as an output, so that what differs first, in the
// order of the program, is found in one run of each. The extra outputs keep kernels from being
// fused as they else would; the model's own outputs are therefore compared once more as it is.
#include <cstdio>

#include "tools/plexus/Commands.h"
#include "tools/plexus/Compare.h"
#include "tools/plexus/Failure.h"
#include "tools/plexus/Inputs.h"
#include "tools/plexus/Outputs.h"

namespace plx {
namespace {

void runOnce(plx_context *context) {
  plx_error error;
  checkStatus(plx_context_run(context, &error), error);
}

/// The outputs' tolerance, but at least an ulp or two of a narrow type.
Tolerance toleranceFor(int32_t elementType, const DiffOptions &options) {
  Tolerance out = {options.rtol, options.atol};
  if (elementType == PLX_BF16) out.relative = std::max(out.relative, 0x1p-6);
  if (elementType == PLX_F16) out.relative = std::max(out.relative, 0x1p-9);
  return out;
}

/// Prints a line for each output from `first` on that differs; gives how many do.
int compareFrom(int32_t first, const Program &program, const plx_context *mine,
                const plx_context *reference, const DiffOptions &options, const char *kind) {
  int differing = 0;
  const plx_module &module = program.module();
  for (int32_t i = first; i < module.num_outputs; ++i) {
    Tolerance tolerance = toleranceFor(module.outputs[i].element_type, options);
    bool isTensor = module.outputs[i].kind == PLX_KIND_TENSOR;
    std::string what =
        isTensor ? difference(outputOf(mine, i), outputOf(reference, i), tolerance)
                 : difference(*outputObjectOf(mine, i), *outputObjectOf(reference, i), tolerance);
    if (what.empty()) continue;
    printf("%s%s %s: %s\n", differing++ == 0 ? "first to differ: " : "", kind,
           module.outputs[i].name, what.c_str());
  }
  return differing;
}

}  // namespace

int diffCommand(const DiffOptions &options) {
  CommonOptions common = options.common, referenceCommon = options.common;
  if (common.device == "reference")
    throw Failure("--device reference is what it is compared with", kWrongUsage);
  if (isLibrary(options.model))
    throw Failure("'" + options.model + "' is compiled: diff needs the model itself");
  common.noCache = true;
  referenceCommon.device = "reference";

  Program plainReference = Program::load(options.model, referenceCommon);
  Context expected = createContext(plainReference, referenceCommon);
  Inputs inputs(plainReference, expected.get(), options.inputs, common);
  runOnce(expected.get());
  int differing = 0;
  int32_t numOutputs = plainReference.module().num_outputs, numValues = 0;
  {
    Program reference = Program::load(options.model, referenceCommon, PLEXUS_ALL_VALUES);
    Program program = Program::load(options.model, common, PLEXUS_ALL_VALUES);
    Context a = createContext(program, common), b = createContext(reference, referenceCommon);
    inputs.setAll(a.get());
    inputs.setAll(b.get());
    runOnce(a.get());
    runOnce(b.get());
    numValues = program.module().num_outputs - numOutputs;
    differing = compareFrom(numOutputs, program, a.get(), b.get(), options, "op");
  }
  Program program = Program::load(options.model, common);
  Context actual = createContext(program, common);
  inputs.setAll(actual.get());
  runOnce(actual.get());
  int outputs = compareFrom(0, program, actual.get(), expected.get(), options, "output");
  printf("%d of %d values and %d of %d outputs differ\n", differing, numValues, outputs,
         numOutputs);
  return differing + outputs == 0 ? 0 : kWorkFailed;
}

}  // namespace plx
