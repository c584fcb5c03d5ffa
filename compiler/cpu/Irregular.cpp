#include "compiler/cpu/Irregular.h"

#include "compiler/cpu/Algorithm.h"

namespace plx::cpu {

static void emitBody(IrregularKind kind, Algorithm &a) {
  switch (kind) {
    case IrregularKind::Scatter:
      return emitScatter(a);
    case IrregularKind::Sort:
      return emitSort(a);
    case IrregularKind::TopK:
      return emitTopK(a);
    case IrregularKind::Nonzero:
      return emitNonzero(a);
    case IrregularKind::Unique:
      return emitUnique(a);
    case IrregularKind::NonMaxSuppression:
      return emitNonMaxSuppression(a);
  }
}

void emitIrregular(IrregularFuncOp kernel, const Facts &facts, llvm::Module &module,
                   llvm::StringRef name) {
  Algorithm algorithm(kernel, facts, module, name);
  emitBody(*irregularKindNamed(kernel.getKind()), algorithm);
  algorithm.finish();
}

}  // namespace plx::cpu
