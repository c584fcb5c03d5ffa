#include "compiler/graph/ParameterOnly.h"

#include "ir/ops/Parameter.h"
#include "ir/types/Dim.h"
#include "ir/types/Types.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace plx {

namespace {
bool isStatic(mlir::Type type) {
  auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
  return tensor && tensor.hasStaticShape();
}

/// Pure, of static shapes, and the same for every run: no regions, no symbol in an attribute.
bool isFixed(mlir::Operation *op) {
  if (op->getNumRegions() != 0 || op->getNumResults() == 0 || !mlir::isPure(op)) return false;
  if (!llvm::all_of(op->getResultTypes(), isStatic)) return false;
  return llvm::none_of(op->getAttrs(), [](mlir::NamedAttribute named) {
    auto dims = mlir::dyn_cast<DimsAttr>(named.getValue());
    return dims && !dims.constants();
  });
}
}  // namespace

ParameterOnly::Kind ParameterOnly::computed(mlir::Operation *op) {
  if (!isFixed(op)) return Kind::Runtime;
  if (mlir::isa<ParameterOp>(op)) return Kind::Parameter;
  Kind kind = Kind::Constant;
  for (mlir::Value operand : op->getOperands()) {
    Kind own = kindOf(operand);
    if (own == Kind::Runtime) return own;
    kind = std::max(kind, own);
  }
  return kind;
}

ParameterOnly::Kind ParameterOnly::kindOf(mlir::Value value) {
  // Depth first with a stack of its own: graphs are deeper than the machine's stack likes.
  llvm::SmallVector<mlir::Operation *> stack;
  auto push = [&](mlir::Value v) {
    if (mlir::Operation *op = v.getDefiningOp(); op && !kinds_.contains(op)) stack.push_back(op);
  };
  mlir::Operation *wanted = value.getDefiningOp();
  if (!wanted) return Kind::Runtime;
  push(value);
  while (!stack.empty()) {
    mlir::Operation *op = stack.back();
    size_t before = stack.size();
    if (!kinds_.contains(op) && isFixed(op))
      for (mlir::Value operand : op->getOperands()) push(operand);
    if (stack.size() != before) continue;
    if (!kinds_.contains(op)) {
      Kind kind = computed(op);
      kinds_[op] = kind;
    }
    stack.pop_back();
  }
  return kinds_.lookup(wanted);
}

bool ParameterOnly::holds(mlir::Value value) { return kindOf(value) != Kind::Runtime; }
bool ParameterOnly::dependsOnParameter(mlir::Value value) {
  return kindOf(value) == Kind::Parameter;
}

llvm::SetVector<mlir::Operation *> sourcesOf(mlir::Value value) {
  llvm::SetVector<mlir::Operation *> done;
  llvm::SmallVector<std::pair<mlir::Operation *, unsigned>> stack{{value.getDefiningOp(), 0}};
  while (!stack.empty()) {
    auto &[op, next] = stack.back();
    if (next == op->getNumOperands()) {
      done.insert(op);
      stack.pop_back();
      continue;
    }
    mlir::Operation *operand = op->getOperand(next++).getDefiningOp();
    if (!done.contains(operand)) stack.push_back({operand, 0});
  }
  return done;
}

/// Bytes of a static tensor; INT64_MAX where they leave 64 bits.
static int64_t bytesOf(mlir::Type type) {
  std::optional<int64_t> elements = numElements(type).constant();
  int64_t bytes = 0, each = bytesOfElement(mlir::getElementTypeOrSelf(type));
  return !elements || __builtin_mul_overflow(*elements, each, &bytes) ? INT64_MAX : bytes;
}

bool enlargesSources(mlir::Value value) {
  constexpr int64_t kMostGrowth = 2;
  int64_t sources = 0;
  for (mlir::Operation *op : sourcesOf(value)) {
    mlir::DenseElementsAttr constant;
    bool isData = mlir::matchPattern(op, mlir::m_Constant(&constant)) && !constant.isSplat();
    if (!isData && !mlir::isa<ParameterOp>(op)) continue;
    if (__builtin_add_overflow(sources, bytesOf(op->getResult(0).getType()), &sources))
      sources = INT64_MAX;
  }
  return bytesOf(value.getType()) / kMostGrowth > sources;
}

}  // namespace plx
