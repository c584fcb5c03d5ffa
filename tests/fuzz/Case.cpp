#include "tests/fuzz/Case.h"

namespace plx::fuzz {

mlir::func::FuncOp mainOf(mlir::ModuleOp module) {
  return module.lookupSymbol<mlir::func::FuncOp>("main");
}

mlir::FailureOr<Values> inputsOf(mlir::ModuleOp module) {
  mlir::func::FuncOp main = mainOf(module);
  if (!main) return mlir::failure();
  Values inputs;
  for (unsigned i = 0; i < main.getNumArguments(); ++i) {
    auto input = main.getArgAttrOfType<mlir::DenseElementsAttr>(i, "plx.input");
    if (!input) return main.emitError() << "argument " << i << " has no plx.input";
    inputs.push_back(eval::Tensor::fromAttr(input));
  }
  return inputs;
}

mlir::Value addInput(mlir::func::FuncOp main, mlir::Type type, const eval::Tensor &input) {
  unsigned index = main.getNumArguments();
  auto attributes = mlir::DictionaryAttr::get(
      main.getContext(),
      mlir::NamedAttribute(mlir::StringAttr::get(main.getContext(), "plx.input"), input.toAttr()));
  (void)main.insertArgument(index, type, attributes, main.getLoc());
  return main.getArgument(index);
}

void setOutputs(mlir::func::FuncOp main, mlir::ValueRange outputs) {
  mlir::Operation *ret = main.getBody().front().getTerminator();
  ret->setOperands(outputs);
  main.setResAttrsAttr({});
  main.setFunctionType(mlir::FunctionType::get(main.getContext(), main.getArgumentTypes(),
                                               mlir::TypeRange(outputs)));
}

std::string textOf(mlir::ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream(text) << module << "\n";
  return text;
}

}  // namespace plx::fuzz
