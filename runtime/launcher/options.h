// The command line of a stand-alone executable.
#ifndef PLEXUS_RUNTIME_LAUNCHER_OPTIONS_H
#define PLEXUS_RUNTIME_LAUNCHER_OPTIONS_H

#include <stdint.h>

namespace plx {

// NAME=FILE or NAME=SIZE; points into argv.
struct Assignment {
  const char *name;
  int64_t name_bytes;
  const char *value;
};

struct LauncherOptions {
  Assignment *inputs;  // [num_inputs]
  Assignment *dims;    // [num_dims]
  int32_t num_inputs;
  int32_t num_dims;
  const char *output_dir;  // or null
  const char *trace;       // or null
  const char *weights;     // or null
  int32_t threads;         // 0: all CPUs
  uint64_t seed;
  bool bench;
  double seconds;  // of --bench
  bool help;
};

// False: wrong usage, said on stderr. The tables come from the heap: free_options, also after
// false.
bool parse_options(int argc, char **argv, LauncherOptions *out_options);
void free_options(LauncherOptions *options);

void print_help(const char *program_name);

}  // namespace plx
#endif  // PLEXUS_RUNTIME_LAUNCHER_OPTIONS_H
