#include "compiler/host/Emitter.h"

#include "absl/strings/str_cat.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/IR/MDBuilder.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "runtime/include/plexus_abi.h"

namespace plx {

RuntimeCalls::RuntimeCalls(llvm::Module &module) {
  llvm::LLVMContext &context = module.getContext();
  llvm::Type *i32 = llvm::Type::getInt32Ty(context), *i64 = llvm::Type::getInt64Ty(context);
  llvm::Type *ptr = llvm::PointerType::getUnqual(context);
  auto declare = [&](llvm::StringRef name, llvm::Type *result,
                     llvm::ArrayRef<llvm::Type *> arguments) {
    llvm::FunctionCallee callee =
        module.getOrInsertFunction(name, llvm::FunctionType::get(result, arguments, false));
    llvm::cast<llvm::Function>(callee.getCallee())->setDoesNotThrow();
    return callee;
  };
  parallel = declare("plx_rt_parallel", i32, {ptr, i32, ptr, ptr, ptr, i64, i64});
  arena = declare("plx_rt_arena", ptr, {ptr, i64});
  scratch = declare("plx_rt_scratch", i32, {ptr, i64});
  output = declare("plx_rt_output", ptr, {ptr, i32, i32, ptr});
  state = declare("plx_rt_state", ptr, {ptr, i32, i64});
  fail = declare("plx_rt_fail", i32, {ptr, i32, i32, i64, i64, i64});
  cancelled = declare("plx_rt_cancelled", i32, {ptr});
  hostCall = declare("plx_rt_host_call", i32, {ptr, i32, i32, ptr, i32, ptr, i32});
  view = declare("plx_rt_view", ptr, {ptr, i32, ptr, i32, i32, ptr});
  mark = declare("plx_rt_mark", i64, {ptr});
  keep = declare("plx_rt_keep", llvm::Type::getVoidTy(context), {ptr, i64, ptr, i32});
  load = declare("plx_rt_load", i64, {ptr, ptr, i64});
  store = declare("plx_rt_store", llvm::Type::getVoidTy(context), {ptr, ptr, i64, i64});
  copy = declare("plx_rt_copy", llvm::Type::getVoidTy(context), {ptr, ptr, ptr, i64});
  outputObject = declare("plx_rt_output_object", i32, {ptr, i32, ptr, i32, ptr});
}

Emitter::Emitter(ProgramOp program, mlir::SymbolTable &kernels, Tables &tables,
                 const HostOptions &options, HostProgram &out)
    : program_(program),
      kernels_(kernels),
      tables_(tables),
      options_(options),
      out_(out),
      module_(*out.module),
      b_(module_.getContext()),
      calls_(module_),
      i32_(b_.getInt32Ty()),
      i64_(b_.getInt64Ty()),
      ptr_(b_.getPtrTy()) {}

absl::Status Emitter::run() {
  emitEntry();
  absl::Status status = emitBlock(program_.getBody().front());
  if (!status.ok()) return status;
  b_.CreateBr(leave_);
  b_.SetInsertPoint(leave_);
  b_.CreateRet(runField(offsetof(plx_run, fault) + offsetof(plx_fault, code), i32_));
  leave_->moveAfter(&function_->back());
  return absl::OkStatus();
}

// ---- entry
// -----------------------------------------------------------------------------------------------------------

void Emitter::emitEntry() {
  function_ =
      llvm::Function::Create(llvm::FunctionType::get(i32_, {ptr_}, false),
                             llvm::GlobalValue::ExternalLinkage, options_.runSymbol, module_);
  function_->setVisibility(llvm::GlobalValue::HiddenVisibility);
  function_->setDSOLocal(true);
  function_->setDoesNotThrow();
  // A long line of calls that runs once: what optimising code generation costs it never pays back.
  function_->addFnAttr(llvm::Attribute::OptimizeNone);
  function_->addFnAttr(llvm::Attribute::NoInline);
  run_ = function_->getArg(0);
  b_.SetInsertPoint(llvm::BasicBlock::Create(module_.getContext(), "entry", function_));
  leave_ = llvm::BasicBlock::Create(module_.getContext(), "leave", function_);
  inputs_ = runField(offsetof(plx_run, inputs), ptr_);
  parameters_ = runField(offsetof(plx_run, parameters), ptr_);
  symbols_ = runField(offsetof(plx_run, symbols), ptr_);
  makeVariables();
  current_ = program_;
  int64_t staticBytes = program_.getArenaBytes().value_or(0);
  if (staticBytes == 0) return;
  llvm::Value *base = b_.CreateCall(calls_.arena, {run_, b_.getInt64(staticBytes)});
  leaveIf(b_.CreateIsNull(base));
  b_.CreateStore(base, arena_);
}

/// Dims that an op of host values puts into memory for a call.
static size_t numDimsOf(mlir::Operation *op) {
  if (auto view = mlir::dyn_cast<ViewOp>(op)) return view.getSizes().size();
  if (auto output = mlir::dyn_cast<OutputObjectOp>(op)) return output.getDims().size();
  auto call = mlir::dyn_cast<HostCallOp>(op);
  if (!call) return 0;
  size_t count = 0;
  for (mlir::ArrayAttr types : {call.getInputTypes(), call.getResultTypes()})
    for (mlir::Type type : types.getAsValueRange<mlir::TypeAttr>()) count += dimsOf(type).size();
  return count;
}

void Emitter::makeVariables() {
  size_t maxBuffers = 1, maxSizes = 1;
  program_.walk([&](mlir::Operation *op) {
    if (auto run = mlir::dyn_cast<RunOp>(op)) {
      maxBuffers = std::max<size_t>(maxBuffers, run.getBuffers().size());
      maxSizes = std::max(maxSizes, run.getSizes().size() + 1);
    }
    if (auto output = mlir::dyn_cast<OutputOp>(op))
      maxSizes = std::max(maxSizes, output.getDims().size());
    maxBuffers = std::max<size_t>(maxBuffers, op->getNumOperands());
    maxSizes = std::max(maxSizes, numDimsOf(op));
  });
  buffersArray_ = b_.CreateAlloca(llvm::ArrayType::get(ptr_, maxBuffers), nullptr, "buffers");
  sizesArray_ = b_.CreateAlloca(llvm::ArrayType::get(i64_, maxSizes), nullptr, "sizes");
  makeTensors();
  arena_ = variable(ptr_, runField(offsetof(plx_run, arena), ptr_), "arena");
  reserved_ = variable(i64_, b_.getInt64(program_.getArenaBytes().value_or(0)), "reserved");
  program_.walk(
      [&](PlaceOp place) { numSlots_ = std::max<int64_t>(numSlots_, place.getSlot() + 1); });
  if (numSlots_ > 0) {
    // One more, whose end is the greatest of all.
    int64_t fields = 2 * (numSlots_ + 1);
    llvm::Value *slots = b_.CreateAlloca(llvm::ArrayType::get(i64_, fields), nullptr, "slots");
    slots_ = variable(ptr_, slots, "slots.at");
    b_.CreateMemSet(slots, b_.getInt8(0), fields * sizeof(int64_t), llvm::Align(8));
  }
  mlir::MLIRContext *context = program_.getContext();
  for (size_t i = 0; i < tables_.numSymbols(); ++i) {
    const std::string &name = out_.info.symbols[i].first;
    llvm::Value *initial = b_.CreateLoad(i64_, b_.CreateConstGEP1_64(i64_, symbols_, i));
    symbolVariables_[mlir::StringAttr::get(context, name)] = variable(i64_, initial, name);
  }
}

llvm::AllocaInst *Emitter::variable(llvm::Type *type, llvm::Value *initial,
                                    const llvm::Twine &name) {
  llvm::AllocaInst *place = b_.CreateAlloca(type, nullptr, name);
  b_.CreateStore(initial, place);
  return place;
}

// ---- ops
// -------------------------------------------------------------------------------------------------------------

absl::Status Emitter::emitBlock(mlir::Block &block) {
  for (mlir::Operation &op : block) {
    current_ = &op;
    absl::Status status = emitOp(op);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status Emitter::emitOp(mlir::Operation &op) {
  using absl::OkStatus;
  return llvm::TypeSwitch<mlir::Operation *, absl::Status>(&op)
      .Case<InputOp, WeightOp, AllocOp, InputObjectOp>(
          [](auto) { return OkStatus(); })  // where it is used
      .Case([&](HostCallOp o) { return emitHostCall(o), OkStatus(); })
      .Case([&](ViewOp o) { return emitView(o), OkStatus(); })
      .Case([&](OutputObjectOp o) { return emitOutputObject(o), OkStatus(); })
      .Case([&](MarkOp o) { return emitMark(o), OkStatus(); })
      .Case([&](KeepOp o) { return emitKeep(o), OkStatus(); })
      .Case([&](RunOp o) { return emitRun(o); })
      .Case([&](OutputOp o) { return emitOutput(o), OkStatus(); })
      .Case([&](StateOp o) { return emitState(o), OkStatus(); })
      .Case([&](AdvanceOp o) { return emitAdvance(o), OkStatus(); })
      .Case([&](CopyOp o) { return emitCopy(o), OkStatus(); })
      .Case([&](PlaceOp o) { return emitPlace(o), OkStatus(); })
      .Case([&](ReserveOp o) { return emitReserve(o), OkStatus(); })
      .Case(
          [&](SizeOp o) { return values_[o.getResult()] = dim(o.getExpression()[0]), OkStatus(); })
      .Case([&](SetSymbolOp o) { return emitSetSymbol(o), OkStatus(); })
      .Case([&](RequireOp o) { return emitRequire(o), OkStatus(); })
      .Case([&](LoadScalarOp o) { return emitLoadScalar(o), OkStatus(); })
      .Case([&](StoreScalarsOp o) { return emitStoreScalars(o), OkStatus(); })
      .Case([&](CheckCancelledOp) { return emitCheckCancelled(), OkStatus(); })
      .Case([&](mlir::scf::IfOp o) { return emitIf(o); })
      .Case([&](mlir::scf::WhileOp o) { return emitWhile(o); })
      .Case<mlir::scf::YieldOp, mlir::scf::ConditionOp>(
          [](auto) { return OkStatus(); })  // by the op around it
      .Default([&](mlir::Operation *other) { return emitArith(*other), OkStatus(); });
}

llvm::Value *Emitter::kernelFunction(llvm::StringRef callee) {
  if (options_.onDevice) return llvm::ConstantPointerNull::get(b_.getPtrTy());
  llvm::FunctionCallee target = module_.getOrInsertFunction(
      kernelSymbol(options_, callee),
      llvm::FunctionType::get(b_.getVoidTy(), {ptr_, ptr_, ptr_, i64_, i64_, i32_}, false));
  llvm::cast<llvm::Function>(target.getCallee())
      ->setVisibility(llvm::GlobalValue::HiddenVisibility);
  return target.getCallee();
}

absl::Status Emitter::emitRun(RunOp op) {
  mlir::Operation *kernel = kernels_.lookup(op.getCallee());
  Callee callee = calleeOf(kernel);
  auto units = kernel->getAttrOfType<DimsAttr>("units");
  if (!units || units.size() != 1)
    return absl::InternalError(
        absl::StrCat("kernel '", op.getCallee().str(), "' has no schedule: its units are not set"));
  llvm::SmallVector<llvm::Value *> sizes, buffers;
  llvm::DenseMap<mlir::Attribute, llvm::Value *> values;
  for (auto [symbol, size] : llvm::zip_equal(callee.symbols.dims(), op.getSizes().dims())) {
    sizes.push_back(dim(size));
    values[symbol.asSymbol()->symbol()] = sizes.back();
  }
  auto valueOf = [&](DimAtom symbol) { return values.lookup(symbol.symbol()); };
  if (auto scratch = kernel->getAttrOfType<DimsAttr>("scratch")) {
    llvm::Value *bytes = evaluate(scratch[0], valueOf);
    if (auto constant = llvm::dyn_cast<llvm::ConstantInt>(bytes))
      out_.info.scratchBytes = std::max(out_.info.scratchBytes, constant->getZExtValue());
    else
      b_.CreateCall(calls_.scratch, {run_, bytes});
  }
  llvm::Value *count = evaluate(units[0], valueOf);
  auto grain = kernel->getAttrOfType<mlir::IntegerAttr>("grain");
  sizes.push_back(b_.getInt64(tables_.site(op)));
  for (mlir::Value buffer : op.getBuffers()) buffers.push_back(value(buffer));
  llvm::Value *target = kernelFunction(op.getCallee());
  llvm::Value *bufferArray = array(buffers, buffersArray_), *sizeArray = array(sizes, sizesArray_);
  b_.CreateCall(calls_.parallel,
                {run_, b_.getInt32(tables_.kernel(callee, op)), target, bufferArray, sizeArray,
                 count, b_.getInt64(grain ? grain.getInt() : 1)});
  return absl::OkStatus();
}

void Emitter::emitOutput(OutputOp op) {
  checkNotNegative(op.getDims());
  llvm::SmallVector<llvm::Value *> dims;
  for (Dim size : op.getDims().dims()) dims.push_back(dim(size));
  llvm::Value *buffer = b_.CreateCall(
      calls_.output,
      {run_, b_.getInt32(op.getIndex()), b_.getInt32(dims.size()), array(dims, sizesArray_)});
  leaveIf(b_.CreateIsNull(buffer));
  values_[op.getResult()] = buffer;
}

void Emitter::emitState(StateOp op) {
  llvm::Value *count = op.getCount() ? value(op.getCount()) : nullptr;
  // At least one byte, so that there is an address.
  llvm::Value *size = b_.CreateBinaryIntrinsic(
      llvm::Intrinsic::smax, bytes(op.getDims(), op.getElementBytes(), count), b_.getInt64(1));
  llvm::Value *slot = b_.CreateTrunc(value(op.getSlot()), i32_);
  llvm::Value *buffer = b_.CreateCall(calls_.state, {run_, slot, size});
  leaveIf(b_.CreateIsNull(buffer));
  values_[op.getResult()] = buffer;
}

void Emitter::emitAdvance(AdvanceOp op) {
  llvm::Value *offset = bytes(op.getDims(), op.getElementBytes(), value(op.getCount()));
  values_[op.getResult()] = b_.CreateGEP(b_.getInt8Ty(), value(op.getBuffer()), offset);
}

void Emitter::emitCopy(CopyOp op) {
  llvm::Value *size = bytes(op.getDims(), op.getElementBytes());
  llvm::Value *target = value(op.getTarget()), *source = value(op.getSource());
  if (options_.onDevice) {
    b_.CreateCall(calls_.copy, {run_, target, source, size});
    return;
  }
  // An input that is handed on as it is may have the output's own buffer.
  if (op.getSource().getDefiningOp<InputOp>() && op.getTarget().getDefiningOp<OutputOp>())
    size = b_.CreateSelect(b_.CreateICmpEQ(target, source), b_.getInt64(0), size);
  b_.CreateMemCpy(target, llvm::MaybeAlign(), source, llvm::MaybeAlign(), size);
}

/// end = offset + bytes, rounded up; offset = max(base, ends below).
void Emitter::emitPlace(PlaceOp op) {
  checkNotNegative(op.getDims());
  llvm::Value *offset = b_.getInt64(op.getBase());
  auto atLeast = [&](llvm::Value *a, llvm::Value *c) {
    return b_.CreateBinaryIntrinsic(llvm::Intrinsic::smax, a, c);
  };
  for (int64_t below : op.getBelow()) offset = atLeast(offset, loadSlot(below, true));
  llvm::Value *size = roundedBytes(op.getDims(), op.getElementBytes());
  // An end past 63 bits is the largest number, for which there is no memory.
  llvm::Value *end = b_.CreateBinaryIntrinsic(llvm::Intrinsic::sadd_sat, offset, size);
  storeSlot(op.getSlot(), false, offset);
  storeSlot(op.getSlot(), true, end);
  storeSlot(numSlots_, true, atLeast(loadSlot(numSlots_, true), end));
}

void Emitter::emitReserve(ReserveOp) {
  llvm::Value *reserved = b_.CreateLoad(i64_, reserved_), *top = loadSlot(numSlots_, true);
  llvm::BasicBlock *grow = llvm::BasicBlock::Create(module_.getContext(), "grow", function_);
  llvm::BasicBlock *next = llvm::BasicBlock::Create(module_.getContext(), "", function_);
  b_.CreateCondBr(b_.CreateICmpSGT(top, reserved), grow, next);
  b_.SetInsertPoint(grow);
  llvm::Value *base = b_.CreateCall(calls_.arena, {run_, top});
  leaveIf(b_.CreateIsNull(base));
  b_.CreateStore(base, arena_);
  b_.CreateStore(top, reserved_);
  b_.CreateBr(next);
  b_.SetInsertPoint(next);
}

void Emitter::emitSetSymbol(SetSymbolOp op) {
  int32_t index = tables_.symbol(op.getName());
  llvm::Value *number = value(op.getValue());
  llvm::Value *bound = b_.getInt64(op.getLowerBound());
  failIf(b_.CreateICmpSLT(number, bound), PLX_FAULT_BOUND, tables_.site(op.getLoc()),
         {b_.getInt64(index), number, bound});
  b_.CreateStore(number, symbolVariables_[op.getNameAttr()]);
  b_.CreateStore(number, b_.CreateConstGEP1_64(i64_, symbols_, index));
  forget({op.getNameAttr()});
}

void Emitter::emitRequire(RequireOp op) {
  llvm::Value *first = value(op.getFirst()), *second = value(op.getSecond());
  failIf(b_.CreateICmpNE(first, second), PLX_FAULT_DIMS, tables_.site(op.getLoc(), op.getMessage()),
         {first, second, b_.getInt64(op.getAxis())});
}

void Emitter::emitLoadScalar(LoadScalarOp op) {
  int64_t width = bytesOfElement(op.getElementType()) * 8;
  llvm::Type *type = b_.getIntNTy(width);
  llvm::Value *at = b_.CreateConstGEP1_64(type, value(op.getBuffer()), op.getIndex()), *loaded;
  if (options_.onDevice) {  // waits for the kernels, so that their faults are known only then
    llvm::Value *wide = b_.CreateCall(calls_.load, {run_, at, b_.getInt64(width / 8)});
    leaveIfFaulted();
    loaded = b_.CreateTrunc(wide, type);
  } else {
    leaveIfFaulted();  // what a kernel that was skipped would have written is not there
    loaded = b_.CreateAlignedLoad(type, at, llvm::Align(1));
  }
  bool isUnsigned = op.getElementType().isUnsignedInteger() || op.getElementType().isInteger(1);
  values_[op.getResult()] = isUnsigned ? b_.CreateZExt(loaded, i64_) : b_.CreateSExt(loaded, i64_);
}

void Emitter::emitStoreScalars(StoreScalarsOp op) {
  llvm::Type *type = b_.getIntNTy(bytesOfElement(op.getElementType()) * 8);
  llvm::Value *buffer = value(op.getBuffer());
  int64_t bytes = bytesOfElement(op.getElementType());
  for (auto [i, number] : llvm::enumerate(op.getValues())) {
    llvm::Value *at = b_.CreateConstGEP1_64(type, buffer, i);
    if (options_.onDevice)
      b_.CreateCall(calls_.store, {run_, at, value(number), b_.getInt64(bytes)});
    else
      b_.CreateAlignedStore(b_.CreateTrunc(value(number), type), at, llvm::Align(1));
  }
}

void Emitter::emitCheckCancelled() {
  llvm::Value *cancelled = b_.CreateCall(calls_.cancelled, {run_});
  leaveIf(b_.CreateICmpNE(cancelled, b_.getInt32(0)));
}

// ---- failure
// ---------------------------------------------------------------------------------------------------------

void Emitter::failIf(llvm::Value *condition, int32_t code, int32_t site,
                     llvm::ArrayRef<llvm::Value *> values) {
  if (auto constant = llvm::dyn_cast<llvm::ConstantInt>(condition); constant && constant->isZero())
    return;
  llvm::BasicBlock *fault = llvm::BasicBlock::Create(module_.getContext(), "fault", function_);
  llvm::BasicBlock *next = llvm::BasicBlock::Create(module_.getContext(), "", function_);
  llvm::MDNode *rarely = llvm::MDBuilder(module_.getContext()).createUnlikelyBranchWeights();
  b_.CreateCondBr(condition, fault, next, rarely);
  b_.SetInsertPoint(fault);
  llvm::SmallVector<llvm::Value *> arguments{run_, b_.getInt32(code), b_.getInt32(site)};
  llvm::append_range(arguments, values);
  while (arguments.size() < 6) arguments.push_back(b_.getInt64(0));
  b_.CreateCall(calls_.fail, arguments);
  b_.CreateBr(leave_);
  b_.SetInsertPoint(next);
}

void Emitter::leaveIf(llvm::Value *condition) {
  llvm::BasicBlock *next = llvm::BasicBlock::Create(module_.getContext(), "", function_);
  llvm::MDNode *rarely = llvm::MDBuilder(module_.getContext()).createUnlikelyBranchWeights();
  b_.CreateCondBr(condition, leave_, next, rarely);
  b_.SetInsertPoint(next);
}

void Emitter::leaveIfFaulted() {
  llvm::Value *code = runField(offsetof(plx_run, fault) + offsetof(plx_fault, code), i32_);
  leaveIf(b_.CreateICmpNE(code, b_.getInt32(0)));
}

}  // namespace plx
