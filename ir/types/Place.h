// How messages name a place in a program.
#ifndef PLEXUS_IR_TYPES_PLACE_H
#define PLEXUS_IR_TYPES_PLACE_H

#include <string>
#include <utility>

#include "mlir/IR/Location.h"

namespace plx {

/// Name and op of "node(OpType)", which is how the importer names locations; any other text is a
/// node's name alone.
std::pair<llvm::StringRef, llvm::StringRef> nodeAndOp(llvm::StringRef name);

/// "node 'conv1' (Conv)" where the location has a name, "model.mlir:3:8" where it has a file, else
/// empty.
std::string placeText(mlir::Location location);

}  // namespace plx

#endif  // PLEXUS_IR_TYPES_PLACE_H
