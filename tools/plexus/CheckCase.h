// One case of `plexus check`: a folder with model.onnx and test_data_set_*/{input,output}_K.pb, or
// a .mlir file of value tests.
#ifndef PLEXUS_TOOLS_PLEXUS_CHECKCASE_H
#define PLEXUS_TOOLS_PLEXUS_CHECKCASE_H

#include <string>
#include <vector>

#include "tools/plexus/Commands.h"

namespace plx {

/// What --gradient has looked at.
struct GradientFigures {
  int64_t elements = 0, kinks = 0;
  double worst = 0;  // error, relative to the largest entry
};

struct CaseResult {
  enum class Kind : char { Passed = 'P', Failed = 'F', Skipped = 'S' };
  Kind kind = Kind::Failed;
  std::string reason;                    // one line or more
  std::vector<std::string> exempt = {};  // with --symbolic: dims that keep their size
  GradientFigures gradient = {};
};

/// Cases at and below `path`, sorted. Throws Failure when the path is not there.
std::vector<std::string> findCases(const std::string &path);

/// Runs a case in this process. Throws nothing: what goes wrong is a failed case.
CaseResult runCase(const std::string &path, const CheckOptions &options);

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_CHECKCASE_H
