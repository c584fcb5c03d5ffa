// What a compiled model depends on, as a key.
#include <elf.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstring>
#include <memory>

#include "runtime/include/plexus_rt.h"
#include "tools/plexus/Cache.h"
#include "tools/plexus/Failure.h"

#ifdef __x86_64__
#include <cpuid.h>
#endif

namespace plx {
namespace {

std::string hex(const void *data, size_t bytes) {
  std::string out;
  char digits[3];
  for (size_t i = 0; i < bytes; ++i) {
    snprintf(digits, sizeof digits, "%02x", static_cast<const unsigned char *>(data)[i]);
    out += digits;
  }
  return out;
}

/// A mapped file; empty when it cannot be mapped.
class Mapped {
 public:
  explicit Mapped(const std::string &path) {
    if (plx_map_file(path.c_str(), PLX_MAP_FOLLOW, &mapping_, &error_) != PLX_OK)
      mapping_ = {};
    else
      error_.status = PLX_OK;
  }
  ~Mapped() { plx_unmap_file(&mapping_); }
  Mapped(const Mapped &) = delete;
  Mapped &operator=(const Mapped &) = delete;
  const char *data() const { return static_cast<const char *>(mapping_.data); }
  uint64_t bytes() const { return mapping_.bytes; }
  const plx_error &error() const { return error_; }

 private:
  plx_mapping mapping_ = {};
  plx_error error_ = {};
};

/// The build-id among the notes in [at, end).
std::string buildIdIn(const char *at, const char *end) {
  auto aligned = [](uint64_t bytes) { return (bytes + 3) / 4 * 4; };
  while (static_cast<uint64_t>(end - at) >= sizeof(Elf64_Nhdr)) {
    Elf64_Nhdr note;
    memcpy(&note, at, sizeof note);
    uint64_t name = aligned(note.n_namesz), text = aligned(note.n_descsz);
    uint64_t left = static_cast<uint64_t>(end - at) - sizeof note;
    if (name > left || text > left - name) return "";
    at += sizeof note + name;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && memcmp(at - name, "GNU", 4) == 0)
      return hex(at, note.n_descsz);
    at += text;
  }
  return "";
}

std::string buildIdOf(const Mapped &file) {
  Elf64_Ehdr header;
  if (file.bytes() < sizeof header) return "";
  memcpy(&header, file.data(), sizeof header);
  if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phentsize != sizeof(Elf64_Phdr) ||
      header.e_phoff > file.bytes() ||
      header.e_phnum > (file.bytes() - header.e_phoff) / sizeof(Elf64_Phdr))
    return "";
  for (unsigned i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment;
    memcpy(&segment, file.data() + header.e_phoff + i * sizeof segment, sizeof segment);
    if (segment.p_type != PT_NOTE || segment.p_offset > file.bytes() ||
        segment.p_filesz > file.bytes() - segment.p_offset)
      continue;
    const char *notes = file.data() + segment.p_offset;
    if (std::string id = buildIdIn(notes, notes + segment.p_filesz); !id.empty()) return id;
  }
  return "";
}

}  // namespace

std::string buildIdentity(const std::string &path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return "";
  if (std::string id = buildIdOf(Mapped(path)); !id.empty()) return id;
  return std::to_string(info.st_size) + " " + std::to_string(info.st_mtim.tv_sec) + "." +
         std::to_string(info.st_mtim.tv_nsec);
}

std::string cpuIdentity() {
#ifdef __x86_64__
  // Leaves that name the CPU and its features (Intel SDM volume 2A, CPUID; AMD APM volume 3,
  // appendix E). The APIC number in leaf 1 differs from core to core.
  static constexpr unsigned leaves[][2] = {
      {0, 0},          {1, 0},          {7, 0},          {7, 1},         {7, 2},
      {0xd, 1},        {0x14, 0},       {0x19, 0},       {0x24, 0},      {0x80000001, 0},
      {0x80000002, 0}, {0x80000003, 0}, {0x80000004, 0}, {0x80000008, 0}};
  std::string out;
  for (auto [leaf, subleaf] : leaves) {
    unsigned r[4] = {};
    if (!__get_cpuid_count(leaf, subleaf, &r[0], &r[1], &r[2], &r[3])) continue;
    if (leaf == 1) r[1] &= 0x00ffffff;
    out += hex(r, sizeof r);
  }
  return out;
#else
  return std::to_string(getauxval(AT_HWCAP)) + " " + std::to_string(getauxval(AT_HWCAP2));
#endif
}

std::string cacheKey(const std::string &modelPath, const std::string &optionsText,
                     const std::string &compilerPath) {
  Mapped model(modelPath);
  if (model.error().status != PLX_OK) throw Failure(model.error().message);
  uint64_t modelHash = plx_hash64(model.data(), model.bytes(), 0);
  // The name's ending decides how the bytes are read.
  bool isText = modelPath.size() > 5 && modelPath.compare(modelPath.size() - 5, 5, ".mlir") == 0;
  std::string text = "plexus " PLX_RT_VERSION "\nmodel " + hex(&modelHash, 8) + " " +
                     std::to_string(model.bytes()) + (isText ? " mlir" : " onnx") + "\n" +
                     optionsText + "\ncompiler " + buildIdentity(compilerPath) + "\nthis cpu " +
                     cpuIdentity();
  uint64_t halves[2] = {plx_hash64(text.data(), text.size(), 0),
                        plx_hash64(text.data(), text.size(), 1)};
  return hex(halves, sizeof halves);
}

}  // namespace plx
