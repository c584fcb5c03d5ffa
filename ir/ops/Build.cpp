// Constants, sizes, pointwise functions. Views are in BuildViews.cpp.
#include "ir/ops/Build.h"

#include "ir/eval/ScalarEval.h"
#include "ir/ops/Bind.h"
#include "ir/ops/Cast.h"
#include "ir/ops/Concat.h"
#include "ir/ops/Constant.h"
#include "ir/ops/Dims.h"
#include "ir/ops/Iota.h"
#include "ir/ops/Pointwise.h"
#include "ir/ops/Reshape.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Verifier.h"

namespace plx::build {

using mlir::Location;
using mlir::OpBuilder;
using mlir::Value;

/// A rewriter that knows of the op must not be left with it.
static void erase(OpBuilder &b, mlir::Operation *op) {
  if (auto *rewriter = mlir::dyn_cast_if_present<mlir::RewriterBase::Listener>(b.getListener()))
    rewriter->notifyOperationErased(op);
  op->erase();
}

/// Verifies one op. mlir::verify would ask whether regions' operands dominate, for which it climbs
/// to the module; an op inside a region that has no op yet is not below one.
static mlir::LogicalResult verifyAlone(mlir::Operation *op) {
  if (op->getNumRegions() == 0) return mlir::verify(op, /*verifyRecursively=*/false);
  if (llvm::is_contained(op->getOperands(), Value())) return op->emitError("null operand found");
  return mlir::success(succeeded(op->getName().verifyInvariants(op)) &&
                       succeeded(op->getName().verifyRegionInvariants(op)));
}

llvm::SmallVector<Value> finish(OpBuilder &b, mlir::Operation *op) {
  if (failed(verifyAlone(op))) {
    erase(b, op);
    return {};
  }
  llvm::SmallVector<Value> results;
  if (succeeded(b.tryFold(op, results)) && !results.empty()) {
    erase(b, op);
    return results;
  }
  return llvm::to_vector(
      llvm::map_range(op->getResults(), [](mlir::OpResult r) -> Value { return r; }));
}

// ---- constants and sizes
// -----------------------------------------------------------------------------------------------

Value constant(OpBuilder &b, Location loc, mlir::ElementsAttr value) {
  return create<ConstantOp>(b, loc, {}, ConstantOp::Properties{value});
}

/// `value` of rank 0 as a constant of another element type, as plx.cast converts.
static Value converted(OpBuilder &b, Location loc, const eval::Tensor &value, mlir::Type element) {
  return constant(b, loc, eval::convert(value, element, /*saturate=*/true).toAttr());
}

Value constantScalar(OpBuilder &b, Location loc, double value, mlir::Type element) {
  eval::Tensor scalar(b.getF64Type(), {});
  scalar.setFloat(0, value);
  return converted(b, loc, scalar, element);
}

Value constantInt(OpBuilder &b, Location loc, int64_t value, mlir::Type element) {
  eval::Tensor scalar(b.getI64Type(), {});
  scalar.setInt(0, value);
  return converted(b, loc, scalar, element);
}

Value constantInts(OpBuilder &b, Location loc, llvm::ArrayRef<int64_t> values) {
  auto type = mlir::RankedTensorType::get({static_cast<int64_t>(values.size())}, b.getI64Type());
  return constant(b, loc, mlir::DenseElementsAttr::get(type, values));
}

Value splat(OpBuilder &b, Location loc, double value, mlir::Type element,
            llvm::ArrayRef<Dim> dims) {
  return broadcastAlong(b, loc, constantScalar(b, loc, value, element), {}, dims);
}

/// The tensor type of dims given from outside; null with an error where one is missing or negative.
static mlir::RankedTensorType typeOf(Location loc, mlir::Type element, llvm::ArrayRef<Dim> dims) {
  mlir::RankedTensorType type = tensorType(element, dims);
  if (!type) mlir::emitError(loc) << "a size is negative or leaves 64 bits";
  return type;
}

Value iota(OpBuilder &b, Location loc, int64_t axis, mlir::Type element, llvm::ArrayRef<Dim> dims) {
  mlir::RankedTensorType type = typeOf(loc, element, dims);
  if (!type) return {};
  auto results = finish(b, IotaOp::create(b, loc, type, axis));
  return results.empty() ? Value() : results[0];
}

Value dimsValue(OpBuilder &b, Location loc, llvm::ArrayRef<Dim> dims) {
  if (llvm::is_contained(dims, Dim())) {
    mlir::emitError(loc) << "a size leaves 64 bits";
    return {};
  }
  return finish(b, DimsOp::create(b, loc, dims))[0];
}

Value dimValue(OpBuilder &b, Location loc, Dim dim) {
  Value list = dimsValue(b, loc, {dim});
  return list ? reshape(b, loc, list, {}) : list;
}

std::optional<llvm::SmallVector<Dim>> knownDims(Value ints) {
  mlir::Attribute attr;
  if (!ints || !mlir::matchPattern(ints, mlir::m_Constant(&attr))) return std::nullopt;
  if (auto dims = mlir::dyn_cast<DimsAttr>(attr)) return llvm::SmallVector<Dim>(dims.dims());
  auto dense = mlir::dyn_cast<mlir::DenseIntElementsAttr>(attr);
  if (!dense || dense.getNumElements() > 4096) return std::nullopt;
  llvm::SmallVector<Dim> dims;
  eval::Tensor values = eval::Tensor::fromAttr(dense);
  for (int64_t value : std::as_const(values).ints())
    dims.push_back(Dim::constant(ints.getContext(), value));
  return dims;
}

// ---- binding
// -----------------------------------------------------------------------------------------------------------

namespace {
/// Finds the elements of an int tensor as expressions, binding what is not known.
class DimsFinder {
 public:
  DimsFinder(OpBuilder &b, Location loc, llvm::StringRef name, int64_t lowerBound, int64_t total)
      : b_(b), loc_(loc), name_(name), lowerBound_(lowerBound), total_(total) {}

  /// Appends the elements of `ints`, a static int tensor of rank 0 or 1.
  void find(Value ints) {
    if (auto known = knownDims(ints)) {
      found.append(*known);
      return;
    }
    mlir::Operation *op = ints.getDefiningOp();
    if (auto concat = mlir::dyn_cast_or_null<ConcatOp>(op)) {
      for (Value operand : concat.getOperands()) find(operand);
      return;
    }
    if (mlir::isa_and_nonnull<CastOp, ReshapeOp>(op) && isTransparent(op->getOperand(0).getType()))
      return find(op->getOperand(0));
    bind(ints);
  }

  llvm::SmallVector<Dim> found;

 private:
  /// Types whose values a cast to i64 or i32, or a reshape, hands on.
  static bool isTransparent(mlir::Type type) {
    mlir::Type element = mlir::getElementTypeOrSelf(type);
    bool isInts = element.isSignlessInteger(64) || element.isSignlessInteger(32);
    return isInts && mlir::cast<mlir::RankedTensorType>(type).getRank() <= 1;
  }

  void bind(Value ints) {
    mlir::Type element = mlir::getElementTypeOrSelf(ints.getType());
    if (!element.isSignlessInteger(64) && !element.isSignlessInteger(32))
      ints = cast(b_, loc_, ints, b_.getI64Type());
    if (std::optional<BindOp> earlier = earlierBind(ints)) {
      found.append(earlier->symbols());
      return;
    }
    int64_t count = mlir::cast<mlir::RankedTensorType>(ints.getType()).getNumElements();
    llvm::SmallVector<mlir::Attribute> names;
    for (int64_t i = 0; i < count; ++i) {
      std::string name = name_.str();
      if (total_ > 1) name += "." + std::to_string(found.size() + i);
      names.push_back(b_.getStringAttr(name));
    }
    llvm::SmallVector<int64_t> bounds(count, lowerBound_);
    auto op = BindOp::create(b_, loc_, ints, b_.getArrayAttr(names), bounds);
    found.append(op.symbols());
  }

  /// A bind of the same value with bounds no weaker, before the insertion point in its block: its
  /// symbols serve.
  std::optional<BindOp> earlierBind(Value ints) {
    mlir::Block *block = b_.getInsertionBlock();
    for (mlir::Operation *user : ints.getUsers()) {
      auto op = mlir::dyn_cast<BindOp>(user);
      if (!op || op->getBlock() != block) continue;
      bool isBefore =
          b_.getInsertionPoint() == block->end() || op->isBeforeInBlock(&*b_.getInsertionPoint());
      if (isBefore &&
          llvm::all_of(op.getLowerBounds(), [&](int64_t bound) { return bound >= lowerBound_; }))
        return op;
    }
    return std::nullopt;
  }

  OpBuilder &b_;
  Location loc_;
  llvm::StringRef name_;
  int64_t lowerBound_, total_;
};
}  // namespace

std::optional<llvm::SmallVector<Dim>> dimsOrBind(OpBuilder &b, Location loc, Value ints,
                                                 llvm::StringRef name, int64_t lowerBound) {
  if (!ints) return std::nullopt;
  auto type = mlir::dyn_cast<mlir::RankedTensorType>(ints.getType());
  bool fits = type && type.hasStaticShape() && type.getRank() <= 1 &&
              mlir::isa<mlir::IntegerType>(type.getElementType()) &&
              !type.getElementType().isInteger(1);
  if (!fits) {
    mlir::emitError(loc) << "`" << name << "` must be a static int tensor of rank 0 or 1, found "
                         << ints.getType();
    return std::nullopt;
  }
  DimsFinder finder(b, loc, name, lowerBound, type.getNumElements());
  finder.find(ints);
  return finder.found;
}

// ---- pointwise
// ---------------------------------------------------------------------------------------------------------

Value pointwise(OpBuilder &b, Location loc, ScalarFn fn, mlir::ValueRange operands) {
  return create<PointwiseOp>(b, loc, operands,
                             PointwiseOp::Properties{b.getStringAttr(infoOf(fn).name)});
}

Value broadcasting(OpBuilder &b, Location loc, ScalarFn fn, mlir::ValueRange operands) {
  llvm::SmallVector<Value> same = numpyBroadcast(b, loc, operands);
  return same.empty() ? Value() : pointwise(b, loc, fn, same);
}

Value uncast(Value x) {
  auto cast = x.getDefiningOp<CastOp>();
  return cast ? cast.getOperand() : Value();
}

Value cast(OpBuilder &b, Location loc, Value x, mlir::Type element, bool saturate) {
  if (!x || mlir::getElementTypeOrSelf(x.getType()) == element) return x;
  llvm::SmallVector<Value> results = finish(b, CastOp::create(b, loc, x, element, saturate));
  return results.empty() ? Value() : results[0];
}

}  // namespace plx::build
