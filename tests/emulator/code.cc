#include "tests/emulator/code.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include "tests/emulator/compile.h"
#include "tests/emulator/error.h"
#include "tests/emulator/process.h"

namespace plx_emulator {
namespace {

constexpr char kSharedSection[] = "plx_emu_shared";

// An ELF file of our own making, read whole.
class ElfFile {
 public:
  explicit ElfFile(const std::string &path) {
    std::ifstream file(path, std::ios::binary);
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
  }
  bool valid() const {
    return bytes_.size() >= sizeof(Elf64_Ehdr) && memcmp(bytes_.data(), ELFMAG, SELFMAG) == 0 &&
           header().e_shoff + header().e_shnum * sizeof(Elf64_Shdr) <= bytes_.size();
  }
  const Elf64_Ehdr &header() const { return *at<Elf64_Ehdr>(0); }
  const Elf64_Shdr &section(unsigned i) const { return at<Elf64_Shdr>(header().e_shoff)[i]; }
  const char *name(const Elf64_Shdr &of) const {
    return at<char>(section(header().e_shstrndx).sh_offset + of.sh_name);
  }
  // 0: there is none.
  unsigned find(const char *wanted) const {
    for (unsigned i = 1; i < header().e_shnum; ++i) {
      if (strcmp(name(section(i)), wanted) == 0) return i;
    }
    return 0;
  }
  template <class T>
  const T *at(uint64_t offset) const {
    return reinterpret_cast<const T *>(bytes_.data() + offset);
  }
  uint64_t memory_bytes() const {
    uint64_t end = 0;
    for (unsigned i = 0; i < header().e_phnum; ++i) {
      const Elf64_Phdr &segment = at<Elf64_Phdr>(header().e_phoff)[i];
      if (segment.p_type == PT_LOAD) end = std::max(end, segment.p_vaddr + segment.p_memsz);
    }
    return end;
  }

 private:
  std::vector<char> bytes_;
};

std::string demangled(const char *symbol) {
  int status = 0;
  char *name = abi::__cxa_demangle(symbol, nullptr, nullptr, &status);
  std::string result = status == 0 ? name : symbol;
  free(name);
  return result;
}

}  // namespace

plx_status Code::open(const std::string &path, const std::string &source,
                      std::unique_ptr<Code> *out_code, plx_error *out_error) {
  std::unique_ptr<Code> code(new Code);
  code->path_ = path;
  code->source_ = source;
  code->handle_ = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (code->handle_ == nullptr) {
    return fail(out_error, PLX_INTERNAL, text("cuda-emulated: %s", dlerror()));
  }
  link_map *map = nullptr;
  if (dlinfo(code->handle_, RTLD_DI_LINKMAP, &map) == 0) code->base_ = map->l_addr;
  if (!code->read_symbols()) {
    return fail(out_error, PLX_INTERNAL,
                "cuda-emulated: " + path + " is damaged; delete it, and it is made anew");
  }
  *out_code = std::move(code);
  return PLX_OK;
}

Code::~Code() {
  if (handle_ != nullptr) dlclose(handle_);
}

const Kernel *Code::find(const std::string &name) const {
  return static_cast<const Kernel *>(dlsym(handle_, ("plx_emu_kernel_" + name).c_str()));
}

bool Code::read_symbols() {
  ElfFile file(path_);
  if (!file.valid()) return false;
  bytes_ = file.memory_bytes();
  unsigned shared = file.find(kSharedSection), symbols = file.find(".symtab");
  if (shared == 0) return true;
  if (symbols == 0) return false;
  const Elf64_Shdr &table = file.section(symbols), &section = file.section(shared);
  shared_begin_ = base_ + section.sh_addr;
  shared_bytes_ = section.sh_size;
  owners_.assign(shared_bytes_ + 16, 0);
  for (uint64_t i = 0; i < table.sh_size / sizeof(Elf64_Sym); ++i) {
    const Elf64_Sym &symbol = file.at<Elf64_Sym>(table.sh_offset)[i];
    if (symbol.st_shndx != shared || ELF64_ST_TYPE(symbol.st_info) != STT_OBJECT) continue;
    const char *name = file.at<char>(file.section(table.sh_link).sh_offset + symbol.st_name);
    if (strstr(name, "plx_emu_gap_") != nullptr) continue;
    uint64_t offset = symbol.st_value - section.sh_addr;
    variables_.push_back({demangled(name), offset, symbol.st_size});
    memset(owners_.data() + offset, static_cast<int>(1 + (variables_.size() - 1) % 255),
           symbol.st_size);
  }
  return true;
}

std::string Code::line(int number) const {
  std::string place = text("kernel.cu:%d", number), with_text = quoted(place);
  return with_text == place ? text("line %d", number) : with_text;
}

std::string Code::quoted(const std::string &place) const {
  constexpr size_t kMost = 60;  // characters: a message has room for two such lines
  static const std::string kFile = "kernel.cu:";
  if (!place.starts_with(kFile) || source_.find("\n#line") != std::string::npos) return place;
  size_t begin = 0;
  for (int line = atoi(place.c_str() + kFile.size()); line > 1; --line) {
    begin = source_.find('\n', begin);
    if (begin == std::string::npos) return place;
    ++begin;
  }
  begin = source_.find_first_not_of(" ", begin);
  if (begin == std::string::npos) return place;
  std::string line = source_.substr(begin, source_.find('\n', begin) - begin);
  return place + " `" + (line.size() <= kMost ? line : line.substr(0, kMost) + "...") + "`";
}

std::vector<std::string> Code::lines(const std::vector<uint32_t> &offsets) const {
  std::vector<std::string> result;
  for (uint32_t offset : offsets)
    result.push_back(text("offset 0x%x of %s", offset, path_.c_str()));
  std::string clang;
  if (find_clang(&clang, nullptr) != PLX_OK) return result;
  std::string tool = find_program(clang.substr(0, clang.rfind('/')) + "/llvm-symbolizer");
  if (tool.empty()) tool = find_program("llvm-symbolizer-22");
  if (tool.empty()) return result;
  std::vector<std::string> command = {tool, "--obj=" + path_, "--basenames", "--inlines"};
  // The call lies before its return address.
  for (uint32_t offset : offsets) command.push_back(text("0x%x", offset - 1));
  std::string output;
  if (run_program(command, &output) != 0) return result;
  // For each address pairs of lines, innermost first: a function, FILE:LINE:COLUMN; a blank line.
  std::istringstream stream(output);
  for (std::string &place : result) {
    std::string function, where, inner, outer;
    while (std::getline(stream, function) && !function.empty() && std::getline(stream, where)) {
      outer = where.substr(0, where.rfind(':'));
      bool ours = outer.starts_with("emulated.cuh:");
      if (inner.empty() && !ours) inner = outer;
    }
    if (!inner.empty()) {
      place = quoted(inner) + (inner == outer ? "" : " (called at " + outer + ")");
    }
  }
  return result;
}

}  // namespace plx_emulator
