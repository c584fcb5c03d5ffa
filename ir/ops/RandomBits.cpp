#include "ir/ops/RandomBits.h"

#include "ir/ops/Verify.h"

#define GET_OP_CLASSES
#include "ir/ops/RandomBits.cpp.inc"

namespace plx {

PLX_REGISTER_OPS(random_bits, RandomBitsOp);

// Philox 4x32-10: multipliers and key increments of Salmon et al., SC 2011, and Random123's
// philox.h.
static constexpr uint32_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
static constexpr uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
static constexpr int kRounds = 10;

// ---- Verify
// ----------------------------------------------------------------------------------------------------------

mlir::LogicalResult RandomBitsOp::verify() {
  auto key = mlir::cast<mlir::RankedTensorType>(getKey().getType());
  if (key.getShape() != llvm::ArrayRef<int64_t>{2} ||
      !key.getElementType().isUnsignedInteger(64))  // random_bits.c1
    return emitOpError() << "`key` must be tensor<2xui64>, found " << key;
  mlir::Type element = mlir::getElementTypeOrSelf(getType());
  if (!element.isUnsignedInteger(32))  // random_bits.c2
    return emitOpError() << "the result's element type must be ui32, found " << element;
  return checkTensors(*this);
}

// ---- Evaluate
// --------------------------------------------------------------------------------------------------------

using Block = std::array<uint32_t, 4>;

static Block philox(Block counter, uint32_t key0, uint32_t key1) {
  for (int round = 0; round < kRounds; ++round) {
    uint64_t product0 = uint64_t{kMultiplier0} * counter[0];
    uint64_t product1 = uint64_t{kMultiplier1} * counter[2];
    counter = {
        static_cast<uint32_t>(product1 >> 32) ^ counter[1] ^ key0, static_cast<uint32_t>(product1),
        static_cast<uint32_t>(product0 >> 32) ^ counter[3] ^ key1, static_cast<uint32_t>(product0)};
    key0 += kWeyl0;
    key1 += kWeyl1;
  }
  return counter;
}

static uint32_t lowWord(uint64_t x) { return static_cast<uint32_t>(x); }
static uint32_t highWord(uint64_t x) { return static_cast<uint32_t>(x >> 32); }

std::array<uint32_t, 4> randomWords(uint64_t bits, uint64_t stream, uint64_t block) {
  return philox({lowWord(block), highWord(block), lowWord(stream), highWord(stream)}, lowWord(bits),
                highWord(bits));
}

mlir::FailureOr<llvm::SmallVector<eval::Value>> RandomBitsOp::evaluate(
    llvm::ArrayRef<eval::Value> operands, eval::Scope &scope) {
  mlir::FailureOr<llvm::SmallVector<int64_t>> shape = scope.shapeOf(getType(), *this);
  if (failed(shape)) return mlir::failure();
  const eval::Tensor &key = operands[0].tensor();
  auto bits = static_cast<uint64_t>(key.ints()[0]), stream = static_cast<uint64_t>(key.ints()[1]);
  eval::Tensor result(mlir::getElementTypeOrSelf(getType()), *shape);
  eval::Tensor::Ints &out = result.ints();
  Block block{};
  for (uint64_t i = 0; i < out.size(); ++i) {
    if (i % 4 == 0) block = randomWords(bits, stream, i / 4);
    out[i] = block[i % 4];
  }
  return llvm::SmallVector<eval::Value>{result};
}

// ---- Differentiate ------------------------------------------------------------------------------

mlir::LogicalResult RandomBitsOp::differentiate(Cotangents &ct) { return ct.zero("bits are ints"); }

// ---- Iterate
// ---------------------------------------------------------------------------------------------------------
// Words are ui64 scalars below 2^32, so that one multiplication gives both halves of a product.

namespace {
struct PhiloxBuilder {
  KernelBuilder &b;
  mlir::Type word = mlir::IntegerType::get(b.context(), 64, mlir::IntegerType::Unsigned);

  mlir::Value number(uint64_t value) { return b.constant(static_cast<int64_t>(value), word); }
  mlir::Value apply(ScalarFn fn, mlir::Value x, mlir::Value y) { return b.apply(fn, {x, y}); }
  mlir::Value low(mlir::Value x) { return apply(ScalarFn::and_, x, number(0xFFFFFFFF)); }
  mlir::Value high(mlir::Value x) { return apply(ScalarFn::shr_, x, number(32)); }
  mlir::Value xorOf(mlir::Value x, mlir::Value y) { return apply(ScalarFn::xor_, x, y); }
  mlir::Value times(mlir::Value x, uint32_t factor) {
    return apply(ScalarFn::mul_, x, number(factor));
  }
  mlir::Value bump(mlir::Value key, uint32_t weyl) {
    return low(apply(ScalarFn::add_, key, number(weyl)));
  }

  /// All four words of the block with this counter.
  std::array<mlir::Value, 4> block(std::array<mlir::Value, 4> counter, mlir::Value key0,
                                   mlir::Value key1) {
    for (int round = 0; round < kRounds; ++round) {
      mlir::Value product0 = times(counter[0], kMultiplier0);
      mlir::Value product1 = times(counter[2], kMultiplier1);
      counter = {xorOf(xorOf(high(product1), counter[1]), key0), low(product1),
                 xorOf(xorOf(high(product0), counter[3]), key1), low(product0)};
      key0 = bump(key0, kWeyl0);
      key1 = bump(key1, kWeyl1);
    }
    return counter;
  }

  /// words[index], index in [0, 4).
  mlir::Value choose(mlir::Value index, llvm::ArrayRef<mlir::Value> words) {
    mlir::Value chosen = words[3];
    for (int i = 2; i >= 0; --i)
      chosen =
          b.apply(ScalarFn::select_, {apply(ScalarFn::eq_, index, number(i)), words[i], chosen});
    return chosen;
  }
};
}  // namespace

Nature RandomBitsOp::nature() { return Nature::Pointwise; }

mlir::Value RandomBitsOp::iterate(KernelBuilder &b, unsigned, llvm::ArrayRef<Dim> indices) {
  PhiloxBuilder philox{b};
  Dim linear = Dim::constant(b.context(), 0);
  for (auto [index, size] : llvm::zip(indices, dimsOf(getType()))) linear = linear * size + index;
  mlir::Value position = b.position(floorDiv(linear, 4), philox.word);
  mlir::Value key = b.operand(0, {Dim::constant(b.context(), 0)});
  mlir::Value stream = b.operand(0, {Dim::constant(b.context(), 1)});
  std::array<mlir::Value, 4> words = philox.block(
      {philox.low(position), philox.high(position), philox.low(stream), philox.high(stream)},
      philox.low(key), philox.high(key));
  mlir::Value chosen = philox.choose(b.position(mod(linear, 4), philox.word), words);
  return b.convert(chosen, mlir::getElementTypeOrSelf(getType()));
}

}  // namespace plx
