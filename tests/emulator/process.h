// Runs a tool to its end.
#ifndef PLEXUS_TESTS_EMULATOR_PROCESS_H
#define PLEXUS_TESTS_EMULATOR_PROCESS_H

#include <string>
#include <vector>

namespace plx_emulator {

// The file that `name` means, on PATH where it holds no slash, symbolic links followed; "" if there
// is none that may be run.
std::string find_program(const std::string &name);

// Exit status of a program, 127 where it does not start; *output is what it printed, on both ways.
int run_program(const std::vector<std::string> &command, std::string *output);

}  // namespace plx_emulator

#endif  // PLEXUS_TESTS_EMULATOR_PROCESS_H
