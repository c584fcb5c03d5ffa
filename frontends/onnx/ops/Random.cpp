// Random numbers: Philox under a key that the model's seed gives, or where it has none, the node's
// name. The same model thus gives the same numbers in every run and on every device.
#include "frontends/onnx/Graph.h"
#include "frontends/onnx/NodeContext.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/Support/xxhash.h"

namespace plx::onnxio {
namespace {

// Far apart: keys of neighbouring steps share no counter.
constexpr double kStepStride = 0x9e3779b9;

Value keyOf(NodeContext &c) {
  uint64_t stream =
      llvm::xxh3_64bits(c.stem() + "/" + (c.node.output_size() > 0 ? c.node.output(0) : ""));
  double seed = c.has("seed") && c.find("seed")->has_i() ? static_cast<double>(c.intOf("seed", 0))
                                                         : c.floatOf("seed", 0);
  uint64_t bits = 0;
  std::memcpy(&bits, &seed, sizeof(bits));
  Type u64 = mlir::IntegerType::get(c.context(), 64, mlir::IntegerType::Unsigned);
  const Session &session = c.graph.session();
  llvm::SmallVector<uint64_t> words{bits ^ session.options.seed, c.has("seed") ? 0 : stream};
  Value key = c.constant(mlir::DenseElementsAttr::get(mlir::RankedTensorType::get({2}, u64),
                                                      llvm::ArrayRef<uint64_t>(words)));
  // In training each step draws anew, and draws the same when it is done again after a resume.
  if (!session.training.step) return key;
  return c.add_(key, c.mul_(c.cast(session.training.step, u64), kStepStride));
}

// ONNX leaves the generator of these operators open, so that their numbers are one choice of many:
// who compares values is told, by an attribute of the module (the ops themselves may fold away).
void noteDrawing(NodeContext &c) {
  std::string &node = c.graph.session().drawingNode;
  if (node.empty()) node = c.stem();
}

Value randomWords(NodeContext &c, llvm::ArrayRef<Dim> dims) {
  Type u32 = mlir::IntegerType::get(c.context(), 32, mlir::IntegerType::Unsigned);
  return c.op("plx.random_bits", {keyOf(c)}, {}, tensorType(u32, dims));
}

// [0, 1), 24 bits.
Value uniform(NodeContext &c, llvm::ArrayRef<Dim> dims) {
  Value words = c.shr_(randomWords(c, dims), 8);
  return c.mul_(c.cast(words, c.f32()), 0x1p-24);
}

// Box and Muller, "A note on the generation of random normal deviates", 1958.
Value normal(NodeContext &c, llvm::ArrayRef<Dim> dims) {
  Dims pairs{c.k(2)};
  pairs.append(dims.begin(), dims.end());
  Value u = uniform(c, pairs);
  Value first = c.squeeze(c.sliceAxis(u, 0, 0, 1), {0}),
        second = c.squeeze(c.sliceAxis(u, 0, 1, 1), {0});
  Value radius = c.sqrt_(c.mul_(c.log_(c.sub_(1, first)), -2));
  return c.mul_(radius, c.cos_(c.mul_(second, 6.283185307179586)));
}

struct Target {
  Type type;
  Dims dims;
};
Target targetOf(NodeContext &c, bool like) {
  if (!like) return {c.elementTypeOf(c.intOf("dtype", 1)), c.ks(c.intsOf("shape"))};
  Value x = c.in(0);
  return {c.has("dtype") ? c.elementTypeOf(c.intOf("dtype", 1)) : Emit::elem(x), Emit::dims(x)};
}

template <bool Like>
void randomUniform(NodeContext &c) {
  noteDrawing(c);
  Target t = targetOf(c, Like);
  double low = c.floatOf("low", 0), high = c.floatOf("high", 1);
  c.out(c.cast(c.add_(c.mul_(uniform(c, t.dims), high - low), low), t.type));
}
PLX_ONNX_OP("", RandomUniform, 1, randomUniform<false>);
PLX_ONNX_OP("", RandomUniformLike, 1, randomUniform<true>);

template <bool Like>
void randomNormal(NodeContext &c) {
  noteDrawing(c);
  Target t = targetOf(c, Like);
  Value scaled = c.add_(c.mul_(normal(c, t.dims), c.floatOf("scale", 1)), c.floatOf("mean", 0));
  c.out(c.cast(scaled, t.type));
}
PLX_ONNX_OP("", RandomNormal, 1, randomNormal<false>);
PLX_ONNX_OP("", RandomNormalLike, 1, randomNormal<true>);

void bernoulli(NodeContext &c) {
  noteDrawing(c);
  Value p = c.in(0);
  Type type = c.has("dtype") ? c.elementTypeOf(c.intOf("dtype", 1)) : Emit::elem(p);
  Value wide = c.wide(p);
  c.out(c.cast(c.lt_(c.cast(uniform(c, Emit::dims(p)), Emit::elem(wide)), wide), type));
}
PLX_ONNX_OP("", Bernoulli, 15, bernoulli);

// Unnormalised log-probabilities [n, k] to samples [n, s]: the largest of log p + Gumbel noise.
void multinomial(NodeContext &c) {
  noteDrawing(c);
  Value x = c.wide(c.in(0));
  Dim samples = c.k(c.intOf("sample_size", 1));
  Dims dims{c.dim(x, 0), samples, c.dim(x, 1)};
  Value noise = c.neg_(c.log_(c.neg_(c.log_(c.max_(uniform(c, dims), 0x1p-25)))));
  Value best = c.argReduce("max", c.add_(c.expandDims(x, {1}), c.cast(noise, Emit::elem(x))), 2);
  c.out(c.cast(best, c.elementTypeOf(c.intOf("dtype", 6))));
}
PLX_ONNX_OP("", Multinomial, 7, multinomial);

// [0, 1), f64: the numbers that NumPy's old generator gives for a seed, which is what ONNX's own
// implementation draws. Without a seed any numbers do.
Value seeded(NodeContext &c, llvm::ArrayRef<Dim> dims) {
  return c.host("plx:numpy_uniform", {c.dimsAsValue(dims)}, {c.intAttr("seed", c.intOf("seed", 0))},
                {tensorType(c.f64(), dims)})[0];
}

// Kept as they are in inference; in training dropped by a ratio, and the rest scaled.
void dropout(NodeContext &c) {
  Value x = c.in(0);
  Type maskType = c.version < 10 ? Emit::elem(x) : c.i1();
  TrainingState &state = c.graph.session().training;
  bool isTurned = state.mode == TrainingImport::Auto;
  if (isTurned) ++state.dropouts;
  bool isAsked = c.hasIn(2) && !isTurned && state.mode != TrainingImport::Inference;
  Value training = isAsked ? c.reshape(c.in(2), {}) : c.scalarInt(isTurned, c.i1());
  auto known = c.knownInts(training);
  auto ratioNumber = c.hasIn(1) ? c.knownFloats(c.in(1)) : std::nullopt;
  bool never = (known && (*known)[0] == 0) || (ratioNumber && (*ratioNumber)[0] == 0);
  if (never) {
    c.out(0, x);
    return c.out(1, c.splat(1, maskType, Emit::dims(x)));
  }
  Value ratio = c.hasIn(1) ? c.cast(c.reshape(c.in(1), {}), c.f32())
                           : c.scalar(c.floatOf("ratio", 0.5), c.f32());
  Value keep = c.has("seed") && !state.isOn()
                   ? c.ge_(seeded(c, Emit::dims(x)), c.cast(ratio, c.f64()))
                   : c.ge_(uniform(c, Emit::dims(x)), ratio);
  Value scale = c.div_(1, c.sub_(1, ratio));
  if (!known) {
    keep = c.or_(keep, c.not_(training));
    scale = c.select_(training, scale, 1);
  }
  Value wide = c.wide(x);
  Value kept = c.select_(keep, c.mul_(wide, c.cast(scale, Emit::elem(wide))), 0);
  c.out(0, c.cast(kept, Emit::elem(x)));
  c.out(1, c.cast(keep, maskType));
}
PLX_ONNX_OP("", Dropout, 7, dropout);
PLX_ONNX_OP("plx.withdrawn", Dropout, 7, dropout);

}  // namespace
}  // namespace plx::onnxio
