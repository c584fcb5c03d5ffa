// What every op's header needs.
#ifndef PLEXUS_IR_OPS_OP_H
#define PLEXUS_IR_OPS_OP_H

#include "ir/Dialect.h"
#include "ir/interfaces/Interfaces.h"
#include "ir/types/Dim.h"
#include "ir/types/ScalarFn.h"
#include "ir/types/Types.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpImplementation.h"

namespace plx {
// Directives of the ops' assembly formats: custom<Dims>($starts) is `[0, n - 1]`,
// custom<FnName>($fn) a bare word.
mlir::ParseResult parseDims(mlir::OpAsmParser &parser, DimsAttr &dims);
void printDims(mlir::OpAsmPrinter &printer, mlir::Operation *op, DimsAttr dims);
mlir::ParseResult parseFnName(mlir::OpAsmParser &parser, mlir::StringAttr &name);
void printFnName(mlir::OpAsmPrinter &printer, mlir::Operation *op, mlir::StringAttr name);
}  // namespace plx

#endif  // PLEXUS_IR_OPS_OP_H
