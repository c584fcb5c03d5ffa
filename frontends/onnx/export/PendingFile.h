// Files that appear whole or not at all, and tensors whose bytes lie beside a model.
#ifndef PLEXUS_FRONTENDS_ONNX_EXPORT_PENDINGFILE_H
#define PLEXUS_FRONTENDS_ONNX_EXPORT_PENDINGFILE_H

#include <string>

#include "absl/status/status.h"
#include "frontends/onnx/Proto.h"
#include "llvm/ADT/StringRef.h"

namespace plx::onnxio {

/// A file under a passing name beside its place, moved there by commit.
class PendingFile {
 public:
  explicit PendingFile(const std::string &path);
  ~PendingFile();
  PendingFile(const PendingFile &) = delete;
  PendingFile &operator=(const PendingFile &) = delete;

  void write(llvm::StringRef bytes);  // what fails is said by commit
  absl::Status commit();

 private:
  absl::Status failure() const;
  std::string path_, temporary_;
  int file_ = -1;
  bool committed_ = false;
  absl::Status status_;
};

/// Gives a tensor its bytes (as ONNX packs them): inside, or at `offset` of `beside`, a file named
/// `location`, past which the offset moves.
void placeBytes(onnx::TensorProto &tensor, std::string packed, PendingFile *beside,
                const std::string &location, uint64_t &offset);

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_EXPORT_PENDINGFILE_H
