// Images and their labels in the files of two data sets that everybody has: MNIST and CIFAR-10.
//
// IDX (yann.lecun.com/exdb/mnist, "file format"): two zeros, a type, the number of dims, each dim
// as a big-endian 32-bit number, then the elements, big-endian. A file of rank 1 is a column
// "labels", any other "images". CIFAR-10 binary (cs.toronto.edu/~kriz/cifar.html): records of a
// label and 3072 pixels, red, green and blue one after another; columns "labels" and "images" [3,
// 32, 32].
#ifndef PLEXUS_RUNTIME_TRAIN_IMAGE_FILE_H
#define PLEXUS_RUNTIME_TRAIN_IMAGE_FILE_H

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "plexus_rt.h"

namespace plx::train {

struct ImageColumn {
  std::string name;
  int32_t elementType = 0;
  std::vector<int64_t> dims;  // rows first
  std::vector<char> bytes;    // native order
  plx_tensor view() {
    return {bytes.data(), dims.data(), static_cast<int32_t>(dims.size()), elementType};
  }
};

bool isIdx(std::string_view bytes);
/// `what` names the file in messages. InvalidArgument: its header asks for more or fewer bytes than
/// there are, or is none.
absl::StatusOr<ImageColumn> parseIdx(std::string_view bytes, const std::string &what);

/// CIFAR-10 has no magic number: whether the file may be one, by its name's ending (.bin).
bool isCifar10(std::string_view path);
/// Labels, then images. InvalidArgument: no whole records, or a label beyond 9.
absl::StatusOr<std::vector<ImageColumn>> parseCifar10(std::string_view bytes,
                                                      const std::string &what);

}  // namespace plx::train

#endif  // PLEXUS_RUNTIME_TRAIN_IMAGE_FILE_H
