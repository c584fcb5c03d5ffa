#include "compiler/cpu/Algorithm.h"

#include "ir/kernel/IrregularPlan.h"
#include "ir/types/Types.h"

namespace plx::cpu {

Algorithm::Algorithm(IrregularFuncOp kernel, const Facts &facts, llvm::Module &module,
                     llvm::StringRef name)
    : Scalars(kernel, facts, module, name), irregular_(kernel) {
  llvm::SmallVector<Dim> parts = planOf(kernel).scratch;
  if (parts.empty()) return;
  llvm::Value *at = scratch();
  for (Dim bytes : parts) {
    scratchParts_.push_back(at);
    at = builder().CreateGEP(builder().getInt8Ty(), at, dim(bytes));
  }
}

mlir::RankedTensorType Algorithm::type(unsigned buffer) const {
  return bufferType(irregular_, buffer);
}

void Algorithm::whileLoop(llvm::function_ref<llvm::Value *()> condition,
                          llvm::function_ref<void()> body) {
  llvm::LLVMContext &context = builder().getContext();
  auto *head = llvm::BasicBlock::Create(context, "while", function());
  auto *inside = llvm::BasicBlock::Create(context, "do", function());
  auto *after = llvm::BasicBlock::Create(context, "after", function());
  builder().CreateBr(head);
  builder().SetInsertPoint(head);
  builder().CreateCondBr(condition(), inside, after);
  builder().SetInsertPoint(inside);
  body();
  builder().CreateBr(head);
  builder().SetInsertPoint(after);
}

llvm::Value *Algorithm::smaller(llvm::Value *x, llvm::Value *y) {
  return builder().CreateBinaryIntrinsic(llvm::Intrinsic::smin, x, y);
}
llvm::Value *Algorithm::larger(llvm::Value *x, llvm::Value *y) {
  return builder().CreateBinaryIntrinsic(llvm::Intrinsic::smax, x, y);
}

llvm::Value *Algorithm::address(unsigned buffer, llvm::Value *position) {
  auto *bytes = builder().getIntNTy(8 * bytesOfElement(element(buffer)));
  return builder().CreateGEP(bytes, this->buffer(buffer), position);
}

llvm::Value *Algorithm::load(unsigned buffer, llvm::Value *position) {
  return loadAs(element(buffer), address(buffer, position), 1, nullptr);
}

void Algorithm::storeInt(unsigned buffer, llvm::Value *position, llvm::Value *value) {
  storeAs(element(buffer), value, address(buffer, position), nullptr);
}

void Algorithm::copyElement(unsigned to, llvm::Value *toPosition, unsigned from,
                            llvm::Value *fromPosition) {
  int64_t bytes = bytesOfElement(element(from));
  llvm::Align align(std::min<int64_t>(bytes, 8));
  llvm::Value *bits = builder().CreateAlignedLoad(builder().getIntNTy(8 * bytes),
                                                  address(from, fromPosition), align);
  builder().CreateAlignedStore(bits, address(to, toPosition), align);
}

void Algorithm::copyElements(unsigned to, llvm::Value *toPosition, unsigned from,
                             llvm::Value *fromPosition, llvm::Value *count) {
  int64_t bytes = bytesOfElement(element(from));
  llvm::MaybeAlign align(std::min<int64_t>(bytes, 8));
  builder().CreateMemCpy(address(to, toPosition), align, address(from, fromPosition), align,
                         mul(count, i64(bytes)));
}

}  // namespace plx::cpu
