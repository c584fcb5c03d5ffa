// The interface of ops that become calls of host functions (HostCall.td is its contract).
#ifndef PLEXUS_IR_INTERFACES_HOSTCALL_H
#define PLEXUS_IR_INTERFACES_HOSTCALL_H

#include <string>

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/OpDefinition.h"

namespace plx {

struct HostForm {
  std::string function;  // "plx:sequence_at"
  mlir::DictionaryAttr settings;
  /// The function gives a value that exists already (an item of a sequence), whose sizes the
  /// result's type only claims: it is never asked to write to a place.
  bool givesExisting = false;
};

/// Settings as host functions read them: a JSON object. Numbers, strings, and lists of these; a
/// bool is 0 or 1.
std::string hostAttributes(mlir::DictionaryAttr settings);

}  // namespace plx

#include "ir/interfaces/HostCall.h.inc"

#endif  // PLEXUS_IR_INTERFACES_HOSTCALL_H
