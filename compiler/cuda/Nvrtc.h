// NVRTC, NVIDIA's run-time compiler of CUDA C++, found when it is first needed.
//
// Own declarations of the few functions used, so that Plexus builds without a CUDA toolkit. Looked
// for as $PLEXUS_NVRTC (a file), beside the compiler's library, then on the loader's path.
#ifndef PLEXUS_COMPILER_CUDA_NVRTC_H
#define PLEXUS_COMPILER_CUDA_NVRTC_H

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace plx::cuda {

/// What the assembler says of one kernel.
struct KernelReport {
  std::string name;
  int registers = 0, spillStores = 0, spillLoads = 0, sharedBytes = 0;
};

struct NvrtcResult {
  std::string cubin;  // empty where PTX alone was asked for
  std::string ptx;
  std::vector<KernelReport> reports;
  std::vector<std::string> warnings;
};

/// The library, opened once. Any thread.
class Nvrtc {
 public:
  /// NotFound: says what is missing and how to get it.
  static absl::StatusOr<const Nvrtc *> get();

  /// Compiles for `architecture` (90 for sm_90). InvalidArgument: the compiler's own message with
  /// its source lines; NotFound: an architecture this NVRTC does not know (those it does).
  absl::StatusOr<NvrtcResult> compile(const std::string &source, const std::string &name,
                                      int architecture, bool wantCubin) const;
  int version() const { return version_; }  // 13000 for 13.0
  const std::vector<int> &architectures() const { return architectures_; }

 private:
  struct Functions;
  Nvrtc() = default;
  absl::Status open();
  const Functions *functions_ = nullptr;
  int version_ = 0;
  std::vector<int> architectures_;
};

}  // namespace plx::cuda

#endif  // PLEXUS_COMPILER_CUDA_NVRTC_H
