// Strings, regular expressions and images: calls of host functions (runtime/host).
#include "frontends/onnx/NodeContext.h"

namespace plx::onnxio {
namespace {

Value stringsIn(NodeContext &c, int64_t i) {
  Value x = c.in(i);
  if (!Emit::isString(x)) invalid("operand " + llvm::Twine(i) + " must be strings");
  return x;
}

Type strings(NodeContext &c, llvm::ArrayRef<Dim> dims) {
  return tensorType(StringType::get(c.context()), dims);
}

void concat(NodeContext &c) {
  Value x = stringsIn(c, 0), y = stringsIn(c, 1);
  Dims dims = c.commonDims({Emit::dims(x), Emit::dims(y)});
  c.out(c.host("host:string_concat", {x, y}, {}, {strings(c, dims)})[0]);
}
PLX_ONNX_OP("", StringConcat, 20, concat);

// As many pieces as the string with the most has: the last dim is known when it is done.
void split(NodeContext &c) {
  Value x = stringsIn(c, 0);
  std::string name = c.fresh(c.stem());
  Dims dims = Emit::dims(x);
  Type counts = tensorType(c.i64(), dims);
  dims.push_back(Dim::symbol(c.context(), name));
  llvm::SmallVector<mlir::NamedAttribute> settings{
      c.strAttr("delimiter", c.stringOf("delimiter", "")),
      c.intAttr("maxsplit", c.intOf("maxsplit", -1))};
  Values results = c.host("host:string_split", {x}, settings, {strings(c, dims), counts}, {name});
  c.out(0, results[0]);
  c.out(1, results[1]);
}
PLX_ONNX_OP("", StringSplit, 20, split);

void normalize(NodeContext &c) {
  Value x = stringsIn(c, 0);
  if (Emit::rank(x) < 1 || Emit::rank(x) > 2) invalid("the operand must have rank 1 or 2");
  std::string name = c.fresh(c.stem());
  Dims dims = Emit::dims(x);
  if (dims.size() == 2) x = c.withSize(x, 0, dims[0] = c.k(1));
  dims.back() = Dim::symbol(c.context(), name);
  llvm::SmallVector<mlir::NamedAttribute> settings{
      c.strAttr("case_change_action", c.stringOf("case_change_action", "NONE")),
      c.intAttr("is_case_sensitive", c.intOf("is_case_sensitive", 0)),
      c.strsAttr("stopwords", c.stringsOf("stopwords"))};
  c.out(c.host("host:string_normalize", {x}, settings, {strings(c, dims)}, {name})[0]);
}
PLX_ONNX_OP("", StringNormalizer, 10, normalize);

void regexFullMatch(NodeContext &c) {
  Value x = stringsIn(c, 0);
  c.out(c.host("host:regex_full_match", {x}, {c.strAttr("pattern", c.stringOf("pattern", ""))},
               {tensorType(c.i1(), Emit::dims(x))})[0]);
}
PLX_ONNX_OP("", RegexFullMatch, 20, regexFullMatch);

void tfIdfVectorizer(NodeContext &c) {
  Value x = c.in(0);
  if (!Emit::isString(x) && !Emit::elem(x).isInteger(32)) x = c.cast(x, c.i64());
  Ints indexes = c.intsOf("ngram_indexes");
  int64_t size = 0;
  for (int64_t index : indexes) size = std::max(size, index + 1);
  if (indexes.empty() || size < 1) invalid("ngram_indexes names no n-gram");
  llvm::SmallVector<mlir::NamedAttribute> settings{
      c.strAttr("mode", c.stringOf("mode", "TF")),
      c.intsAttr("ngram_counts", c.intsOf("ngram_counts")),
      c.intsAttr("ngram_indexes", indexes),
      c.intsAttr("pool_int64s", c.intsOf("pool_int64s")),
      c.strsAttr("pool_strings", c.stringsOf("pool_strings")),
      c.floatsAttr("weights", c.floatsOf("weights"))};
  for (const char *name : {"min_gram_length", "max_gram_length", "max_skip_count"})
    settings.push_back(c.intAttr(name, c.intOf(name, 0)));
  Dims dims = Emit::dims(x);
  if (dims.size() > 2) invalid("the operand must have rank 1 or 2");
  dims.resize(dims.size() == 2 ? 1 : 0);
  dims.push_back(c.k(size));
  c.out(c.host("host:tfidf", {x}, settings, {tensorType(c.f32(), dims)})[0]);
}
PLX_ONNX_OP("", TfIdfVectorizer, 9, tfIdfVectorizer);

void imageDecoder(NodeContext &c) {
  Value x = c.in(0);
  std::string format = c.stringOf("pixel_format", "RGB");
  std::vector<std::string> sizes{c.fresh(c.stem() + "_height"), c.fresh(c.stem() + "_width")};
  Dims dims{Dim::symbol(c.context(), sizes[0]), Dim::symbol(c.context(), sizes[1]),
            c.k(format == "Grayscale" ? 1 : 3)};
  c.out(c.host("host:decode_image", {x}, {c.strAttr("pixel_format", format)},
               {tensorType(Emit::elem(x), dims)}, sizes)[0]);
}
PLX_ONNX_OP("", ImageDecoder, 20, imageDecoder);

}  // namespace
}  // namespace plx::onnxio
