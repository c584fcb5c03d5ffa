// `main` of a stand-alone executable. The model's object, linked in beside it, brings the
// descriptor.
#include <stdio.h>

#include "runtime/launcher/options.h"
#include "runtime/launcher/session.h"

extern "C" const plx_module plx_module_descriptor;

namespace {

int run_model(const plx::LauncherOptions &options) {
  plx::Session session;
  plx_error error;
  int code = plx::open_session(plx_module_descriptor, options, &session);
  if (code == 0 && options.bench) code = plx::run_bench(session, options);
  if (code == 0 && !options.bench) code = plx::run_once(session, options);
  if (code == 0 && options.trace != nullptr &&
      plx_trace_write(session.context, options.trace, &error) != PLX_OK) {
    fprintf(stderr, "error: %s\n", error.message);
    code = 1;
  }
  plx::close_session(&session);
  return code;
}

}  // namespace

int main(int argc, char **argv) {
  plx::LauncherOptions options;
  int code = 2;
  if (plx::parse_options(argc, argv, &options)) {
    code = 0;
    if (options.help) {
      plx::print_help(argv[0]);
    } else {
      code = run_model(options);
    }
  }
  plx::free_options(&options);
  // A full disk or a closed pipe shows when the buffer is written.
  return fflush(stdout) != 0 && code == 0 ? 1 : code;
}
