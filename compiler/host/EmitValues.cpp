// Numbers and addresses of a host program.
#include "compiler/host/Emitter.h"
#include "compiler/native/EmitDim.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "runtime/include/plexus_abi.h"

namespace plx {

llvm::Value *Emitter::runField(uint64_t offset, llvm::Type *type) {
  return b_.CreateLoad(type, b_.CreateConstGEP1_64(b_.getInt8Ty(), run_, offset));
}

llvm::Value *Emitter::slotField(int64_t slot, bool isEnd) {
  // By a pointer that is read anew, or all fields' addresses would be kept from their first use on.
  llvm::Value *slots = b_.CreateLoad(ptr_, slots_, /*isVolatile=*/true);
  return b_.CreateConstGEP1_64(i64_, slots, 2 * slot + (isEnd ? 1 : 0));
}

llvm::Value *Emitter::loadSlot(int64_t slot, bool isEnd) {
  return b_.CreateLoad(i64_, slotField(slot, isEnd), /*isVolatile=*/true);
}

void Emitter::storeSlot(int64_t slot, bool isEnd, llvm::Value *value) {
  b_.CreateStore(value, slotField(slot, isEnd), /*isVolatile=*/true);
}

llvm::Value *Emitter::value(mlir::Value value) {
  mlir::Operation *op = value.getDefiningOp();
  if (mlir::isa_and_nonnull<InputOp, InputObjectOp, WeightOp, AllocOp>(op)) return address(op);
  return values_.at(value);
}

llvm::Value *Emitter::address(mlir::Operation *op) {
  if (mlir::isa<InputOp, InputObjectOp>(op)) {
    int64_t index = op->getAttrOfType<mlir::IntegerAttr>("index").getInt();
    uint64_t offset = index * sizeof(plx_view) + offsetof(plx_view, data);
    return b_.CreateLoad(ptr_, b_.CreateConstGEP1_64(b_.getInt8Ty(), inputs_, offset));
  }
  if (auto weight = mlir::dyn_cast<WeightOp>(op))
    return b_.CreateLoad(ptr_, b_.CreateConstGEP1_64(ptr_, parameters_, tables_.weight(weight)));
  auto alloc = mlir::cast<AllocOp>(op);
  llvm::Value *base = b_.CreateLoad(ptr_, arena_);
  if (alloc.getOffset()) return b_.CreateConstGEP1_64(b_.getInt8Ty(), base, *alloc.getOffset());
  return b_.CreateGEP(b_.getInt8Ty(), base, loadSlot(*alloc.getSlot(), false));
}

// ---- expressions
// -----------------------------------------------------------------------------------------------------

llvm::Value *Emitter::dim(Dim dim) {
  if (std::optional<int64_t> constant = dim.constant()) return b_.getInt64(*constant);
  if (llvm::Value *known = dimValues_.lookup(dim)) return known;
  llvm::Value *value = evaluate(dim, [&](DimAtom symbol) -> llvm::Value * {
    return b_.CreateLoad(i64_, symbolVariables_.at(symbol.symbol()));
  });
  return dimValues_[dim] = value;
}

llvm::Value *Emitter::evaluate(Dim dim, llvm::function_ref<llvm::Value *(DimAtom)> valueOf) {
  DimArithmetic arithmetic;
  arithmetic.multiply = [&](llvm::Value *a, llvm::Value *c) {
    return checked(llvm::Intrinsic::smul_with_overflow, a, c);
  };
  arithmetic.add = [&](llvm::Value *a, llvm::Value *c) {
    return checked(llvm::Intrinsic::sadd_with_overflow, a, c);
  };
  return emitDim(b_, dim, valueOf, arithmetic);
}

llvm::Value *Emitter::checked(llvm::Intrinsic::ID operation, llvm::Value *a, llvm::Value *c) {
  auto isOne = [](llvm::Value *x) {
    auto constant = llvm::dyn_cast<llvm::ConstantInt>(x);
    return constant && constant->isOne();
  };
  if (operation == llvm::Intrinsic::smul_with_overflow && (isOne(a) || isOne(c)))
    return isOne(a) ? c : a;
  if (llvm::isa<llvm::ConstantInt>(a) && llvm::isa<llvm::ConstantInt>(c)) {
    bool overflow = false;
    const llvm::APInt &x = llvm::cast<llvm::ConstantInt>(a)->getValue(),
                      &y = llvm::cast<llvm::ConstantInt>(c)->getValue();
    llvm::APInt result = operation == llvm::Intrinsic::smul_with_overflow ? x.smul_ov(y, overflow)
                                                                          : x.sadd_ov(y, overflow);
    if (!overflow) return b_.getInt(result);
  }
  llvm::Value *pair = b_.CreateIntrinsic(operation, {i64_}, {a, c});
  failIf(b_.CreateExtractValue(pair, 1), PLX_FAULT_SIZE_OVERFLOW, tables_.site(current_->getLoc()),
         {a, c});
  return b_.CreateExtractValue(pair, 0);
}

void Emitter::checkNotNegative(DimsAttr dims) {
  for (auto [axis, size] : llvm::enumerate(dims.dims())) {
    if (size.lowerBound().value_or(-1) >= 0) continue;
    llvm::Value *number = dim(size);
    failIf(b_.CreateICmpSLT(number, b_.getInt64(0)), PLX_FAULT_NEGATIVE_SIZE,
           tables_.site(current_->getLoc()), {number, b_.getInt64(axis)});
  }
}

llvm::Value *Emitter::bytes(DimsAttr dims, int64_t elementBytes, llvm::Value *count) {
  checkNotNegative(dims);
  llvm::Value *total = b_.getInt64(elementBytes);
  if (count) total = checked(llvm::Intrinsic::smul_with_overflow, total, count);
  // Dim by dim where their product is no expression (too large a one).
  Dim elements = numElements(program_.getContext(), dims.dims());
  if (elements) return checked(llvm::Intrinsic::smul_with_overflow, dim(elements), total);
  for (Dim size : dims.dims())
    total = checked(llvm::Intrinsic::smul_with_overflow, dim(size), total);
  return total;
}

llvm::Value *Emitter::roundedBytes(DimsAttr dims, int64_t elementBytes) {
  // As one expression where it is one, so that buffers of equal size share its value.
  Dim elements = numElements(program_.getContext(), dims.dims());
  Dim rounded = elements ? ceilDiv(elements * elementBytes, PLX_ALIGNMENT) * PLX_ALIGNMENT : Dim();
  if (rounded) return dim(rounded);
  llvm::Value *size = bytes(dims, elementBytes);
  size = checked(llvm::Intrinsic::sadd_with_overflow, size, b_.getInt64(PLX_ALIGNMENT - 1));
  return b_.CreateAnd(size, b_.getInt64(-int64_t{PLX_ALIGNMENT}));
}

llvm::Value *Emitter::array(llvm::ArrayRef<llvm::Value *> values, llvm::AllocaInst *&storage) {
  bool isConstant =
      llvm::all_of(values, [](llvm::Value *value) { return llvm::isa<llvm::ConstantInt>(value); });
  if (isConstant && !values.empty()) {
    llvm::SmallVector<llvm::Constant *> constants;
    for (llvm::Value *value : values) constants.push_back(llvm::cast<llvm::Constant>(value));
    auto type = llvm::ArrayType::get(i64_, constants.size());
    auto *global = new llvm::GlobalVariable(module_, type, true, llvm::GlobalValue::PrivateLinkage,
                                            llvm::ConstantArray::get(type, constants), "sizes");
    return global;
  }
  for (auto [i, value] : llvm::enumerate(values))
    b_.CreateStore(value, b_.CreateConstGEP1_64(value->getType(), storage, i));
  return storage;
}

llvm::DenseSet<mlir::Attribute> Emitter::symbolsSetIn(mlir::Operation *op) {
  llvm::DenseSet<mlir::Attribute> names;
  op->walk([&](SetSymbolOp set) { names.insert(set.getNameAttr()); });
  return names;
}

void Emitter::forget(const llvm::DenseSet<mlir::Attribute> &symbols) {
  llvm::SmallVector<mlir::Attribute> stale;
  for (auto &[attribute, value] : dimValues_) {
    llvm::SmallVector<DimAtom> used;
    mlir::cast<Dim>(attribute).collectSymbols(used);
    if (llvm::any_of(used, [&](DimAtom symbol) { return symbols.contains(symbol.symbol()); }))
      stale.push_back(attribute);
  }
  for (mlir::Attribute attribute : stale) dimValues_.erase(attribute);
}

// ---- control
// ---------------------------------------------------------------------------------------------------------

absl::Status Emitter::emitRegion(mlir::Region &region) {
  // What is computed inside is not known after it; what it sets makes the rest stale.
  DimValues outside = dimValues_;
  absl::Status status = region.empty() ? absl::OkStatus() : emitBlock(region.front());
  dimValues_ = std::move(outside);
  return status;
}

absl::Status Emitter::emitIf(mlir::scf::IfOp op) {
  llvm::LLVMContext &context = module_.getContext();
  llvm::BasicBlock *blocks[] = {llvm::BasicBlock::Create(context, "then", function_),
                                llvm::BasicBlock::Create(context, "else", function_)};
  llvm::BasicBlock *next = llvm::BasicBlock::Create(context, "", function_);
  b_.CreateCondBr(value(op.getCondition()), blocks[0], blocks[1]);
  llvm::SmallVector<std::pair<llvm::BasicBlock *, llvm::SmallVector<llvm::Value *>>> yields;
  for (int i = 0; i < 2; ++i) {
    mlir::Region &region = i == 0 ? op.getThenRegion() : op.getElseRegion();
    b_.SetInsertPoint(blocks[i]);
    absl::Status status = emitRegion(region);
    if (!status.ok()) return status;
    llvm::SmallVector<llvm::Value *> yielded;
    if (op.getNumResults() > 0)
      for (mlir::Value operand : region.front().getTerminator()->getOperands())
        yielded.push_back(value(operand));
    yields.emplace_back(b_.GetInsertBlock(), yielded);
    b_.CreateBr(next);
  }
  b_.SetInsertPoint(next);
  for (auto [i, result] : llvm::enumerate(op.getResults())) {
    llvm::PHINode *phi = b_.CreatePHI(yields[0].second[i]->getType(), 2);
    for (auto &[block, yielded] : yields) phi->addIncoming(yielded[i], block);
    values_[result] = phi;
  }
  forget(symbolsSetIn(op));
  return absl::OkStatus();
}

absl::Status Emitter::emitWhile(mlir::scf::WhileOp op) {
  llvm::LLVMContext &context = module_.getContext();
  forget(symbolsSetIn(op));
  llvm::SmallVector<llvm::Value *> initial;
  for (mlir::Value operand : op.getInits()) initial.push_back(value(operand));
  llvm::BasicBlock *before = llvm::BasicBlock::Create(context, "test", function_);
  llvm::BasicBlock *body = llvm::BasicBlock::Create(context, "body", function_);
  llvm::BasicBlock *next = llvm::BasicBlock::Create(context, "", function_);
  llvm::BasicBlock *from = b_.GetInsertBlock();
  b_.CreateBr(before);
  b_.SetInsertPoint(before);
  llvm::SmallVector<llvm::PHINode *> phis;
  for (auto [argument, start] : llvm::zip_equal(op.getBeforeArguments(), initial)) {
    phis.push_back(b_.CreatePHI(start->getType(), 2));
    phis.back()->addIncoming(start, from);
    values_[argument] = phis.back();
  }
  DimValues outside = dimValues_;
  absl::Status status = emitBlock(op.getBefore().front());
  if (!status.ok()) return status;
  mlir::scf::ConditionOp condition = op.getConditionOp();
  for (auto [i, operand] : llvm::enumerate(condition.getArgs()))
    values_[op.getAfterArguments()[i]] = values_[op.getResult(i)] = value(operand);
  b_.CreateCondBr(value(condition.getCondition()), body, next);
  b_.SetInsertPoint(body);
  status = emitRegion(op.getAfter());
  if (!status.ok()) return status;
  for (auto [phi, operand] : llvm::zip_equal(phis, op.getYieldOp().getOperands()))
    phi->addIncoming(value(operand), b_.GetInsertBlock());
  b_.CreateBr(before);
  b_.SetInsertPoint(next);
  dimValues_ = std::move(outside);
  return absl::OkStatus();
}

void Emitter::emitArith(mlir::Operation &op) {
  auto in = [&](unsigned i) { return value(op.getOperand(i)); };
  llvm::Value *result = nullptr;
  if (auto constant = mlir::dyn_cast<mlir::arith::ConstantOp>(op))
    result = b_.getInt(mlir::cast<mlir::IntegerAttr>(constant.getValue()).getValue());
  else if (mlir::isa<mlir::arith::AddIOp>(op))
    result = b_.CreateAdd(in(0), in(1));
  else if (mlir::isa<mlir::arith::SubIOp>(op))
    result = b_.CreateSub(in(0), in(1));
  else if (mlir::isa<mlir::arith::AndIOp>(op))
    result = b_.CreateAnd(in(0), in(1));
  else if (mlir::isa<mlir::arith::SelectOp>(op))
    result = b_.CreateSelect(in(0), in(1), in(2));
  else if (auto compare = mlir::dyn_cast<mlir::arith::CmpIOp>(op))
    result =
        compare.getPredicate() == mlir::arith::CmpIPredicate::slt  ? b_.CreateICmpSLT(in(0), in(1))
        : compare.getPredicate() == mlir::arith::CmpIPredicate::eq ? b_.CreateICmpEQ(in(0), in(1))
                                                                   : b_.CreateICmpNE(in(0), in(1));
  else if (mlir::isa<mlir::arith::ExtUIOp>(op))
    result = b_.CreateZExt(in(0), i64_);
  values_[op.getResult(0)] = result;
}

}  // namespace plx
