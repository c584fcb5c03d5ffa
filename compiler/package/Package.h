// Writes what ships: a shared library, an executable or an object, with its C header and weights.
#ifndef PLEXUS_COMPILER_PACKAGE_PACKAGE_H
#define PLEXUS_COMPILER_PACKAGE_PACKAGE_H

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "compiler/Compile.h"

namespace plx {

struct PackageOptions {
  enum class Kind { SharedLibrary, Executable, Object };
  Kind kind = Kind::SharedLibrary;
  std::string path;
  bool sharedRuntime = false;  // needs libplexus_rt.so instead of carrying the runtime
  bool writeHeader = true;     // PATH with its ending replaced by .h; not for executables
  // Larger weights go to PATH.weights beside. Code must reach all of its image within 2 GiB.
  uint64_t maxInsideBytes = uint64_t{1} << 30;
};

/// Files appear whole under their names or not at all; the main one last. Errors name the file.
absl::Status writePackage(const CompiledProgram &program, const PackageOptions &options);

}  // namespace plx

#endif  // PLEXUS_COMPILER_PACKAGE_PACKAGE_H
