#include "ir/kernel/Irregular.h"

#include "llvm/ADT/STLExtras.h"

namespace plx {

// In the order of the enum.
static constexpr llvm::StringLiteral kNames[] = {"scatter", "sort",   "top_k",
                                                 "nonzero", "unique", "non_max_suppression"};

llvm::StringRef nameOf(IrregularKind kind) { return kNames[static_cast<size_t>(kind)]; }

std::optional<IrregularKind> irregularKindNamed(llvm::StringRef name) {
  const auto *found = llvm::find(kNames, name);
  if (found == std::end(kNames)) return std::nullopt;
  return static_cast<IrregularKind>(found - std::begin(kNames));
}

}  // namespace plx
