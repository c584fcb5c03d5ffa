// Named functions that plx.host calls in the evaluator: strings, image codecs, custom ops.
//
// A function joins the table from the .cpp that defines it:
//   PLX_HOST_FUNCTION(stringConcat, "string_concat");
// Registration is by static initialisers, before main; afterwards the table is only read.
#ifndef PLEXUS_IR_EVAL_HOSTFUNCTIONS_H
#define PLEXUS_IR_EVAL_HOSTFUNCTIONS_H

#include "ir/eval/Value.h"

namespace plx::eval {

/// Results of the function, one a result of `op` and of its element type and rank; what is wrong
/// with inputs or settings is said by scope.fail.
using HostFunction = mlir::FailureOr<llvm::SmallVector<Value>> (*)(mlir::Operation *op,
                                                                   mlir::DictionaryAttr settings,
                                                                   llvm::ArrayRef<Value> inputs,
                                                                   Scope &scope);

/// Null if there is none of that name.
HostFunction hostFunctionNamed(llvm::StringRef name);
/// What is called for names that are not in the table, null at first: tools/api has it call the
/// runtime's table, so that strings and images have one implementation. Set before anything runs.
HostFunction otherHostFunctions();
void setOtherHostFunctions(HostFunction function);
/// False, and no change, if the name is taken.
bool registerHostFunction(llvm::StringRef name, HostFunction function);

#define PLX_HOST_FUNCTION(FUNCTION, NAME)                   \
  [[maybe_unused]] static const bool FUNCTION##Registered = \
      ::plx::eval::registerHostFunction(NAME, FUNCTION)

}  // namespace plx::eval

#endif  // PLEXUS_IR_EVAL_HOSTFUNCTIONS_H
