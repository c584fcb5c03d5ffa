// Writes small ELF64 relocatable objects: sections of bytes, symbols, absolute 64-bit relocations.
//
// What the compiler adds to emitted code is data alone (the module descriptor and the weights).
// Written here, a 100 MB blob costs one copy from the mapped model into the file, where LLVM's
// assembler would hold it as text or as a constant. Source: System V ABI, chapter 4 (Object Files).
#ifndef PLEXUS_COMPILER_PACKAGE_ELFWRITER_H
#define PLEXUS_COMPILER_PACKAGE_ELFWRITER_H

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace plx {

/// What an object's header and relocations say of its target.
struct ElfTarget {
  uint16_t machine;             // EM_X86_64, EM_AARCH64
  uint32_t absoluteRelocation;  // of a 64-bit address
};
/// That of an LLVM triple ("" = this machine). Little-endian 64-bit Linux targets only.
absl::StatusOr<ElfTarget> elfTargetOf(const std::string &triple);

/// Bytes at an offset of a section or file. They are not copied.
struct Piece {
  uint64_t offset;
  const char *data;
  uint64_t bytes;
};

/// Calls sink over [0, bytes) in order; what the pieces (ascending, disjoint) leave out is zero.
absl::Status forEachRange(const std::vector<Piece> &pieces, uint64_t bytes,
                          const std::function<absl::Status(const char *, uint64_t)> &sink);

class ElfWriter {
 public:
  enum class Binding { Local = 0, Global = 1 };
  enum SectionFlags : uint64_t { Write = 1, Alloc = 2, Execute = 4 };

  explicit ElfWriter(ElfTarget target) : target_(target) {}

  /// Adds a PROGBITS section whose pieces' bytes must live until it is written. Gives its index.
  unsigned addSection(std::string name, uint64_t flags, uint64_t alignment, uint64_t bytes,
                      std::vector<Piece> pieces);
  /// Adds a symbol; section 0 = undefined. Gives a handle for addRelocation.
  unsigned addSymbol(std::string name, Binding binding, unsigned section, uint64_t value,
                     uint64_t bytes, bool hidden);
  /// The 8 bytes at `offset` of `section` become the address of `symbol` plus `addend`.
  void addRelocation(unsigned section, uint64_t offset, unsigned symbol, int64_t addend);

  /// Writes the object to a file descriptor from its current position on.
  absl::Status writeTo(int file) const;
  /// The same as a string, for small objects.
  std::string str() const;

 private:
  struct Section {
    std::string name;
    uint64_t flags, alignment, bytes;
    std::vector<Piece> pieces;
  };
  struct Symbol {
    std::string name;
    Binding binding;
    unsigned section;
    uint64_t value, bytes;
    bool hidden;
  };
  struct Relocation {
    unsigned section;
    uint64_t offset;
    unsigned symbol;
    int64_t addend;
  };
  struct Layout;

  Layout layOut() const;

  ElfTarget target_;
  std::vector<Section> sections_;
  std::vector<Symbol> symbols_;
  std::vector<Relocation> relocations_;
};

/// Writes all bytes at the descriptor's position.
absl::Status writeAll(int file, const char *data, uint64_t bytes);

}  // namespace plx

#endif  // PLEXUS_COMPILER_PACKAGE_ELFWRITER_H
