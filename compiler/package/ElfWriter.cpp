#include "compiler/package/ElfWriter.h"

#include <elf.h>
#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

namespace plx {

absl::StatusOr<ElfTarget> elfTargetOf(const std::string &triple) {
  llvm::Triple parsed(triple.empty() ? llvm::sys::getDefaultTargetTriple() : triple);
  if (parsed.isOSBinFormatELF()) {
    if (parsed.getArch() == llvm::Triple::x86_64) return ElfTarget{EM_X86_64, R_X86_64_64};
    if (parsed.getArch() == llvm::Triple::aarch64) return ElfTarget{EM_AARCH64, R_AARCH64_ABS64};
  }
  return absl::UnimplementedError(absl::StrCat(
      "target '", parsed.str(), "': only x86_64 and aarch64 with ELF objects can be packaged"));
}

absl::Status writeAll(int file, const char *data, uint64_t bytes) {
  while (bytes > 0) {
    // Linux writes at most 2 GiB - 4 KiB a call.
    ssize_t written = write(file, data, std::min<uint64_t>(bytes, uint64_t{1} << 30));
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      return absl::ResourceExhaustedError(absl::StrCat("writing failed: ", strerror(errno)));
    data += written;
    bytes -= static_cast<uint64_t>(written);
  }
  return absl::OkStatus();
}

unsigned ElfWriter::addSection(std::string name, uint64_t flags, uint64_t alignment, uint64_t bytes,
                               std::vector<Piece> pieces) {
  sections_.push_back({std::move(name), flags, alignment, bytes, std::move(pieces)});
  return static_cast<unsigned>(sections_.size());
}

unsigned ElfWriter::addSymbol(std::string name, Binding binding, unsigned section, uint64_t value,
                              uint64_t bytes, bool hidden) {
  symbols_.push_back({std::move(name), binding, section, value, bytes, hidden});
  return static_cast<unsigned>(symbols_.size() - 1);
}

void ElfWriter::addRelocation(unsigned section, uint64_t offset, unsigned symbol, int64_t addend) {
  relocations_.push_back({section, offset, symbol, addend});
}

/// The file as a list of byte ranges with what each needs to live.
struct ElfWriter::Layout {
  std::unique_ptr<Elf64_Ehdr> header = std::make_unique<Elf64_Ehdr>();  // its address stays
  std::string names = std::string(1, '\0');                             // of sections
  std::string strings = std::string(1, '\0');                           // of symbols
  std::vector<Elf64_Sym> symbols = std::vector<Elf64_Sym>(1);
  std::vector<std::vector<Elf64_Rela>> relocations;  // by section
  std::vector<Elf64_Shdr> headers = std::vector<Elf64_Shdr>(1);
  std::vector<Piece> pieces;  // of the whole file, ascending
  uint64_t bytes = sizeof(Elf64_Ehdr);

  static uint32_t intern(std::string &table, const std::string &text) {
    auto offset = static_cast<uint32_t>(table.size());
    table.append(text.c_str(), text.size() + 1);
    return offset;
  }

  /// Appends a section header whose contents start at the next multiple of its alignment.
  Elf64_Shdr &place(const std::string &name, uint32_t type, uint64_t flags, uint64_t alignment,
                    uint64_t size) {
    bytes = (bytes + alignment - 1) / alignment * alignment;
    Elf64_Shdr section = {};
    section.sh_name = intern(names, name);
    section.sh_type = type;
    section.sh_flags = flags;
    section.sh_offset = bytes;
    section.sh_size = size;
    section.sh_addralign = alignment;
    bytes += size;
    headers.push_back(section);
    return headers.back();
  }

  void fill(const Elf64_Shdr &section, const void *data) {
    pieces.push_back({section.sh_offset, static_cast<const char *>(data), section.sh_size});
  }
};

ElfWriter::Layout ElfWriter::layOut() const {
  Layout out;
  out.pieces.push_back({0, reinterpret_cast<const char *>(&*out.header), sizeof(Elf64_Ehdr)});
  for (const Section &section : sections_) {
    Elf64_Shdr &header =
        out.place(section.name, SHT_PROGBITS, section.flags, section.alignment, section.bytes);
    for (const Piece &piece : section.pieces)
      out.pieces.push_back({header.sh_offset + piece.offset, piece.data, piece.bytes});
  }

  // ELF wants local symbols before the others.
  std::vector<unsigned> order, indexOf(symbols_.size());
  for (Binding binding : {Binding::Local, Binding::Global})
    for (unsigned i = 0; i < symbols_.size(); ++i)
      if (symbols_[i].binding == binding) order.push_back(i);
  uint32_t firstGlobal = 1;
  for (unsigned i : order) {
    const Symbol &symbol = symbols_[i];
    bool local = symbol.binding == Binding::Local;
    Elf64_Sym entry = {};
    entry.st_name = Layout::intern(out.strings, symbol.name);
    unsigned char type = symbol.section == 0 ? STT_NOTYPE : STT_OBJECT;
    entry.st_info = ELF64_ST_INFO(local ? STB_LOCAL : STB_GLOBAL, type);
    entry.st_other = symbol.hidden ? STV_HIDDEN : STV_DEFAULT;
    entry.st_shndx = static_cast<uint16_t>(symbol.section);
    entry.st_value = symbol.value;
    entry.st_size = symbol.bytes;
    indexOf[i] = static_cast<unsigned>(out.symbols.size());
    out.symbols.push_back(entry);
    firstGlobal += local;
  }

  out.relocations.resize(sections_.size() + 1);
  for (const Relocation &relocation : relocations_)
    out.relocations[relocation.section].push_back(
        {relocation.offset,
         ELF64_R_INFO(uint64_t{indexOf[relocation.symbol]}, target_.absoluteRelocation),
         relocation.addend});

  auto symtab = static_cast<uint32_t>(out.headers.size());
  Elf64_Shdr &symbolHeader =
      out.place(".symtab", SHT_SYMTAB, 0, 8, out.symbols.size() * sizeof(Elf64_Sym));
  symbolHeader.sh_link = symtab + 1;
  symbolHeader.sh_info = firstGlobal;
  symbolHeader.sh_entsize = sizeof(Elf64_Sym);
  out.fill(symbolHeader, out.symbols.data());
  out.fill(out.place(".strtab", SHT_STRTAB, 0, 1, out.strings.size()), out.strings.data());
  for (size_t section = 1; section < out.relocations.size(); ++section) {
    const std::vector<Elf64_Rela> &list = out.relocations[section];
    if (list.empty()) continue;
    Elf64_Shdr &header = out.place(".rela" + sections_[section - 1].name, SHT_RELA, SHF_INFO_LINK,
                                   8, list.size() * sizeof(Elf64_Rela));
    header.sh_link = symtab;
    header.sh_info = static_cast<uint32_t>(section);
    header.sh_entsize = sizeof(Elf64_Rela);
    out.fill(header, list.data());
  }
  // Its presence says that the stack need not be executable.
  out.place(".note.GNU-stack", SHT_PROGBITS, 0, 1, 0);
  Elf64_Shdr &names = out.place(".shstrtab", SHT_STRTAB, 0, 1, 0);
  names.sh_size = out.names.size();  // with its own name in it
  out.bytes += names.sh_size;
  out.fill(names, out.names.data());

  out.bytes = (out.bytes + 7) / 8 * 8;
  Elf64_Ehdr &header = *out.header;
  memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_REL;
  header.e_machine = target_.machine;
  header.e_version = EV_CURRENT;
  header.e_shoff = out.bytes;
  header.e_ehsize = sizeof(Elf64_Ehdr);
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = static_cast<uint16_t>(out.headers.size());
  header.e_shstrndx = static_cast<uint16_t>(out.headers.size() - 1);
  uint64_t headerBytes = out.headers.size() * sizeof(Elf64_Shdr);
  out.pieces.push_back(
      {out.bytes, reinterpret_cast<const char *>(out.headers.data()), headerBytes});
  out.bytes += headerBytes;
  return out;
}

absl::Status forEachRange(const std::vector<Piece> &pieces, uint64_t bytes,
                          const std::function<absl::Status(const char *, uint64_t)> &sink) {
  static const char zeros[4096] = {};
  absl::Status status;
  uint64_t position = 0;
  auto pad = [&](uint64_t to) {
    while (status.ok() && position < to) {
      uint64_t count = std::min<uint64_t>(to - position, sizeof zeros);
      status = sink(zeros, count);
      position += count;
    }
  };
  for (const Piece &piece : pieces) {
    pad(piece.offset);
    if (status.ok() && piece.bytes > 0) status = sink(piece.data, piece.bytes);
    position = piece.offset + piece.bytes;
  }
  pad(bytes);
  return status;
}

absl::Status ElfWriter::writeTo(int file) const {
  Layout out = layOut();
  return forEachRange(out.pieces, out.bytes, [&](const char *data, uint64_t bytes) {
    return writeAll(file, data, bytes);
  });
}

std::string ElfWriter::str() const {
  Layout out = layOut();
  std::string text;
  (void)forEachRange(out.pieces, out.bytes, [&](const char *data, uint64_t bytes) {
    text.append(data, bytes);
    return absl::OkStatus();
  });
  return text;
}

}  // namespace plx
