#include "runtime/train/events.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstring>
#include <optional>

#include "absl/strings/str_cat.h"
#include "runtime/train/numbers.h"

namespace plx::train {
namespace {

constexpr std::array<uint32_t, 256> crcTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = value >> 1 ^ (value & 1 ? 0x82f63b78 : 0);
    table[i] = value;
  }
  return table;
}

/// As records carry it: a sum of bytes that hold their own sum is else a known number.
uint32_t maskedCrc(std::string_view bytes) {
  uint32_t crc = crc32c(bytes);
  return (crc >> 15 | crc << 17) + 0xa282ead8;
}

// ---- protobuf's wire format

void putVarint(std::string &out, uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void putKey(std::string &out, uint32_t field, uint32_t wire) { putVarint(out, field << 3 | wire); }

template <typename T>
void putRaw(std::string &out, T value) {
  out.append(reinterpret_cast<const char *>(&value), sizeof value);
}

void putDouble(std::string &out, uint32_t field, double value) {
  putKey(out, field, 1);
  putRaw(out, value);
}

void putBytes(std::string &out, uint32_t field, std::string_view bytes) {
  putKey(out, field, 2);
  putVarint(out, bytes.size());
  out += bytes;
}

void putDoubles(std::string &out, uint32_t field, const std::vector<double> &values) {
  putBytes(out, field,
           {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(double)});
}

std::optional<uint64_t> takeVarint(std::string_view &bytes) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64 && !bytes.empty(); shift += 7) {
    auto byte = static_cast<uint8_t>(bytes[0]);
    bytes.remove_prefix(1);
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  return std::nullopt;
}

// Event: wall_time = 1 (double), step = 2, file_version = 3, summary = 5. Summary: value = 1.
// Summary.Value: tag = 1, simple_value = 2 (float), histo = 5. HistogramProto: min = 1, max = 2,
// num = 3, sum = 4, sum_squares = 5, bucket_limit = 6, bucket = 7.
constexpr char kVersion[] = "brain.Event:2";

/// An event's step, which follows its time; 0 where it has none.
int64_t stepOf(std::string_view event) {
  if (event.size() < 10 || event[0] != 9 || event[9] != 16) return 0;
  event.remove_prefix(10);
  return static_cast<int64_t>(takeVarint(event).value_or(0));
}

/// Of records that are whole, up to the first of a step that is not kept: their bytes.
uint64_t keptBytes(std::string_view file, int64_t keptSteps) {
  uint64_t at = 0;
  constexpr uint64_t kHead = 12, kTail = 4;  // length and its sum; the sum of the event
  while (file.size() - at >= kHead + kTail) {
    uint64_t length;
    uint32_t sum;
    memcpy(&length, file.data() + at, sizeof length);
    memcpy(&sum, file.data() + at + 8, sizeof sum);
    if (sum != maskedCrc(file.substr(at, 8)) || length > file.size() - at - kHead - kTail) break;
    std::string_view event = file.substr(at + kHead, length);
    memcpy(&sum, event.data() + length, sizeof sum);
    if (sum != maskedCrc(event) || stepOf(event) >= keptSteps) break;
    at += kHead + length + kTail;
  }
  return at;
}

std::string contentsOf(FILE *file) {
  std::string out;
  char block[65536];
  rewind(file);
  while (size_t got = fread(block, 1, sizeof block, file)) out.append(block, got);
  return out;
}

constexpr size_t kBuckets = 30;

struct Spread {
  double min = INFINITY, max = -INFINITY, count = 0, sum = 0, squares = 0;
  std::vector<double> limits, buckets;
};

/// False where it is no tensor of numbers.
bool spreadOf(const plx_tensor &tensor, Spread &out) {
  bool isKnown = forEachNumber(tensor, [&](double x) {
    if (!std::isfinite(x)) return;
    out.min = std::min(out.min, x);
    out.max = std::max(out.max, x);
    ++out.count;
    out.sum += x;
    out.squares += x * x;
  });
  if (out.count == 0) return isKnown;
  double width = (out.max - out.min) / kBuckets;
  size_t count = width > 0 && std::isfinite(width) ? kBuckets : 1;
  out.buckets.assign(count, 0);
  for (size_t i = 1; i <= count; ++i)
    out.limits.push_back(i == count ? out.max : out.min + width * static_cast<double>(i));
  forEachNumber(tensor, [&](double x) {
    if (!std::isfinite(x)) return;
    double place = count == 1 ? 0 : (x - out.min) / width;
    ++out.buckets[std::min(static_cast<size_t>(place), count - 1)];
  });
  return isKnown;
}

}  // namespace

uint32_t crc32c(std::string_view bytes) {
  static constexpr std::array<uint32_t, 256> table = crcTable();
  uint32_t crc = 0xffffffff;
  for (char byte : bytes) crc = crc >> 8 ^ table[(crc ^ static_cast<uint8_t>(byte)) & 0xff];
  return ~crc;
}

absl::Status Events::failure() const {
  return absl::PermissionDeniedError(
      absl::StrCat("the events '", path_, "' cannot be written: ", strerror(errno)));
}

absl::StatusOr<Events> Events::open(const std::string &folder, int64_t keptSteps) {
  if (mkdir(folder.c_str(), 0777) && errno != EEXIST)
    return absl::PermissionDeniedError(
        absl::StrCat("--tensorboard: folder '", folder, "' cannot be made: ", strerror(errno)));
  std::string path = absl::StrCat(folder, "/", kFileName);
  FILE *file = keptSteps > 0 ? fopen(path.c_str(), "r+") : nullptr;
  if (!file) file = fopen(path.c_str(), "w+");
  Events events(path, file);
  if (!file) return events.failure();
  uint64_t kept = keptSteps > 0 ? keptBytes(contentsOf(file), keptSteps) : 0;
  if (ftruncate(fileno(file), static_cast<off_t>(kept)) ||
      fseek(file, static_cast<long>(kept), SEEK_SET))
    return events.failure();
  if (kept > 0) return events;
  std::string version;
  putBytes(version, 3, kVersion);
  if (absl::Status status = events.addEvent(0, version); !status.ok()) return status;
  return events;
}

/// A record of an event with this step and one more field.
absl::Status Events::addEvent(int64_t step, std::string_view field) {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  std::string event;
  putDouble(event, 1, std::chrono::duration<double>(now).count());
  putKey(event, 2, 0);
  putVarint(event, static_cast<uint64_t>(step));
  event += field;
  std::string record;
  putRaw(record, static_cast<uint64_t>(event.size()));
  putRaw(record, maskedCrc(record));
  record += event;
  putRaw(record, maskedCrc(event));
  return fwrite(record.data(), 1, record.size(), file_.get()) == record.size() ? absl::OkStatus()
                                                                               : failure();
}

absl::Status Events::addScalars(int64_t step,
                                const std::vector<std::pair<std::string, double>> &scalars) {
  std::string summary, field;
  for (const auto &[name, number] : scalars) {
    std::string value;
    putBytes(value, 1, name);
    putKey(value, 2, 5);
    putRaw(value, static_cast<float>(number));
    putBytes(summary, 1, value);
  }
  putBytes(field, 5, summary);
  return addEvent(step, field);
}

absl::Status Events::addHistogram(int64_t step, const std::string &name, const plx_tensor &tensor) {
  Spread spread;
  if (!spreadOf(tensor, spread))
    return absl::UnimplementedError(absl::StrCat("no histogram is of elements of type ",
                                                 plx_element_name(tensor.element_type)));
  if (spread.count == 0) return absl::OkStatus();
  std::string histogram, value, summary, field;
  putDouble(histogram, 1, spread.min);
  putDouble(histogram, 2, spread.max);
  putDouble(histogram, 3, spread.count);
  putDouble(histogram, 4, spread.sum);
  putDouble(histogram, 5, spread.squares);
  putDoubles(histogram, 6, spread.limits);
  putDoubles(histogram, 7, spread.buckets);
  putBytes(value, 1, name);
  putBytes(value, 5, histogram);
  putBytes(summary, 1, value);
  putBytes(field, 5, summary);
  return addEvent(step, field);
}

absl::Status Events::sync() {
  bool isDone = fflush(file_.get()) == 0 && fsync(fileno(file_.get())) == 0;
  return isDone ? absl::OkStatus() : failure();
}

}  // namespace plx::train
