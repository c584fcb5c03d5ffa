// Calls of host functions, and the objects that they take and give.
#include "compiler/memory/Lowering.h"
#include "ir/ops/Constant.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace plx {

namespace {

bool isFresh(Dim dim, mlir::ArrayAttr fresh) {
  return fresh && llvm::any_of(fresh.getAsRange<mlir::StringAttr>(),
                               [&](mlir::StringAttr name) { return dim.usesSymbol(name); });
}

/// Whether the function writes the result where it is told: a tensor of numbers of known sizes.
bool hasPlace(mlir::Type type, const HostForm &form, mlir::ArrayAttr fresh) {
  if (isHostValue(type) || form.givesExisting) return false;
  return llvm::none_of(dimsOf(type), [&](Dim dim) { return isFresh(dim, fresh); });
}

}  // namespace

void Lowering::takeSizes(mlir::Location location, mlir::ValueRange sizes, mlir::Type type,
                         mlir::ArrayAttr fresh, llvm::DenseSet<mlir::Attribute> &set) {
  llvm::SmallVector<std::pair<mlir::Value, int64_t>> checks;
  for (auto [axis, dim] : llvm::enumerate(dimsOf(type))) {
    auto symbol = dim.asSymbol();
    if (symbol && isFresh(dim, fresh) && set.insert(symbol->symbol()).second)
      SetSymbolOp::create(builder_, location, symbol->symbol(), sizes[axis], symbol->lowerBound());
    else
      checks.emplace_back(sizes[axis], axis);
  }
  for (auto [size, axis] : checks) {
    Dim wanted = dimOf(type, axis);
    std::string message = ("dim {2} is {0}, expected {1} by `" + wanted.text() + "`").str();
    RequireOp::create(builder_, location, size, this->size(location, wanted), axis, message);
  }
}

void Lowering::lowerHostCall(mlir::Operation *op) {
  mlir::Location location = op->getLoc();
  HostForm form = mlir::cast<HostCall>(op).hostForm();
  auto fresh = op->getAttrOfType<mlir::ArrayAttr>("fresh");
  llvm::SmallVector<mlir::Value> inputs, placed;
  llvm::SmallVector<mlir::Type> inputTypes(op->getOperandTypes()), resultTypes, objectTypes;
  for (mlir::Value input : op->getOperands()) inputs.push_back(bufferOf(input));
  mlir::Type object = ObjectType::get(builder_.getContext());
  for (mlir::Value result : op->getResults()) {
    if (!hasPlace(result.getType(), form, fresh)) {
      resultTypes.push_back(object);
      objectTypes.push_back(object);
      continue;
    }
    resultTypes.push_back(result.getType());
    placed.push_back(
        alloc(location, dimsAttrOf(result.getType()), elementBytesOf(result.getType())));
    buffers_[result] = placed.back();
  }
  auto call = HostCallOp::create(
      builder_, location, objectTypes, form.function, hostAttributes(form.settings), inputs,
      builder_.getTypeArrayAttr(inputTypes), placed, builder_.getTypeArrayAttr(resultTypes));
  llvm::DenseSet<mlir::Attribute> set;
  size_t next = 0;
  for (auto [result, type] : llvm::zip_equal(op->getResults(), resultTypes)) {
    if (type != object) continue;
    mlir::Value given = call.getObjects()[next++];
    buffers_[result] = given;
    auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(result.getType());
    if (!tensor) continue;
    llvm::SmallVector<mlir::Type> sizes(tensor.getRank(), builder_.getI64Type());
    auto view = ViewOp::create(builder_, location, BufferType::get(builder_.getContext()), sizes,
                               given, tensor.getElementType());
    takeSizes(location, view.getSizes(), tensor, fresh, set);
    if (!isHostValue(tensor)) buffers_[result] = view.getBuffer();
  }
}

mlir::Value Lowering::objectOf(mlir::Location location, mlir::Value buffer, mlir::Type type) {
  mlir::Type object = ObjectType::get(builder_.getContext());
  return HostCallOp::create(builder_, location, object, "plx:copy", "{}", buffer,
                            builder_.getTypeArrayAttr({type}), mlir::ValueRange{},
                            builder_.getTypeArrayAttr({object}))
      .getObjects()[0];
}

/// Strings lie in the program as bytes: their lengths (i64), then all of them.
mlir::Value Lowering::stringConstant(mlir::Location location, mlir::Type type,
                                     mlir::ElementsAttr value) {
  std::string lengths, bytes;
  for (llvm::StringRef text : value.getValues<llvm::StringRef>()) {
    int64_t length = text.size();
    lengths.append(reinterpret_cast<const char *>(&length), sizeof length);
    bytes += text;
  }
  lengths += bytes;
  auto blobType = mlir::RankedTensorType::get({static_cast<int64_t>(lengths.size())},
                                              builder_.getIntegerType(8, /*isSigned=*/false));
  auto blob = mlir::DenseElementsAttr::getFromRawBuffer(blobType, lengths);
  auto name = builder_.getStringAttr("$strings" + llvm::Twine(weights_.size() - 1));
  mlir::Value weight = WeightOp::create(builder_, location, name, blobType, blob);
  mlir::Type object = ObjectType::get(builder_.getContext());
  auto settings = builder_.getDictionaryAttr(builder_.getNamedAttr(
      "dims", builder_.getDenseI64ArrayAttr(mlir::cast<mlir::RankedTensorType>(type).getShape())));
  return HostCallOp::create(builder_, location, object, "plx:strings", hostAttributes(settings),
                            weight, builder_.getTypeArrayAttr({blobType}), mlir::ValueRange{},
                            builder_.getTypeArrayAttr({object}))
      .getObjects()[0];
}

}  // namespace plx
