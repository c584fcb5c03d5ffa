#include "frontends/onnx/Storage.h"

#include <sys/stat.h>

#include <system_error>

#include "absl/strings/str_cat.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "runtime/include/plexus_rt.h"

namespace plx::onnxio {
namespace {

class MappedFile : public WeightStorage {
 public:
  MappedFile(plx_mapping mapping, std::string path) : mapping_(mapping), path_(std::move(path)) {}
  ~MappedFile() override { plx_unmap_file(&mapping_); }
  MappedFile(const MappedFile &) = delete;
  MappedFile &operator=(const MappedFile &) = delete;
  const char *data() const override { return static_cast<const char *>(mapping_.data); }
  uint64_t size() const override { return mapping_.bytes; }
  const std::string &path() const override { return path_; }

 private:
  plx_mapping mapping_;
  std::string path_;
};

class OwnedBytes : public WeightStorage {
 public:
  explicit OwnedBytes(std::string bytes) : bytes_(std::move(bytes)) {}
  const char *data() const override { return bytes_.data(); }
  uint64_t size() const override { return bytes_.size(); }
  const std::string &path() const override { return path_; }

 private:
  std::string bytes_, path_;
};

absl::StatusOr<std::shared_ptr<const WeightStorage>> map(const std::string &path, uint32_t flags) {
  plx_mapping mapping{};
  plx_error error{};
  plx_status status = plx_map_file(path.c_str(), flags, &mapping, &error);
  if (status == PLX_NOT_FOUND) return absl::NotFoundError(error.message);
  if (status != PLX_OK) return absl::InvalidArgumentError(error.message);
  return std::make_shared<const MappedFile>(mapping, path);
}

// Says why a location may not be used; "" if it may. Each folder on the way must be a folder and no
// link.
std::string refusal(const std::string &folder, llvm::StringRef location) {
  if (location.empty()) return "the location is empty";
  if (location.contains('\0')) return "the location holds a NUL byte";
  if (location.starts_with("/"))
    return "the location is an absolute path; it must be relative to the model's folder";
  llvm::SmallVector<llvm::StringRef> parts;
  location.split(parts, '/', -1, /*KeepEmpty=*/false);
  std::string path = folder;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (parts[i] == ".") continue;
    if (parts[i] == "..") return "the location leaves the model's folder by `..`";
    path += "/" + parts[i].str();
    struct stat info{};
    if (lstat(path.c_str(), &info) != 0)
      return absl::StrCat("'", path, "': ", std::generic_category().message(errno));
    if (S_ISLNK(info.st_mode))
      return absl::StrCat(
          "'", path, "' is a symbolic link; external data must lie in the model's folder itself");
  }
  return "";
}

}  // namespace

absl::StatusOr<std::shared_ptr<const WeightStorage>> mapModel(const std::string &path) {
  return map(path, PLX_MAP_FOLLOW);
}

std::shared_ptr<const WeightStorage> ownedStorage(std::string bytes) {
  return std::make_shared<const OwnedBytes>(std::move(bytes));
}

absl::StatusOr<std::shared_ptr<const WeightStorage>> ExternalFiles::open(
    const std::string &location) {
  if (folder_.empty())
    return absl::InvalidArgumentError(
        "the model was given as bytes without a folder, so it may not refer to files");
  auto [entry, isNew] = open_.try_emplace(location);
  if (!isNew && entry->second) return entry->second;
  if (std::string why = refusal(folder_, location); !why.empty())
    return absl::InvalidArgumentError(why);
  auto mapped = map(absl::StrCat(folder_, "/", location), PLX_MAP_ONE_LINK);
  if (mapped.ok()) entry->second = *mapped;
  return mapped;
}

}  // namespace plx::onnxio
