// Maps and categories: host values of the runtime (core/maps), and strings by their places.
#include "frontends/onnx/Graph.h"
#include "frontends/onnx/ops/ml/Score.h"
#include "ir/types/HostTypes.h"

namespace plx::onnxio {
namespace {

MapType mapIn(NodeContext &c, int64_t i) {
  auto map = mlir::dyn_cast<MapType>(c.anyIn(i).getType());
  if (!map) invalid("operand " + llvm::Twine(i) + " must be a map");
  return map;
}

// Rows of scores become maps from labels.
void zipMap(NodeContext &c) {
  Value x = c.in(0), labels = classLabels(c, "classlabels_int64s", "classlabels_strings");
  Type maps = SequenceType::get(MapType::get(Emit::elem(labels), Emit::elem(x)));
  c.out(c.host("plx:zip_map", {x, labels}, {}, {maps})[0]);
}
PLX_ONNX_OP("ai.onnx.ml", ZipMap, 1, zipMap);

void dictVectorizer(NodeContext &c) {
  MapType map = mapIn(c, 0);
  Value vocabulary = classLabels(c, "int64_vocabulary", "string_vocabulary");
  Type type = tensorType(map.value(), {c.k(1), c.dim(vocabulary, 0)});
  c.out(c.host("plx:map_look_up", {c.anyIn(0), vocabulary}, {}, {type})[0]);
}
PLX_ONNX_OP("ai.onnx.ml", DictVectorizer, 1, dictVectorizer);

void castMap(NodeContext &c) {
  MapType map = mapIn(c, 0);
  std::string to = c.stringOf("cast_to", "TO_FLOAT"), form = c.stringOf("map_form", "DENSE");
  llvm::SmallVector<mlir::NamedAttribute> settings;
  std::vector<std::string> fresh;
  Dims dims{c.k(1)};
  if (form == "SPARSE") {
    int64_t size = c.intOf("max_map", 1);
    if (size < 1) invalid("max_map is " + llvm::Twine(size));
    settings.push_back(c.intAttr("size", size));
    dims.push_back(c.k(size));
  } else {
    fresh.push_back(c.fresh(c.stem()));
    dims.push_back(Dim::symbol(c.context(), fresh.back()));
  }
  Value values =
      c.host("plx:map_values", {c.anyIn(0)}, settings, {tensorType(map.value(), dims)}, fresh)[0];
  Type type = to == "TO_STRING"  ? StringType::get(c.context())
              : to == "TO_INT64" ? c.i64()
                                 : c.f32();
  c.out(castAny(c, values, type));
}
PLX_ONNX_OP("ai.onnx.ml", CastMap, 1, castMap);

// Strings to ints or back, by two lists.
void categoryMapper(NodeContext &c) {
  Value x = c.in(0);
  Ints ints = c.intsOf("cats_int64s");
  std::vector<std::string> names = c.stringsOf("cats_strings");
  if (ints.size() != names.size() || ints.empty())
    invalid("there are " + llvm::Twine(ints.size()) + " ints for " + llvm::Twine(names.size()) +
            " strings");
  Value numbers = c.ints(ints), texts = classLabels(c, "", "cats_strings");
  Value last = c.scalarInt(static_cast<int64_t>(ints.size()) - 1, c.i64());
  if (Emit::isString(x)) {
    Type type = tensorType(c.i64(), Emit::dims(x));
    Value place = c.host("host:find_strings", {x, texts}, {}, {type})[0];
    Value value = c.take(numbers, c.min_(place, last), 0);
    return c.out(
        c.select_(c.le_(place, last), value, c.scalarInt(c.intOf("default_int64", -1), c.i64())));
  }
  Value equal = c.eq_(c.expandDims(x, {Emit::rank(x)}), numbers);
  int64_t axis = Emit::rank(x);
  Value place = c.argReduce("max", c.cast(equal, c.i32()), axis);
  onnx::TensorProto otherwise;
  otherwise.set_data_type(onnx::TensorProto::STRING);
  otherwise.add_string_data(c.stringOf("default_string", "_Unused"));
  c.out(c.select_(c.reduce("or", equal, {axis}), c.take(texts, place, 0),
                  c.graph.tensorValue(c, otherwise, c.stem() + ".default")));
}
PLX_ONNX_OP("ai.onnx.ml", CategoryMapper, 1, categoryMapper);

}  // namespace
}  // namespace plx::onnxio
