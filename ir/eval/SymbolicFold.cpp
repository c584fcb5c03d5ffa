#include "ir/eval/SymbolicFold.h"

#include "ir/eval/Evaluator.h"
#include "ir/eval/SymbolicArithmetic.h"
#include "ir/interfaces/Interfaces.h"
#include "ir/ops/Cast.h"
#include "ir/ops/Concat.h"
#include "ir/ops/Pad.h"
#include "ir/ops/Pointwise.h"
#include "ir/ops/Reduce.h"
#include "mlir/Interfaces/FoldInterfaces.h"

namespace plx::eval {

static constexpr int64_t kMaxSymbolic = 64, kMaxDense = 4096;

// ---- what an operand is
// ------------------------------------------------------------------------------------------------

/// Elements of an int constant or a plx.dims; nothing for anything else, or for more than 64.
static std::optional<SymbolicTensor> symbolicOf(mlir::Attribute attr, mlir::Type type) {
  auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
  if (!attr || !tensor || !tensor.hasStaticShape() || tensor.getNumElements() > kMaxSymbolic ||
      !mlir::isa<mlir::IntegerType>(tensor.getElementType()))
    return std::nullopt;
  SymbolicTensor result{tensor, {}};
  if (auto dims = mlir::dyn_cast<DimsAttr>(attr)) {
    result.elements.append(dims.dims().begin(), dims.dims().end());
    return result;
  }
  auto dense = mlir::dyn_cast<mlir::DenseElementsAttr>(attr);
  if (!dense) return std::nullopt;
  Tensor values = Tensor::fromAttr(dense);
  for (int64_t value : std::as_const(values).ints())
    result.elements.push_back(Dim::constant(type.getContext(), value));
  return result;
}

/// A dense constant where all elements are numbers, else a DimsAttr; null where the type cannot
/// hold them.
static mlir::Attribute attrOf(const SymbolicTensor &tensor) {
  if (llvm::is_contained(tensor.elements, Dim())) return {};
  auto dims = DimsAttr::get(tensor.type.getContext(), tensor.elements);
  std::optional<llvm::SmallVector<int64_t>> constants = dims.constants();
  mlir::Type element = tensor.type.getElementType();
  if (!constants) return element.getIntOrFloatBitWidth() >= 32 ? dims : mlir::Attribute();
  Tensor dense(element, tensor.type.getShape());
  for (auto [i, value] : llvm::enumerate(*constants)) {
    if (wrapTo(element, value) != value) return {};
    dense.setInt(i, value);
  }
  return dense.toAttr();
}

// ---- data movement
// -----------------------------------------------------------------------------------------------------

/// Ops whose result elements are elements of operands, whatever these are.
static bool movesData(mlir::Operation *op) {
  if (mlir::isa<ConcatOp, PadOp>(op)) return true;
  auto iterable = mlir::dyn_cast<Iterate>(op);
  return iterable && (iterable.nature() == Nature::View || iterable.nature() == Nature::Gather);
}

namespace {
/// Numbers that stand for expressions, in an order of their own. Far from any index, and within 32
/// bits.
class Tokens {
 public:
  explicit Tokens(unsigned round) : round_(round) {}
  int64_t tokenOf(Dim dim) {
    auto [entry, isNew] = numberOf_.try_emplace(dim, dims_.size());
    if (isNew) dims_.push_back(dim);
    return token(entry->second);
  }
  /// The expression a value stands for; the value itself if it is no token.
  Dim dimOf(mlir::MLIRContext *context, int64_t value) const {
    for (auto [number, dim] : llvm::enumerate(dims_))
      if (token(number) == value) return dim;
    return Dim::constant(context, value);
  }

 private:
  /// Ascending, descending and mixed: what depends on the order of values is found out.
  int64_t token(size_t number) const {
    auto n = static_cast<int64_t>(number);
    int64_t place = round_ == 0 ? n : round_ == 1 ? 2 * kRange - n : (n * 7919) % kRange;
    return kBase + round_ * 1000003 + place;
  }
  static constexpr int64_t kBase = int64_t{1} << 29,
                           kRange = 4093;  // prime, above any number of tokens
  unsigned round_;
  llvm::SmallVector<Dim> dims_;
  llvm::DenseMap<Dim, size_t> numberOf_;
};
}  // namespace

/// The op's own Evaluate on tokens for expressions and numbers for numbers.
static mlir::FailureOr<llvm::SmallVector<Dim>> moveTokens(mlir::Operation *op,
                                                          llvm::ArrayRef<SymbolicTensor> operands,
                                                          unsigned round) {
  Tokens tokens(round);
  llvm::SmallVector<Value> values;
  for (const SymbolicTensor &operand : operands) {
    Tensor tensor(operand.type.getElementType(), operand.type.getShape());
    for (auto [i, dim] : llvm::enumerate(operand.elements))
      tensor.setInt(i, dim.constant() ? *dim.constant() : tokens.tokenOf(dim));
    values.push_back(tensor);
  }
  auto results = evaluateAlone(op, values);
  if (failed(results)) return mlir::failure();
  llvm::SmallVector<Dim> dims;
  for (int64_t value : (*results)[0].tensor().ints())
    dims.push_back(tokens.dimOf(op->getContext(), value));
  return dims;
}

static bool moveSymbolic(mlir::Operation *op, llvm::ArrayRef<SymbolicTensor> operands,
                         SymbolicTensor &result) {
  for (unsigned round = 0; round < 3; ++round) {
    auto moved = moveTokens(op, operands, round);
    if (failed(moved) || (round > 0 && *moved != result.elements)) return false;
    result.elements = *moved;
  }
  return true;
}

// ---- folding
// -----------------------------------------------------------------------------------------------------------

static bool computeSymbolic(mlir::Operation *op, llvm::ArrayRef<SymbolicTensor> operands,
                            SymbolicTensor &result) {
  if (auto pointwise = mlir::dyn_cast<PointwiseOp>(op))
    return applySymbolic(pointwise.function(), operands, result);
  if (auto cast = mlir::dyn_cast<CastOp>(op)) return castSymbolic(operands[0], result);
  if (auto reduce = mlir::dyn_cast<ReduceOp>(op))
    return reduceSymbolic(*foldKindNamed(reduce.getKind()), operands[0], reduce.getAxes(), result);
  return movesData(op) && moveSymbolic(op, operands, result);
}

mlir::LogicalResult foldSymbolic(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> operands,
                                 llvm::SmallVectorImpl<mlir::OpFoldResult> &results) {
  if (op->getNumResults() != 1 || operands.empty()) return mlir::failure();
  auto type = mlir::dyn_cast<mlir::RankedTensorType>(op->getResult(0).getType());
  if (!type || !type.hasStaticShape() || type.getNumElements() > kMaxSymbolic ||
      !mlir::isa<mlir::IntegerType>(type.getElementType()))
    return mlir::failure();
  SymbolicTensor result{type, {}};
  if (auto cast = mlir::dyn_cast<CastOp>(op); cast && !operands[0]) {
    // A size that went through floats: floor(n * 0.5) and the like.
    if (!foldRounding(cast, result)) return mlir::failure();
  } else {
    llvm::SmallVector<SymbolicTensor> symbolic;
    for (auto [attr, value] : llvm::zip(operands, op->getOperands())) {
      std::optional<SymbolicTensor> tensor = symbolicOf(attr, value.getType());
      if (!tensor) return mlir::failure();
      symbolic.push_back(std::move(*tensor));
    }
    if (!computeSymbolic(op, symbolic, result)) return mlir::failure();
  }
  mlir::Attribute attr = attrOf(result);
  if (!attr) return mlir::failure();
  results.push_back(attr);
  return mlir::success();
}

static bool isSmall(mlir::Type type) {
  auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
  return tensor && tensor.hasStaticShape() && tensor.getNumElements() <= kMaxDense;
}

/// A view of one value everywhere is that value everywhere, however large.
static mlir::Attribute foldSplatView(mlir::Operation *op,
                                     llvm::ArrayRef<mlir::Attribute> operands) {
  auto iterable = mlir::dyn_cast<Iterate>(op);
  auto splat = operands.size() == 1 ? mlir::dyn_cast_or_null<mlir::SplatElementsAttr>(operands[0])
                                    : mlir::SplatElementsAttr();
  auto type = mlir::dyn_cast<mlir::RankedTensorType>(op->getResult(0).getType());
  if (!iterable || !splat || !type || !type.hasStaticShape() || type.getNumElements() == 0 ||
      mlir::isa<mlir::DenseStringElementsAttr>(splat) || iterable.nature() != Nature::View)
    return {};
  return splat.resizeSplat(type);
}

mlir::LogicalResult foldDense(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> operands,
                              llvm::SmallVectorImpl<mlir::OpFoldResult> &results) {
  if (op->getNumResults() == 0 || op->getNumRegions() != 0 || !mlir::isPure(op) ||
      !mlir::isa<Evaluate>(op))
    return mlir::failure();
  if (mlir::Attribute splat = foldSplatView(op, operands)) {
    results.push_back(splat);
    return mlir::success();
  }
  if (!llvm::all_of(op->getOperandTypes(), isSmall) || !llvm::all_of(op->getResultTypes(), isSmall))
    return mlir::failure();
  llvm::SmallVector<Value> values;
  for (mlir::Attribute attr : operands) {
    auto dense = mlir::dyn_cast_or_null<mlir::DenseElementsAttr>(attr);
    if (!dense) return mlir::failure();
    values.push_back(Tensor::fromAttr(dense));
  }
  auto evaluated = evaluateAlone(op, values);
  if (failed(evaluated)) return mlir::failure();  // a fault at run time stays one
  for (const Value &value : *evaluated) {
    const auto *tensor = std::get_if<Tensor>(&value.is);
    if (!tensor || mlir::isa<StringType>(tensor->elementType())) return mlir::failure();
    results.push_back(tensor->toAttr());
  }
  return mlir::success();
}

// ---- the dialect's hook
// ------------------------------------------------------------------------------------------------

namespace {
/// Folds every plx op whose own folder has nothing to say.
struct PlxFoldInterface : mlir::DialectFoldInterface {
  using DialectFoldInterface::DialectFoldInterface;
  mlir::LogicalResult fold(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> operands,
                           llvm::SmallVectorImpl<mlir::OpFoldResult> &results) const override {
    if (op->hasTrait<mlir::OpTrait::ConstantLike>()) return mlir::failure();
    if (succeeded(foldDense(op, operands, results))) return mlir::success();
    results.clear();
    return mlir::isPure(op) ? foldSymbolic(op, operands, results) : mlir::failure();
  }
};

const plx::detail::OpRegistrar foldRegistrar([](PlxDialect &dialect) {
  dialect.joinInterfaces<PlxFoldInterface>();
});
}  // namespace

}  // namespace plx::eval
