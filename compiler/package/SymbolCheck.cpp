#include "compiler/package/SymbolCheck.h"

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Object/ELFObjectFile.h"
#include "llvm/Object/ObjectFile.h"

namespace plx {
namespace {

bool isAllowed(llvm::StringRef name) {
  // The GOT's own symbol is the linker's.
  return name.starts_with("plx_") || name == "memcpy" || name == "memmove" || name == "memset" ||
         name == "_GLOBAL_OFFSET_TABLE_" || name.empty();
}

struct Symbols {
  std::set<std::string> defined;
  std::map<std::string, std::string> needed;  // symbol -> first object that needs it
};

llvm::Error collect(const Object &object, Symbols &symbols) {
  llvm::Expected<std::unique_ptr<llvm::object::ObjectFile>> file =
      llvm::object::ObjectFile::createObjectFile(
          llvm::MemoryBufferRef(llvm::StringRef(object.bytes), object.name));
  if (!file) return file.takeError();
  for (const llvm::object::SymbolRef &symbol : (*file)->symbols()) {
    llvm::Expected<uint32_t> flags = symbol.getFlags();
    if (!flags) return flags.takeError();
    llvm::Expected<llvm::StringRef> name = symbol.getName();
    if (!name) return name.takeError();
    if (*flags & llvm::object::SymbolRef::SF_Undefined)
      symbols.needed.try_emplace(name->str(), object.name);
    else if (*flags & llvm::object::SymbolRef::SF_Global)
      symbols.defined.insert(name->str());
  }
  return llvm::Error::success();
}

}  // namespace

absl::Status checkSymbols(const CompiledProgram &program) {
  Symbols symbols;
  for (const Object &object : program.objects)
    if (llvm::Error error = collect(object, symbols))
      return absl::InternalError(
          absl::StrCat("object '", object.name, "' cannot be read: ", toString(std::move(error))));
  std::string missing;
  for (const auto &[name, object] : symbols.needed)
    if (!isAllowed(name) && !symbols.defined.count(name))
      absl::StrAppend(&missing, missing.empty() ? "" : ", ", "'", name, "' (object '", object,
                      "')");
  if (!missing.empty())
    return absl::InternalError(
        absl::StrCat("emitted code needs symbols that a compiled model may not need: ", missing,
                     "; allowed are plx_*, memcpy, memmove and memset. This is a fault of the "
                     "compiler: an operation must be emitted as code instead of a library call"));
  if (!symbols.defined.count(program.info.runSymbol))
    return absl::InternalError(
        absl::StrCat("no object defines the host program '", program.info.runSymbol, "'"));
  return absl::OkStatus();
}

}  // namespace plx
