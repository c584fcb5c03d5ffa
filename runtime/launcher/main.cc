// `main` of a stand-alone executable. The model's object, linked in beside it, brings the
// descriptor.
#include <stdio.h>

#include "runtime/launcher/options.h"
#include "runtime/launcher/session.h"

extern "C" const plx_module plx_module_descriptor;

int main(int argc, char** argv) {
  plx::LauncherOptions options;
  if (!plx::parse_options(argc, argv, &options)) return 2;
  if (options.help) {
    plx::print_help(argv[0]);
    return 0;
  }
  plx::Session session;
  int code = plx::open_session(plx_module_descriptor, options, &session);
  if (code == 0)
    code = options.bench ? plx::run_bench(session, options) : plx::run_once(session, options);
  plx_error error;
  if (code == 0 && options.trace != nullptr &&
      plx_trace_write(session.context, options.trace, &error) != PLX_OK) {
    fprintf(stderr, "error: %s\n", error.message);
    code = 1;
  }
  plx::close_session(&session);
  // A full disk or a closed pipe shows when the buffer is written.
  return fflush(stdout) != 0 && code == 0 ? 1 : code;
}
