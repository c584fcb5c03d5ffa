#include "ir/ops/Sizes.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"

namespace plx {

bool mayAgree(Dim a, Dim b) { return !a || !b || !provablyDifferent(a, b); }

std::string text(mlir::Type type) {
  std::string out;
  llvm::raw_string_ostream(out) << type;
  return out;
}

// ---- Infer --------------------------------------------------------------------------------------

mlir::LogicalResult inferTensor(std::optional<mlir::Location> location, llvm::StringRef op,
                                mlir::Type element, llvm::ArrayRef<Dim> dims,
                                llvm::SmallVectorImpl<mlir::Type> &types) {
  for (auto [d, dim] : llvm::enumerate(dims)) {
    if (!dim)
      return mlir::emitOptionalError(location, op, ": size of the result along dim ", d,
                                     " is unknown (an operand has a `?` without #plx.dims) or "
                                     "leaves the range of i64");
    if (std::optional<int64_t> high = dim.upperBound(); high && *high < 0)
      return mlir::emitOptionalError(location, op, ": size of the result along dim ", d,
                                     " would be negative: ", dim.str());
  }
  types.push_back(tensorType(element, dims));
  return mlir::success();
}

mlir::LogicalResult inferSameShape(std::optional<mlir::Location> location, llvm::StringRef op,
                                   llvm::ArrayRef<llvm::StringRef> names, mlir::TypeRange types) {
  auto first = mlir::cast<mlir::RankedTensorType>(types[0]);
  for (auto [name, type] : llvm::drop_begin(llvm::zip(names, types))) {
    auto other = mlir::cast<mlir::RankedTensorType>(type);
    if (other.getRank() != first.getRank())
      return mlir::emitOptionalError(location, op, ": `", name, "` has rank ", other.getRank(),
                                     ", `", names[0], "` has rank ", first.getRank(),
                                     "; they must have one shape");
    for (int64_t d = 0; d < first.getRank(); ++d)
      if (!mayAgree(dimOf(first, d), dimOf(other, d)))
        return mlir::emitOptionalError(
            location, op, ": `", name, "` has size ", dimOf(other, d).str(), " along dim ", d,
            ", `", names[0], "` has ", dimOf(first, d).str(), "; they must have one shape");
  }
  return mlir::success();
}

mlir::LogicalResult inferAxis(std::optional<mlir::Location> location, llvm::StringRef op,
                              int64_t axis, int64_t rank) {
  if (axis >= 0 && axis < rank) return mlir::success();
  return mlir::emitOptionalError(location, op, ": `axis` is ", axis,
                                 ", expected one in [0, rank); the operand has rank ", rank);
}

bool isNumberInt(mlir::Type element) {
  return mlir::isa<mlir::IntegerType>(element) && !element.isInteger(1);
}

bool hasOrder(mlir::Type element, bool strings) {
  return mlir::isa<mlir::IntegerType, mlir::FloatType>(element) ||
         (strings && mlir::isa<StringType>(element));
}

bool isIntScalar(mlir::Type type) {
  auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
  return tensor && tensor.getRank() == 0 && isNumberInt(tensor.getElementType());
}

mlir::LogicalResult inferFreshName(std::optional<mlir::Location> location, llvm::StringRef op,
                                   llvm::StringRef name) {
  if (!name.empty() && !name.starts_with("$")) return mlir::success();
  return mlir::emitOptionalError(location, op, ": `size` is \"", name,
                                 "\", expected a symbol's name that is not empty and does not "
                                 "begin with `$`");
}

// ---- Verify -------------------------------------------------------------------------------------

bool isNamed(mlir::ArrayAttr names, llvm::StringRef name) {
  return names && llvm::any_of(names.getAsRange<mlir::StringAttr>(),
                               [&](mlir::StringAttr each) { return each.getValue() == name; });
}

namespace {
bool mentions(Dim dim, llvm::ArrayRef<mlir::ArrayAttr> symbols) {
  llvm::SmallVector<DimAtom> used;
  dim.collectSymbols(used);
  return llvm::any_of(used, [&](DimAtom symbol) {
    return llvm::any_of(
        symbols, [&](mlir::ArrayAttr names) { return isNamed(names, symbol.symbol().getValue()); });
  });
}

std::string misfitOfElements(mlir::Type given, mlir::Type wanted,
                             llvm::ArrayRef<mlir::ArrayAttr> symbols) {
  std::string inner = misfit(given, wanted, symbols);
  return inner.empty() ? inner : "elements with " + inner;
}
}  // namespace

std::string misfitOfDims(llvm::ArrayRef<Dim> given, llvm::ArrayRef<Dim> wanted,
                         llvm::ArrayRef<mlir::ArrayAttr> symbols) {
  if (given.size() != wanted.size())
    return llvm::formatv("rank {0}, expected {1}", given.size(), wanted.size());
  for (auto [d, pair] : llvm::enumerate(llvm::zip(given, wanted))) {
    auto [is, expected] = pair;
    if (mayAgree(is, expected) || mentions(is, symbols) || mentions(expected, symbols)) continue;
    return llvm::formatv("size {0} along dim {1}, expected {2}", is.str(), d, expected.str());
  }
  return {};
}

std::string misfit(mlir::Type given, mlir::Type wanted, llvm::ArrayRef<mlir::ArrayAttr> symbols) {
  if (given == wanted) return {};
  auto givenTensor = mlir::dyn_cast<mlir::TensorType>(given);
  auto wantedTensor = mlir::dyn_cast<mlir::TensorType>(wanted);
  if (givenTensor && wantedTensor) {
    if (givenTensor.getElementType() != wantedTensor.getElementType())
      return llvm::formatv("element type {0}, expected {1}", givenTensor.getElementType(),
                           wantedTensor.getElementType());
    auto a = mlir::dyn_cast<mlir::RankedTensorType>(given);
    auto b = mlir::dyn_cast<mlir::RankedTensorType>(wanted);
    return a && b ? misfitOfDims(dimsOf(a), dimsOf(b), symbols) : std::string();
  }
  if (auto a = mlir::dyn_cast<SequenceType>(given))
    if (auto b = mlir::dyn_cast<SequenceType>(wanted))
      return misfitOfElements(a.element(), b.element(), symbols);
  if (auto a = mlir::dyn_cast<OptionalType>(given))
    if (auto b = mlir::dyn_cast<OptionalType>(wanted))
      return misfitOfElements(a.element(), b.element(), symbols);
  return llvm::formatv("type {0}, expected {1}", given, wanted);
}

mlir::LogicalResult verifyFresh(mlir::Operation *op, mlir::ArrayAttr fresh, mlir::TypeRange types,
                                llvm::StringRef attribute) {
  if (!fresh) return mlir::success();
  llvm::StringSet<> alone;
  for (mlir::Type type : types)
    if (mlir::isa<mlir::RankedTensorType>(type))
      for (Dim dim : dimsOf(type))
        if (dim && dim.asSymbol()) alone.insert(dim.asSymbol()->symbol().getValue());
  llvm::StringSet<> seen;
  for (mlir::StringAttr name : fresh.getAsRange<mlir::StringAttr>()) {
    if (name.empty() || name.getValue().starts_with("$"))
      return op->emitOpError() << "`" << attribute << "` names " << name
                               << ": expected a symbol's name that does not begin with `$`";
    if (!seen.insert(name.getValue()).second)
      return op->emitOpError() << "`" << attribute << "` names " << name << " twice";
    if (!alone.contains(name.getValue()))
      return op->emitOpError() << "`" << attribute << "` names " << name
                               << ", which is alone a size of none of the types it is bound by ("
                               << types << ")";
  }
  return mlir::success();
}

// ---- Evaluate -----------------------------------------------------------------------------------

namespace {
mlir::LogicalResult bindTensor(mlir::Operation *op, unsigned number, mlir::ArrayAttr fresh,
                               mlir::RankedTensorType type, const eval::Tensor &value,
                               eval::Scope &scope) {
  if (value.elementType() != type.getElementType() || value.rank() != type.getRank())
    return scope.fail(op, llvm::Twine("value ") + llvm::Twine(number) + " has element type " +
                              text(value.elementType()) + " and rank " + llvm::Twine(value.rank()) +
                              ", expected " + text(type));
  for (int64_t d = 0; d < type.getRank(); ++d) {
    Dim dim = dimOf(type, d);
    std::optional<DimAtom> symbol = dim ? dim.asSymbol() : std::nullopt;
    if (symbol && isNamed(fresh, symbol->symbol().getValue()) &&
        failed(scope.bind(*symbol, value.shape()[d], op)))
      return mlir::failure();
  }
  return mlir::success();
}

}  // namespace

mlir::LogicalResult bindFresh(mlir::Operation *op, mlir::ArrayAttr fresh, mlir::TypeRange types,
                              llvm::ArrayRef<eval::Value> values, eval::Scope &scope) {
  if (types.size() != values.size())
    return scope.fail(
        op, llvm::Twine(values.size()) + " values came, expected " + llvm::Twine(types.size()));
  for (auto [number, pair] : llvm::enumerate(llvm::zip(types, values))) {
    auto [type, value] = pair;
    if (std::holds_alternative<eval::Tensor>(value.is) != mlir::isa<mlir::TensorType>(type))
      return scope.fail(op,
                        "value " + llvm::Twine(number) + " is of another kind than " + text(type));
    auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
    if (tensor && failed(bindTensor(op, number, fresh, tensor, value.tensor(), scope)))
      return mlir::failure();
  }
  return mlir::success();
}

mlir::FailureOr<llvm::SmallVector<int64_t>> emptyShape(mlir::Operation *op,
                                                       mlir::RankedTensorType type,
                                                       mlir::ArrayAttr unbound,
                                                       eval::Scope &scope) {
  llvm::SmallVector<int64_t> shape;
  for (Dim dim : dimsOf(type)) {
    Dim known = dim.substitute([&](DimAtom symbol) {
      return isNamed(unbound, symbol.symbol().getValue()) ? Dim::constant(op->getContext(), 0)
                                                          : Dim();
    });
    mlir::FailureOr<int64_t> size = scope.valueOf(known, op);
    if (failed(size)) return mlir::failure();
    shape.push_back(std::max<int64_t>(*size, 0));
  }
  return shape;
}

mlir::LogicalResult bindSize(mlir::Operation *op, llvm::StringRef name, int64_t value,
                             eval::Scope &scope) {
  return scope.bind(*Dim::symbol(op->getContext(), name).asSymbol(), value, op);
}

mlir::LogicalResult checkSameShape(mlir::Operation *op, llvm::ArrayRef<eval::Value> operands,
                                   eval::Scope &scope) {
  llvm::ArrayRef<int64_t> first = operands[0].tensor().shape();
  for (auto [number, operand] : llvm::enumerate(operands))
    if (operand.tensor().shape() != first)
      return scope.fail(op, llvm::formatv("operand {0} has shape [{1:$[, ]}], operand 0 has "
                                          "[{2:$[, ]}]; they must have one shape",
                                          number,
                                          llvm::make_range(operand.tensor().shape().begin(),
                                                           operand.tensor().shape().end()),
                                          llvm::make_range(first.begin(), first.end()))
                                .str());
  return mlir::success();
}

}  // namespace plx
