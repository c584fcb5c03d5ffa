// Linear models and the small preprocessing operators of ai.onnx.ml.
#include "frontends/onnx/Graph.h"
#include "frontends/onnx/ops/ml/Score.h"

namespace plx::onnxio {
namespace {

// A vector attribute of f32 as a row; null when the node has none.
Value rowOf(NodeContext &c, llvm::StringRef name) {
  auto values = c.floatsOf(name);
  return values.empty() ? Value()
                        : numbers(c, name, values, c.f32(), {static_cast<int64_t>(values.size())});
}

// x [n, f] times coefficients [k, f], plus intercepts [k].
Value linear(NodeContext &c, Value x, llvm::ArrayRef<double> coefficients, int64_t rows) {
  if (rows < 1 || coefficients.size() % rows != 0)
    invalid("`coefficients` has " + llvm::Twine(coefficients.size()) + " entries for " +
            llvm::Twine(rows) + " rows");
  int64_t width = coefficients.size() / rows;
  Value w = numbers(c, "coefficients", coefficients, c.f32(), {rows, width});
  Value y = c.dot(x, w, {}, {}, {1}, {1});
  Value intercepts = rowOf(c, "intercepts");
  return intercepts ? c.add_(y, intercepts) : y;
}

void linearRegressor(NodeContext &c) {
  Value y = linear(c, f32Rows(c), c.floatsOf("coefficients"), c.intOf("targets", 1));
  c.out(postTransformed(c, y));
}
PLX_ONNX_OP("ai.onnx.ml", LinearRegressor, 1, linearRegressor);

void linearClassifier(NodeContext &c) {
  Value labels = classLabels(c, "classlabels_ints", "classlabels_strings");
  int64_t classes = *c.dim(labels, 0).constant();
  auto coefficients = c.floatsOf("coefficients");
  size_t numIntercepts = c.floatsOf("intercepts").size();
  int64_t rows = numIntercepts > 0 ? static_cast<int64_t>(numIntercepts) : classes;
  Value scores = linear(c, f32Rows(c), coefficients, rows);
  if (rows == 1 && classes == 2) {
    // One score: the positive class's.
    Value positive = c.gt_(c.squeeze(scores, {1}), 0);
    c.out(0, c.take(labels, c.cast(positive, c.i64()), 0));
    std::string transform = c.stringOf("post_transform", "NONE");
    Value p = transform == "LOGISTIC" ? c.sigmoid_(scores) : scores;
    return c.out(1, c.concat(1, {c.sub_(1, p), p}));
  }
  c.out(0, c.take(labels, c.argReduce("max", scores, 1), 0));
  c.out(1, postTransformed(c, scores));
}
PLX_ONNX_OP("ai.onnx.ml", LinearClassifier, 1, linearClassifier);

// ---- preprocessing
// ---------------------------------------------------------------------------------------------------

void scaler(NodeContext &c) {
  Value x = c.cast(c.in(0), c.f32());
  if (Value offset = rowOf(c, "offset")) x = c.sub_(x, offset);
  if (Value scale = rowOf(c, "scale")) x = c.mul_(x, scale);
  c.out(x);
}
PLX_ONNX_OP("ai.onnx.ml", Scaler, 1, scaler);

void normalizer(NodeContext &c) {
  Value x = c.cast(c.in(0), c.f32());
  int64_t axis = Emit::rank(x) - 1;
  std::string norm = c.stringOf("norm", "MAX");
  Value size = norm == "MAX"  ? c.reduce("max", x, {axis}, true)
               : norm == "L1" ? c.reduce("sum", c.abs_(x), {axis}, true)
                              : c.sqrt_(c.reduce("sum", c.mul_(x, x), {axis}, true));
  c.out(c.div_(x, c.select_(c.eq_(size, 0), c.scalar(1, c.f32()), size)));
}
PLX_ONNX_OP("ai.onnx.ml", Normalizer, 1, normalizer);

void binarizer(NodeContext &c) {
  Value x = c.in(0);
  c.out(c.cast(c.gt_(x, c.floatOf("threshold", 0)), Emit::elem(x)));
}
PLX_ONNX_OP("ai.onnx.ml", Binarizer, 1, binarizer);

// Columns of the last dim; a vector counts as one row.
void arrayFeatureExtractor(NodeContext &c) {
  Value x = c.in(0), columns = c.in(1);
  if (Emit::rank(x) == 1) x = c.expandDims(x, {0});
  c.out(c.take(x, c.reshape(columns, {numElements(columns.getType())}), Emit::rank(x) - 1));
}
PLX_ONNX_OP("ai.onnx.ml", ArrayFeatureExtractor, 1, arrayFeatureExtractor);

void imputer(NodeContext &c) {
  Value x = c.in(0);
  bool isFloat = Emit::isFloat(x);
  Value replacement = isFloat ? c.cast(rowOf(c, "imputed_value_floats"), Emit::elem(x))
                              : c.ints(c.intsOf("imputed_value_int64s"));
  double marker = isFloat ? c.floatOf("replaced_value_float", 0)
                          : static_cast<double>(c.intOf("replaced_value_int64", 0));
  Value replaced = std::isnan(marker) ? c.ne_(x, x) : c.eq_(x, marker);
  c.out(c.select_(replaced, c.cast(replacement, Emit::elem(x)), x));
}
PLX_ONNX_OP("ai.onnx.ml", Imputer, 1, imputer);

void featureVectorizer(NodeContext &c) {
  Values parts;
  for (Value x : c.allIn()) {
    if (Emit::rank(x) == 1) x = c.expandDims(x, {0});
    parts.push_back(c.cast(x, c.f32()));
  }
  if (parts.empty()) invalid("there is no operand");
  c.out(c.concat(1, parts));
}
PLX_ONNX_OP("ai.onnx.ml", FeatureVectorizer, 1, featureVectorizer);

// The place of each string among the keys, or their number where it is none.
Value findStrings(NodeContext &c, Value x, Value keys) {
  Type type = tensorType(c.i64(), Emit::dims(x));
  return c.host("host:find_strings", {x, keys}, {}, {type})[0];
}

// [.., 1] against the categories [k]; what is none of them gives zeros.
void oneHotEncoder(NodeContext &c) {
  if (c.intOf("zeros", 1) == 0) unsupported("OneHotEncoder that refuses unknown categories");
  Value x = c.in(0), categories = classLabels(c, "cats_int64s", "cats_strings");
  if (Emit::isString(x)) {
    if (!Emit::isString(categories)) invalid("cats_strings is missing, and the operand is strings");
    x = findStrings(c, x, categories);
    categories = c.iota(0, c.i64(), Emit::dims(categories));
  }
  if (Emit::isString(categories)) invalid("cats_int64s is missing, and the operand is numbers");
  x = c.cast(x, c.i64());
  c.out(c.cast(c.eq_(c.expandDims(x, {Emit::rank(x)}), categories), c.f32()));
}
PLX_ONNX_OP("ai.onnx.ml", OneHotEncoder, 1, oneHotEncoder);

// Keys and values come as lists of one type each, or as tensors.
Value listOf(NodeContext &c, llvm::StringRef what) {
  if (const auto *tensor = c.find((what + "_tensor").str()))
    return c.graph.tensorValue(c, tensor->t(), c.stem() + "." + what.str());
  if (Ints ints = c.intsOf((what + "_int64s").str()); !ints.empty()) return c.ints(ints);
  auto floats = c.floatsOf((what + "_floats").str());
  if (!floats.empty())
    return numbers(c, what, floats, c.f32(), {static_cast<int64_t>(floats.size())});
  return classLabels(c, "", (what + "_strings").str());
}
Value defaultOf(NodeContext &c, Type element) {
  if (const auto *tensor = c.find("default_tensor"))
    return c.reshape(c.graph.tensorValue(c, tensor->t(), c.stem() + ".default"), {});
  if (mlir::isa<mlir::FloatType>(element))
    return c.scalar(c.floatOf("default_float", -0.0f), element);
  if (element.isIntOrIndex()) return c.scalarInt(c.intOf("default_int64", -1), element);
  onnx::TensorProto text;
  text.set_data_type(onnx::TensorProto::STRING);
  text.add_string_data(c.stringOf("default_string", "_Unused"));
  return c.graph.tensorValue(c, text, c.stem() + ".default");
}

/// The value at the place of each element of x among the keys.
Value lookUp(NodeContext &c, Value x, Value keys, Value values) {
  if (Emit::isString(keys)) {
    if (!Emit::isString(x)) invalid("the keys are strings, and the operand is not");
    Value place = findStrings(c, x, keys);
    Value last = c.sub_(c.dimAsValue(c.dim(keys, 0)), 1);
    Value value = c.take(values, c.min_(place, last), 0);
    return c.select_(c.le_(place, last), value, defaultOf(c, Emit::elem(values)));
  }
  if (Emit::isString(x)) invalid("the operand is strings, and the keys are not");
  Value wide = c.expandDims(x, {Emit::rank(x)});
  Value equal = c.eq_(wide, keys);
  if (Emit::isFloat(keys)) equal = c.or_(equal, c.and_(c.ne_(wide, wide), c.ne_(keys, keys)));
  int64_t last = Emit::rank(x);
  Value place = c.argReduce("max", c.cast(equal, c.i32()), last);
  Value found = c.reduce("or", equal, {last});
  return c.select_(found, c.take(values, place, 0), defaultOf(c, Emit::elem(values)));
}

void labelEncoder(NodeContext &c) {
  c.out(lookUp(c, c.in(0), listOf(c, "keys"), listOf(c, "values")));
}
PLX_ONNX_OP("ai.onnx.ml", LabelEncoder, 2, labelEncoder);

// The first version had strings and their places.
void labelPlaces(NodeContext &c) {
  Value x = c.in(0), texts = classLabels(c, "", "classes_strings");
  Value places = c.iota(0, c.i64(), Emit::dims(texts));
  c.out(Emit::isString(x) ? lookUp(c, x, texts, places) : lookUp(c, x, places, texts));
}
PLX_ONNX_OP("ai.onnx.ml", LabelEncoder, 1, labelPlaces);

}  // namespace
}  // namespace plx::onnxio
