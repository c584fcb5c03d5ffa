#include "compiler/cuda/Scalars.h"

#include "ir/types/Types.h"
#include "llvm/ADT/TypeSwitch.h"

namespace plx::cuda {

namespace {
// Numbers of elements and of iterations up to which index arithmetic in 32 bits cannot overflow.
constexpr int64_t kNarrow = int64_t{1} << 30;

bool isUnsigned(mlir::Type element) { return element.isUnsignedInteger() || element.isInteger(1); }

bool fitsNarrow(KernelFuncOp kernel) {
  int64_t points = 1;
  auto multiply = [&](Dim extent) {
    std::optional<int64_t> size = extent.constant();
    return size && !__builtin_mul_overflow(points, std::max<int64_t>(*size, 1), &points) &&
           points < kNarrow;
  };
  for (Dim extent : kernel.getExtents().dims())
    if (!multiply(extent)) return false;
  for (mlir::Operation &op : kernel.getBody().front()) {
    std::optional<FoldedVariables> folded = foldedVariables(&op);
    if (!folded) continue;
    points = 1;
    for (Dim extent : folded->extents)
      if (!multiply(extent)) return false;
  }
  for (mlir::BlockArgument buffer : kernel.getBody().getArguments()) {
    points = 1;
    if (!multiply(numElements(buffer.getType()))) return false;
  }
  return true;
}
}  // namespace

std::string narrowName(mlir::Type element) {
  return llvm::TypeSwitch<mlir::Type, std::string>(element)
      .Case<mlir::Float16Type>([](auto) { return "f16"; })
      .Case<mlir::BFloat16Type>([](auto) { return "bf16"; })
      .Case<mlir::Float8E4M3FNType>([](auto) { return "f8e4m3fn"; })
      .Case<mlir::Float8E4M3FNUZType>([](auto) { return "f8e4m3fnuz"; })
      .Case<mlir::Float8E5M2Type>([](auto) { return "f8e5m2"; })
      .Case<mlir::Float8E5M2FNUZType>([](auto) { return "f8e5m2fnuz"; })
      .Case<mlir::Float8E8M0FNUType>([](auto) { return "f8e8m0"; })
      .Case<mlir::Float4E2M1FNType>([](auto) { return "f4e2m1"; })
      .Default([](auto) { return ""; });
}

std::string registerType(mlir::Type element) {
  if (element.isF64()) return "double";
  if (mlir::isa<mlir::FloatType>(element)) return "float";
  if (element.isInteger(1)) return "bool";
  return memoryType(element);
}

std::string memoryType(mlir::Type element) {
  if (element.isF64()) return "double";
  if (element.isF32()) return "float";
  if (mlir::isa<mlir::ComplexType>(element))
    return bytesOfElement(element) == 8 ? "float2" : "double2";
  bool isSigned = mlir::isa<mlir::IntegerType>(element) && !isUnsigned(element);
  return absl::StrCat(isSigned ? "i" : "u", 8 * bytesOfElement(element));
}

std::string fromMemory(mlir::Type element, const std::string &bits) {
  if (std::string narrow = narrowName(element); !narrow.empty())
    return absl::StrCat(narrow, "_value(", bits, ")");
  return element.isInteger(1) ? absl::StrCat("(", bits, " != 0)") : bits;
}

std::string toMemory(mlir::Type element, const std::string &value) {
  if (std::string narrow = narrowName(element); !narrow.empty())
    return absl::StrCat(narrow, "_bits(", value, ")");
  return element.isInteger(1) ? absl::StrCat("(u8)", value) : value;
}

// ---- signatures

std::string bufferName(const Signature &signature, unsigned buffer) {
  bool isInput = buffer < signature.numInputs;
  return absl::StrCat(isInput ? "in" : "out", isInput ? buffer : buffer - signature.numInputs);
}

std::string headOf(const Signature &signature, const std::string &name, const std::string &bounds) {
  std::string head =
      absl::StrCat("extern \"C\" __global__ void __launch_bounds__(", bounds, ") ", name, "(");
  const llvm::SmallVector<bool> &isShared = signature.launches.isShared;
  for (unsigned i = 0; i < signature.buffers.size(); ++i) {
    bool isInput = i < signature.numInputs, isAlone = i >= isShared.size() || !isShared[i];
    absl::StrAppend(&head, isInput ? "const " : "",
                    memoryType(signature.buffers[i].getElementType()), " *",
                    isInput && isAlone ? "__restrict__ " : "", bufferName(signature, i), ", ");
  }
  for (size_t i = 0; i < signature.symbols.size(); ++i) absl::StrAppend(&head, "i64 s", i, ", ");
  return head + (signature.scratch ? "char *scratch, " : "") + "plx_launch_place at)";
}

std::vector<OperandFacts> operandsOf(const Signature &signature) {
  std::vector<OperandFacts> operands;
  for (auto [i, type] : llvm::enumerate(signature.buffers)) {
    OperandFacts facts;
    facts.reads = static_cast<int64_t>(i) < signature.numInputs || signature.alsoRead[i];
    facts.writes = static_cast<int64_t>(i) >= signature.numInputs;
    facts.elementBytes = static_cast<int>(bytesOfElement(type.getElementType()));
    Dim bytes = numElements(type) ? numElements(type) * facts.elementBytes : Dim();
    if (bytes) {
      Dim named = bytes.substitute([&](DimAtom symbol) {
        for (auto [k, own] : llvm::enumerate(signature.symbols.dims()))
          if (own.asSymbol()->symbol() == symbol.symbol())
            return Dim::symbol(type.getContext(), absl::StrCat("s", k));
        return Dim();
      });
      facts.bytes = named ? named.str() : "";
    }
    operands.push_back(std::move(facts));
  }
  return operands;
}

// ---- expressions of sizes

namespace {
class DimWriter {
 public:
  explicit DimWriter(llvm::function_ref<std::string(mlir::StringAttr)> name) : name_(name) {}

  std::string write(Dim dim) {
    std::string out;
    for (const DimTerm &term : dim.terms()) {
      std::string text = this->term(term);
      bool isNegative = text[0] == '-';
      if (out.empty())
        out = text;
      else
        absl::StrAppend(&out, isNegative ? " - " : " + ", isNegative ? text.substr(1) : text);
    }
    return out.empty() ? "0" : out;
  }

 private:
  static std::string number(int64_t value) {
    bool isWide = value > INT32_MAX || value < -INT32_MAX;
    if (value == INT64_MIN) return "(-9223372036854775807ll - 1)";
    return absl::StrCat(value, isWide ? "ll" : "");
  }

  std::string term(const DimTerm &term) {
    if (term.factors.empty()) return number(term.coefficient);
    std::string out = term.coefficient == -1  ? "-"
                      : term.coefficient == 1 ? ""
                                              : number(term.coefficient) + " * ";
    for (auto [i, factor] : llvm::enumerate(term.factors))
      absl::StrAppend(&out, i ? " * " : "", atom(factor));
    return out;
  }

  std::string operand(Dim dim) {
    std::string text = write(dim);
    return dim.terms().size() == 1 && dim.constant().value_or(0) >= 0 &&
                   (dim.constant() || dim.asSymbol())
               ? text
               : absl::StrCat("(", text, ")");
  }

  std::string atom(DimAtom atom) {
    if (atom.kind() == DimAtomKind::Symbol) return name_(atom.symbol());
    if (atom.kind() == DimAtomKind::Max)
      return absl::StrCat("greater((index)(", write(atom.lhs()), "), (index)(", write(atom.rhs()),
                          "))");
    bool isFloor = atom.kind() == DimAtomKind::FloorDiv;
    std::optional<int64_t> divisor = atom.rhs().constant();
    if (isFloor && divisor && *divisor > 0 && atom.lhs().lowerBound().value_or(-1) >= 0)
      return absl::StrCat("(", operand(atom.lhs()), " / ", *divisor, ")");
    return absl::StrCat(isFloor ? "floor_div" : "ceil_div", "((index)(", write(atom.lhs()),
                        "), (index)(", write(atom.rhs()), "))");
  }

  llvm::function_ref<std::string(mlir::StringAttr)> name_;
};
}  // namespace

std::string dimText(Dim dim, llvm::function_ref<std::string(mlir::StringAttr)> name) {
  return DimWriter(name).write(dim);
}

// ---- variables and scopes

Scalars::Scalars(KernelFuncOp kernel)
    : kernel_(kernel), use_(kernel.getBody().front()), narrowIndex_(fitsNarrow(kernel)) {
  Signature signature;
  signature.numInputs = kernel.getNumInputs();
  for (mlir::BlockArgument argument : kernel.getBody().getArguments())
    buffers_[argument] = bufferName(signature, argument.getArgNumber());
  for (auto [i, symbol] : llvm::enumerate(kernel.getSymbols().dims()))
    sizes_[symbol.asSymbol()->symbol()] = absl::StrCat("s", i);
}

Scalars::Scope::Scope(Scalars &scalars)
    : scalars_(scalars), values_(scalars.values_), variables_(scalars.variables_) {}
Scalars::Scope::~Scope() {
  scalars_.values_ = std::move(values_);
  scalars_.variables_ = std::move(variables_);
}

std::string Scalars::fresh(llvm::StringRef prefix) { return absl::StrCat(prefix.str(), next_++); }

std::string Scalars::dim(Dim dim) {
  return dimText(dim, [&](mlir::StringAttr name) {
    if (auto size = sizes_.find(name); size != sizes_.end()) return size->second;
    auto variable = variables_.find(name);
    assert(variable != variables_.end() && "a variable is used outside of its loop");
    return variable->second;
  });
}

void Scalars::loop(mlir::StringAttr variable, const std::string &high,
                   llvm::function_ref<void()> body) {
  std::string name = fresh("k");
  text_.open("for (index ", name, " = 0; ", name, " < ", high, "; ++", name, ")");
  {
    Scope scope(*this);
    setVariable(variable, name);
    body();
  }
  text_.close();
}

void Scalars::decode(llvm::ArrayRef<mlir::StringAttr> names, llvm::ArrayRef<Dim> extents,
                     std::string number) {
  for (size_t i = names.size(); i-- > 0;) {
    // Of no points none is decoded; compilers warn of a division by 0 all the same.
    bool isEmpty = extents[i].isConstant(0);
    std::string extent = absl::StrCat("(", isEmpty ? "1" : dim(extents[i]), ")"), name = fresh("i");
    text_.line("const index ", name, " = ", number, i > 0 ? " % " + extent : "", ";");
    setVariable(names[i], name);
    if (i == 0) break;
    std::string rest = fresh("rest");
    text_.line("const index ", rest, " = ", number, " / ", extent, ";");
    number = rest;
  }
}

void Scalars::ifThen(const std::string &condition, llvm::function_ref<void()> body) {
  text_.open("if (", condition, ")");
  {
    Scope scope(*this);
    body();
  }
  text_.close();
}

// ---- memory

std::string Scalars::place(mlir::Value buffer, Dim offset, mlir::ValueRange dataIndices) {
  for (mlir::Value index : dataIndices) emit(index);
  return absl::StrCat(buffers_.lookup(buffer), "[", dim(offset), "]");
}

std::string Scalars::rawLoad(LoadOp load) {
  return place(load.getBuffer(), load.getIndices()[0], load.getDataIndices());
}

std::string Scalars::emitLoad(LoadOp load) {
  std::string guard = load.getGuard() ? emit(load.getGuard()) : "";
  std::string value = fromMemory(load.getType(), rawLoad(load));
  // Where there is nothing to index, an index from data is at fault, and nothing may be read.
  for (mlir::Value index : load.getDataIndices()) {
    Dim extent = index.getDefiningOp<IndexOp>().getExtent()[0];
    if (extent.lowerBound().value_or(0) > 0) continue;
    std::string isThere = absl::StrCat(dim(extent), " > 0");
    guard = guard.empty() ? isThere : absl::StrCat(guard, " && ", isThere);
  }
  if (guard.empty()) return value;
  std::string zero = absl::StrCat("(", registerType(load.getType()), ")0");
  return absl::StrCat(guard, " ? ", value, " : ", zero);
}

std::string Scalars::target(StoreOp store) {
  return place(store.getBuffer(), store.getIndices()[0], store.getDataIndices());
}

void Scalars::emitStore(StoreOp store) {
  auto write = [&] {
    std::string value = emit(store.getValue());
    std::string to = target(store);
    text_.line(to, " = ", toMemory(store.getValue().getType(), value), ";");
  };
  if (!store.getGuard()) return write();
  std::string guard = emit(store.getGuard());
  emit(store.getValue());
  ifThen(guard, write);
}

// ---- scalars

std::string Scalars::emit(mlir::Value scalar) {
  if (auto known = values_.find(scalar); known != values_.end()) return known->second;
  mlir::Operation *op = scalar.getDefiningOp();
  std::string value = emitOp(op);
  // Constants are written where they are used; an index and a fold have a name already.
  if (!mlir::isa<ScalarOp, IndexOp>(op) && !foldedVariables(op)) {
    std::string name = fresh("v");
    text_.line("const ", registerType(scalar.getType()), " ", name, " = ", value, ";");
    value = name;
  }
  values_[scalar] = value;
  return value;
}

void Scalars::hoist(llvm::ArrayRef<mlir::Value> roots, llvm::ArrayRef<mlir::StringAttr> inner) {
  llvm::SmallPtrSet<mlir::Operation *, 32> seen;
  std::function<void(mlir::Value)> visit = [&](mlir::Value value) {
    mlir::Operation *op = value.getDefiningOp();
    if (!op || mlir::isa<ScalarOp>(op) || values_.count(value) || !seen.insert(op).second) return;
    bool isReady = llvm::all_of(use_.of(value), [&](mlir::Attribute name) {
      auto variable = mlir::cast<mlir::StringAttr>(name);
      return variables_.count(variable) && !llvm::is_contained(inner, variable);
    });
    if (isReady) {
      emit(value);
      return;
    }
    for (mlir::Value operand : op->getOperands()) visit(operand);
  };
  for (mlir::Value root : roots) visit(root);
}

std::string Scalars::emitIndex(IndexOp index) {
  for (mlir::Value inner : index.getDataIndices()) emit(inner);
  std::string value = emit(index.getValue());
  std::string guard = index.getGuard() ? emit(index.getGuard()) : "true";
  std::string name = fresh("at");
  text_.line("const index ", name, " = (index)checked_index(", value, ", ",
             dim(index.getExtent()[0]), ", ", index.getWrap() ? "true" : "false", ", ", guard,
             ", at, unit);");
  variables_[index.getSymbolAttr()] = name;
  return name;
}

std::string Scalars::emitOp(mlir::Operation *op) {
  if (auto load = mlir::dyn_cast<LoadOp>(op)) return emitLoad(load);
  if (auto index = mlir::dyn_cast<IndexOp>(op)) return emitIndex(index);
  if (auto inside = mlir::dyn_cast<InsideOp>(op)) {
    for (mlir::Value index : inside.getDataIndices()) emit(index);
    std::string all;
    for (auto [i, n] : llvm::zip(inside.getIndices().dims(), inside.getExtents().dims()))
      absl::StrAppend(&all, all.empty() ? "" : " && ", "within((index)(", dim(i), "), (index)(",
                      dim(n), "))");
    return all.empty() ? "true" : all;
  }
  if (auto constant = mlir::dyn_cast<ScalarOp>(op)) return literal(constant.getValue());
  if (auto apply = mlir::dyn_cast<ApplyOp>(op)) {
    llvm::SmallVector<std::string> operands;
    for (mlir::Value operand : apply.getOperands()) operands.push_back(emit(operand));
    return this->apply(apply.function(), apply.getOperands().back().getType(), operands);
  }
  if (auto convertOp = mlir::dyn_cast<ConvertOp>(op))
    return convert(convertOp.getOperand().getType(), convertOp.getType(),
                   emit(convertOp.getOperand()), convertOp.getSaturate());
  if (auto bits = mlir::dyn_cast<BitsOp>(op)) {
    std::string memory = toMemory(bits.getOperand().getType(), emit(bits.getOperand()));
    std::string from = memoryType(bits.getOperand().getType()), to = memoryType(bits.getType());
    return fromMemory(bits.getType(), absl::StrCat("bits_as<", to, ">((", from, ")", memory, ")"));
  }
  if (auto position = mlir::dyn_cast<PositionOp>(op)) {
    for (mlir::Value index : position.getDataIndices()) emit(index);
    mlir::Type i64 = mlir::IntegerType::get(position.getContext(), 64);
    std::string value = absl::StrCat("(i64)(", dim(position.getExpression()[0]), ")");
    return convert(i64, position.getType(), value, /*saturate=*/false);
  }
  return emitFold(op);
}

}  // namespace plx::cuda
