#include "frontends/onnx/ops/ml/Score.h"

#include <cstring>

#include "frontends/onnx/Graph.h"

namespace plx::onnxio {

Value classLabels(NodeContext &c, llvm::StringRef ints, llvm::StringRef strings) {
  if (Ints labels = c.intsOf(ints); !labels.empty()) return c.ints(labels);
  std::vector<std::string> names = c.stringsOf(strings);
  if (names.empty()) invalid("there are no class labels");
  onnx::TensorProto tensor;
  tensor.set_data_type(onnx::TensorProto::STRING);
  tensor.add_dims(static_cast<int64_t>(names.size()));
  for (const std::string &name : names) tensor.add_string_data(name);
  return c.graph.tensorValue(c, tensor, c.stem() + ".labels");
}

namespace {
// Inverse of the error function (Winitzki, "A handy approximation for the error function and its
// inverse", 2008), as onnxruntime computes it; probit(p) = sqrt(2) * erfinv(2p - 1).
Value probit(NodeContext &c, Value p) {
  Value x = c.sub_(c.mul_(p, 2), 1);
  Value log = c.log_(c.mul_(c.sub_(1, x), c.add_(x, 1)));
  Value v = c.add_(c.mul_(log, 0.5), 2 / (3.14159 * 0.147));
  Value v2 = c.mul_(log, 1 / 0.147);
  Value v3 = c.sub_(c.sqrt_(c.sub_(c.mul_(v, v), v2)), v);
  return c.mul_(
      c.mul_(c.select_(c.lt_(x, 0), -1, c.splat(1, Emit::elem(x), Emit::dims(x))), c.sqrt_(v3)),
      1.41421356);
}
}  // namespace

Value postTransformed(NodeContext &c, Value scores) {
  std::string transform = c.stringOf("post_transform", "NONE");
  if (transform == "NONE") return scores;
  if (transform == "SOFTMAX") return c.softmax(scores, 1);
  if (transform == "LOGISTIC") return c.sigmoid_(scores);
  if (transform == "PROBIT") return probit(c, scores);
  if (transform == "SOFTMAX_ZERO") {
    // Scores of zero stay zero and take no part.
    Value isZero = c.lt_(c.abs_(scores), 1e-7);
    Value exps = c.exp_(c.sub_(scores, c.reduce("max", scores, {1}, true)));
    Value part = c.select_(isZero, 0, exps);
    return c.div_(part, c.reduce("sum", part, {1}, true));
  }
  unsupported("post_transform '" + transform + "'");
}

namespace {
template <typename T>
std::string bytesOf(llvm::ArrayRef<T> values) {
  return std::string(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T));
}
}  // namespace

Value numbers(NodeContext &c, llvm::StringRef name, llvm::ArrayRef<double> values, Type element,
              llvm::ArrayRef<int64_t> shape) {
  auto type = mlir::RankedTensorType::get(shape, element);
  std::string key = c.stem() + "." + name.str();
  if (element.isF64()) return c.graph.dataValue(c, key, type, bytesOf(values));
  llvm::SmallVector<float> narrow(values.begin(), values.end());
  return c.graph.dataValue(c, key, type, bytesOf(llvm::ArrayRef<float>(narrow)));
}

Value integers(NodeContext &c, llvm::StringRef name, llvm::ArrayRef<int64_t> values,
               llvm::ArrayRef<int64_t> shape) {
  return c.graph.dataValue(c, c.stem() + "." + name.str(),
                           mlir::RankedTensorType::get(shape, c.i64()), bytesOf(values));
}

Value f32Rows(NodeContext &c) {
  Value x = c.cast(c.in(0), c.f32());
  if (Emit::rank(x) == 1) x = c.expandDims(x, {0});
  if (Emit::rank(x) != 2)
    invalid("the operand has rank " + llvm::Twine(Emit::rank(x)) + ", must be 1 or 2");
  return x;
}

}  // namespace plx::onnxio
