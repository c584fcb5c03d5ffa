// A compiled program loaded into this process: the very objects that ahead-of-time compilation
// writes, linked in memory.
//
//   absl::StatusOr<std::unique_ptr<Session>> session = Session::create(compiled);
//   plx_context_create((*session)->program(), ...);
#ifndef PLEXUS_COMPILER_PACKAGE_SESSION_H
#define PLEXUS_COMPILER_PACKAGE_SESSION_H

#include <memory>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "compiler/Compile.h"
#include "runtime/include/plexus_rt.h"

namespace plx {

/// Owns the code, a copy of the weights and one hold on the program. Threads: as plx_program.
class Session {
 public:
  /// `compiled` may be dropped afterwards. The runtime is the one this library is linked with.
  static absl::StatusOr<std::unique_ptr<Session>> create(const CompiledProgram &compiled);
  /// The same for a program whose host program is a function of this process, not of an object.
  static absl::StatusOr<std::unique_ptr<Session>> create(const CompiledProgram &compiled,
                                                         plx_run_fn hostProgram,
                                                         const plx_load_options &options);
  /// All contexts of program() must be destroyed before.
  ~Session();

  plx_program *program() const { return program_; }

 private:
  struct Code;
  Session();
  absl::Status load(const CompiledProgram &compiled, plx_run_fn hostProgram,
                    const plx_load_options &options);
  std::unique_ptr<Code> code_;
  plx_program *program_ = nullptr;
};

/// Runs a program once with these inputs. outputs[i].data must hold as many bytes as output i has
/// (PLX_MISMATCH otherwise); its dims and type are checked against what was computed. For programs
/// that the compiler itself needs run, such as the packing of weights.
absl::Status runOnce(const CompiledProgram &compiled, absl::Span<const plx_tensor> inputs,
                     absl::Span<const plx_tensor> outputs, int threads = 0);

/// The message of a runtime call as a status of the nearest code.
absl::Status toStatus(const plx_error &error);

}  // namespace plx

#endif  // PLEXUS_COMPILER_PACKAGE_SESSION_H
