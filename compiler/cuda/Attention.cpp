// Schedule attention: a block takes 16 rows of q and goes over the keys, 64 at a time, with a
// running maximum and a running sum a row (Milakov and Gimelshein, "Online normalizer calculation
// for softmax", 2018; Dao et al., "FlashAttention", 2022).
#include "compiler/cuda/Nest.h"
#include "ir/types/Types.h"

namespace plx::cuda {

namespace {

constexpr int kThreads = 128, kRows = 16, kKeys = 64, kDepth = 32;
// A thread computes the scores of one key for so many rows.
constexpr int kRowsOfThread = kRows * kKeys / kThreads;
constexpr int64_t kMostColumns = 256;

class AttentionPrinter {
 public:
  AttentionPrinter(KernelFuncOp kernel, Attention a, const Signature &signature, KernelSource &out)
      : kernel_(kernel),
        a_(a),
        signature_(signature),
        out_(out),
        s_(kernel),
        folds_(s_, Team::Thread),
        type_(registerType(a.sum.getType())),
        columns_(*a.columns.constant()) {
    for (auto [name, extent] :
         llvm::zip(namesOf(kernel.getVariables()), kernel.getExtents().dims()))
      if (name != a.row && name != a.column) {
        outerNames_.push_back(name);
        outerExtents_.push_back(extent);
      }
    // Threads side by side take columns side by side; the groups of threads divide the rows.
    while (across_ < kThreads && across_ < columns_) across_ *= 2;
    groups_ = kThreads / across_;
    rowsEach_ = kRows / groups_;
    columnsEach_ = (columns_ + across_ - 1) / across_;
  }
  void print();

 private:
  Dim outer() { return numElements(kernel_.getContext(), outerExtents_); }
  void dots();
  void loadTile(bool isQ);
  void scores();
  void weights();
  void accumulate();
  void storeResults();

  KernelFuncOp kernel_;
  Attention a_;
  const Signature &signature_;
  KernelSource &out_;
  Scalars s_;
  Folds folds_;
  std::string type_;
  llvm::SmallVector<mlir::StringAttr> outerNames_;
  llvm::SmallVector<Dim> outerExtents_;
  int64_t columns_;
  int64_t across_ = 32, groups_, rowsEach_, columnsEach_;
};

/// A part of q or k, 32 terms wide, zeros beyond its ends.
void AttentionPrinter::loadTile(bool isQ) {
  Text &t = s_.text();
  t.open("for (int e = threadIdx.x; e < ", (isQ ? kRows : kKeys) * kDepth, "; e += ", kThreads,
         ")");
  t.line("const int line = e / ", kDepth, ", term = e % ", kDepth, ";");
  t.line("const index place = ", isQ ? "row0" : "key0", " + line, c = c0 + term;");
  t.line(type_, " value = 0;");
  t.open("if (place < ", isQ ? "rows" : "keys", " && c < depths)");
  {
    Scalars::Scope scope(s_);
    if (!isQ) s_.setVariable(a_.key, "place");
    if (isQ && a_.row) s_.setVariable(a_.row, "place");
    s_.setVariable(a_.depth, "c");
    LoadOp load = isQ ? a_.q : a_.k;
    std::string value = fromMemory(load.getType(), s_.rawLoad(load));
    t.line("value = ", value, ";");
  }
  t.close();
  t.line(isQ ? "tile_q" : "tile_k", "[line][term] = value;");
  t.close();
}

void AttentionPrinter::dots() {
  Text &t = s_.text();
  t.line(type_, " dot[", kRowsOfThread, "] = {};");
  t.open("for (index c0 = 0; c0 < depths; c0 += ", kDepth, ")");
  loadTile(true);
  loadTile(false);
  t.line("__syncthreads();");
  t.line("#pragma unroll 8");
  t.open("for (int c = 0; c < ", kDepth, "; ++c)");
  t.line("const ", type_, " k = tile_k[own_key][c];");
  t.line("#pragma unroll");
  t.line("for (int r = 0; r < ", kRowsOfThread,
         "; ++r) dot[r] = ", type_ == "double" ? "fma" : "fmaf",
         "(tile_q[own_row + r][c], k, dot[r]);");
  t.close();
  t.line("__syncthreads();");
  t.close();
}

/// weight[row][key] = the score, -inf where the key takes no part.
void AttentionPrinter::scores() {
  Text &t = s_.text();
  t.line("#pragma unroll");
  t.open("for (int r = 0; r < ", kRowsOfThread, "; ++r)");
  t.line("const index row = row0 + own_row + r, key = key0 + own_key;");
  t.line(type_, " score = -(", type_, ")__int_as_float(0x7f800000);");
  t.open("if (row < rows && key < keys", a_.takesPart ? " && key < part[own_row + r]" : "", ")");
  {
    Scalars::Scope scope(s_);
    if (a_.row) s_.setVariable(a_.row, "row");
    s_.setVariable(a_.key, "key");
    s_.define(a_.dot, "dot[r]");
    std::string value = s_.emit(a_.score);
    t.line("score = ", value, ";");
  }
  t.close();
  t.line("weight[own_row + r][own_key] = score;");
  t.close();
  t.line("__syncthreads();");
}

/// A warp a row: the new maximum, the factor by which what was summed shrinks, the weights.
void AttentionPrinter::weights() {
  Text &t = s_.text();
  std::string e = type_ == "double" ? "exp" : "expf";
  t.open("for (int r = threadIdx.x / 32; r < ", kRows, "; r += ", kThreads / 32, ")");
  t.line("const int lane = threadIdx.x % 32;");
  // Keys that take no part have no weight. As long as all scores are -inf there is none either: 0 /
  // 0 at the end is the NaN that the definition asks for.
  t.line("const index here = lesser((index)", kKeys, ", ",
         a_.takesPart ? "lesser(keys, part[r])" : "keys", " - key0);");
  t.line(type_, " most = highest[r];");
  t.line("for (int j = lane; j < here; j += 32) most = maximum(most, weight[r][j]);");
  t.line("most = warp_fold<fold_max, ", type_, ">(most);");
  t.line(type_, " sum = 0;");
  t.open("for (int j = lane; j < ", kKeys, "; j += 32)");
  t.line("const ", type_, " w = j < here && most != -(", type_, ")__int_as_float(0x7f800000) ? ", e,
         "(weight[r][j] - most) : (", type_, ")0;");
  t.line("weight[r][j] = w;");
  t.line("sum += w;");
  t.close();
  t.line("sum = warp_fold<fold_sum, ", type_, ">(sum);");
  t.line("__syncwarp();");
  t.open("if (lane == 0)");
  t.line("const ", type_, " before = highest[r];");
  t.line("const ", type_, " shrink = before == most ? (", type_, ")1 : ", e, "(before - most);");
  t.line("factor[r] = shrink;");
  t.line("total[r] = total[r] * shrink + sum;");
  t.line("highest[r] = most;");
  t.close();
  t.close();
  t.line("__syncthreads();");
}

void AttentionPrinter::accumulate() {
  Text &t = s_.text();
  t.line("#pragma unroll");
  t.open("for (int r = 0; r < ", rowsEach_, "; ++r)");
  t.line("#pragma unroll");
  t.line("for (int e = 0; e < ", columnsEach_, "; ++e) result[r][e] *= factor[group + r * ",
         groups_, "];");
  t.close();
  t.line("const index here = lesser((index)", kKeys, ", keys - key0);");
  t.open("for (int j = 0; j < here; ++j)");
  t.line("#pragma unroll");
  t.open("for (int e = 0; e < ", columnsEach_, "; ++e)");
  t.line("const index column = own_column + e * ", across_, ", key = key0 + j;");
  t.line(type_, " v = 0;");
  t.open("if (column < ", columns_, ")");
  {
    Scalars::Scope scope(s_);
    s_.setVariable(a_.key, "key");
    s_.setVariable(a_.column, "column");
    std::string value = fromMemory(a_.v.getType(), s_.rawLoad(a_.v));
    t.line("v = ", value, ";");
  }
  t.close();
  t.line("#pragma unroll");
  t.open("for (int r = 0; r < ", rowsEach_, "; ++r)");
  std::string weight = absl::StrCat("weight[group + r * ", groups_, "][j]");
  std::string guard =
      a_.takesPart ? absl::StrCat("if (key < part[group + r * ", groups_, "]) ") : "";
  t.line(guard, "result[r][e] = ", type_ == "double" ? "fma" : "fmaf", "(", weight,
         ", v, result[r][e]);");
  t.close();
  t.close();
  t.close();
  t.line("__syncthreads();");
}

void AttentionPrinter::storeResults() {
  Text &t = s_.text();
  t.line("#pragma unroll");
  t.open("for (int r = 0; r < ", rowsEach_, "; ++r)");
  t.line("#pragma unroll");
  t.open("for (int e = 0; e < ", columnsEach_, "; ++e)");
  t.line("const int line = group + r * ", groups_, ";");
  t.line("const index row = row0 + line, column = own_column + e * ", across_, ";");
  t.open("if (row < rows && column < ", columns_, ")");
  {
    Scalars::Scope scope(s_);
    if (a_.row) s_.setVariable(a_.row, "row");
    s_.setVariable(a_.column, "column");
    s_.define(a_.sum, "result[r][e]");
    s_.define(a_.total, "total[line]");
    for (StoreOp store : kernel_.getBody().getOps<StoreOp>()) s_.emitStore(store);
  }
  t.close();
  t.close();
  t.close();
}

void AttentionPrinter::print() {
  out_.schedule = "attention";
  out_.isTiled = true;
  out_.threads = kThreads;
  Dim down = ceilDiv(a_.rows, kRows);
  out_.blocks = outer() * down;
  beginKernel(s_, signature_, out_);
  Text &t = s_.text();
  t.line("__shared__ ", type_, " tile_q[", kRows, "][", kDepth + 1, "], tile_k[", kKeys, "][",
         kDepth + 1, "], weight[", kRows, "][", kKeys + 1, "];");
  t.line("__shared__ ", type_, " highest[", kRows, "], total[", kRows, "], factor[", kRows, "];");
  if (a_.takesPart) t.line("__shared__ index part[", kRows, "];");
  t.line("const index rows = ", s_.dim(a_.rows), ", keys = ", s_.dim(a_.keys),
         ", depths = ", s_.dim(a_.depths), ", down = ", s_.dim(down), ";");
  t.line("const int own_key = threadIdx.x % ", kKeys, ", own_row = threadIdx.x / ", kKeys, " * ",
         kRowsOfThread, ";");
  t.line("const int group = threadIdx.x / ", across_, ", own_column = threadIdx.x % ", across_,
         ";");
  t.open("for (i64 unit = blockIdx.x; unit < (i64)(", s_.dim(out_.blocks), "); unit += gridDim.x)");
  {
    Scalars::Scope scope(s_);
    t.line("const index row0 = (index)(unit % down) * ", kRows, ";");
    s_.decode(outerNames_, outerExtents_, "(index)(unit / down)");
    t.open("if (threadIdx.x < ", kRows, ")");
    t.line("highest[threadIdx.x] = -(", type_, ")__int_as_float(0x7f800000);");
    t.line("total[threadIdx.x] = 0;");
    if (a_.takesPart) {
      Scalars::Scope row(s_);
      t.line("const index row = lesser(row0 + (index)threadIdx.x, rows - 1);");
      if (a_.row) s_.setVariable(a_.row, "row");
      // Keys 0 .. last take part.
      t.line("part[threadIdx.x] = greater((index)(", s_.dim(a_.last), " + 1), (index)0);");
    }
    t.close();
    t.line(type_, " result[", rowsEach_, "][", columnsEach_, "] = {};");
    t.line("__syncthreads();");
    t.open("for (index key0 = 0; key0 < keys; key0 += ", kKeys, ")");
    dots();
    scores();
    weights();
    accumulate();
    t.close();
    storeResults();
    t.line("__syncthreads();");
  }
  t.close();
  t.close();
  out_.text = t.str();
}

}  // namespace

bool fitsAttention(Attention &a) {
  mlir::Type accumulator = a.sum.getType();
  std::optional<int64_t> columns = a.columns.constant();
  return (accumulator.isF32() || accumulator.isF64()) && columns && *columns <= kMostColumns;
}

void printAttention(KernelFuncOp kernel, Attention attention, const Signature &signature,
                    KernelSource &out) {
  AttentionPrinter(kernel, attention, signature, out).print();
}

}  // namespace plx::cuda
