// Broadcasting and the other views.
#include "ir/ops/Broadcast.h"
#include "ir/ops/Build.h"
#include "ir/ops/Concat.h"
#include "ir/ops/Pad.h"
#include "ir/ops/Rebind.h"
#include "ir/ops/Reshape.h"
#include "ir/ops/Slice.h"
#include "ir/ops/Transpose.h"

namespace plx::build {

using mlir::Location;
using mlir::OpBuilder;
using mlir::Value;

/// The tensor type of x's elements with these dims; null with an error where a dim is missing or
/// negative.
static mlir::RankedTensorType typeLike(Location loc, Value x, llvm::ArrayRef<Dim> dims) {
  mlir::RankedTensorType type = tensorType(mlir::getElementTypeOrSelf(x.getType()), dims);
  if (!type) mlir::emitError(loc) << "a size is negative or leaves 64 bits";
  return type;
}

static Value only(OpBuilder &b, mlir::Operation *op) {
  llvm::SmallVector<Value> results = finish(b, op);
  return results.empty() ? Value() : results[0];
}

static DimsAttr dimsAttr(Location loc, OpBuilder &b, llvm::ArrayRef<Dim> dims) {
  if (!llvm::is_contained(dims, Dim())) return DimsAttr::get(b.getContext(), dims);
  mlir::emitError(loc) << "a size or an index leaves 64 bits";
  return {};
}

// ---- broadcasting
// ------------------------------------------------------------------------------------------------------

/// The common size of two; null if there is none.
static Dim commonDim(Dim a, Dim b) {
  Dim one = Dim::constant(a.getContext(), 1);
  if (a == b || b == one) return a;
  if (a == one) return b;
  bool mayBeOne = !provablyDifferent(a, one) || !provablyDifferent(b, one);
  if (provablyDifferent(a, b) && !mayBeOne) return {};
  // What is certainly not 1 is the common size; the other is 1 or equal to it.
  if (provablyDifferent(a, one)) return a;
  if (provablyDifferent(b, one)) return b;
  return max(a, b);
}

std::optional<llvm::SmallVector<Dim>> numpyDims(Location loc, llvm::ArrayRef<mlir::Type> tensors) {
  llvm::SmallVector<Dim> common;
  for (mlir::Type tensor : tensors) {
    llvm::SmallVector<Dim> dims = dimsOf(tensor);
    if (dims.size() > common.size())
      common.insert(common.begin(), dims.size() - common.size(),
                    Dim::constant(tensor.getContext(), 1));
    size_t lead = common.size() - dims.size();
    for (auto [d, dim] : llvm::enumerate(dims)) {
      Dim &target = common[lead + d];
      Dim merged = dim ? commonDim(target, dim) : Dim();
      if (!merged) {
        mlir::emitError(loc) << "shapes do not broadcast: size `" << (dim ? dim.str() : "?")
                             << "` of dim " << d << " of " << tensor << " meets `" << target.str()
                             << "`; sizes must be equal, or one of them 1";
        return std::nullopt;
      }
      target = merged;
    }
  }
  return common;
}

Value broadcastAlong(OpBuilder &b, Location loc, Value x, llvm::ArrayRef<int64_t> along,
                     llvm::ArrayRef<Dim> dims) {
  if (!x) return {};
  mlir::RankedTensorType type = typeLike(loc, x, dims);
  if (!type) return {};
  if (type == x.getType() && along.size() == dims.size()) return x;
  return only(b, BroadcastOp::create(b, loc, type, x, along));
}

Value broadcastTo(OpBuilder &b, Location loc, Value x, llvm::ArrayRef<Dim> dims) {
  if (!x) return {};
  auto rank = mlir::cast<mlir::RankedTensorType>(x.getType()).getRank();
  auto lead = static_cast<int64_t>(dims.size()) - rank;
  if (lead < 0) {
    mlir::emitError(loc) << "a tensor of rank " << rank << " cannot be broadcast to rank "
                         << dims.size();
    return {};
  }
  return broadcastAlong(b, loc, x, llvm::to_vector(llvm::seq<int64_t>(lead, dims.size())), dims);
}

llvm::SmallVector<Value> numpyBroadcast(OpBuilder &b, Location loc, mlir::ValueRange values) {
  llvm::SmallVector<mlir::Type> types;
  for (Value value : values) {
    if (!value) return {};
    types.push_back(value.getType());
  }
  std::optional<llvm::SmallVector<Dim>> dims = numpyDims(loc, types);
  if (!dims) return {};
  llvm::SmallVector<Value> results;
  for (Value value : values) {
    results.push_back(broadcastTo(b, loc, value, *dims));
    if (!results.back()) return {};
  }
  return results;
}

std::pair<Value, Value> numpyBroadcast(OpBuilder &b, Location loc, Value lhs, Value rhs) {
  llvm::SmallVector<Value> both = numpyBroadcast(b, loc, mlir::ValueRange{lhs, rhs});
  return both.empty() ? std::pair<Value, Value>() : std::pair(both[0], both[1]);
}

// ---- row-major views
// ---------------------------------------------------------------------------------------------------

Value rebind(OpBuilder &b, Location loc, Value x, llvm::ArrayRef<Dim> dims) {
  if (!x) return {};
  mlir::RankedTensorType type = typeLike(loc, x, dims);
  if (!type || type == x.getType()) return type ? x : Value();
  return only(b, RebindOp::create(b, loc, type, x));
}

Value reshape(OpBuilder &b, Location loc, Value x, llvm::ArrayRef<Dim> dims) {
  if (!x) return {};
  mlir::RankedTensorType type = typeLike(loc, x, dims);
  if (!type || type == x.getType()) return type ? x : Value();
  Dim count = numElements(type);
  if (!count) {
    mlir::emitError(loc) << "the number of elements of " << type << " leaves 64 bits";
    return {};
  }
  if (count != numElements(x.getType())) x = rebind(b, loc, flatten(b, loc, x), {count});
  return x ? only(b, ReshapeOp::create(b, loc, type, x)) : x;
}

Value flatten(OpBuilder &b, Location loc, Value x) {
  if (!x) return {};
  return reshape(b, loc, x, {numElements(x.getType())});
}

/// Whether these are distinct places in [0, rank).
static bool areAxes(Location loc, llvm::ArrayRef<int64_t> axes, size_t rank) {
  llvm::SmallVector<int64_t> sorted(axes);
  llvm::sort(sorted);
  bool areInside =
      sorted.empty() || (sorted.front() >= 0 && sorted.back() < static_cast<int64_t>(rank));
  if (areInside && std::adjacent_find(sorted.begin(), sorted.end()) == sorted.end()) return true;
  mlir::emitError(loc) << "axes [" << axes << "] must be distinct and in [0, " << rank << ")";
  return false;
}

Value expandDims(OpBuilder &b, Location loc, Value x, llvm::ArrayRef<int64_t> axes) {
  if (!x) return {};
  llvm::SmallVector<Dim> own = dimsOf(x.getType()), dims;
  size_t rank = own.size() + axes.size(), next = 0;
  if (!areAxes(loc, axes, rank)) return {};
  for (size_t d = 0; d < rank; ++d)
    dims.push_back(llvm::is_contained(axes, static_cast<int64_t>(d))
                       ? Dim::constant(b.getContext(), 1)
                       : own[next++]);
  return reshape(b, loc, x, dims);
}

Value squeeze(OpBuilder &b, Location loc, Value x, llvm::ArrayRef<int64_t> axes) {
  if (!x) return {};
  llvm::SmallVector<Dim> own = dimsOf(x.getType()), dims;
  if (!areAxes(loc, axes, own.size())) return {};
  for (auto [d, dim] : llvm::enumerate(own)) {
    if (llvm::is_contained(axes, static_cast<int64_t>(d)))
      dim = Dim::constant(b.getContext(), 1);
    else
      dims.push_back(dim);
  }
  return reshape(b, loc, rebind(b, loc, x, own), dims);
}

// ---- other views
// -------------------------------------------------------------------------------------------------------

Value transpose(OpBuilder &b, Location loc, Value x, llvm::ArrayRef<int64_t> permutation) {
  return create<TransposeOp>(b, loc, x,
                             TransposeOp::Properties{b.getDenseI64ArrayAttr(permutation)});
}

Value slice(OpBuilder &b, Location loc, Value x, llvm::ArrayRef<Dim> starts,
            llvm::ArrayRef<Dim> sizes, llvm::ArrayRef<Dim> steps) {
  SliceOp::Properties properties;
  properties.starts = dimsAttr(loc, b, starts);
  properties.sizes = dimsAttr(loc, b, sizes);
  properties.steps = dimsAttr(loc, b, steps);
  if (!properties.starts || !properties.sizes || !properties.steps) return {};
  return create<SliceOp>(b, loc, x, properties);
}

/// Slices all dims whole but those `change` sets (axis, start, size, step).
static Value sliceSome(OpBuilder &b, Location loc, Value x,
                       llvm::function_ref<void(size_t, Dim &, Dim &, Dim &)> change) {
  if (!x) return {};
  llvm::SmallVector<Dim> sizes = dimsOf(x.getType());
  llvm::SmallVector<Dim> starts(sizes.size(), Dim::constant(b.getContext(), 0));
  llvm::SmallVector<Dim> steps(sizes.size(), Dim::constant(b.getContext(), 1));
  for (size_t d = 0; d < sizes.size(); ++d) change(d, starts[d], sizes[d], steps[d]);
  return slice(b, loc, x, starts, sizes, steps);
}

Value sliceAxis(OpBuilder &b, Location loc, Value x, int64_t axis, Dim start, Dim size) {
  return sliceSome(b, loc, x, [&](size_t d, Dim &from, Dim &count, Dim &) {
    if (static_cast<int64_t>(d) != axis) return;
    from = start;
    count = size;
  });
}

Value reverse(OpBuilder &b, Location loc, Value x, llvm::ArrayRef<int64_t> axes) {
  return sliceSome(b, loc, x, [&](size_t d, Dim &from, Dim &count, Dim &step) {
    if (!llvm::is_contained(axes, static_cast<int64_t>(d))) return;
    from = count - 1;
    step = Dim::constant(b.getContext(), -1);
  });
}

Value pad(OpBuilder &b, Location loc, Value x, Value value, llvm::ArrayRef<Dim> low,
          llvm::ArrayRef<Dim> high, llvm::ArrayRef<Dim> interior) {
  PadOp::Properties properties;
  properties.low = dimsAttr(loc, b, low);
  properties.high = dimsAttr(loc, b, high);
  properties.interior = dimsAttr(loc, b, interior);
  if (!properties.low || !properties.high || !properties.interior) return {};
  return create<PadOp>(b, loc, {x, value}, properties);
}

Value concat(OpBuilder &b, Location loc, int64_t axis, mlir::ValueRange operands) {
  return create<ConcatOp>(b, loc, operands, ConcatOp::Properties{b.getI64IntegerAttr(axis)});
}

}  // namespace plx::build
