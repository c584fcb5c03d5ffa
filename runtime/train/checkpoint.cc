#include "runtime/train/checkpoint.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace plx::train {
namespace {

constexpr char kEnding[] = ".safetensors";

absl::Status failure(const std::string &path, const char *what) {
  return absl::PermissionDeniedError(
      absl::StrCat("checkpoint '", path, "' cannot be ", what, ": ", strerror(errno)));
}

/// A file descriptor that closes itself.
class File {
 public:
  File(const std::string &path, int flags)
      : number_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~File() {
    if (number_ >= 0) close(number_);
  }
  File(const File &) = delete;
  File &operator=(const File &) = delete;
  int number() const { return number_; }
  bool isOpen() const { return number_ >= 0; }
  bool write(const void *data, uint64_t bytes) const {
    const char *at = static_cast<const char *>(data);
    while (bytes > 0) {
      ssize_t done = ::write(number_, at, std::min<uint64_t>(bytes, 1u << 30));
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) return false;
      at += done;
      bytes -= static_cast<uint64_t>(done);
    }
    return true;
  }

 private:
  int number_;
};

uint64_t bytesOf(const plx_tensor &tensor) {
  return static_cast<uint64_t>(plx_tensor_bytes(&tensor));
}

/// Names of element types in .safetensors; nullptr where the format has none.
const char *typeName(int32_t type) {
  static constexpr std::pair<int32_t, const char *> table[] = {
      {PLX_F64, "F64"}, {PLX_F32, "F32"}, {PLX_F16, "F16"}, {PLX_BF16, "BF16"}, {PLX_I64, "I64"},
      {PLX_I32, "I32"}, {PLX_U64, "U64"}, {PLX_U8, "U8"},   {PLX_BOOL, "BOOL"}};
  for (auto [code, name] : table)
    if (code == type) return name;
  return nullptr;
}

std::string quoted(const std::string &text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20)
      absl::StrAppendFormat(&out, "\\u%04x", c);
    else
      out += c;
  }
  return out + "\"";
}

constexpr char kSumBegin[] = "{\"__metadata__\":{\"xxh64\":\"";
constexpr size_t kSumPlace = sizeof kSumBegin - 1, kSumDigits = 16;

/// The header of a file of these tensors, with zeros for the sum. It is the same text whenever it
/// is written, so that reading compares it instead of parsing what may be hostile.
std::string headerOf(int64_t step, const std::string &run,
                     const std::vector<NamedTensor> &tensors) {
  std::string text = absl::StrCat(kSumBegin, std::string(kSumDigits, '0'), "\",\"step\":\"", step,
                                  "\",\"run\":", quoted(run), "}");
  uint64_t at = 0;
  for (const NamedTensor &named : tensors) {
    const plx_tensor &t = named.tensor;
    uint64_t end = at + bytesOf(t);
    absl::StrAppend(&text, ",", quoted(named.name), ":{\"dtype\":\"", typeName(t.element_type),
                    "\",\"shape\":[",
                    absl::StrJoin(std::vector<int64_t>(t.dims, t.dims + t.rank), ","),
                    "],\"data_offsets\":[", at, ",", end, "]}");
    at = end;
  }
  text += "}";
  text.append((8 - text.size() % 8) % 8, ' ');
  return text;
}

/// Of the header with zeros for the sum, then of each tensor's bytes.
class Sum {
 public:
  explicit Sum(const std::string &header) : value_(plx_hash64(header.data(), header.size(), 0)) {}
  void add(const plx_tensor &tensor) { value_ = plx_hash64(tensor.data, bytesOf(tensor), value_); }
  std::string text() const { return absl::StrFormat("%016x", value_); }

 private:
  uint64_t value_;
};

bool readAll(const File &file, void *data, uint64_t bytes) {
  char *at = static_cast<char *>(data);
  while (bytes > 0) {
    ssize_t got = ::read(file.number(), at, std::min<uint64_t>(bytes, 1u << 30));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    at += got;
    bytes -= static_cast<uint64_t>(got);
  }
  return true;
}

enum class Found { Sound, Others, Damaged };

/// Reads a checkpoint into `tensors`; `why` says what is wrong with it.
Found readInto(const std::string &path, const std::string &expected,
               const std::vector<NamedTensor> &tensors, std::string &why) {
  File file(path, O_RDONLY);
  uint64_t length = 0;
  why = "it is cut short";
  if (!file.isOpen()) return why = strerror(errno), Found::Damaged;
  if (!readAll(file, &length, sizeof length)) return Found::Damaged;
  if (length <= kSumPlace + kSumDigits || length > uint64_t{100} << 20)
    return why = "its header's length is not possible", Found::Damaged;
  std::string header(length, '\0');
  if (!readAll(file, header.data(), length)) return Found::Damaged;
  std::string sum = header.substr(kSumPlace, kSumDigits);
  header.replace(kSumPlace, kSumDigits, kSumDigits, '0');
  if (header != expected) {
    // Whole, but not ours? Its header says how many bytes follow only to those who know its
    // tensors.
    why = "it is of a run with other options or another model, or damaged";
    return header.compare(0, kSumPlace, expected, 0, kSumPlace) == 0 &&
                   header.find(R"("run":")") != std::string::npos
               ? Found::Others
               : Found::Damaged;
  }
  // Beside the states first: where no checkpoint is sound, the run starts from what they are.
  Sum found(header);
  std::vector<std::vector<char>> read;
  for (const NamedTensor &named : tensors) {
    plx_tensor copy = named.tensor;
    copy.data = read.emplace_back(bytesOf(copy)).data();
    if (!readAll(file, copy.data, bytesOf(copy))) return Found::Damaged;
    found.add(copy);
  }
  why = "its bytes do not have the sum they had";
  if (found.text() != sum) return Found::Damaged;
  for (size_t i = 0; i < tensors.size(); ++i)
    if (!read[i].empty()) memcpy(tensors[i].tensor.data, read[i].data(), read[i].size());
  return Found::Sound;
}

}  // namespace

absl::StatusOr<Checkpoints> Checkpoints::open(const std::string &folder, const std::string &run,
                                              int kept, const std::string &series) {
  if (mkdir(folder.c_str(), 0777) && errno != EEXIST)
    return absl::PermissionDeniedError(
        absl::StrCat("folder of checkpoints '", folder, "' cannot be made: ", strerror(errno)));
  return Checkpoints(folder, run, kept, series);
}

std::string Checkpoints::pathOf(int64_t step) const {
  return absl::StrFormat("%s/%s%09d%s", folder_, begin_, step, kEnding);
}

std::vector<int64_t> Checkpoints::steps() const {
  std::vector<int64_t> found;
  DIR *folder = opendir(folder_.c_str());
  if (!folder) return found;
  while (dirent *entry = readdir(folder)) {
    std::string name = entry->d_name;
    int64_t step = -1;
    if (name.rfind(begin_, 0) == 0)
      std::from_chars(name.data() + begin_.size(), name.data() + name.size(), step);
    if (step >= 0 && pathOf(step) == folder_ + "/" + name) found.push_back(step);
  }
  closedir(folder);
  std::sort(found.rbegin(), found.rend());
  return found;
}

absl::Status Checkpoints::write(int64_t step, const std::vector<NamedTensor> &tensors) const {
  for (const NamedTensor &named : tensors)
    if (!typeName(named.tensor.element_type))
      return absl::UnimplementedError(absl::StrCat("checkpoint: '", named.name, "' is of type ",
                                                   plx_element_name(named.tensor.element_type),
                                                   ", which .safetensors does not hold"));
  std::string path = pathOf(step), passing = folder_ + "/.writing";
  std::string header = headerOf(step, run_, tensors);
  Sum sum(header);
  for (const NamedTensor &named : tensors) sum.add(named.tensor);
  header.replace(kSumPlace, kSumDigits, sum.text());
  uint64_t length = header.size();
  {
    File file(passing, O_WRONLY | O_CREAT | O_TRUNC);
    bool isWritten =
        file.isOpen() && file.write(&length, sizeof length) && file.write(header.data(), length);
    for (const NamedTensor &named : tensors)
      isWritten = isWritten && file.write(named.tensor.data, bytesOf(named.tensor));
    if (!isWritten || fsync(file.number()) != 0) {
      absl::Status status = failure(path, "written");
      unlink(passing.c_str());
      return status;
    }
  }
  if (rename(passing.c_str(), path.c_str()) != 0) return failure(path, "renamed");
  File folder(folder_, O_RDONLY | O_DIRECTORY);
  if (!folder.isOpen() || fsync(folder.number()) != 0) return failure(folder_, "synced");
  // Those of later steps are of a course that was left: damaged ones, before which a run was
  // resumed.
  int kept = 0;
  for (int64_t other : steps())
    if (other > step || ++kept > kept_) unlink(pathOf(other).c_str());
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Checkpoints::restore(const std::vector<NamedTensor> &tensors,
                                             std::vector<std::string> &notes) const {
  std::string others;
  for (int64_t step : steps()) {
    std::string why;
    Found found = readInto(pathOf(step), headerOf(step, run_, tensors), tensors, why);
    if (found == Found::Sound) return step;
    if (found == Found::Others && others.empty())
      others = absl::StrCat("'", pathOf(step), "': ", why);
    if (found == Found::Damaged)
      notes.push_back(absl::StrCat("checkpoint '", pathOf(step), "' is damaged: ", why,
                                   "; the one before it is taken"));
  }
  if (!others.empty())
    return absl::FailedPreconditionError(absl::StrCat(
        "checkpoint ", others, "; give the options it was written with, or another folder"));
  return 0;
}

absl::Status Checkpoints::read(int64_t step, const std::vector<NamedTensor> &tensors) const {
  std::string why;
  if (readInto(pathOf(step), headerOf(step, run_, tensors), tensors, why) == Found::Sound)
    return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("checkpoint '", pathOf(step), "' cannot be taken: ", why));
}

}  // namespace plx::train
