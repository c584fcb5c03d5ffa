// A loaded model with its inputs in place, and what is done with it. Functions print what went
// wrong on stderr.
#ifndef PLEXUS_RUNTIME_LAUNCHER_SESSION_H
#define PLEXUS_RUNTIME_LAUNCHER_SESSION_H

#include "plexus_rt.h"
#include "runtime/launcher/options.h"

namespace plx {

struct Session {
  plx_program *program;
  plx_context *context;
  plx_array **inputs;  // [num_inputs], null for a sequence or an optional, which the context holds
  bool *given;         // [num_inputs]: such a one that was read from a file
  uint64_t load_ns;
};

// Loads the model, creates the context, reads or makes up the inputs. Exit code: 0, 1 (failed) or 2
// (wrong usage).
int open_session(const plx_module &module, const LauncherOptions &options, Session *out_session);
void close_session(Session *session);

// Runs once, prints the outputs, writes files. Exit code.
int run_once(const Session &session, const LauncherOptions &options);

// Runs for options.seconds and prints a JSON object. Exit code.
int run_bench(const Session &session, const LauncherOptions &options);

uint64_t monotonic_ns();

}  // namespace plx
#endif  // PLEXUS_RUNTIME_LAUNCHER_SESSION_H
