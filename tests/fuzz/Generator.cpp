#include "tests/fuzz/Generator.h"

#include <cmath>

#include "ir/ops/Build.h"
#include "ir/types/Types.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"

namespace plx::fuzz {

Generator::Generator(mlir::MLIRContext *context, uint64_t seed)
    : context_(context), random_(seed), b_(context), loc_(b_.getUnknownLoc()) {}

mlir::OwningOpRef<mlir::ModuleOp> Generator::generate() {
  mlir::OwningOpRef<mlir::ModuleOp> module(mlir::ModuleOp::create(loc_));
  b_.setInsertionPointToStart(module->getBody());
  main_ = mlir::func::FuncOp::create(b_, loc_, "main", b_.getFunctionType({}, {}));
  b_.setInsertionPointToStart(main_.addEntryBlock());
  b_.setInsertionPoint(mlir::func::ReturnOp::create(b_, loc_));
  choosePool();
  // What a rule tries may not hold (sizes that cannot be proved equal, overflow): it then adds
  // nothing.
  mlir::ScopedDiagnosticHandler quiet(context_, [](mlir::Diagnostic &) { return mlir::success(); });
  for (int64_t i = random_.in(1, 3); i > 0; --i) input(randomElement(), randomDims(4));
  unsigned total = 0;
  for (const WeightedRule &row : rules()) total += row.weight;
  for (int64_t i = random_.oneIn(4) ? random_.in(20, 40) : random_.in(2, 16); i > 0; --i) {
    auto ticket = static_cast<unsigned>(random_.in(0, total - 1));
    for (const WeightedRule &row : rules()) {
      if (ticket < row.weight) {
        (this->*row.rule)();
        break;
      }
      ticket -= row.weight;
    }
  }
  chooseOutputs();
  return module;
}

void Generator::chooseOutputs() {
  llvm::SmallVector<mlir::Value> outputs;
  for (const Known &known : values_)
    if (known.value.getDefiningOp() && known.value.use_empty() && outputs.size() < 6)
      outputs.push_back(known.value);
  // Also values that others read: they must be in memory whatever their users do.
  for (int64_t i = random_.in(0, 2); i > 0 || outputs.empty(); --i) outputs.push_back(pickAny());
  setOutputs(main_, outputs);
  // A size without a tensor that has it is no size.
  for (auto &[symbol, size] : symbols_) {
    bool isBound = llvm::is_contained(fresh_, symbol);
    for (mlir::Value argument : main_.getArguments())
      isBound |= llvm::is_contained(dimsOf(argument.getType()), symbol);
    if (!isBound) input(b_.getF32Type(), {symbol}, {-2, 2});
  }
  llvm::SmallVector<mlir::Operation *> dead;
  for (mlir::Operation &op : llvm::reverse(main_.getBody().front()))
    if (op.use_empty() && !op.hasTrait<mlir::OpTrait::IsTerminator>()) dead.push_back(&op);
  for (mlir::Operation *op : dead) op->erase();
}

// ---- sizes
// -----------------------------------------------------------------------------------------------------------

void Generator::choosePool() {
  for (const char *name : {"n", "m"}) {
    if (random_.oneIn(2)) continue;
    int64_t size = random_.oneIn(12) ? 0 : random_.oneIn(6) ? 1 : random_.in(2, 40);
    symbols_.emplace_back(Dim::symbol(context_, name), size);
    pool_.push_back(symbols_.back().first);
  }
  for (int64_t i = random_.in(2, 4); i > 0; --i) {
    static constexpr int64_t kUsual[] = {16, 32, 8, 64, 17, 3};
    pool_.push_back(constant(random_.oneIn(40)   ? 0
                             : random_.oneIn(30) ? random_.in(2000, 5000)
                             : random_.oneIn(8)  ? 1
                             : random_.oneIn(4)  ? random_.of<int64_t>(kUsual)
                                                 : random_.in(2, 40)));
  }
}

Dim Generator::randomDim() {
  if (random_.oneIn(10)) return constant(random_.in(1, 9));
  return random_.of<Dim>(pool_);
}

llvm::SmallVector<Dim> Generator::randomDims(int64_t maxRank) {
  Dims dims;
  for (int64_t rank = random_.in(random_.oneIn(10) ? 0 : 1, maxRank); rank > 0; --rank) {
    dims.push_back(randomDim());
    if (!isSmall(dims)) {
      dims.pop_back();
      break;
    }
  }
  return dims;
}

int64_t Generator::sizeOf(Dim dim) {
  return dim
      .evaluate([&](DimAtom atom) -> std::optional<int64_t> {
        for (auto &[symbol, size] : symbols_)
          if (*symbol.asSymbol() == atom) return size;
        return std::nullopt;
      })
      .value_or(1 << 30);
}

int64_t Generator::numElements(llvm::ArrayRef<Dim> dims) {
  int64_t product = 1;
  for (Dim dim : dims) product = std::min<int64_t>(product * sizeOf(dim), 1 << 20);
  return product;
}

int64_t Generator::rankOf(mlir::Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType()).getRank();
}

mlir::Type Generator::elementOf(mlir::Value value) {
  return mlir::getElementTypeOrSelf(value.getType());
}

// ---- values
// ----------------------------------------------------------------------------------------------------------

mlir::Type Generator::randomElement() {
  switch (random_.in(0, 19)) {
    case 0:
      return b_.getF64Type();
    case 1:
      return b_.getF16Type();
    case 2:
      return b_.getBF16Type();
    case 3:
      return b_.getI64Type();
    case 4:
      return b_.getI32Type();
    case 5:
      return b_.getIntegerType(8);
    case 6:
      return b_.getIntegerType(8, /*isSigned=*/false);
    case 7:
      return b_.getI1Type();
    default:
      return b_.getF32Type();
  }
}

mlir::Value Generator::input(mlir::Type element, llvm::ArrayRef<Dim> dims, Interval interval) {
  for (Dim dim : dims)
    for (Dim fresh : fresh_)
      if (dim.usesSymbol(fresh.asSymbol()->symbol())) {
        double value = std::clamp(1.0, interval.low, interval.high);
        mlir::Value splat = build::splat(b_, loc_, value, element, dims);
        note(splat, {value, value});
        return splat;
      }
  // Symbols get their values from sizes that are one symbol alone.
  Ints shape;
  for (Dim dim : dims) {
    llvm::SmallVector<DimAtom> symbols;
    dim.collectSymbols(symbols);
    for (DimAtom symbol : symbols) {
      bool isBound = llvm::any_of(main_.getArguments(), [&](mlir::Value argument) {
        return llvm::any_of(dimsOf(argument.getType()),
                            [&](Dim known) { return known.asSymbol() == symbol; });
      });
      Dim alone = Dim::symbol(context_, symbol.symbol().getValue(), symbol.lowerBound());
      if (!isBound && !llvm::is_contained(dims, alone)) input(b_.getF32Type(), {alone}, {-2, 2});
    }
    shape.push_back(sizeOf(dim));
  }
  eval::Tensor tensor(element, shape);
  for (int64_t i = 0; i < tensor.numElements(); ++i) {
    if (tensor.isFloat()) {
      double value = random_.real(interval.low, interval.high);
      tensor.setFloat(i, random_.oneIn(16) ? std::round(value) : value);
    } else {
      tensor.setInt(
          i, random_.in(static_cast<int64_t>(interval.low), static_cast<int64_t>(interval.high)));
    }
  }
  mlir::Value value = addInput(main_, tensorType(element, dims), tensor);
  note(value, interval);
  return value;
}

mlir::Value Generator::input(mlir::Type element, llvm::ArrayRef<Dim> dims) {
  if (mlir::isa<mlir::FloatType>(element)) return input(element, dims, {-2, 2});
  if (element.isInteger(1)) return input(element, dims, {0, 1});
  if (element.isUnsignedInteger()) return input(element, dims, {0, 200});
  return input(element, dims, {-20, 20});
}

void Generator::note(mlir::Value value, Interval interval) {
  if (!value || !mlir::isa<mlir::RankedTensorType>(value.getType())) return;
  if (auto type = mlir::dyn_cast<mlir::FloatType>(elementOf(value))) {
    double slack = 1e-2 * std::max(std::fabs(interval.low), std::fabs(interval.high));
    interval = {interval.low - (interval.low == 0 ? 0 : slack), interval.high + slack};
    if (!(interval.low > -1e4 && interval.high < 1e4)) {
      value = within(value, -8, 8);
      interval = {-8, 8};
    }
  }
  if (!value) return;
  intervals_[value] = interval;
  values_.push_back({value, interval});
}

Generator::Interval Generator::intervalOf(mlir::Value value) {
  auto found = intervals_.find(value);
  return found == intervals_.end() ? Interval{-INFINITY, INFINITY} : found->second;
}

mlir::Value Generator::pick(llvm::function_ref<bool(mlir::Value)> wanted) {
  for (int attempt = 0; attempt < 24 && !values_.empty(); ++attempt) {
    auto count = static_cast<int64_t>(values_.size());
    int64_t from = random_.oneIn(2) ? std::max<int64_t>(0, count - 4) : 0;
    mlir::Value value = values_[static_cast<size_t>(random_.in(from, count - 1))].value;
    if (!wanted || wanted(value)) return value;
  }
  return {};
}

mlir::Value Generator::pickAny() { return pick(nullptr); }

mlir::Value Generator::pickFloat() {
  mlir::Value value = pick([](mlir::Value v) { return mlir::isa<mlir::FloatType>(elementOf(v)); });
  return value ? value : input(b_.getF32Type(), randomDims(3));
}

mlir::Value Generator::pickNumber() {
  mlir::Value value = pick([](mlir::Value v) { return !elementOf(v).isInteger(1); });
  return value ? value : input(b_.getF32Type(), randomDims(3));
}

mlir::Value Generator::scalarLike(double number, mlir::Value like) {
  return build::splat(b_, loc_, number, elementOf(like), dimsOf(like.getType()));
}

mlir::Value Generator::like(mlir::Type element, llvm::ArrayRef<Dim> dims) {
  mlir::Type type = tensorType(element, dims);
  if (random_.oneIn(2))
    if (mlir::Value found = pick([&](mlir::Value v) { return v.getType() == type; })) return found;
  if (random_.oneIn(4)) {
    double value = element.isInteger(1) ? 1 : static_cast<double>(random_.in(1, 3));
    mlir::Value splat = build::splat(b_, loc_, value, element, dims);
    note(splat, {value, value});
    return splat;
  }
  if (dims.empty() || random_.oneIn(2)) return input(element, dims);
  // A bias: some of the dims.
  Ints along;
  Dims some;
  for (size_t i = 0; i < dims.size(); ++i)
    if (random_.oneIn(2)) {
      along.push_back(static_cast<int64_t>(i));
      some.push_back(random_.oneIn(6) ? constant(1) : dims[i]);
    }
  mlir::Value bias = pick([&](mlir::Value v) { return v.getType() == tensorType(element, some); });
  if (!bias) bias = input(element, some);
  mlir::Value result = build::broadcastAlong(b_, loc_, bias, along, dims);
  if (!result) return input(element, dims);
  note(result, intervalOf(bias));
  return result;
}

mlir::Value Generator::within(mlir::Value value, double low, double high) {
  Interval interval = intervalOf(value);
  if (interval.low >= low && interval.high <= high) return value;
  mlir::Value result = value;
  if (!(interval.low >= low)) result = apply(ScalarFn::max_, {result, scalarLike(low, value)});
  if (!(interval.high <= high)) result = apply(ScalarFn::min_, {result, scalarLike(high, value)});
  if (result) intervals_[result] = {std::max(low, interval.low), std::min(high, interval.high)};
  return result;
}

// ---- ops
// -------------------------------------------------------------------------------------------------------------

mlir::NamedAttribute Generator::attr(llvm::StringRef name, mlir::Attribute value) {
  return b_.getNamedAttr(name, value);
}
mlir::NamedAttribute Generator::ints(llvm::StringRef name, llvm::ArrayRef<int64_t> values) {
  return attr(name, b_.getDenseI64ArrayAttr(values));
}
mlir::NamedAttribute Generator::number(llvm::StringRef name, int64_t value) {
  return attr(name, b_.getI64IntegerAttr(value));
}
mlir::NamedAttribute Generator::text(llvm::StringRef name, llvm::StringRef value) {
  return attr(name, b_.getStringAttr(value));
}

mlir::Value Generator::apply(ScalarFn fn, mlir::ValueRange operands) {
  return build::pointwise(b_, loc_, fn, operands);
}

/// Result types by the op's own inference; none where it does not hold.
llvm::SmallVector<mlir::Type> Generator::inferred(mlir::RegisteredOperationName name,
                                                  mlir::ValueRange operands,
                                                  llvm::ArrayRef<mlir::NamedAttribute> attributes) {
  struct alignas(16) Unit {
    char bytes[16];
  };
  std::vector<Unit> storage((name.getOpPropertyByteSize() + 15) / 16);
  mlir::OpaqueProperties properties(storage.data());
  mlir::DictionaryAttr dictionary = b_.getDictionaryAttr(attributes);
  llvm::SmallVector<mlir::Type> types;
  if (!storage.empty()) name.initOpProperties(properties, mlir::OpaqueProperties(nullptr));
  bool isValid =
      storage.empty() || succeeded(name.setOpPropertiesFromAttribute(
                             name, properties, dictionary, [&] { return mlir::emitError(loc_); }));
  if (isValid && failed(name.getInterface<mlir::InferTypeOpInterface>()->inferReturnTypes(
                     context_, loc_, operands, dictionary, properties, {}, types)))
    types.clear();
  if (!storage.empty()) name.destroyOpProperties(properties);
  return types;
}

mlir::Value Generator::make(llvm::StringRef name, mlir::ValueRange operands,
                            llvm::ArrayRef<mlir::NamedAttribute> attributes, mlir::Type type) {
  for (mlir::Value operand : operands)
    if (!operand) return {};
  auto registered = mlir::RegisteredOperationName::lookup(name, context_);
  mlir::OperationState state(loc_, name);
  state.addOperands(operands);
  state.addAttributes(attributes);
  if (type) {
    state.addTypes(type);
  } else {
    llvm::SmallVector<mlir::Type> types = inferred(*registered, operands, attributes);
    if (types.empty()) return {};
    state.addTypes(types);
  }
  llvm::SmallVector<mlir::Value> results = build::finish(b_, b_.create(state));
  return results.empty() ? mlir::Value() : results[0];
}

const std::vector<Generator::WeightedRule> &Generator::rules() {
  static const std::vector<WeightedRule> table{
      {18, &Generator::floatUnary},
      {12, &Generator::floatBinary},
      {3, &Generator::intUnary},
      {5, &Generator::intBinary},
      {4, &Generator::compareAndSelect},
      {4, &Generator::castValue},
      {2, &Generator::quantizeValue},
      {2, &Generator::dequantizeValue},
      {5, &Generator::reshapeValue},
      {4, &Generator::broadcastValue},
      {5, &Generator::transposeValue},
      {5, &Generator::sliceValue},
      {5, &Generator::padValue},
      {4, &Generator::concatValues},
      {4, &Generator::gatherValue},
      {1, &Generator::iotaValue},
      {1, &Generator::dimsOfValue},
      {7, &Generator::reduceValue},
      {2, &Generator::argReduceValue},
      {2, &Generator::cumulativeValue},
      {3, &Generator::windowValue},
      {6, &Generator::dotValues},
      {4, &Generator::convolve},
      {3, &Generator::softmax},
      {2, &Generator::normalize},
      {1, &Generator::branch},
      {2, &Generator::constantValue},
      {1, &Generator::randomBits},
      {2, &Generator::sortValue},
      {2, &Generator::scatterValue},
      {2, &Generator::attend},
      {1, &Generator::loop},
      {1, &Generator::scan},
  };
  return table;
}

}  // namespace plx::fuzz
