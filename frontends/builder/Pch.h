// Precompiled header of the room: what nearly every file includes.
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ir/ops/Build.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
