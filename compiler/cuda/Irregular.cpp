// Kernels without a loop nest: calls of the prelude's algorithms (prelude/irregular.cuh), and
// scatter, whose loops depend on its axes.
#include "compiler/cuda/Irregular.h"

#include "ir/kernel/IrregularPlan.h"
#include "ir/types/Types.h"

namespace plx::cuda {

namespace {

constexpr int kThreads = 256;
// Lines that are sorted at a time: each has scratch memory of its own.
constexpr int64_t kLinesAtOnce = 264;
constexpr int64_t kRecordBytes = 16;

class IrregularPrinter {
 public:
  IrregularPrinter(IrregularFuncOp kernel, KernelSource &out) : kernel_(kernel), out_(out) {
    for (unsigned i = 0; i < kernel.getBuffers().size(); ++i)
      signature_.buffers.push_back(bufferType(kernel, i));
    signature_.numInputs = kernel.getNumInputs();
    signature_.alsoRead.assign(signature_.buffers.size(), false);
    signature_.symbols = kernel.getSymbols();
  }

  Signature &signature() { return signature_; }
  void print();

 private:
  mlir::Type element(unsigned buffer) { return signature_.buffers[buffer].getElementType(); }
  std::string name(unsigned buffer) { return bufferName(signature_, buffer); }
  std::string dim(Dim dim) {
    return dimText(dim, [&](mlir::StringAttr symbol) {
      for (auto [i, own] : llvm::enumerate(kernel_.getSymbols().dims()))
        if (own.asSymbol()->symbol() == symbol) return absl::StrCat("s", i);
      return std::string("0");
    });
  }
  Dim one() { return Dim::constant(kernel_.getContext(), 1); }
  void begin(Dim blocks, int threads, Dim scratch);
  /// [](M x) { return order_key(value of x, descending); }
  std::string keyOf(mlir::Type element, bool descending);
  void printLines(bool descending);
  void printNonzero();
  void printUnique();
  void printBoxes();
  void printScatter();
  void loopKept(size_t begin, size_t end, const std::string &offset, const std::string &update,
                llvm::function_ref<void(const std::string &, const std::string &)> body);
  void applyUpdate(const std::string &to, const std::string &from);

  IrregularFuncOp kernel_;
  KernelSource &out_;
  Signature signature_;
  Text t_;
  llvm::SmallVector<int64_t> kept_;  // of a scatter: axes without indices
  int64_t unitAxis_ = 0, position_ = 0;
  int next_ = 0;
};

void IrregularPrinter::begin(Dim blocks, int threads, Dim scratch) {
  out_.blocks = blocks;
  out_.threads = threads;
  out_.scratch = scratch;
  signature_.scratch = static_cast<bool>(scratch);
  t_.open(headOf(signature_, out_.name, absl::StrCat(threads)));
  t_.line("typedef i64 index;");
}

std::string IrregularPrinter::keyOf(mlir::Type element, bool descending) {
  std::string value = fromMemory(element, "x");
  if (!mlir::isa<mlir::FloatType>(element)) {
    bool isUnsigned = element.isUnsignedInteger() || element.isInteger(1);
    value = absl::StrCat(isUnsigned ? "(u64)" : "(i64)", value);
  }
  return absl::StrCat("[](", memoryType(element), " x) { return order_key(", value, ", ",
                      descending ? "true" : "false", "); }");
}

void IrregularPrinter::printLines(bool descending) {
  int64_t axis = intOption(kernel_, "axis");
  LineDims from(signature_.buffers[0], axis), to(signature_.buffers[1], axis);
  Dim lines = from.outer * from.inner, atOnce = min(lines, kLinesAtOnce);
  begin(atOnce, kThreads, max(atOnce * from.size * (2 * kRecordBytes), 1));
  t_.open("if ((i64)(", dim(to.size), ") > (i64)(", dim(from.size), "))");
  t_.line("if (blockIdx.x == 0 && threadIdx.x == 0) plx_fail(at, PLX_FAULT_INDEX, 0, ",
          dim(to.size), ", 0, ", dim(from.size), ");");
  t_.line("return;");
  t_.close();
  t_.line("sort_lines(", name(0), ", ", name(1), ", ", name(2), ", (i64)(", dim(from.outer),
          "), (i64)(", dim(from.size), "), (i64)(", dim(from.inner), "), (i64)(", dim(to.size),
          "), scratch, ", keyOf(element(0), descending), ");");
}

void IrregularPrinter::printNonzero() {
  begin(one(), 1024, Dim());
  mlir::RankedTensorType operand = signature_.buffers[0];
  std::string dims;
  for (Dim size : dimsOf(operand))
    absl::StrAppend(&dims, dims.empty() ? "" : ", ", "(i64)(", dim(size), ")");
  t_.line("const i64 dims[] = {", dims.empty() ? "1" : dims, "};");
  mlir::Type type = element(0);
  bool isComplex = mlir::isa<mlir::ComplexType>(type);
  std::string test =
      isComplex ? "x.x != 0 || x.y != 0" : absl::StrCat(fromMemory(type, "x"), " != 0");
  t_.line("find_nonzero(", name(0), ", ", name(1), ", ", name(2), ", (i64)(",
          dim(numElements(operand)), "), ", operand.getRank(), ", dims, [](", memoryType(type),
          " x) { return ", test, "; });");
}

void IrregularPrinter::printUnique() {
  bool bySlices = hasOption(kernel_, "axis");
  Dim items = dimOf(signature_.buffers[3], 0);
  begin(one(), 1024, max(items * (2 * kRecordBytes), 1));
  LineDims slices =
      bySlices ? LineDims(signature_.buffers[0], intOption(kernel_, "axis")) : LineDims();
  bool sorted = kernel_.getOptions().getAs<mlir::BoolAttr>("sorted").getValue();
  std::string outer = bySlices ? dim(slices.outer) : "1",
              inner = bySlices ? dim(slices.inner) : "1";
  t_.line("const auto value_key = ", keyOf(element(0), false), ";");
  std::string order = "by_key()",
              key = absl::StrCat("[=](i64 i) { return value_key(", name(0), "[i]); }");
  if (bySlices) {
    std::string type = absl::StrCat("by_slice<", memoryType(element(0)), ", decltype(value_key)>");
    order = absl::StrCat(type, "{", name(0), ", ", outer, ", ", dim(items), ", ", inner,
                         ", value_key}");
    key = "[](i64) { return 0ull; }";
  }
  t_.line("find_unique(", name(0), ", ", name(1), ", ", name(2), ", ", name(3), ", ", name(4), ", ",
          name(5), ", (i64)(", outer, "), (i64)(", dim(items), "), (i64)(", inner, "), ",
          sorted ? "true" : "false", ", scratch, ", order, ", ", key, ");");
}

void IrregularPrinter::printBoxes() {
  mlir::RankedTensorType scores = signature_.buffers[1];
  Dim boxes = dimOf(scores, 2);
  begin(one(), kThreads, max(boxes * (2 * kRecordBytes + 8), 1));
  std::string number = registerType(element(0));
  t_.line("suppress<", number, ", ", registerType(element(1)), ">(", name(0), ", ", name(1), ", ",
          name(2), "[0], (", number, ")", name(3), "[0], (", number, ")", name(4), "[0], ", name(5),
          ", ", name(6), ", (i64)(", dim(dimOf(scores, 0)), "), (i64)(", dim(dimOf(scores, 1)),
          "), (i64)(", dim(boxes), "), ", hasOption(kernel_, "center_point_box") ? "true" : "false",
          ", scratch);");
}

// ---- scatter: a thread a coordinate along one axis. It copies that part of the operand, then goes
// through all updates in row-major order and applies those that fall into it; so an element's
// updates are combined in that order whatever the number of threads.

void IrregularPrinter::loopKept(
    size_t begin, size_t end, const std::string &offset, const std::string &update,
    llvm::function_ref<void(const std::string &, const std::string &)> body) {
  if (begin == end) return body(offset, update);
  int64_t axis = kept_[begin], indexRank = signature_.buffers[2].getRank();
  int64_t updateAxis = static_cast<int64_t>(begin) < position_ ? begin : begin + indexRank;
  std::string i = absl::StrCat("i", next_++);
  if (axis == unitAxis_)
    t_.open("for (i64 ", i, " = unit; ", i, " == unit && ", i, " < extent; ++", i, ")");
  else
    t_.open("for (i64 ", i, " = 0; ", i, " < ", dim(dimOf(signature_.buffers[0], axis)), "; ++", i,
            ")");
  std::string to = absl::StrCat("to", next_), from = absl::StrCat("from", next_++);
  t_.line("const i64 ", to, " = ", offset, " + ", i, " * (",
          dim(LineDims(signature_.buffers[0], axis).inner), ");");
  t_.line("const i64 ", from, " = ", update, " + ", i, " * (",
          dim(LineDims(signature_.buffers[1], updateAxis).inner), ");");
  loopKept(begin + 1, end, to, from, body);
  t_.close();
}

void IrregularPrinter::applyUpdate(const std::string &to, const std::string &from) {
  std::string result = name(signature_.numInputs), updates = name(1);
  auto combiner = foldKindNamed(kernel_.getOptions().getAs<mlir::StringAttr>("combine").getValue());
  if (!combiner) return t_.line(result, "[", to, "] = ", updates, "[", from, "];");
  mlir::Type type = element(0);
  std::string c = registerType(type);
  std::string old = fromMemory(type, absl::StrCat(result, "[", to, "]"));
  std::string update = fromMemory(type, absl::StrCat(updates, "[", from, "]"));
  std::string narrow = narrowName(type);
  std::string joined = absl::StrCat("folder<fold_", nameOf(*combiner).str(), ", ", c, ">::join(",
                                    old, ", ", update, ")");
  unsigned width = type.getIntOrFloatBitWidth();
  if (mlir::isa<mlir::IntegerType>(type) && width < 8 && width > 1)
    joined = absl::StrCat("int_narrow<", c, ">(", joined, ", ", width, ")");
  t_.line(result, "[", to, "] = ", toMemory(type, joined), ";");
}

void IrregularPrinter::printScatter() {
  auto axes = kernel_.getOptions().getAs<mlir::DenseI64ArrayAttr>("axes").asArrayRef();
  position_ = intOption(kernel_, "position");
  unitAxis_ = scatterUnitAxis(kernel_);
  mlir::RankedTensorType operand = signature_.buffers[0];
  for (int64_t axis = 0; axis < operand.getRank(); ++axis)
    if (!llvm::is_contained(axes, axis)) kept_.push_back(axis);
  signature_.alsoRead[signature_.numInputs] = true;
  LineDims lines(operand, unitAxis_);
  Dim extent = dimOf(operand, unitAxis_);
  begin(ceilDiv(max(extent, 1), kThreads), kThreads, Dim());
  std::string result = name(signature_.numInputs);
  t_.line("const i64 extent = ", dim(extent), ", inner = ", dim(lines.inner),
          ", outer = ", dim(lines.outer), ";");
  t_.line("const i64 updates = ", dim(numElements(signature_.buffers[1])), ";");
  // One unit at least: with nothing to write to, indices are out of range all the same.
  t_.open("for (i64 unit = (i64)blockIdx.x * ", kThreads,
          " + threadIdx.x; unit < greater(extent, (i64)1); unit += (i64)gridDim.x * ", kThreads,
          ")");
  t_.open("if (unit < extent)");
  t_.line("for (i64 o = 0; o < outer; ++o)");
  t_.line("  for (i64 i = 0; i < inner; ++i) ", result,
          "[(o * extent + unit) * inner + i] = ", name(0), "[(o * extent + unit) * inner + i];");
  t_.close();
  t_.line("if (updates == 0) continue;");
  Dim numIndices = numElements(signature_.buffers[2]), stride = one();
  for (size_t i = position_; i < kept_.size(); ++i) stride = stride * dimOf(operand, kept_[i]);
  loopKept(0, position_, "0", "0", [&](const std::string &outer, const std::string &outerUpdate) {
    t_.open("for (i64 j = 0; j < ", dim(numIndices), "; ++j)");
    std::string offset = outer;
    t_.line("bool good = true, mine = true;");
    for (auto [m, axis] : llvm::enumerate(axes)) {
      std::string raw = absl::StrCat("raw", m), index = absl::StrCat("index", m),
                  size = absl::StrCat("size", m);
      bool isUnsigned = element(2 + m).isUnsignedInteger();
      t_.line("const i64 ", raw, " = (i64)", name(2 + m), "[j], ", size, " = ",
              dim(dimOf(operand, axis)), ";");
      t_.line("const i64 ", index, " = ",
              isUnsigned ? raw : absl::StrCat(raw, " < 0 ? ", raw, " + ", size, " : ", raw), ";");
      t_.open("if ((u64)", index, " >= (u64)", size, ")");
      t_.line("if (good) plx_fail(at, PLX_FAULT_INDEX, j, ", raw, ", ",
              isUnsigned ? "0" : "-" + size, ", ", size, " - 1);");
      t_.line("good = false;");
      t_.close();
      if (axis == unitAxis_) t_.line("mine = ", index, " == unit;");
      offset = absl::StrCat(offset, " + ", index, " * (", dim(LineDims(operand, axis).inner), ")");
    }
    t_.line("if (!good || !mine", " || unit >= extent) continue;");
    t_.line("const i64 to = ", offset, ", from = ", outerUpdate, " + j * (", dim(stride), ");");
    loopKept(position_, kept_.size(), "to", "from",
             [&](const std::string &to, const std::string &from) { applyUpdate(to, from); });
    t_.close();
  });
  t_.close();
}

void IrregularPrinter::print() {
  IrregularKind kind = *irregularKindNamed(kernel_.getKind());
  out_.schedule = kernel_.getKind().str();
  switch (kind) {
    case IrregularKind::Sort:
      printLines(hasOption(kernel_, "descending"));
      break;
    case IrregularKind::TopK:
      printLines(!hasOption(kernel_, "smallest"));
      break;
    case IrregularKind::Nonzero:
      printNonzero();
      break;
    case IrregularKind::Unique:
      printUnique();
      break;
    case IrregularKind::NonMaxSuppression:
      printBoxes();
      break;
    case IrregularKind::Scatter:
      printScatter();
      break;
  }
  t_.close();
  out_.text = t_.str();
}

}  // namespace

Signature printIrregular(IrregularFuncOp kernel, KernelSource &out) {
  IrregularPrinter printer(kernel, out);
  printer.print();
  return printer.signature();
}

}  // namespace plx::cuda
