// Options of a command from a file.
#ifndef PLEXUS_TOOLS_PLEXUS_CONFIGFILE_H
#define PLEXUS_TOOLS_PLEXUS_CONFIGFILE_H

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace plx {

/// `arguments` of `command` (its name first) with those of the TOML file that their --config names,
/// where they do not give the same option themselves. Keys are options without their dashes; true
/// stands for a flag. CLI11 itself reads files for a whole program alone. Throws Failure (wrong
/// usage) for a key that is no option.
std::vector<std::string> withConfig(const CLI::App &command, std::vector<std::string> arguments);

}  // namespace plx

#endif  // PLEXUS_TOOLS_PLEXUS_CONFIGFILE_H
