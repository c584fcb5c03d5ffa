// com.microsoft: products of matrices and convolutions with what onnxruntime fuses into them, and
// weights of few bits.
#include "frontends/onnx/ops/Window.h"
#include "frontends/onnx/ops/contrib/Contrib.h"

namespace plx::onnxio {

Value activated(NodeContext &c, Value x, llvm::ArrayRef<double> parameters) {
  std::string name = c.stringOf("activation", "");
  auto parameter = [&](size_t i, double otherwise) {
    return i < parameters.size() ? parameters[i] : otherwise;
  };
  if (name.empty()) return x;
  if (name == "Relu") return c.max_(x, 0);
  if (name == "Tanh") return c.tanh_(x);
  if (name == "Sigmoid") return c.sigmoid_(x);
  if (name == "LeakyRelu") return c.select_(c.lt_(x, 0), c.mul_(x, parameter(0, 0.01f)), x);
  if (name == "Clip") {
    if (parameters.size() != 2) invalid("the activation Clip needs two numbers");
    return c.clamp(x, parameters[0], parameters[1]);
  }
  if (name == "HardSigmoid")
    return c.clamp(c.add_(c.mul_(x, parameter(0, 0.2f)), parameter(1, 0.5f)), 0, 1);
  if (name == "HardSwish") return c.mul_(x, c.clamp(c.add_(c.mul_(x, 1.0 / 6), 0.5), 0, 1));
  unsupported("the activation '" + name + "'");
}

namespace {

// `withBatch`: the first dim stands where the rows should, [n, b.., k] for [b.., n, k]. Vectors
// stay.
Value arranged(NodeContext &c, Value x, bool transposed, bool withBatch) {
  int64_t rank = Emit::rank(x);
  if (rank < 2) return x;
  Ints order;
  for (int64_t d = 0; d < rank; ++d) order.push_back(d);
  if (withBatch) std::rotate(order.begin(), order.begin() + 1, order.end() - 1);
  if (transposed) std::swap(order[rank - 2], order[rank - 1]);
  return c.transpose(x, order);
}

// alpha * A' * B'
void fusedMatMul(NodeContext &c) {
  auto operand = [&](int64_t i, const char *transposed, const char *batch) {
    return arranged(c, c.in(i), c.intOf(transposed, 0) != 0, c.intOf(batch, 0) != 0);
  };
  Value y = c.matmul(operand(0, "transA", "transBatchA"), operand(1, "transB", "transBatchB"));
  double alpha = c.floatOf("alpha", 1);
  c.out(alpha == 1 ? y : c.mul_(y, alpha));
}
PLX_ONNX_OP("com.microsoft", FusedMatMul, 1, fusedMatMul);
PLX_ONNX_OP("com.microsoft", TransposeMatMul, 1, fusedMatMul);

void fusedGemm(NodeContext &c) {
  findConverter("", "Gemm", 13)(c);
  llvm::SmallVector<double> parameters;
  for (const char *name : {"activation_alpha", "activation_beta", "activation_gamma"})
    if (c.has(name)) parameters.push_back(c.floatOf(name, 0));
  c.out(activated(c, c.outputs()[0], parameters));
}
PLX_ONNX_OP("com.microsoft", FusedGemm, 1, fusedGemm);

// x, w, bias, z: activation(conv(x, w) + bias + z)
void fusedConv(NodeContext &c) {
  findConverter("", "Conv", 11)(c);
  Value y = c.outputs()[0];
  if (c.hasIn(3)) y = c.add_(y, c.in(3));
  c.out(activated(c, y, c.floatsOf("activation_params")));
}
PLX_ONNX_OP("com.microsoft", FusedConv, 1, fusedConv);

// x [n, s.., c], w [o, k.., c / groups]: y [n, s'.., o]
void nhwcConv(NodeContext &c) {
  Value x = toChannelsFirst(c, c.in(0)), w = toChannelsFirst(c, c.in(1));
  Ints sizes = c.staticDims(w, "the kernel");
  int64_t groups = c.intOf("group", 1);
  if (sizes.size() < 3 || groups < 1)
    invalid("the kernel has rank " + llvm::Twine(sizes.size()) + ", group is " +
            llvm::Twine(groups));
  Value y = convolve(c, x, w, windowOf(c, x, c.ks(Ints(sizes.begin() + 2, sizes.end()))), groups);
  if (c.hasIn(2)) y = c.add_(y, c.along(c.in(2), 1, Emit::rank(y)));
  c.out(toChannelsLast(c, y));
}
PLX_ONNX_OP("com.microsoft", NhwcConv, 1, nhwcConv);

// ---- weights of few bits ------------------------------------------------------------------------

// The numbers of `bits` bits in bytes [.., n], lowest first: [.., n * 8 / bits], ints of 32 bits.
Value unpackedBits(NodeContext &c, Value bytes, int64_t bits) {
  int64_t rank = Emit::rank(bytes), each = 8 / bits;
  Value wide = c.expandDims(c.cast(bytes, c.i32()), {rank});
  if (each == 1) return c.squeeze(wide, {rank});
  Ints shifts;
  for (int64_t i = 0; i < each; ++i) shifts.push_back(i * bits);
  Value shifted = c.shr_(wide, c.cast(c.ints(shifts), c.i32()));
  Dims dims = Emit::dims(bytes);
  dims.back() = dims.back() * each;
  return c.reshape(c.and_(shifted, static_cast<double>((1 << bits) - 1)), dims);
}

int64_t bitsOf(NodeContext &c) {
  int64_t bits = c.intOf("bits", 4);
  if (bits != 2 && bits != 4 && bits != 8) unsupported("weights of " + llvm::Twine(bits) + " bits");
  return bits;
}

// Zero points of n rows of `blocks`: packed with a row's end filled up, floats, or the middle.
Value zeroPoints(NodeContext &c, int64_t operand, int64_t bits, Dim rows, Dim blocks, Type type) {
  if (!c.hasIn(operand)) return c.scalar(static_cast<double>(1 << (bits - 1)), type);
  Value zero = c.in(operand);
  if (Emit::isFloat(zero)) return c.cast(c.reshape(zero, {rows, blocks}), type);
  Value all = unpackedBits(c, c.reshape(zero, {rows, ceilDiv(blocks * bits, 8)}), bits);
  return c.cast(c.sliceAxis(all, 1, c.k(0), blocks), type);
}

// A [.., k], B [n, blocks, bytes], scales [n * blocks], zero points, g_idx, bias.
void matMulNBits(NodeContext &c) {
  int64_t bits = bitsOf(c), k = c.intOf("K", 0), n = c.intOf("N", 0),
          block = c.intOf("block_size", 0);
  if (k < 1 || n < 1 || block < 16 || std::max({k, n, block}) > INT32_MAX)
    invalid("K is " + llvm::Twine(k) + ", N is " + llvm::Twine(n) + ", block_size is " +
            llvm::Twine(block));
  if (c.hasIn(4)) unsupported("g_idx: rows of the weight in another order");
  Value a = c.in(0);
  Type type = Emit::elem(c.wide(a));
  Dim blocks = c.k(llvm::divideCeil(k, block)), rows = c.k(n);
  Value codes = c.reshape(unpackedBits(c, c.in(1), bits), {rows, blocks, c.k(block)});
  Value zero = zeroPoints(c, 3, bits, rows, blocks, type);
  if (Emit::rank(zero) == 2) zero = c.expandDims(zero, {2});
  Value scale = c.expandDims(c.reshape(c.cast(c.in(2), type), {rows, blocks}), {2});
  Value weights = c.mul_(c.sub_(c.cast(codes, type), zero), scale);
  weights = c.sliceAxis(c.reshape(weights, {rows, blocks * block}), 1, 0, k);
  Value y = c.matmul(c.cast(a, type), c.transpose(weights, {1, 0}));
  if (c.hasIn(5)) y = c.add_(y, c.cast(c.in(5), type));
  c.out(c.cast(y, Emit::elem(a)));
}
PLX_ONNX_OP("com.microsoft", MatMulNBits, 1, matMulNBits);

// data (packed along its last axis where it is of bytes), indices, scales, zero points: rows of the
// weights that data and scales give, one scale a block along quantize_axis.
void gatherBlockQuantized(NodeContext &c) {
  Value data = c.in(0), scale = c.in(2);
  int64_t rank = Emit::rank(data), block = c.intOf("block_size", 128), bits = bitsOf(c);
  int64_t at = c.axis(c.intOf("quantize_axis", 1), rank),
          from = c.axis(c.intOf("gather_axis", 0), rank);
  if (block < 1) invalid("block_size is " + llvm::Twine(block));
  bool isPacked = Emit::elem(data).isInteger(8) || Emit::elem(data).isUnsignedInteger(8);
  if (isPacked && at != rank - 1)
    invalid("quantize_axis must be the last one where data are of bytes");
  Type type = Emit::elem(c.wide(scale));
  Value codes = isPacked ? unpackedBits(c, data, bits) : data;
  Value zero = c.scalar(isPacked ? static_cast<double>(1 << (bits - 1)) : 0, type);
  auto spread = [&](Value x) {
    Value index = c.div_(c.iota(0, c.i64(), {c.dim(codes, at)}), static_cast<double>(block));
    return c.cast(c.take(x, index, at), type);
  };
  if (c.hasIn(3))
    zero =
        spread(isPacked ? c.sliceAxis(unpackedBits(c, c.in(3), bits), at, c.k(0), c.dim(scale, at))
                        : c.in(3));
  Value weights = c.mul_(c.sub_(c.cast(codes, type), zero), spread(scale));
  c.out(c.cast(c.take(weights, c.in(1), from), Emit::elem(scale)));
}
PLX_ONNX_OP("com.microsoft", GatherBlockQuantized, 1, gatherBlockQuantized);

// ---- inverse ------------------------------------------------------------------------------------

// Row `from` [..] of each matrix of a [.., n, m] changed with row k.
Value swapRows(NodeContext &c, Value a, int64_t k, Value from) {
  int64_t rank = Emit::rank(a);
  Dims dims = Emit::dims(a);
  Value row = c.iota(rank - 2, c.i64(), dims), other = c.expandDims(from, {rank - 2, rank - 1});
  Value source = c.select_(c.eq_(row, static_cast<double>(k)), other,
                           c.select_(c.eq_(row, other), c.scalarInt(k, c.i64()), row));
  Values indices;
  Ints axes;
  for (int64_t d = 0; d < rank; ++d) {
    indices.push_back(d == rank - 2 ? source : c.iota(d, c.i64(), dims));
    axes.push_back(d);
  }
  return c.gather(a, indices, axes, 0);
}

// Gauss and Jordan with the largest pivot of each column, unrolled: matrices are small.
void inverse(NodeContext &c) {
  Value x = c.in(0);
  int64_t rank = Emit::rank(x);
  if (rank < 2) invalid("the operand has rank " + llvm::Twine(rank) + ", must be 2 or more");
  std::optional<int64_t> size = c.dim(x, -1).constant();
  if (!size || *size > 32) unsupported("the inverse of matrices larger than 32 or of unknown size");
  x = c.withSize(x, rank - 2, c.k(*size));
  Dims dims = Emit::dims(x);
  Value isDiagonal = c.eq_(c.iota(rank - 2, c.i64(), dims), c.iota(rank - 1, c.i64(), dims));
  Value a = c.concat(rank - 1, {c.cast(x, c.f64()), c.cast(isDiagonal, c.f64())});
  for (int64_t k = 0; k < *size; ++k) {
    Value below = c.sliceAxis(c.sliceAxis(a, rank - 1, k, 1), rank - 2, k, *size - k);
    Value best = c.argReduce("max", c.abs_(c.squeeze(below, {rank - 1})), rank - 2);
    a = swapRows(c, a, k, c.add_(best, static_cast<double>(k)));
    Value top = c.sliceAxis(a, rank - 2, k, 1);
    top = c.div_(top, c.sliceAxis(top, rank - 1, k, 1));
    Value rest = c.sub_(a, c.mul_(c.sliceAxis(a, rank - 1, k, 1), top));
    a = c.select_(c.eq_(c.iota(rank - 2, c.i64(), Emit::dims(a)), static_cast<double>(k)), top,
                  rest);
  }
  c.out(c.cast(c.sliceAxis(a, rank - 1, *size, *size), Emit::elem(x)));
}
PLX_ONNX_OP("com.microsoft", Inverse, 1, inverse);

}  // namespace
}  // namespace plx::onnxio
