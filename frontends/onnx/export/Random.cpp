// random_bits: Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC
// 2011) in u64 arithmetic, where a 32-bit word is a u64 below 2^32. The same bits come out.
#include "frontends/onnx/export/Exporter.h"
#include "ir/ops/RandomBits.h"

namespace plx::onnxio {
namespace {

constexpr uint32_t kMultiply0 = 0xD2511F53, kMultiply1 = 0xCD9E8D57;
constexpr uint32_t kWeyl0 = 0x9E3779B9, kWeyl1 = 0xBB67AE85;
constexpr int kRounds = 10;

class Words {
 public:
  explicit Words(Exporter &e)
      : e_(e),
        u64_(mlir::IntegerType::get(e.module().getContext(), 64, mlir::IntegerType::Unsigned)) {}
  Type type() const { return u64_; }
  Name number(uint64_t value) { return e_.scalarInt(static_cast<int64_t>(value), u64_); }
  Name high(const Name &x) {
    return e_.node("BitShift", {x, number(32)}, {attrOf("direction", llvm::StringRef("RIGHT"))});
  }
  Name low(const Name &x) {
    Name up = e_.node("BitShift", {x, number(32)}, {attrOf("direction", llvm::StringRef("LEFT"))});
    return high(up);
  }
  Name times(const Name &x, uint32_t factor) { return e_.node("Mul", {x, number(factor)}); }
  Name plus(const Name &x, uint32_t term) { return low(e_.node("Add", {x, number(term)})); }
  Name differ(const Name &x, const Name &y) { return e_.node("BitwiseXor", {x, y}); }

 private:
  Exporter &e_;
  Type u64_;
};

// The four words of each block, in order of block: [blocks, 4].
Name blocksOf(Exporter &e, Words &w, const Name &key, const Name &stream, const Name &counter) {
  Name c[4] = {w.low(counter), w.high(counter), w.low(stream), w.high(stream)};
  Name k[2] = {w.low(key), w.high(key)};
  for (int round = 0; round < kRounds; ++round) {
    if (round > 0) {
      k[0] = w.plus(k[0], kWeyl0);
      k[1] = w.plus(k[1], kWeyl1);
    }
    Name first = w.times(c[0], kMultiply0), second = w.times(c[2], kMultiply1);
    Name next0 = w.differ(w.differ(w.high(second), c[1]), k[0]);
    Name next2 = w.differ(w.differ(w.high(first), c[3]), k[1]);
    c[1] = w.low(second);
    c[3] = w.low(first);
    c[0] = next0;
    c[2] = next2;
  }
  Name shape = e.node("Shape", {counter});
  Names columns;
  for (const Name &word : c) columns.push_back(e.unsqueeze(e.node("Expand", {word, shape}), {1}));
  return e.node("Concat", columns, {attrOf("axis", int64_t{1})});
}

void exportRandomBits(Exporter &e, RandomBitsOp op) {
  Words w(e);
  Dims dims = dimsOf(op.getResult().getType());
  Dim total = numElements(op.getResult().getType());
  Name keys = e.of(op.getKey());
  Name key = e.node("Gather", {keys, e.scalarInt(0, e.i64())});
  Name stream = e.node("Gather", {keys, e.scalarInt(1, e.i64())});
  Name counter = e.cast(e.arange(ceilDiv(total, 4)), w.type());
  Name words = e.node("Reshape", {blocksOf(e, w, key, stream, counter), e.ints({-1})});
  words = e.node("Slice", {words, e.ints({0}), e.dim(total)});
  words =
      e.cast(words, mlir::cast<mlir::RankedTensorType>(op.getResult().getType()).getElementType());
  e.define(op.getResult(), e.reshape(words, {total}, dims));
}
PLX_ONNX_EXPORT(RandomBitsOp, exportRandomBits);

}  // namespace
}  // namespace plx::onnxio
