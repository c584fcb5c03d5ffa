// Where bytes of weights live: mapped files, and buffers of their own.
#ifndef PLEXUS_FRONTENDS_ONNX_STORAGE_H
#define PLEXUS_FRONTENDS_ONNX_STORAGE_H

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "frontends/onnx/Import.h"

namespace plx::onnxio {

/// Maps the model itself: a symbolic link is followed, since the user named it.
absl::StatusOr<std::shared_ptr<const WeightStorage>> mapModel(const std::string &path);
std::shared_ptr<const WeightStorage> ownedStorage(std::string bytes);

/// Files of external data. What a model may name is a regular file with one link inside its own
/// folder: no absolute path, no
/// `..`, no symbolic link on the way; everything else could read files that the model's author has
/// no business with (CVE-2022-25882, CVE-2024-27318, CVE-2024-5187, CVE-2025-51480). Each file is
/// mapped once.
class ExternalFiles {
 public:
  /// `folder`: of the model; "" when there is none: every request is refused.
  explicit ExternalFiles(std::string folder) : folder_(std::move(folder)) {}
  absl::StatusOr<std::shared_ptr<const WeightStorage>> open(const std::string &location);

 private:
  std::string folder_;
  std::map<std::string, std::shared_ptr<const WeightStorage>> open_;
};

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_STORAGE_H
