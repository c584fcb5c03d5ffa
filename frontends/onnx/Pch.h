// Precompiled header of the room: what nearly every file includes.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "frontends/onnx/NodeContext.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
