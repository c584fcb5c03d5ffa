// Branches, loops and scans whose bodies are made of exact ops: noise (Noise.h) does not reach
// into them.
#include <cmath>

#include "ir/ops/Build.h"
#include "tests/fuzz/Generator.h"

namespace plx::fuzz {

/// A region with these arguments whose terminator has what `body` yields.
std::unique_ptr<mlir::Region> Generator::region(
    llvm::ArrayRef<mlir::Type> arguments,
    llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Block &)> body) {
  auto made = std::make_unique<mlir::Region>();
  mlir::Block &block = made->emplaceBlock();
  for (mlir::Type type : arguments) block.addArgument(type, loc_);
  mlir::OpBuilder::InsertionGuard guard(b_);
  std::vector<Known> outside = values_;
  bool outer = std::exchange(exactOnly_, true);
  b_.setInsertionPointToEnd(&block);
  llvm::SmallVector<mlir::Value> yielded = body(block);
  b_.setInsertionPointToEnd(&block);
  mlir::OperationState state(loc_, "plx.yield");
  state.addOperands(yielded);
  b_.create(state);
  exactOnly_ = outer;
  values_ = std::move(outside);
  return made;
}

/// A value of this type after a few ops, kept small.
mlir::Value Generator::computed(mlir::Type type) {
  static constexpr Rule kRules[] = {
      &Generator::floatBinary,    &Generator::floatUnary, &Generator::intBinary,
      &Generator::transposeValue, &Generator::sliceValue, &Generator::compareAndSelect,
      &Generator::reduceValue,    &Generator::padValue,   &Generator::broadcastValue};
  for (int64_t i = random_.in(0, 3); i > 0; --i) (this->*random_.of<Rule>(kRules))();
  mlir::Value value = pick([&](mlir::Value v) { return v.getType() == type; });
  if (!value) value = like(mlir::getElementTypeOrSelf(type), dimsOf(type));
  return mlir::isa<mlir::FloatType>(elementOf(value)) ? within(value, -8, 8) : value;
}

llvm::SmallVector<mlir::Value> Generator::makeWithRegions(
    llvm::StringRef name, mlir::ValueRange operands,
    llvm::ArrayRef<mlir::NamedAttribute> attributes, llvm::ArrayRef<mlir::Type> types,
    llvm::MutableArrayRef<std::unique_ptr<mlir::Region>> regions) {
  mlir::OperationState state(loc_, name);
  state.addOperands(operands);
  state.addAttributes(attributes);
  state.addTypes(types);
  for (auto &each : regions) state.addRegion(std::move(each));
  return build::finish(b_, b_.create(state));
}

/// A size that only the run tells; no input can be made of it.
Dim Generator::freshSize(int64_t size) {
  Dim dim = Dim::symbol(context_, "t" + std::to_string(symbols_.size()));
  symbols_.emplace_back(dim, size);
  fresh_.push_back(dim);
  return dim;
}

namespace {
mlir::Type withoutFirst(mlir::Type tensor) {
  llvm::SmallVector<Dim> dims = dimsOf(tensor);
  return tensorType(mlir::getElementTypeOrSelf(tensor), llvm::ArrayRef<Dim>(dims).drop_front());
}

mlir::Type withFirst(Dim dim, mlir::Type tensor) {
  llvm::SmallVector<Dim> dims = dimsOf(tensor);
  dims.insert(dims.begin(), dim);
  return tensorType(mlir::getElementTypeOrSelf(tensor), dims);
}
}  // namespace

void Generator::branch() {
  if (exactOnly_) return;
  mlir::Value condition = input(b_.getI1Type(), {});
  mlir::Value model = pickAny();
  if (!model) return;
  mlir::Type type = model.getType();
  std::unique_ptr<mlir::Region> regions[2];
  for (auto &each : regions)
    each =
        region({}, [&](mlir::Block &) { return llvm::SmallVector<mlir::Value>{computed(type)}; });
  auto results = makeWithRegions("plx.if", {condition}, {}, {type}, regions);
  if (!results.empty()) note(results[0], {-INFINITY, INFINITY});
}

void Generator::loop() {
  mlir::Value state = pick([&](mlir::Value v) { return isSmall(dimsOf(v.getType())); });
  if (exactOnly_ || !state) return;
  mlir::Type type = state.getType();
  if (mlir::isa<mlir::FloatType>(elementOf(state))) state = within(state, -8, 8);
  mlir::Type count = tensorType(b_.getI64Type(), {}), flag = tensorType(b_.getI1Type(), {});
  int64_t trips = random_.in(0, 5);
  mlir::Value limit = input(b_.getI64Type(), {}, {double(trips), double(trips)});
  mlir::Value go = input(b_.getI1Type(), {}, {1, 1});
  Dim rounds = freshSize(trips);
  std::unique_ptr<mlir::Region> body[1] = {region({count, flag, type}, [&](mlir::Block &block) {
    values_.push_back({block.getArgument(0), {0, 8}});
    intervals_[block.getArgument(2)] = {-8, 8};
    for (int i = 0; i < 3; ++i) values_.push_back({block.getArgument(2), {-8, 8}});
    mlir::Value next = computed(type);
    return llvm::SmallVector<mlir::Value>{block.getArgument(1), next,
                                          random_.oneIn(2) ? next : block.getArgument(2)};
  })};
  auto results =
      makeWithRegions("plx.loop", {limit, go, state},
                      {attr("fresh", b_.getStrArrayAttr({rounds.asSymbol()->symbol().getValue()}))},
                      {type, withFirst(rounds, type)}, body);
  for (mlir::Value result : results) note(result, {-INFINITY, INFINITY});
}

void Generator::scan() {
  mlir::Value over = pick([&](mlir::Value v) { return rankOf(v) >= 1 && sizeOf(v, 0) <= 12; });
  if (exactOnly_ || !over) return;
  if (mlir::isa<mlir::FloatType>(elementOf(over))) over = within(over, -8, 8);
  mlir::Type part = withoutFirst(over.getType());
  mlir::Value state = like(elementOf(over), dimsOf(part));
  if (!state) return;
  if (mlir::isa<mlir::FloatType>(elementOf(over))) state = within(state, -8, 8);
  std::unique_ptr<mlir::Region> body[1] = {region({part, part}, [&](mlir::Block &block) {
    for (mlir::Value argument : block.getArguments()) {
      intervals_[argument] = {-8, 8};
      for (int i = 0; i < 2; ++i) values_.push_back({argument, {-8, 8}});
    }
    mlir::Value next = computed(part);
    return llvm::SmallVector<mlir::Value>{next, random_.oneIn(2) ? next : computed(part)};
  })};
  auto results = makeWithRegions("plx.scan", {state, over},
                                 {attr("operandSegmentSizes", b_.getDenseI32ArrayAttr({1, 1}))},
                                 {part, over.getType()}, body);
  for (mlir::Value result : results) note(result, {-INFINITY, INFINITY});
}

}  // namespace plx::fuzz
