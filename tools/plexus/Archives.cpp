// Files of several tensors: .npz (a zip of .npy: APPNOTE.TXT of PKWARE, sections 4.3 and 4.4) and
// .safetensors (github.com/huggingface/safetensors, "Format"). Both may be hostile: every offset is
// checked before it is used.
#include <zlib.h>

#include <cstring>

#include "tools/plexus/Failure.h"
#include "tools/plexus/Inputs.h"
#include "tools/plexus/Json.h"

namespace plx {
namespace {

template <typename Number>
Number numberAt(std::string_view bytes, uint64_t offset) {
  Number value = 0;
  if (offset <= bytes.size() && bytes.size() - offset >= sizeof value)
    memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

[[noreturn]] void damaged(const std::string &path, const std::string &what) {
  throw Failure("'" + path + "' is damaged: " + what);
}

std::string_view slice(std::string_view bytes, uint64_t offset, uint64_t count,
                       const std::string &path) {
  if (offset > bytes.size() || count > bytes.size() - offset)
    damaged(path, "bytes " + std::to_string(offset) + " to " + std::to_string(offset) + " + " +
                      std::to_string(count) + " lie outside of its " +
                      std::to_string(bytes.size()));
  return bytes.substr(offset, count);
}

std::string listOf(const std::vector<std::string> &names) {
  std::string out;
  for (const std::string &name : names) out += (out.empty() ? "'" : ", '") + name + "'";
  return out.empty() ? "none" : out;
}

// ---- zip

struct Member {
  std::string name;
  uint16_t method = 0;  // 0 stored, 8 deflated
  uint64_t packedBytes = 0, bytes = 0, offset = 0;
};

/// Sizes of 2^32 - 1 mean that the zip64 extra field has them, in this order.
void applyZip64(Member &member, std::string_view extra) {
  for (uint64_t at = 0; at + 4 <= extra.size();) {
    auto id = numberAt<uint16_t>(extra, at), length = numberAt<uint16_t>(extra, at + 2);
    if (id == 1) {
      std::string_view field = extra.substr(at + 4, length);
      uint64_t next = 0;
      for (uint64_t *value : {&member.bytes, &member.packedBytes, &member.offset})
        if (*value == 0xffffffff) {
          *value = numberAt<uint64_t>(field, next);
          next += 8;
        }
    }
    at += 4 + uint64_t{length};
  }
}

std::vector<Member> membersOf(std::string_view zip, const std::string &path) {
  using namespace std::string_view_literals;
  size_t end = zip.rfind("PK\5\6"sv);
  if (end == std::string_view::npos) damaged(path, "it has no directory of its members");
  uint64_t count = numberAt<uint16_t>(zip, end + 10), at = numberAt<uint32_t>(zip, end + 16);
  std::vector<Member> members;
  for (uint64_t i = 0; i < count; ++i) {
    if (slice(zip, at, 46, path).substr(0, 4) != "PK\1\2"sv)
      damaged(path, "no directory entry at byte " + std::to_string(at));
    Member member;
    member.method = numberAt<uint16_t>(zip, at + 10);
    member.packedBytes = numberAt<uint32_t>(zip, at + 20);
    member.bytes = numberAt<uint32_t>(zip, at + 24);
    member.offset = numberAt<uint32_t>(zip, at + 42);
    uint64_t name = numberAt<uint16_t>(zip, at + 28), extra = numberAt<uint16_t>(zip, at + 30);
    uint64_t comment = numberAt<uint16_t>(zip, at + 32);
    member.name = std::string(slice(zip, at + 46, name, path));
    applyZip64(member, slice(zip, at + 46 + name, extra, path));
    if (member.name.ends_with(".npy")) member.name.resize(member.name.size() - 4);
    members.push_back(std::move(member));
    at += 46 + name + extra + comment;
  }
  return members;
}

std::string inflated(std::string_view packed, uint64_t bytes, const std::string &path) {
  // Deflate gains at most a factor of 1032: a claim beyond that is no reason to take memory.
  if (bytes / 1032 > packed.size()) damaged(path, "a member claims too many bytes");
  std::string out(bytes, '\0');
  z_stream stream = {};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw Failure("no memory to read '" + path + "'");
  // zlib counts in 32 bits: both sides are handed over piece by piece.
  uint64_t taken = 0, given = 0;
  int code = Z_OK;
  while (code == Z_OK) {
    auto in = static_cast<uInt>(std::min<uint64_t>(packed.size() - taken, 1u << 30));
    auto room = static_cast<uInt>(std::min<uint64_t>(bytes - given, 1u << 30));
    stream.next_in = reinterpret_cast<Bytef *>(const_cast<char *>(packed.data() + taken));
    stream.avail_in = in;
    stream.next_out = reinterpret_cast<Bytef *>(out.data() + given);
    stream.avail_out = room;
    code = inflate(&stream, Z_NO_FLUSH);
    taken += in - stream.avail_in;
    given += room - stream.avail_out;
    if (in == stream.avail_in && room == stream.avail_out) break;  // no progress
  }
  inflateEnd(&stream);
  if (code != Z_STREAM_END || given != bytes) damaged(path, "a member does not inflate");
  return out;
}

Array parseNpy(std::string_view bytes, const std::string &what) {
  plx_array *array = nullptr;
  plx_error error;
  checkStatus(plx_array_parse_npy(bytes.data(), bytes.size(), what.c_str(), &array, &error), error);
  return Array(array, plx_array_destroy);
}

// ---- safetensors

int32_t elementTypeOf(const std::string &dtype) {
  static constexpr std::pair<const char *, int32_t> table[] = {
      {"F32", PLX_F32},   {"F64", PLX_F64}, {"F16", PLX_F16},        {"BF16", PLX_BF16},
      {"I64", PLX_I64},   {"I32", PLX_I32}, {"I16", PLX_I16},        {"I8", PLX_I8},
      {"U64", PLX_U64},   {"U32", PLX_U32}, {"U16", PLX_U16},        {"U8", PLX_U8},
      {"BOOL", PLX_BOOL}, {"C64", PLX_C64}, {"F8_E5M2", PLX_F8E5M2}, {"F8_E4M3", PLX_F8E4M3FN}};
  for (auto [name, type] : table)
    if (dtype == name) return type;
  return PLX_UNDEFINED;
}

/// A whole number of [0, 2^53].
int64_t wholeNumber(const Json &value, const std::string &path) {
  double number = value.number();
  if (value.kind() != Json::Kind::Number || !(number >= 0) || number > 9007199254740992.0 ||
      number != static_cast<double>(static_cast<int64_t>(number)))
    damaged(path, "a size or offset is no whole number");
  return static_cast<int64_t>(number);
}

Array tensorOf(const Json &entry, std::string_view data, const std::string &path,
               const std::string &name) {
  const Json *dtype = entry.find("dtype"), *shape = entry.find("shape"),
             *offsets = entry.find("data_offsets");
  if (!dtype || !shape || !offsets || offsets->items().size() != 2)
    damaged(path, "'" + name + "' lacks dtype, shape or data_offsets");
  int32_t type = elementTypeOf(dtype->text());
  if (type == PLX_UNDEFINED)
    throw Failure("'" + path + "': '" + name + "' has the type '" + dtype->text() +
                  "', which is not supported");
  std::vector<int64_t> dims;
  for (const Json &size : shape->items()) dims.push_back(wholeNumber(size, path));
  auto begin = static_cast<uint64_t>(wholeNumber(offsets->items()[0], path));
  auto end = static_cast<uint64_t>(wholeNumber(offsets->items()[1], path));
  if (end < begin) damaged(path, "'" + name + "' ends before it begins");
  std::string_view bytes = slice(data, begin, end - begin, path);
  auto rank = static_cast<int32_t>(dims.size());
  plx_tensor wanted = {nullptr, dims.data(), rank, type};
  if (plx_tensor_bytes(&wanted) != static_cast<int64_t>(bytes.size()))
    damaged(path, "'" + name + "' has " + std::to_string(bytes.size()) +
                      " bytes, but its type and shape take " +
                      std::to_string(plx_tensor_bytes(&wanted)));
  plx_array *array = nullptr;
  plx_error error;
  checkStatus(plx_array_create(type, rank, dims.data(), &array, &error), error);
  if (!bytes.empty()) memcpy(plx_array_view(array).data, bytes.data(), bytes.size());
  return Array(array, plx_array_destroy);
}

}  // namespace

Array readNpz(std::string_view bytes, const std::string &path, const std::string &name) {
  std::vector<Member> members = membersOf(bytes, path);
  const Member *found = members.size() == 1 ? &members[0] : nullptr;
  std::vector<std::string> names;
  for (const Member &member : members) {
    if (member.name == name) found = &member;
    names.push_back(member.name);
  }
  if (!found) throw Failure("'" + path + "' has no '" + name + "'; it has " + listOf(names));
  uint64_t nameBytes = numberAt<uint16_t>(bytes, found->offset + 26);
  uint64_t extraBytes = numberAt<uint16_t>(bytes, found->offset + 28);
  slice(bytes, found->offset, 30, path);
  std::string_view packed =
      slice(bytes, found->offset + 30 + nameBytes + extraBytes, found->packedBytes, path);
  std::string what = path + ": " + found->name;
  if (found->method == 0) return parseNpy(packed, what);
  if (found->method != 8)
    throw Failure("'" + what + "' is packed by method " + std::to_string(found->method) +
                  "; 0 (stored) and 8 (deflate) are supported");
  return parseNpy(inflated(packed, found->bytes, path), what);
}

Array readSafetensors(std::string_view bytes, const std::string &path, const std::string &name) {
  auto headerBytes = numberAt<uint64_t>(bytes, 0);
  std::string_view header = slice(bytes, 8, headerBytes, path);
  Json json = Json::parse(header, "'" + path + "'");
  std::string_view data = bytes.substr(8 + headerBytes);
  const Json::Member *found = nullptr;
  std::vector<std::string> names;
  for (const Json::Member &member : json.members())
    if (member.first != "__metadata__") names.push_back(member.first);
  for (const Json::Member &member : json.members())
    if (member.first == name || (names.size() == 1 && member.first == names[0])) found = &member;
  if (!found) throw Failure("'" + path + "' has no '" + name + "'; it has " + listOf(names));
  return tensorOf(found->second, data, path, found->first);
}

}  // namespace plx
