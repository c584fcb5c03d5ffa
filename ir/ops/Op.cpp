#include "ir/ops/Op.h"

namespace plx {

mlir::ParseResult parseDims(mlir::OpAsmParser &parser, DimsAttr &dims) {
  mlir::FailureOr<DimsAttr> parsed = parseDims(static_cast<mlir::AsmParser &>(parser));
  if (failed(parsed)) return mlir::failure();
  dims = *parsed;
  return mlir::success();
}

void printDims(mlir::OpAsmPrinter &printer, mlir::Operation *, DimsAttr dims) {
  printDims(static_cast<mlir::AsmPrinter &>(printer), dims);
}

mlir::ParseResult parseFnName(mlir::OpAsmParser &parser, mlir::StringAttr &name) {
  llvm::StringRef keyword;
  if (parser.parseKeyword(&keyword)) return mlir::failure();
  name = parser.getBuilder().getStringAttr(keyword);
  return mlir::success();
}

void printFnName(mlir::OpAsmPrinter &printer, mlir::Operation *, mlir::StringAttr name) {
  printer << name.getValue();
}

}  // namespace plx
