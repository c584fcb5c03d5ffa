// The closed list of scalar functions (ScalarFn.def) as an enum with its table.
#ifndef PLEXUS_IR_TYPES_SCALARFN_H
#define PLEXUS_IR_TYPES_SCALARFN_H

#include <optional>

#include "llvm/ADT/StringRef.h"
#include "mlir/IR/Types.h"

namespace plx {

enum class ScalarFn {
#define PLX_SCALAR_FN(name, arity, domain, result, cost) name##_,
#include "ir/types/ScalarFn.def"
};

enum class ScalarDomain { Number, Float, Int, Bool, Any };
enum class ScalarResult { Same, Bool };
enum class ScalarCost { Cheap, Slow, Transcendental };

struct ScalarFnInfo {
  ScalarFn fn;
  llvm::StringRef name;
  unsigned arity;
  ScalarDomain domain;
  ScalarResult result;
  ScalarCost cost;
};

const ScalarFnInfo &infoOf(ScalarFn fn);
std::optional<ScalarFn> scalarFnNamed(llvm::StringRef name);
/// Element type of the result, given those of the operands (which must be right: see
/// checkScalarFn).
mlir::Type scalarResultType(ScalarFn fn, llvm::ArrayRef<mlir::Type> operandElements);
/// Empty if `fn` applies to these element types, else what is wrong, for a message.
std::string checkScalarFn(ScalarFn fn, llvm::ArrayRef<mlir::Type> operandElements);

/// How values are combined along folded axes. Any order-independent use is exact for all but sum
/// and product of floats, whose order is fixed by the schedule and the shape.
enum class FoldKind { Sum, Product, Max, Min, And, Or };
llvm::StringRef nameOf(FoldKind kind);
std::optional<FoldKind> foldKindNamed(llvm::StringRef name);
/// The scalar function that combines two values.
ScalarFn combinerOf(FoldKind kind);
/// The neutral element as an attribute of `element` (-inf / lowest for max, all ones for and, ...).
mlir::TypedAttr neutralOf(FoldKind kind, mlir::Type element);
/// Type in which a fold accumulates: f32 for narrower floats, else the element type itself.
mlir::Type accumulatorType(FoldKind kind, mlir::Type element);

}  // namespace plx

#endif  // PLEXUS_IR_TYPES_SCALARFN_H
