// Schedules matmul and conv: a block computes a tile of rows x columns, terms in order, operands
// through shared memory. A convolution is one too (implicit GEMM): its terms are the window's.
#include "compiler/cuda/Nest.h"
#include "ir/types/Types.h"

namespace plx::cuda {

namespace {

/// Sizes of a block's tile and of a thread's part of it.
struct TileShape {
  int rows, columns, depth;       // of the block
  int threadRows, threadColumns;  // of a thread, f32 and f64
};
constexpr TileShape kLarge{128, 128, 8, 8, 8};
constexpr TileShape kMiddle{64, 64, 16, 4, 4};
constexpr TileShape kFlat{16, 64, 16, 1, 4};
// Tensor cores: 8 warps of 32 x 64 each.
constexpr TileShape kTensor{128, 128, 32, 0, 0}, kTensorTf32{128, 128, 16, 0, 0};
constexpr int kThreads = 256;
// Elements between the lines of a shared tile, so that threads of a warp meet different banks.
constexpr int kPad = 4, kTensorPadBytes = 16;
// Blocks that keep a chip busy: with fewer, smaller tiles pay.
constexpr int64_t kManyBlocks = 64;

class Matmul {
 public:
  Matmul(KernelFuncOp kernel, Contraction c, const Signature &signature, KernelSource &out)
      : kernel_(kernel),
        c_(c),
        signature_(signature),
        out_(out),
        s_(kernel),
        folds_(s_, Team::Thread) {
    for (auto [name, extent] :
         llvm::zip(namesOf(kernel.getVariables()), kernel.getExtents().dims()))
      if (name != c.row && name != c.column) {
        outerNames_.push_back(name);
        outerExtents_.push_back(extent);
      }
    ApplyOp product = productIn(c.fold);
    bool isFirst = loadBehind(product.getOperand(0)) == c.a;
    a_ = product.getOperand(isFirst ? 0 : 1);
    b_ = product.getOperand(isFirst ? 1 : 0);
    type_ = registerType(c.fold.getType());
    mlir::Type element = c.a.getType();
    bool isHalf = element.isF16() || element.isBF16();
    // The products of 16-bit floats are exact in f32; those of tf32 are for who asks for them.
    bool isF32 = c.fold.getType().isF32() && a_.getType().isF32() && b_.getType().isF32();
    if (isHalf && element == c.b.getType() && isF32 && behindWidening(a_, c.a) &&
        behindWidening(b_, c.b))
      tensor_ = element.isF16() ? "f16" : "bf16";
    else if (isF32 && signature.launches.allowsTf32)
      tensor_ = "tf32";
    tile_ = isTf32() ? kTensorTf32 : !tensor_.empty() ? kTensor : chooseTile();
    terms_ = namesOf(c.fold.getVariables());
  }

  void print();

 private:
  static bool behindWidening(mlir::Value value, LoadOp load) {
    auto convert = value.getDefiningOp<ConvertOp>();
    return convert && convert.getOperand() == load.getResult();
  }
  bool isTf32() const { return tensor_ == "tf32"; }
  TileShape chooseTile();
  void declareTiles();
  void loadTile(bool isA);
  void multiply();
  void multiplyOnTensorCores();
  void storeResults();
  void storeResult(const std::string &row, const std::string &column, const std::string &sum);
  Dim outer() { return numElements(kernel_.getContext(), outerExtents_); }

  KernelFuncOp kernel_;
  Contraction c_;
  const Signature &signature_;
  KernelSource &out_;
  Scalars s_;
  Folds folds_;
  mlir::Value a_, b_;
  std::string type_;
  std::string tensor_;  // the type of the factors on tensor cores; empty: multiply-adds
  TileShape tile_;
  llvm::SmallVector<mlir::StringAttr> terms_, outerNames_;
  llvm::SmallVector<Dim> outerExtents_;
};

TileShape Matmul::chooseTile() {
  int64_t rows = c_.rows.constant().value_or(256), columns = c_.columns.constant().value_or(256);
  if (rows <= 16) return kFlat;
  int64_t large = ((rows + 127) / 128) * ((columns + 127) / 128) * estimate({outer()});
  bool isWide = c_.fold.getType().isF64();
  return !isWide && rows > 64 && columns > 64 && large >= kManyBlocks ? kLarge : kMiddle;
}

void Matmul::declareTiles() {
  if (!tensor_.empty()) {
    int line = tile_.depth + kTensorPadBytes / (isTf32() ? 4 : 2);
    s_.text().line("__shared__ __align__(16) ", isTf32() ? "u32" : "u16", " tile_a[", tile_.rows,
                   "][", line, "], tile_b[", tile_.columns, "][", line, "];");
    return;
  }
  s_.text().line("__shared__ __align__(16) ", type_, " tile_a[", tile_.depth, "][",
                 tile_.rows + kPad, "], tile_b[", tile_.depth, "][", tile_.columns + kPad, "];");
}

/// The block's part of an operand at terms k0 .. k0 + depth, zeros beyond its ends.
void Matmul::loadTile(bool isA) {
  LoadOp load = isA ? c_.a : c_.b;
  int lines = isA ? tile_.rows : tile_.columns;
  // Threads that lie side by side read memory side by side.
  auto alongTerms = load.getIndices()[0].splitLinear(terms_.back());
  bool termsFirst = alongTerms && alongTerms->first.isConstant(1);
  Text &t = s_.text();
  t.line("#pragma unroll 4");
  t.open("for (int e = threadIdx.x; e < ", lines * tile_.depth, "; e += ", kThreads, ")");
  t.line("const int line = ",
         termsFirst ? absl::StrCat("e / ", tile_.depth) : absl::StrCat("e % ", lines),
         ", term = ", termsFirst ? absl::StrCat("e % ", tile_.depth) : absl::StrCat("e / ", lines),
         ";");
  t.line("const index place = ", isA ? "row0" : "column0", " + line, k = k0 + term;");
  bool isRaw = !tensor_.empty() && !isTf32();
  std::string element = isRaw ? "u16" : isTf32() ? "u32" : type_;
  t.line(element, " value = 0;");
  t.open("if (place < ", isA ? "rows" : "columns", " && k < depth)");
  {
    Scalars::Scope scope(s_);
    s_.setVariable(isA ? c_.row : c_.column, "place");
    s_.decode(terms_, c_.fold.getExtents().dims(), "k");
    std::string value = isRaw ? s_.rawLoad(load) : s_.emit(isA ? a_ : b_);
    t.line("value = ", isTf32() ? absl::StrCat("tf32_bits(", value, ")") : value, ";");
  }
  t.close();
  std::string to = isA ? "tile_a" : "tile_b";
  t.line(to, !tensor_.empty() ? "[line][term]" : "[term][line]", " = value;");
  t.close();
}

void Matmul::multiply() {
  int m = tile_.threadRows, n = tile_.threadColumns, across = tile_.columns / n;
  Text &t = s_.text();
  t.line("#pragma unroll");
  t.open("for (int k = 0; k < ", tile_.depth, "; ++k)");
  t.line(type_, " a[", m, "], b[", n, "];");
  t.line("#pragma unroll");
  t.line("for (int i = 0; i < ", m, "; ++i) a[i] = tile_a[k][thread_row * ", m, " + i];");
  t.line("#pragma unroll");
  t.line("for (int j = 0; j < ", n, "; ++j) b[j] = tile_b[k][thread_column + j * ", across, "];");
  t.line("#pragma unroll");
  t.open("for (int i = 0; i < ", m, "; ++i)");
  t.line("#pragma unroll");
  t.line("for (int j = 0; j < ", n, "; ++j) sum[i][j] = ", type_ == "double" ? "fma" : "fmaf",
         "(a[i], b[j], sum[i][j]);");
  t.close();
  t.close();
}

/// Eight warps, four down and two across: 32 x 64 results each.
void Matmul::multiplyOnTensorCores() {
  Text &t = s_.text();
  // Words of a fragment: two neighbours of 16 bits, or one of 32.
  int half = isTf32() ? 4 : 8;
  std::string cast = isTf32() ? "" : "*(const u32 *)&";
  t.line("#pragma unroll");
  t.open("for (int k = 0; k < ", tile_.depth, "; k += ", 2 * half, ")");
  t.line("u32 a[2][4], b[8][2];");
  t.line("#pragma unroll");
  t.open("for (int i = 0; i < 2; ++i)");
  t.line("#pragma unroll");
  t.line("for (int r = 0; r < 4; ++r) a[i][r] = ", cast,
         "tile_a[warp_row + i * 16 + group + r % 2 * 8][k + r / 2 * ", half, " + word];");
  t.close();
  t.line("#pragma unroll");
  t.open("for (int j = 0; j < 8; ++j)");
  t.line("#pragma unroll");
  t.line("for (int r = 0; r < 2; ++r) b[j][r] = ", cast,
         "tile_b[warp_column + j * 8 + group][k + r * ", half, " + word];");
  t.close();
  t.line("#pragma unroll");
  t.open("for (int i = 0; i < 2; ++i)");
  t.line("#pragma unroll");
  t.line("for (int j = 0; j < 8; ++j) tile_multiply_", tensor_, "(sum[i][j], a[i], b[j]);");
  t.close();
  t.close();
}

void Matmul::storeResult(const std::string &row, const std::string &column,
                         const std::string &sum) {
  Text &t = s_.text();
  t.line("const index row = ", row, ", column = ", column, ";");
  t.open("if (row < rows && column < columns)");
  {
    Scalars::Scope scope(s_);
    if (c_.row) s_.setVariable(c_.row, "row");
    s_.setVariable(c_.column, "column");
    s_.define(c_.fold, sum);
    for (StoreOp store : kernel_.getBody().getOps<StoreOp>()) s_.emitStore(store);
  }
  t.close();
}

void Matmul::storeResults() {
  Text &t = s_.text();
  auto unrolled = [&](const char *name, int count) {
    t.line("#pragma unroll");
    t.open("for (int ", name, " = 0; ", name, " < ", count, "; ++", name, ")");
  };
  if (!tensor_.empty()) {
    unrolled("i", 2);
    unrolled("j", 8);
    unrolled("r", 4);
    storeResult("row0 + warp_row + i * 16 + group + r / 2 * 8",
                "column0 + warp_column + j * 8 + pair + r % 2", "sum[i][j][r]");
    t.close();
  } else {
    unrolled("i", tile_.threadRows);
    unrolled("j", tile_.threadColumns);
    storeResult(absl::StrCat("row0 + thread_row * ", tile_.threadRows, " + i"),
                absl::StrCat("column0 + thread_column + j * ", tile_.columns / tile_.threadColumns),
                "sum[i][j]");
  }
  t.close();
  t.close();
}

void Matmul::print() {
  out_.schedule = terms_.size() > 1 ? "conv" : "matmul";
  out_.isTiled = true;
  out_.threads = kThreads;
  Dim across = ceilDiv(c_.columns, tile_.columns), down = ceilDiv(c_.rows, tile_.rows);
  out_.blocks = outer() * across * down;
  beginKernel(s_, signature_, out_);
  Text &t = s_.text();
  Dim depth = numElements(kernel_.getContext(), c_.fold.getExtents().dims());
  t.line("const index rows = ", s_.dim(c_.rows), ", columns = ", s_.dim(c_.columns),
         ", depth = ", s_.dim(depth), ";");
  t.line("const index across = ", s_.dim(across), ", down = ", s_.dim(down), ";");
  declareTiles();
  if (!tensor_.empty()) {
    t.line("const int warp = threadIdx.x / 32, lane = threadIdx.x % 32;");
    t.line("const int warp_row = warp / 2 * 32, warp_column = warp % 2 * 64;");
    t.line("const int group = lane / 4, pair = lane % 4 * 2, word = lane % 4 * ", isTf32() ? 1 : 2,
           ";");
  } else {
    int threadsAcross = tile_.columns / tile_.threadColumns;
    t.line("const int thread_row = threadIdx.x / ", threadsAcross,
           ", thread_column = threadIdx.x % ", threadsAcross, ";");
  }
  t.open("for (i64 unit = blockIdx.x; unit < (i64)(", s_.dim(out_.blocks), "); unit += gridDim.x)");
  {
    Scalars::Scope scope(s_);
    t.line("const index row0 = (index)(unit / across % down) * ", tile_.rows,
           ", column0 = (index)(unit % across) * ", tile_.columns, ";");
    s_.decode(outerNames_, outerExtents_, "(index)(unit / across / down)");
    if (!tensor_.empty())
      t.line("float sum[2][8][4] = {};");
    else
      t.line(type_, " sum[", tile_.threadRows, "][", tile_.threadColumns, "] = {};");
    t.open("for (index k0 = 0; k0 < depth; k0 += ", tile_.depth, ")");
    loadTile(true);
    loadTile(false);
    t.line("__syncthreads();");
    tensor_.empty() ? multiply() : multiplyOnTensorCores();
    t.line("__syncthreads();");
    t.close();
    storeResults();
  }
  t.close();
  t.close();
  out_.text = t.str();
}

}  // namespace

bool worthTiles(Contraction &c) {
  mlir::Type accumulator = c.fold.getValue().getType();
  if (!c.row || !productIn(c.fold) || !(accumulator.isF32() || accumulator.isF64())) return false;
  if (c.columns.constant().value_or(64) < 8 || c.rows.constant().value_or(64) < 4) return false;
  return estimate(c.fold.getExtents().dims()) >= 8;
}

void printMatmul(KernelFuncOp kernel, Contraction contraction, const Signature &signature,
                 KernelSource &out) {
  Matmul(kernel, contraction, signature, out).print();
}

}  // namespace plx::cuda
