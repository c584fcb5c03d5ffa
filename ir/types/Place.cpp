#include "ir/types/Place.h"

namespace plx {

std::pair<llvm::StringRef, llvm::StringRef> nodeAndOp(llvm::StringRef name) {
  size_t open = name.rfind('(');
  if (open == llvm::StringRef::npos || !name.ends_with(")")) return {name, ""};
  return {name.take_front(open), name.drop_front(open + 1).drop_back()};
}

std::string placeText(mlir::Location location) {
  if (auto named = location->findInstanceOf<mlir::NameLoc>()) {
    auto [node, op] = nodeAndOp(named.getName().getValue());
    std::string text = ("node '" + node + "'").str();
    return op.empty() ? text : text + (" (" + op + ")").str();
  }
  if (auto file = location->findInstanceOf<mlir::FileLineColLoc>())
    return (file.getFilename().getValue() + ":" + llvm::Twine(file.getLine()) + ":" +
            llvm::Twine(file.getColumn()))
        .str();
  return "";
}

}  // namespace plx
