// Architectures by name: what `plexus zoo` writes, to be trained from nothing.
#ifndef PLEXUS_FRONTENDS_BUILDER_ZOO_H
#define PLEXUS_FRONTENDS_BUILDER_ZOO_H

#include <string>

#include "frontends/builder/Network.h"
#include "llvm/ADT/ArrayRef.h"

namespace plx::builder {

struct Architecture {
  const char *name;
  const char *description;  // input and output with their sizes, and what lies between
  /// Adds inputs, layers and outputs; what is wrong is said by the network's finish().
  void (*build)(Network &net);
};

/// Sorted by name.
llvm::ArrayRef<Architecture> architectures();
/// Null where there is none of that name.
const Architecture *findArchitecture(const std::string &name);

}  // namespace plx::builder

#endif  // PLEXUS_FRONTENDS_BUILDER_ZOO_H
