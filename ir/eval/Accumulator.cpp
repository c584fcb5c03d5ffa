#include "ir/eval/Accumulator.h"

#include "ir/eval/ScalarEval.h"

namespace plx::eval {

Accumulator::Accumulator(FoldKind kind, mlir::Type element)
    : combiner_(combinerOf(kind)), element_(element) {
  mlir::TypedAttr neutral = neutralOf(kind, element);
  if (auto value = mlir::dyn_cast<mlir::FloatAttr>(neutral)) {
    wide_ = mlir::Float64Type::get(element.getContext());
    float_ = value.getValueAsDouble();
  } else {
    const llvm::APInt bits = mlir::cast<mlir::IntegerAttr>(neutral).getValue();
    int_ = wrapTo(element, static_cast<int64_t>(bits.zextOrTrunc(64).getZExtValue()));
  }
}

void Accumulator::add(const Tensor &x, int64_t i) {
  if (wide_)
    float_ = combineFloat(combiner_, wide_, float_, x.floats()[i]);
  else
    int_ = combineInt(combiner_, element_, int_, x.ints()[i]);
}

void Accumulator::store(Tensor &result, int64_t i) const {
  if (wide_)
    result.setFloat(i, float_);
  else
    result.setInt(i, int_);
}

Lines::Lines(llvm::ArrayRef<int64_t> shape, int64_t axis) : size(shape[axis]) {
  for (int64_t d : shape.take_front(axis)) outer *= d;
  for (int64_t d : shape.drop_front(axis + 1)) inner *= d;
}

}  // namespace plx::eval
