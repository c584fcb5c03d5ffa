// Value tests in textual plx (ir/eval/ValueTests.h) on any device.
#ifndef PLEXUS_TOOLS_API_VALUETESTS_H
#define PLEXUS_TOOLS_API_VALUETESTS_H

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "tools/api/Model.h"

namespace plx {

/// Runs every test of the model's module: report(function, why it fails, or "").
absl::Status runValueTests(
    const Model &model, const std::string &device,
    const std::function<void(const std::string &function, const std::string &why)> &report);

}  // namespace plx

#endif  // PLEXUS_TOOLS_API_VALUETESTS_H
