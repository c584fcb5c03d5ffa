// How a command of the command line fails.
#ifndef PLEXUS_TOOLS_PLEXUS_FAILURE_H
#define PLEXUS_TOOLS_PLEXUS_FAILURE_H

#include <stdexcept>
#include <string>

namespace plx {

enum ExitCode { kDone = 0, kWorkFailed = 1, kWrongUsage = 2 };

/// Ends a command; main prints "error: MESSAGE" on stderr and exits with the code.
struct Failure : std::runtime_error {
  explicit Failure(const std::string &message, int exitCode = kWorkFailed)
      : std::runtime_error(message), code(exitCode) {}
  int code;
};

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_FAILURE_H
