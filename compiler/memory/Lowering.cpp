#include "compiler/memory/Lowering.h"

#include "ir/ops/Constant.h"
#include "ir/ops/Parameter.h"
#include "ir/ops/Reshape.h"
#include "ir/ops/Yield.h"
#include "llvm/ADT/TypeSwitch.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

namespace plx {

int64_t elementBytesOf(mlir::Type tensor) {
  mlir::Type element = mlir::cast<mlir::RankedTensorType>(tensor).getElementType();
  return mlir::isa<StringType>(element) ? 16 : bytesOfElement(element);
}

DimsAttr dimsAttrOf(mlir::Type tensor) {
  return DimsAttr::get(tensor.getContext(), dimsOf(tensor));
}

Lowering::Lowering(mlir::func::FuncOp main, ProgramOp program)
    : main_(main), program_(program), builder_(program.getContext()) {}

mlir::LogicalResult Lowering::run() {
  if (failed(checkSymbols())) return mlir::failure();
  builder_.setInsertionPointToStart(&program_.getBody().emplaceBlock());
  mlir::Block &entry = main_.getBody().front();
  for (mlir::BlockArgument argument : entry.getArguments()) {
    mlir::Location location = argument.getLoc();
    int64_t index = argument.getArgNumber();
    if (!mlir::isa<mlir::RankedTensorType>(argument.getType())) {
      buffers_[argument] = InputObjectOp::create(builder_, location, index);
      continue;
    }
    mlir::Value buffer = InputOp::create(builder_, location, index);
    buffers_[argument] =
        isHostValue(argument.getType()) ? objectOf(location, buffer, argument.getType()) : buffer;
  }
  claimOutputs(mlir::cast<mlir::func::ReturnOp>(entry.getTerminator()));
  if (failed(lowerBlock(entry))) return mlir::failure();
  program_.setNumStates(numSlots_);
  return mlir::success();
}

/// A symbol of an input's dims gets its value from an input dim that is the symbol alone.
mlir::LogicalResult Lowering::checkSymbols() {
  llvm::DenseSet<mlir::Attribute> bound;
  for (mlir::Type type : main_.getArgumentTypes())
    for (Dim dim : dimsOf(type))
      if (auto symbol = dim.asSymbol()) bound.insert(symbol->symbol());
  for (auto [i, type] : llvm::enumerate(main_.getArgumentTypes())) {
    for (auto [axis, dim] : llvm::enumerate(dimsOf(type))) {
      llvm::SmallVector<DimAtom> symbols;
      dim.collectSymbols(symbols);
      for (DimAtom symbol : symbols)
        if (!bound.contains(symbol.symbol()))
          return main_.emitError()
                 << "dim " << axis << " of input " << i << " is `" << dim.str()
                 << "`, but no input has a dim that is `" << symbol.symbol().getValue()
                 << "` alone, so its value cannot be known";
    }
  }
  return mlir::success();
}

mlir::LogicalResult Lowering::lowerBlock(mlir::Block &block) {
  for (mlir::Operation &op : block)
    if (failed(lowerOp(&op))) return mlir::failure();
  return mlir::success();
}

mlir::LogicalResult Lowering::lowerOp(mlir::Operation *op) {
  return llvm::TypeSwitch<mlir::Operation *, mlir::LogicalResult>(op)
      .Case([&](LaunchOp launch) { return lowerLaunch(launch), mlir::success(); })
      .Case([&](BindOp bind) { return lowerBind(bind), mlir::success(); })
      .Case([&](DimsOp dims) { return lowerDims(dims), mlir::success(); })
      .Case([&](RebindOp rebind) { return lowerRebind(rebind), mlir::success(); })
      .Case([&](ReshapeOp reshape) {
        buffers_[reshape.getResult()] = bufferOf(reshape.getOperand());
        return mlir::success();
      })
      .Case<ConstantOp, ParameterOp>([](auto) { return mlir::success(); })  // where it is used
      .Case([&](IfOp branch) { return lowerIf(branch); })
      .Case([&](LoopOp loop) { return lowerLoop(loop); })
      .Case([&](ScanOp scan) { return lowerScan(scan); })
      .Case<SizeOp, RequireOp, mlir::arith::CmpIOp, mlir::arith::SelectOp>([&](auto condition) {
        builder_.clone(*condition, numbers_);
        return mlir::success();
      })
      .Case([&](HostCall) { return lowerHostCall(op), mlir::success(); })
      .Case([&](YieldOp) { return mlir::success(); })  // by the op around it
      .Case([&](mlir::func::ReturnOp ret) { return lowerReturn(ret), mlir::success(); })
      .Default([](mlir::Operation *other) {
        return other->emitError() << "`" << other->getName() << "` has no form in a host program";
      });
}

// ---- values
// ----------------------------------------------------------------------------------------------------------

mlir::Value Lowering::bufferOf(mlir::Value tensor) {
  auto found = buffers_.find(tensor);
  if (found != buffers_.end()) return found->second;
  return buffers_[tensor] = weight(tensor.getDefiningOp());
}

/// Weights are named at the top of the program, where they are valid everywhere.
mlir::Value Lowering::weight(mlir::Operation *op) {
  auto constant = mlir::dyn_cast<ConstantOp>(op);
  mlir::Attribute key = constant ? mlir::Attribute(constant.getValue())
                                 : mlir::Attribute(mlir::cast<ParameterOp>(op).getNameAttr());
  mlir::Value &buffer = weights_[key];
  if (buffer) return buffer;
  mlir::OpBuilder::InsertionGuard guard(builder_);
  builder_.setInsertionPointToStart(&program_.getBody().front());
  if (constant && isHostValue(constant.getType()))
    return buffer = stringConstant(op->getLoc(), constant.getType(), constant.getValue());
  if (constant) {
    auto name = builder_.getStringAttr("$constant" + llvm::Twine(weights_.size() - 1));
    return buffer = WeightOp::create(builder_, op->getLoc(), name, constant.getType(),
                                     constant.getValue());
  }
  auto parameter = mlir::cast<ParameterOp>(op);
  return buffer = WeightOp::create(builder_, op->getLoc(), parameter.getNameAttr(),
                                   parameter.getType(), mlir::ElementsAttr());
}

mlir::Value Lowering::alloc(mlir::Location location, DimsAttr dims, int64_t elementBytes) {
  return AllocOp::create(builder_, location, dims, elementBytes, mlir::IntegerAttr(),
                         mlir::IntegerAttr());
}

mlir::Value Lowering::size(mlir::Location location, Dim dim) {
  return SizeOp::create(builder_, location, DimsAttr::get(builder_.getContext(), {dim}));
}

void Lowering::copy(mlir::Location location, mlir::Value tensor, mlir::Value target) {
  CopyOp::create(builder_, location, bufferOf(tensor), target, dimsAttrOf(tensor.getType()),
                 elementBytesOf(tensor.getType()));
}

void Lowering::require(mlir::Location location, Dim first, Dim second, int64_t axis) {
  require(location, size(location, first), first, size(location, second), second, axis);
}

void Lowering::require(mlir::Location location, mlir::Value firstValue, Dim first,
                       mlir::Value secondValue, Dim second, int64_t axis) {
  std::string message =
      ("dim {2} is {0} by `" + first.text() + "` but {1} by `" + second.text() + "`").str();
  RequireOp::create(builder_, location, firstValue, secondValue, axis, message);
}

mlir::Value Lowering::element(mlir::Location location, mlir::Value tensor, int64_t index) {
  auto type = mlir::cast<mlir::RankedTensorType>(tensor.getType());
  if (mlir::Value known = scalars_.lookup(tensor)) return known;
  if (auto dims = tensor.getDefiningOp<DimsOp>()) return size(location, dims.getValue()[index]);
  if (auto constant = tensor.getDefiningOp<ConstantOp>()) {
    auto values = constant.getValue().getValues<llvm::APInt>();
    llvm::APInt value = *(values.begin() + index);
    bool isUnsigned =
        type.getElementType().isUnsignedInteger() || type.getElementType().isInteger(1);
    return size(location, Dim::constant(builder_.getContext(),
                                        isUnsigned ? value.getZExtValue() : value.getSExtValue()));
  }
  return LoadScalarOp::create(builder_, location, bufferOf(tensor), index, type.getElementType());
}

// ---- where launches write
// --------------------------------------------------------------------------------------------

mlir::Value Lowering::throughReshapes(mlir::Value tensor) {
  while (auto reshape = tensor.getDefiningOp<ReshapeOp>()) tensor = reshape.getOperand();
  return tensor;
}

bool Lowering::claim(mlir::Value tensor, mlir::Block *block, Destination destination) {
  mlir::Value written = throughReshapes(tensor);
  auto launch = written.getDefiningOp<LaunchOp>();
  // With bounds, the buffer is larger than what is in it.
  if (!launch || launch->getBlock() != block || launch->hasAttr("bounds")) return false;
  // Dims in the words of a reshape are known as early as the launch only if it mentions no other
  // symbols.
  llvm::SmallVector<DimAtom> needed, known;
  for (Dim dim : dimsOf(tensor.getType())) dim.collectSymbols(needed);
  for (Dim dim : dimsOf(written.getType())) dim.collectSymbols(known);
  for (DimAtom symbol : needed)
    if (!llvm::is_contained(known, symbol)) return false;
  return destinations_.try_emplace(written, std::move(destination)).second;
}

void Lowering::claimOutputs(mlir::func::ReturnOp ret) {
  for (auto [i, tensor] : llvm::enumerate(ret.getOperands())) {
    int64_t index = i;
    DimsAttr dims = dimsAttrOf(tensor.getType());
    if (claim(tensor, ret->getBlock(), [this, index, dims](mlir::Location location) -> mlir::Value {
          return OutputOp::create(builder_, location, index, dims);
        }))
      writtenOutputs_.insert(index);
  }
}

void Lowering::lowerReturn(mlir::func::ReturnOp ret) {
  for (auto [i, tensor] : llvm::enumerate(ret.getOperands())) {
    if (writtenOutputs_.contains(i)) continue;
    if (isHostValue(tensor.getType())) {
      OutputObjectOp::create(builder_, ret.getLoc(), int64_t(i), bufferOf(tensor),
                             dimsAttrOf(tensor.getType()));
      continue;
    }
    mlir::Value target =
        OutputOp::create(builder_, ret.getLoc(), int64_t(i), dimsAttrOf(tensor.getType()));
    copy(ret.getLoc(), tensor, target);
  }
}

// ---- ops
// -------------------------------------------------------------------------------------------------------------

void Lowering::lowerLaunch(LaunchOp launch) {
  mlir::Location location = launch.getLoc();
  auto bounds = launch->getAttrOfType<mlir::ArrayAttr>("bounds");
  llvm::SmallVector<mlir::Value> buffers, results;
  for (mlir::Value input : launch.getInputs()) buffers.push_back(bufferOf(input));
  for (auto [i, result] : llvm::enumerate(launch.getResults())) {
    auto destination = destinations_.find(result);
    DimsAttr dims = bounds ? mlir::cast<DimsAttr>(bounds[i]) : dimsAttrOf(result.getType());
    results.push_back(destination == destinations_.end()
                          ? alloc(location, dims, elementBytesOf(result.getType()))
                          : destination->second(location));
    buffers_[result] = results.back();
  }
  llvm::append_range(buffers, results);
  RunOp::create(builder_, location, launch.getCalleeAttr(), launch.getSizes(), buffers,
                launch->getAttrOfType<mlir::StringAttr>("nodes"));
  lowerCounts(launch, results);
}

/// Sizes that the kernel found: `counts` names results that hold one, and the symbols they are.
void Lowering::lowerCounts(LaunchOp launch, mlir::ArrayRef<mlir::Value> results) {
  auto counts = launch->getAttrOfType<mlir::ArrayAttr>("counts");
  if (!counts) return;
  for (auto count : counts.getAsRange<mlir::DictionaryAttr>()) {
    int64_t result = count.getAs<mlir::IntegerAttr>("result").getInt();
    auto lower = count.getAs<mlir::IntegerAttr>("lower");
    mlir::Value value =
        LoadScalarOp::create(builder_, launch.getLoc(), results[result], 0, builder_.getI64Type());
    SetSymbolOp::create(builder_, launch.getLoc(), count.getAs<mlir::StringAttr>("symbol"), value,
                        lower ? lower.getInt() : 0);
  }
}

void Lowering::lowerBind(BindOp bind) {
  llvm::SmallVector<mlir::Value> values;
  for (size_t i = 0; i < bind.getNames().size(); ++i)
    values.push_back(element(bind.getLoc(), bind.getOperand(), i));
  for (auto [i, value] : llvm::enumerate(values))
    SetSymbolOp::create(builder_, bind.getLoc(), mlir::cast<mlir::StringAttr>(bind.getNames()[i]),
                        value, bind.getLowerBounds()[i]);
}

void Lowering::lowerRebind(RebindOp rebind) {
  llvm::SmallVector<Dim> from = dimsOf(rebind.getOperand().getType()),
                         to = dimsOf(rebind.getType());
  for (size_t axis = 0; axis < from.size(); ++axis)
    if (from[axis] != to[axis]) require(rebind.getLoc(), from[axis], to[axis], axis);
  buffers_[rebind.getResult()] = bufferOf(rebind.getOperand());
}

void Lowering::lowerDims(DimsOp dims) {
  bool isRead = llvm::any_of(dims->getUsers(),
                             [](mlir::Operation *user) { return !mlir::isa<BindOp>(user); });
  if (!isRead) return;
  auto type = mlir::cast<mlir::RankedTensorType>(dims.getType());
  mlir::Value buffer = alloc(dims.getLoc(), dimsAttrOf(type), elementBytesOf(type));
  llvm::SmallVector<mlir::Value> values;
  for (Dim dim : dims.getValue().dims()) values.push_back(size(dims.getLoc(), dim));
  StoreScalarsOp::create(builder_, dims.getLoc(), buffer, values, type.getElementType());
  buffers_[dims.getResult()] = buffer;
}

}  // namespace plx
