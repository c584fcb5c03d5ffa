// The module descriptor (runtime/include/plexus_abi.h) and the weights blob as ELF objects.
#ifndef PLEXUS_COMPILER_PACKAGE_DESCRIPTOR_H
#define PLEXUS_COMPILER_PACKAGE_DESCRIPTOR_H

#include <string>

#include "absl/status/statusor.h"
#include "compiler/Compile.h"

namespace plx {

/// Where a program's weights are.
struct WeightsPlace {
  enum class Kind {
    Inside,   // symbol plx_module_weights, of the object that writeWeightsObject makes
    External  // a file beside the module
  };
  Kind kind = Kind::Inside;
  std::string file;   // External: its base name
  uint64_t hash = 0;  // External: plx_hash64 of its bytes
};

/// Symbol of the blob inside.
inline constexpr char kWeightsSymbol[] = "plx_module_weights";

/// An object that defines plx_module_descriptor and needs program.info.runSymbol and, with weights
/// inside, plx_module_weights.
absl::StatusOr<std::string> emitDescriptor(const CompiledProgram &program,
                                           const WeightsPlace &weights);

/// Writes to `file` an object that defines plx_module_weights (hidden, aligned to 64).
absl::Status writeWeightsObject(const CompiledProgram &program, int file);
/// Writes the blob alone.
absl::Status writeWeightsBlob(const CompiledProgram &program, int file);

}  // namespace plx

#endif  // PLEXUS_COMPILER_PACKAGE_DESCRIPTOR_H
