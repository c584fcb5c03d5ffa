// Names of symbolic sizes: unique in the function that is being built.
#ifndef PLEXUS_FRONTENDS_ONNX_SYMBOLS_H
#define PLEXUS_FRONTENDS_ONNX_SYMBOLS_H

#include <string>

#include "ir/types/Dim.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

namespace plx::onnxio {

class Symbols {
 public:
  /// Takes a name that the model gave; the same name again means the same symbol.
  void declare(llvm::StringRef name) { serial_.try_emplace(name, next_++); }
  /// A new name that begins like `stem`.
  std::string fresh(llvm::StringRef stem) {
    std::string name;
    for (char c : stem) name.push_back(llvm::isAlnum(c) || c == '_' ? c : '_');
    if (name.empty() || llvm::isDigit(name[0])) name.insert(0, "_");
    std::string unique = name;
    for (unsigned &n = numbers_[name]; !serial_.try_emplace(unique, next_).second;)
      unique = name + "." + std::to_string(++n);
    ++next_;
    return unique;
  }
  /// Symbols made from now on are known by `isSince`.
  unsigned mark() const { return next_; }
  bool isSince(unsigned mark, llvm::StringRef name) const {
    auto entry = serial_.find(name);
    return entry != serial_.end() && entry->second >= mark;
  }
  /// Whether a size can be told where only symbols older than `mark` are known.
  bool isKnownBefore(unsigned mark, Dim dim) const {
    llvm::SmallVector<DimAtom> atoms;
    dim.collectSymbols(atoms);
    return llvm::none_of(atoms,
                         [&](DimAtom atom) { return isSince(mark, atom.symbol().getValue()); });
  }

 private:
  llvm::StringMap<unsigned> serial_, numbers_;
  unsigned next_ = 0;
};

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_SYMBOLS_H
