#include "runtime/train/image_file.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace plx::train {
namespace {

struct IdxType {
  uint8_t code;
  int32_t type;
};
constexpr IdxType kIdxTypes[] = {{0x08, PLX_U8},  {0x09, PLX_I8},  {0x0b, PLX_I16},
                                 {0x0c, PLX_I32}, {0x0d, PLX_F32}, {0x0e, PLX_F64}};

uint32_t bigEndian(std::string_view bytes, size_t at) {
  uint32_t value = 0;
  for (size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<uint8_t>(bytes[at + i]);
  return value;
}

constexpr size_t kCifarPixels = 3072, kCifarRecord = 1 + kCifarPixels;
constexpr uint8_t kCifarClasses = 10;

}  // namespace

bool isIdx(std::string_view bytes) {
  if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0 || bytes[3] == 0) return false;
  return std::any_of(std::begin(kIdxTypes), std::end(kIdxTypes), [&](const IdxType &type) {
    return type.code == static_cast<uint8_t>(bytes[2]);
  });
}

absl::StatusOr<ImageColumn> parseIdx(std::string_view bytes, const std::string &what) {
  auto wrong = [&](const auto &...why) {
    return absl::InvalidArgumentError(absl::StrCat("'", what, "' is no IDX file: ", why...));
  };
  if (!isIdx(bytes)) return wrong("it does not begin with 0, 0, a type and the number of dims");
  size_t rank = static_cast<uint8_t>(bytes[3]), header = 4 + 4 * rank;
  if (bytes.size() < header) return wrong("it ends within its header");
  ImageColumn out;
  for (const IdxType &type : kIdxTypes)
    if (type.code == static_cast<uint8_t>(bytes[2])) out.elementType = type.type;
  auto width = static_cast<uint64_t>(plx_element_bytes(out.elementType));
  uint64_t there = bytes.size() - header, wanted = width;
  for (size_t d = 0; d < rank; ++d) {
    out.dims.push_back(bigEndian(bytes, 4 + 4 * d));
    auto dim = static_cast<uint64_t>(out.dims.back());
    // Beyond what is there it need not be exact, but must not wrap around.
    wanted = dim != 0 && wanted > UINT64_MAX / dim ? UINT64_MAX : wanted * dim;
  }
  if (wanted != there)
    return wrong("its dims ", absl::StrJoin(out.dims, " x "), " ask for ", wanted,
                 " bytes of elements; it has ", there, there < wanted ? ": it was cut short" : "");
  out.name = rank == 1 ? "labels" : "images";
  out.bytes.assign(bytes.begin() + static_cast<int64_t>(header), bytes.end());
  for (auto at = out.bytes.begin(); width > 1 && at != out.bytes.end();
       at += static_cast<int64_t>(width))
    std::reverse(at, at + static_cast<int64_t>(width));
  return out;
}

bool isCifar10(std::string_view path) { return path.ends_with(".bin"); }

absl::StatusOr<std::vector<ImageColumn>> parseCifar10(std::string_view bytes,
                                                      const std::string &what) {
  auto wrong = [&](const auto &...why) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", what, "' is no binary CIFAR-10 file: ", why...));
  };
  if (bytes.empty() || bytes.size() % kCifarRecord != 0)
    return wrong("its ", bytes.size(), " bytes are no whole number of records of ", kCifarRecord);
  size_t rows = bytes.size() / kCifarRecord;
  ImageColumn labels{"labels", PLX_U8, {static_cast<int64_t>(rows)}, {}};
  ImageColumn images{"images", PLX_U8, {static_cast<int64_t>(rows), 3, 32, 32}, {}};
  images.bytes.reserve(rows * kCifarPixels);
  for (size_t row = 0; row < rows; ++row) {
    const char *record = bytes.data() + row * kCifarRecord;
    auto label = static_cast<uint8_t>(record[0]);
    if (label >= kCifarClasses)
      return wrong("record ", row, " has the label ", label, "; labels are 0 to 9");
    labels.bytes.push_back(record[0]);
    images.bytes.insert(images.bytes.end(), record + 1, record + kCifarRecord);
  }
  std::vector<ImageColumn> out;
  out.push_back(std::move(labels));
  out.push_back(std::move(images));
  return out;
}

}  // namespace plx::train
