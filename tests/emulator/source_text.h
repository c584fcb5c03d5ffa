// What the emulator reads in a text, and changes of it, before clang sees it.
#ifndef PLEXUS_TESTS_EMULATOR_SOURCE_TEXT_H
#define PLEXUS_TESTS_EMULATOR_SOURCE_TEXT_H

#include <stddef.h>

#include <string>
#include <vector>

namespace plx_emulator {

// Names of the __global__ functions, in the text's order.
std::vector<std::string> kernel_names(const std::string &source);

// The text with its dynamic shared arrays bound to the plugin's.
std::string with_dynamic_shared(std::string source);

// Where the prelude ends that many texts share, after a line `// ---- end of prelude`; 0 without.
size_t prelude_end(const std::string &source);

}  // namespace plx_emulator

#endif  // PLEXUS_TESTS_EMULATOR_SOURCE_TEXT_H
