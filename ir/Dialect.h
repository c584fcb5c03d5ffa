// The plx dialect's class, and how ops join it.
#ifndef PLEXUS_IR_DIALECT_H
#define PLEXUS_IR_DIALECT_H

#include <vector>

#include "mlir/IR/Dialect.h"
#include "mlir/IR/DialectImplementation.h"

#include "ir/Dialect.h.inc"

namespace plx::detail {
struct OpRegistrar {
  explicit OpRegistrar(PlxDialect::OpRegistration registration) {
    PlxDialect::opRegistrations().push_back(registration);
  }
};
}  // namespace plx::detail

/// Registers the op classes given with the dialect, from the .cpp that defines them; the dialect
/// itself names no op, so that a change of one op rebuilds that op alone.
#define PLX_REGISTER_OPS(UNIQUE, ...)                        \
  static const ::plx::detail::OpRegistrar UNIQUE##Registrar( \
      [](::plx::PlxDialect &dialect) { dialect.addOps<__VA_ARGS__>(); })

#endif  // PLEXUS_IR_DIALECT_H
