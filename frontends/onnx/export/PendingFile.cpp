#include "frontends/onnx/export/PendingFile.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace plx::onnxio {

PendingFile::PendingFile(const std::string &path) : path_(path) {
  size_t slash = path.find_last_of('/') + 1;
  temporary_ = absl::StrCat(path.substr(0, slash), ".", path.substr(slash), ".", getpid(), ".tmp");
  file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file_ < 0) status_ = failure();
}

PendingFile::~PendingFile() {
  if (file_ >= 0) close(file_);
  if (!committed_) unlink(temporary_.c_str());
}

void PendingFile::write(llvm::StringRef bytes) {
  while (status_.ok() && !bytes.empty()) {
    // Linux writes at most 2 GiB - 4 KiB a call.
    ssize_t written = ::write(file_, bytes.data(), std::min<size_t>(bytes.size(), 1u << 30));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      status_ = failure();
    else
      bytes = bytes.drop_front(static_cast<size_t>(written));
  }
}

absl::Status PendingFile::commit() {
  if (status_.ok() && close(std::exchange(file_, -1)) != 0) status_ = failure();
  if (status_.ok() && rename(temporary_.c_str(), path_.c_str()) != 0) status_ = failure();
  committed_ = status_.ok();
  return status_;
}

absl::Status PendingFile::failure() const {
  return absl::PermissionDeniedError(
      absl::StrCat("'", path_, "' cannot be written: ", strerror(errno)));
}

namespace {

constexpr uint64_t kAlignment = 64;  // bytes, of each weight in the file beside

void addEntry(onnx::TensorProto &tensor, const char *key, const std::string &value) {
  auto &entry = *tensor.add_external_data();
  entry.set_key(key);
  entry.set_value(value);
}

}  // namespace

void placeBytes(onnx::TensorProto &tensor, std::string packed, PendingFile *beside,
                const std::string &location, uint64_t &offset) {
  tensor.clear_external_data();
  if (!beside) {
    tensor.clear_data_location();
    tensor.set_raw_data(std::move(packed));
    return;
  }
  tensor.clear_raw_data();
  tensor.set_data_location(onnx::TensorProto::EXTERNAL);
  addEntry(tensor, "location", location);
  addEntry(tensor, "offset", std::to_string(offset));
  addEntry(tensor, "length", std::to_string(packed.size()));
  uint64_t padding = (kAlignment - packed.size() % kAlignment) % kAlignment;
  offset += packed.size() + padding;
  packed.append(padding, '\0');
  beside->write(packed);
}

}  // namespace plx::onnxio
