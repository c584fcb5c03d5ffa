#include "compiler/autodiff/GradientPrograms.h"

#include "compiler/memory/InlineCalls.h"
#include "ir/autodiff/Gradient.h"
#include "ir/ops/BuildDerivatives.h"
#include "ir/types/Types.h"
#include "llvm/ADT/SetVector.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/Verifier.h"

namespace plx {

eval::Tensor toF64(const eval::Tensor &x, mlir::Type f64) {
  eval::Tensor out(f64, x.shape());
  for (int64_t i = 0; i < x.numElements(); ++i) out.setFloat(i, std::as_const(x).floats()[i]);
  return out;
}

bool isFloat(const eval::Value &value) {
  const auto *tensor = std::get_if<eval::Tensor>(&value.is);
  return tensor && tensor->isFloat();
}

bool isFloatTensor(mlir::Type type) {
  auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
  return tensor && mlir::isa<mlir::FloatType>(tensor.getElementType());
}

OwnedModule isolate(mlir::ModuleOp module, llvm::StringRef name) {
  OwnedModule copy(module.clone());
  auto main = copy->lookupSymbol<mlir::func::FuncOp>(name);
  llvm::SetVector<mlir::Operation *> used;
  used.insert(main);
  for (size_t i = 0; i < used.size(); ++i)
    used[i]->walk([&](mlir::Operation *op) {
      op->getAttrDictionary().walk([&](mlir::SymbolRefAttr symbol) {
        if (mlir::Operation *callee = copy->lookupSymbol(symbol)) used.insert(callee);
      });
    });
  for (mlir::Operation &op : llvm::make_early_inc_range(*copy->getBody()))
    if (!used.contains(&op)) op.erase();
  main.setName("main");
  return copy;
}

mlir::LogicalResult promote(mlir::ModuleOp module) {
  mlir::Type f64 = mlir::Float64Type::get(module.getContext());
  mlir::AttrTypeReplacer replacer;
  replacer.addReplacement([&](mlir::RankedTensorType type) -> std::optional<mlir::Type> {
    if (!mlir::isa<mlir::FloatType>(type.getElementType())) return std::nullopt;
    return mlir::RankedTensorType::get(type.getShape(), f64, type.getEncoding());
  });
  replacer.addReplacement([&](mlir::UnrankedTensorType type) -> std::optional<mlir::Type> {
    if (!mlir::isa<mlir::FloatType>(type.getElementType())) return std::nullopt;
    return mlir::UnrankedTensorType::get(f64);
  });
  replacer.addReplacement([&](SequenceType type) -> std::optional<mlir::Type> {
    return SequenceType::get(replacer.replace(type.element()));
  });
  replacer.addReplacement([&](OptionalType type) -> std::optional<mlir::Type> {
    return OptionalType::get(replacer.replace(type.element()));
  });
  replacer.addReplacement([&](mlir::DenseElementsAttr dense)
                              -> std::optional<std::pair<mlir::Attribute, mlir::WalkResult>> {
    if (!mlir::isa<mlir::FloatType>(dense.getElementType())) return std::nullopt;
    return std::pair(toF64(eval::Tensor::fromAttr(dense), f64).toAttr(), mlir::WalkResult::skip());
  });
  for (auto function : module.getOps<mlir::func::FuncOp>()) {
    function.removeArgAttrsAttr();
    function.removeResAttrsAttr();
  }
  replacer.recursivelyReplaceElementsIn(module, /*replaceAttrs=*/true, /*replaceLocs=*/false,
                                        /*replaceTypes=*/true);
  return mlir::verify(module);
}

namespace {

mlir::func::FuncOp mainOf(mlir::ModuleOp module) {
  return module.lookupSymbol<mlir::func::FuncOp>("main");
}

void setResults(mlir::func::FuncOp function, mlir::ValueRange results) {
  function.removeResAttrsAttr();
  function.getBody().front().getTerminator()->setOperands(results);
  function.setFunctionType(mlir::FunctionType::get(
      function.getContext(), function.getArgumentTypes(), results.getTypes()));
}

}  // namespace

mlir::LogicalResult giveProduct(mlir::ModuleOp module, llvm::ArrayRef<eval::Tensor> factors,
                                llvm::ArrayRef<eval::Tensor> counted) {
  mlir::func::FuncOp function = mainOf(module);
  mlir::Operation *end = function.getBody().front().getTerminator();
  mlir::OpBuilder b(end);
  mlir::Location loc = end->getLoc();
  mlir::Value sum = build::constantScalar(b, loc, 0, b.getF64Type());
  size_t number = 0;
  for (mlir::Value result : llvm::to_vector(end->getOperands())) {
    if (!isFloatTensor(result.getType())) continue;
    auto sized = [&](const eval::Tensor &tensor) {
      return build::rebind(b, loc, build::constant(b, loc, tensor.toAttr()),
                           dimsOf(result.getType()));
    };
    mlir::Value wide = build::cast(b, loc, result, b.getF64Type());
    if (!counted.empty()) wide = build::where(b, loc, sized(counted[number]), wide);
    mlir::Value product = build::multiply(b, loc, sized(factors[number++]), wide);
    int64_t rank = mlir::cast<mlir::RankedTensorType>(result.getType()).getRank();
    sum = build::add(b, loc, sum, build::reduce(b, loc, "sum", product, build::allAxes(rank)));
  }
  if (!sum) return mlir::failure();
  setResults(function, sum);
  return mlir::success();
}

mlir::FailureOr<llvm::SmallVector<bool>> giveGradient(mlir::ModuleOp module) {
  mlir::func::FuncOp function = mainOf(module);
  mlir::Operation *end = function.getBody().front().getTerminator();
  mlir::OpBuilder b(end);
  llvm::SmallVector<mlir::Value> inputs;
  for (mlir::Value argument : function.getArguments())
    if (isFloatTensor(argument.getType())) inputs.push_back(argument);
  mlir::Value seed = build::constantScalar(b, end->getLoc(), 1, b.getF64Type());
  if (failed(inlineCalls(module, function, /*keepVjps=*/true))) return mlir::failure();
  llvm::SmallVector<mlir::Value> results(end->getOperands());
  auto cotangents = gradient(b, results, seed, inputs);
  if (failed(cotangents)) return mlir::failure();
  llvm::SmallVector<mlir::Value> gradients;
  llvm::SmallVector<bool> isZero;
  for (auto [input, cotangent] : llvm::zip_equal(inputs, *cotangents)) {
    gradients.push_back(cotangent ? cotangent : build::zerosLike(b, end->getLoc(), input));
    isZero.push_back(!cotangent);
  }
  setResults(function, gradients);
  if (failed(mlir::verify(module))) return mlir::failure();
  return isZero;
}

}  // namespace plx
