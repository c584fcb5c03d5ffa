// The record of a run for TensorBoard: an event file (TFRecord of Event messages).
//
// Formats: tensorflow/core/lib/io/record_writer.h (frames), core/util/event.proto and
// core/framework/summary.proto (messages, of which a few fields are written by hand here).
#ifndef PLEXUS_RUNTIME_TRAIN_EVENTS_H
#define PLEXUS_RUNTIME_TRAIN_EVENTS_H

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "plexus_rt.h"

namespace plx::train {

class Events {
 public:
  /// Makes the folder and its file; or goes on with what is there, without the events of steps from
  /// `keptSteps` on and without what was cut short.
  static absl::StatusOr<Events> open(const std::string &folder, int64_t keptSteps);

  absl::Status addScalars(int64_t step, const std::vector<std::pair<std::string, double>> &scalars);
  /// How the elements of a tensor of floats are spread; those that are not finite do not count.
  absl::Status addHistogram(int64_t step, const std::string &name, const plx_tensor &tensor);
  /// On the disk.
  absl::Status sync();

  static constexpr char kFileName[] = "events.out.tfevents.0000000000.plexus";

 private:
  explicit Events(std::string path, FILE *file) : path_(std::move(path)), file_(file, fclose) {}
  absl::Status failure() const;
  absl::Status addEvent(int64_t step, std::string_view field);
  std::string path_;
  std::unique_ptr<FILE, int (*)(FILE *)> file_;
};

/// CRC-32C (RFC 3720, appendix B.4).
uint32_t crc32c(std::string_view bytes);

}  // namespace plx::train

#endif  // PLEXUS_RUNTIME_TRAIN_EVENTS_H
