#include "compiler/cpu/Scalars.h"

#include "compiler/native/EmitDim.h"
#include "ir/types/Types.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/Intrinsics.h"

namespace plx::cpu {

// Offsets in struct plx_run and fault codes (runtime/include/plexus_abi.h).
namespace {
constexpr int64_t kScratchOffset = 56;
constexpr int kFaultIndex = 1;
constexpr int64_t kDummyBytes = 1024;  // one vector of the widest element, 64 lanes
}  // namespace

Scalars::Scalars(KernelFuncOp kernel, const Facts &facts, llvm::Module &module,
                 llvm::StringRef name)
    : Scalars(facts, module, name, kernel.getBody().getNumArguments(), kernel.getSymbols()) {
  kernel_ = kernel;
  use_ = VariableUse(kernel.getBody().front());
  for (mlir::BlockArgument argument : kernel.getBody().getArguments())
    buffers_[argument] = bufferPointers_[argument.getArgNumber()];
}

Scalars::Scalars(IrregularFuncOp kernel, const Facts &facts, llvm::Module &module,
                 llvm::StringRef name)
    : Scalars(facts, module, name, kernel.getBuffers().size(), kernel.getSymbols()) {}

Scalars::Scalars(const Facts &facts, llvm::Module &module, llvm::StringRef name, size_t numBuffers,
                 DimsAttr symbols)
    : facts_(facts), module_(module), b_(module.getContext()) {
  llvm::LLVMContext &context = module.getContext();
  llvm::Type *ptr = llvm::PointerType::getUnqual(context), *i64 = b_.getInt64Ty();
  auto *type = llvm::FunctionType::get(b_.getVoidTy(), {ptr, ptr, ptr, i64, i64, b_.getInt32Ty()},
                                       /*isVarArg=*/false);
  function_ = llvm::Function::Create(type, llvm::Function::ExternalLinkage, name, module);
  function_->setVisibility(llvm::GlobalValue::HiddenVisibility);
  function_->addFnAttr(llvm::Attribute::NoUnwind);
  b_.SetInsertPoint(llvm::BasicBlock::Create(context, "entry", function_));
  auto element = [&](unsigned argument, llvm::Type *type, int64_t i) {
    return b_.CreateLoad(type, b_.CreateConstGEP1_64(type, function_->getArg(argument), i));
  };
  for (size_t i = 0; i < numBuffers; ++i) bufferPointers_.push_back(element(1, ptr, i));
  for (auto [i, symbol] : llvm::enumerate(symbols.dims()))
    sizes_[symbol.asSymbol()->symbol()] = element(2, i64, i);
  site_ = element(2, i64, symbols.size());
}

llvm::Value *Scalars::scratch() {
  llvm::Type *ptr = b_.getPtrTy();
  llvm::Value *table = b_.CreateLoad(
      ptr, b_.CreateConstGEP1_64(b_.getInt8Ty(), function_->getArg(0), kScratchOffset));
  return b_.CreateLoad(ptr, b_.CreateGEP(ptr, table, function_->getArg(5)));
}

// ---- lanes and scopes
// ------------------------------------------------------------------------------------------------

void Scalars::setLanes(mlir::StringAttr name, llvm::Value *base, unsigned lanes,
                       llvm::Value *mask) {
  laneVariable_ = lanes > 1 ? name : mlir::StringAttr();
  lanes_ = lanes;
  mask_ = mask;
  variables_[name] = base;
}

void Scalars::clearLanes() {
  laneVariable_ = {};
  lanes_ = 1;
  mask_ = nullptr;
}

Scalars::Scope::Scope(Scalars &scalars)
    : scalars_(scalars),
      values_(scalars.values_),
      variables_(scalars.variables_),
      laneVariable_(scalars.laneVariable_),
      lanes_(scalars.lanes_),
      mask_(scalars.mask_) {}

Scalars::Scope::~Scope() {
  scalars_.values_ = std::move(values_);
  scalars_.variables_ = std::move(variables_);
  scalars_.laneVariable_ = laneVariable_;
  scalars_.lanes_ = lanes_;
  scalars_.mask_ = mask_;
}

llvm::Value *Scalars::splat(llvm::Value *value) {
  if (lanes_ == 1 || value->getType()->isVectorTy()) return value;
  return b_.CreateVectorSplat(lanes_, value);
}

llvm::Type *Scalars::withLanesOf(llvm::Type *scalar, llvm::Value *like) {
  auto vector = llvm::dyn_cast<llvm::FixedVectorType>(like->getType());
  return vector ? vectorOf(scalar, vector->getNumElements()) : scalar;
}

llvm::Value *Scalars::firstLanes(llvm::Value *count, unsigned lanes) {
  llvm::SmallVector<llvm::Constant *> iota;
  for (unsigned i = 0; i < lanes; ++i) iota.push_back(b_.getInt32(i));
  llvm::Value *narrow = b_.CreateTrunc(count, b_.getInt32Ty());
  return b_.CreateICmpULT(llvm::ConstantVector::get(iota), b_.CreateVectorSplat(lanes, narrow));
}

llvm::Value *Scalars::dim(Dim dim) {
  // A data index that runs along the lanes, or the lane variable inside a quotient, makes a vector;
  // elsewhere the lane variable's base stands for it (see emitLoad).
  return emitDim(b_, dim, [&](DimAtom symbol) -> llvm::Value * {
    if (llvm::Value *size = sizes_.lookup(symbol.symbol())) return size;
    llvm::Value *value = variables_.lookup(symbol.symbol());
    assert(value && "a variable is used outside of its loop");
    return value;
  });
}

// ---- control flow
// ----------------------------------------------------------------------------------------------------

void Scalars::loop(llvm::Value *low, llvm::Value *high, int64_t step,
                   llvm::function_ref<void(llvm::Value *)> body) {
  llvm::LLVMContext &context = b_.getContext();
  llvm::BasicBlock *before = b_.GetInsertBlock();
  auto *head = llvm::BasicBlock::Create(context, "loop", function_);
  auto *inside = llvm::BasicBlock::Create(context, "body", function_);
  auto *after = llvm::BasicBlock::Create(context, "after", function_);
  b_.CreateBr(head);
  b_.SetInsertPoint(head);
  llvm::PHINode *i = b_.CreatePHI(b_.getInt64Ty(), 2);
  i->addIncoming(low, before);
  b_.CreateCondBr(b_.CreateICmpSLT(i, high), inside, after);
  b_.SetInsertPoint(inside);
  {
    Scope scope(*this);
    body(i);
  }
  i->addIncoming(b_.CreateNSWAdd(i, i64(step)), b_.GetInsertBlock());
  b_.CreateBr(head);
  b_.SetInsertPoint(after);
}

void Scalars::ifThen(llvm::Value *condition, llvm::function_ref<void()> body) {
  llvm::LLVMContext &context = b_.getContext();
  auto *inside = llvm::BasicBlock::Create(context, "then", function_);
  auto *after = llvm::BasicBlock::Create(context, "after", function_);
  b_.CreateCondBr(condition, inside, after);
  b_.SetInsertPoint(inside);
  {
    Scope scope(*this);
    body();
  }
  b_.CreateBr(after);
  b_.SetInsertPoint(after);
}

llvm::AllocaInst *Scalars::local(llvm::Type *type) {
  llvm::BasicBlock &entry = function_->getEntryBlock();
  llvm::IRBuilder<> atEntry(&entry, entry.begin());
  return atEntry.CreateAlloca(type);
}

llvm::Value *Scalars::dummy() {
  if (!dummy_) {
    auto *type = llvm::ArrayType::get(b_.getInt8Ty(), kDummyBytes);
    auto *zeros = new llvm::GlobalVariable(module_, type, /*isConstant=*/true,
                                           llvm::GlobalValue::InternalLinkage,
                                           llvm::ConstantAggregateZero::get(type), "zeros");
    zeros->setAlignment(llvm::Align(64));
    dummy_ = zeros;
  }
  return dummy_;
}

void Scalars::failIf(llvm::Value *bad, int code, llvm::Value *v0, llvm::Value *v1,
                     llvm::Value *v2) {
  llvm::Value *any = bad->getType()->isVectorTy() ? b_.CreateOrReduce(bad) : bad;
  llvm::Type *i32 = b_.getInt32Ty(), *i64 = b_.getInt64Ty();
  llvm::FunctionCallee fail = module_.getOrInsertFunction(
      "plx_rt_fail", llvm::FunctionType::get(i32, {b_.getPtrTy(), i32, i32, i64, i64, i64}, false));
  ifThen(any, [&] {
    // The first lane at fault is the one reported.
    if (bad->getType()->isVectorTy() && v0->getType()->isVectorTy()) {
      auto lanes = llvm::cast<llvm::FixedVectorType>(bad->getType())->getNumElements();
      llvm::Value *bits = b_.CreateBitCast(bad, b_.getIntNTy(lanes));
      llvm::Value *lane = b_.CreateBinaryIntrinsic(llvm::Intrinsic::cttz, bits, b_.getTrue());
      v0 = b_.CreateExtractElement(v0, b_.CreateZExtOrTrunc(lane, i64));
    }
    b_.CreateCall(
        fail, {function_->getArg(0), b_.getInt32(code), b_.CreateTrunc(site_, i32), v0, v1, v2});
  });
}

// ---- memory
// ----------------------------------------------------------------------------------------------------------

llvm::Value *Scalars::loadAs(mlir::Type element, llvm::Value *pointer, unsigned lanes,
                             llvm::Value *mask) {
  llvm::Type *type = vectorOf(memoryType(b_.getContext(), element), lanes);
  llvm::Align align(bytesOfElement(element));
  llvm::Value *bits = mask ? static_cast<llvm::Value *>(b_.CreateMaskedLoad(
                                 type, pointer, align, mask, llvm::Constant::getNullValue(type)))
                           : b_.CreateAlignedLoad(type, pointer, align);
  return fromMemory(element, bits);
}

void Scalars::storeAs(mlir::Type element, llvm::Value *value, llvm::Value *pointer,
                      llvm::Value *mask) {
  llvm::Align align(bytesOfElement(element));
  llvm::Value *bits = toMemory(element, value);
  if (mask)
    b_.CreateMaskedStore(bits, pointer, align, mask);
  else
    b_.CreateAlignedStore(bits, pointer, align);
}

namespace {
llvm::Value *both(llvm::IRBuilderBase &b, llvm::Value *x, llvm::Value *y) {
  if (!x) return y;
  return y ? b.CreateAnd(x, y) : x;
}
}  // namespace

/// Where an access goes: one address for all lanes, consecutive elements, or an address a lane.
struct Place {
  enum Kind { One, Consecutive, Each } kind;
  llvm::Value *pointer;
};

static Place placeOf(Scalars &s, llvm::Value *base, llvm::Type *memory, Dim offset, bool onLanes,
                     llvm::function_ref<llvm::Value *(Dim, bool)> value) {
  llvm::IRBuilder<> &b = s.builder();
  if (!onLanes) return {Place::One, b.CreateGEP(memory, base, value(offset, false))};
  auto split = offset.splitLinear(s.laneVariable());
  llvm::Value *plain = split ? value(offset, false) : nullptr;
  if (plain && !plain->getType()->isVectorTy()) {
    if (split->first.isConstant(0)) return {Place::One, b.CreateGEP(memory, base, plain)};
    if (split->first.isConstant(1)) return {Place::Consecutive, b.CreateGEP(memory, base, plain)};
  }
  return {Place::Each, b.CreateGEP(memory, base, s.splat(value(offset, true)))};
}

llvm::Value *Scalars::emitLoad(LoadOp load) {
  for (mlir::Value index : load.getDataIndices()) emit(index);
  mlir::Type element = load.getType();
  llvm::Type *memory = memoryType(b_.getContext(), element);
  llvm::Value *guard = load.getGuard() ? emit(load.getGuard()) : nullptr;
  bool onLanes = dependsOnLanes(load);
  Place place = placeOf(*this, buffer(load.getBuffer()), memory, load.getIndices()[0], onLanes,
                        [&](Dim d, bool wide) { return wide ? dimOnLanes(d) : dim(d); });
  bool wideGuard = guard && guard->getType()->isVectorTy();
  if (place.kind == Place::One) {
    if (guard) {
      llvm::Value *any = wideGuard ? b_.CreateOrReduce(both(b_, guard, mask_)) : guard;
      place.pointer = b_.CreateSelect(any, place.pointer, dummy());
    }
    return loadAs(element, place.pointer, 1, nullptr);
  }
  if (place.kind == Place::Consecutive) {
    if (guard && !wideGuard) {  // all lanes or none: read zeros instead
      place.pointer = b_.CreateSelect(guard, place.pointer, dummy());
      guard = nullptr;
    }
    return loadAs(element, place.pointer, lanes_, both(b_, guard, mask_));
  }
  llvm::Value *mask = both(b_, guard ? splat(guard) : nullptr, mask_);
  if (!mask) mask = b_.CreateVectorSplat(lanes_, b_.getTrue());
  llvm::Type *type = vectorOf(memory, lanes_);
  llvm::Value *bits =
      b_.CreateMaskedGather(type, place.pointer, llvm::Align(bytesOfElement(element)), mask,
                            llvm::Constant::getNullValue(type));
  return fromMemory(element, bits);
}

void Scalars::emitStore(StoreOp store) {
  for (mlir::Value index : store.getDataIndices()) emit(index);
  mlir::Type element = store.getValue().getType();
  llvm::Type *memory = memoryType(b_.getContext(), element);
  llvm::Value *guard = store.getGuard() ? splat(emit(store.getGuard())) : nullptr;
  bool onLanes = laneVariable_ && store.getIndices()[0].usesSymbol(laneVariable_);
  Place place = placeOf(*this, buffer(store.getBuffer()), memory, store.getIndices()[0], onLanes,
                        [&](Dim d, bool wide) { return wide ? dimOnLanes(d) : dim(d); });
  if (place.kind == Place::One) {
    llvm::Value *value = emit(store.getValue());
    auto write = [&] { storeAs(element, value, place.pointer, nullptr); };
    guard ? ifThen(guard, write) : write();
    return;
  }
  llvm::Value *value = emitVector(store.getValue());
  llvm::Value *mask = both(b_, guard, mask_);
  if (place.kind == Place::Consecutive) return storeAs(element, value, place.pointer, mask);
  if (!mask) mask = b_.CreateVectorSplat(lanes_, b_.getTrue());
  b_.CreateMaskedScatter(toMemory(element, value), place.pointer,
                         llvm::Align(bytesOfElement(element)), mask);
}

llvm::Value *Scalars::dimOnLanes(Dim dim) {
  llvm::Value *base = variables_.lookup(laneVariable_);
  if (base->getType()->isVectorTy()) return this->dim(dim);
  llvm::SmallVector<llvm::Constant *> iota;
  for (unsigned i = 0; i < lanes_; ++i) iota.push_back(b_.getInt64(i));
  variables_[laneVariable_] =
      b_.CreateAdd(b_.CreateVectorSplat(lanes_, base), llvm::ConstantVector::get(iota));
  llvm::Value *value = this->dim(dim);
  variables_[laneVariable_] = base;
  return value;
}

// ---- scalars
// ---------------------------------------------------------------------------------------------------------

llvm::Value *Scalars::emit(mlir::Value scalar) {
  if (llvm::Value *known = values_.lookup(scalar)) return known;
  llvm::Value *value = emitOp(scalar.getDefiningOp());
  values_[scalar] = value;
  return value;
}

llvm::Value *Scalars::emitVector(mlir::Value scalar) { return splat(emit(scalar)); }

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

llvm::Value *Scalars::emitIndex(IndexOp index) {
  for (mlir::Value inner : index.getDataIndices()) emit(inner);
  auto type = mlir::cast<mlir::IntegerType>(index.getValue().getType());
  llvm::Value *value = emit(index.getValue());
  llvm::Type *wide = withLanesOf(b_.getInt64Ty(), value);
  value = type.isUnsigned() ? b_.CreateZExtOrTrunc(value, wide) : b_.CreateSExtOrTrunc(value, wide);
  llvm::Value *extent = dim(index.getExtent()[0]);
  llvm::Value *wideExtent = value->getType()->isVectorTy() ? splat(extent) : extent;
  llvm::Value *zero = llvm::Constant::getNullValue(wide);
  llvm::Value *original = value;
  if (index.getWrap())
    value = b_.CreateSelect(b_.CreateICmpSLT(value, zero), b_.CreateAdd(value, wideExtent), value);
  llvm::Value *bad = b_.CreateICmpUGE(value, wideExtent);
  if (index.getGuard()) {
    llvm::Value *guard = emit(index.getGuard());
    if (guard->getType()->isVectorTy() && !bad->getType()->isVectorTy()) bad = splat(bad);
    bad = b_.CreateAnd(bad, bad->getType()->isVectorTy() ? splat(guard) : guard);
  }
  if (mask_ && bad->getType()->isVectorTy()) bad = b_.CreateAnd(bad, mask_);
  failIf(bad, kFaultIndex, original, index.getWrap() ? b_.CreateNeg(extent) : i64(0),
         b_.CreateSub(extent, i64(1)));
  value = b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, value,
                                   b_.CreateSub(wideExtent, llvm::ConstantInt::get(wide, 1)));
  value = b_.CreateBinaryIntrinsic(llvm::Intrinsic::smax, value, zero);
  variables_[index.getSymbolAttr()] = value;
  return value;
}

llvm::Value *Scalars::emitInside(InsideOp inside) {
  for (mlir::Value index : inside.getDataIndices()) emit(index);
  llvm::Value *all = nullptr;
  for (auto [index, extent] : llvm::zip(inside.getIndices().dims(), inside.getExtents().dims())) {
    bool onLanes = laneVariable_ && index.usesSymbol(laneVariable_);
    llvm::Value *i = onLanes ? dimOnLanes(index) : dim(index);
    llvm::Value *n = dim(extent);
    if (i->getType()->isVectorTy()) n = splat(n);
    if (n->getType()->isVectorTy()) i = splat(i);
    llvm::Value *here = b_.CreateICmpULT(i, n);
    if (all && all->getType() != here->getType()) {
      all = splat(all);
      here = splat(here);
    }
    all = both(b_, all, here);
  }
  return all;
}

llvm::Value *Scalars::emitOp(mlir::Operation *op) {
  if (auto load = mlir::dyn_cast<LoadOp>(op)) return emitLoad(load);
  if (auto index = mlir::dyn_cast<IndexOp>(op)) return emitIndex(index);
  if (auto inside = mlir::dyn_cast<InsideOp>(op)) return emitInside(inside);
  if (auto constant = mlir::dyn_cast<ScalarOp>(op)) {
    llvm::Type *type = registerType(b_.getContext(), constant.getType());
    if (auto number = mlir::dyn_cast<mlir::FloatAttr>(constant.getValue()))
      return llvm::ConstantFP::get(type, number.getValueAsDouble());
    return llvm::ConstantInt::get(type,
                                  mlir::cast<mlir::IntegerAttr>(constant.getValue()).getValue());
  }
  if (auto apply = mlir::dyn_cast<ApplyOp>(op)) {
    llvm::SmallVector<llvm::Value *> operands;
    bool wide = false;
    for (mlir::Value operand : apply.getOperands()) {
      operands.push_back(emit(operand));
      wide |= operands.back()->getType()->isVectorTy();
    }
    if (wide)
      for (llvm::Value *&operand : operands) operand = splat(operand);
    return this->apply(apply.function(), apply.getOperands().back().getType(), operands);
  }
  if (auto convert = mlir::dyn_cast<ConvertOp>(op))
    return emitConvert(convert.getOperand().getType(), convert.getType(),
                       emit(convert.getOperand()), convert.getSaturate());
  if (auto bits = mlir::dyn_cast<BitsOp>(op)) {
    llvm::Value *memory = toMemory(bits.getOperand().getType(), emit(bits.getOperand()));
    llvm::Type *type = memoryType(b_.getContext(), bits.getType());
    return fromMemory(bits.getType(), b_.CreateBitCast(memory, withLanesOf(type, memory)));
  }
  if (auto position = mlir::dyn_cast<PositionOp>(op)) {
    for (mlir::Value index : position.getDataIndices()) emit(index);
    Dim expression = position.getExpression()[0];
    bool onLanes = laneVariable_ && expression.usesSymbol(laneVariable_);
    mlir::Type i64 = mlir::IntegerType::get(position.getContext(), 64);
    return emitConvert(i64, position.getType(), onLanes ? dimOnLanes(expression) : dim(expression),
                       /*saturate=*/false);
  }
  return emitFold(op);
}

// ---- folds
// -----------------------------------------------------------------------------------------------------------

llvm::Value *Scalars::combine(FoldKind kind, mlir::Type element, llvm::Value *a, llvm::Value *b) {
  return apply(combinerOf(kind), element, {a, b});
}

llvm::Value *Scalars::multiplyAdd(llvm::Value *x, llvm::Value *y, llvm::Value *sum) {
  if (facts_.math.fma)
    return b_.CreateIntrinsic(llvm::Intrinsic::fma, {sum->getType()}, {x, y, sum});
  return b_.CreateFAdd(b_.CreateFMul(x, y), sum);
}

void Scalars::keepOrder() {
  auto *type = llvm::FunctionType::get(b_.getVoidTy(), /*isVarArg=*/false);
  b_.CreateCall(llvm::InlineAsm::get(type, "", "~{memory}", /*hasSideEffects=*/true));
}

llvm::Value *Scalars::neutral(FoldKind kind, mlir::Type element) {
  mlir::TypedAttr value = neutralOf(kind, element);
  llvm::Type *type = registerType(b_.getContext(), element);
  if (auto number = mlir::dyn_cast<mlir::FloatAttr>(value))
    return llvm::ConstantFP::get(type, number.getValueAsDouble());
  return llvm::ConstantInt::get(type, mlir::cast<mlir::IntegerAttr>(value).getValue());
}

llvm::Value *Scalars::foldLanes(FoldKind kind, mlir::Type element, llvm::Value *vector) {
  unsigned lanes = llvm::cast<llvm::FixedVectorType>(vector->getType())->getNumElements();
  for (; lanes > 1; lanes /= 2) {
    llvm::SmallVector<int> low, high;
    for (unsigned i = 0; i < lanes / 2; ++i) {
      low.push_back(i);
      high.push_back(i + lanes / 2);
    }
    vector = combine(kind, element, b_.CreateShuffleVector(vector, low),
                     b_.CreateShuffleVector(vector, high));
  }
  return b_.CreateExtractElement(vector, b_.getInt64(0));
}

}  // namespace plx::cpu
