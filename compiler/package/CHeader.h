// The C header written beside a compiled model.
#ifndef PLEXUS_COMPILER_PACKAGE_CHEADER_H
#define PLEXUS_COMPILER_PACKAGE_CHEADER_H

#include <string>

#include "compiler/Compile.h"

namespace plx {

/// A C identifier made of a file's base name without its ending: "ResNet-50.so" -> "ResNet_50".
std::string prefixOf(const std::string &path);

/// The functions of entry/entry.c; each is exported as PREFIX_NAME.
inline constexpr const char *kEntryFunctions[] = {"create", "clone", "destroy", "run",
                                                  "bind_output"};

/// Text of the header: inputs, outputs, prototypes, and an example that compiles. It includes no
/// other header of Plexus. `linkLine`: how to link, for the comment on top.
std::string writeCHeader(const ProgramInfo &info, const std::string &prefix,
                         const std::string &headerName, const std::string &linkLine);

}  // namespace plx

#endif  // PLEXUS_COMPILER_PACKAGE_CHEADER_H
