#include "compiler/cpu/Turn.h"

namespace plx::cpu {

void turn(llvm::IRBuilder<> &b, llvm::SmallVectorImpl<llvm::Value *> &square) {
  auto lanes = static_cast<int64_t>(square.size());
  llvm::SmallVector<int> low, high;
  for (int64_t i = 0; i < lanes / 2; ++i)
    for (int64_t half : {int64_t{0}, lanes}) {
      low.push_back(half + i);
      high.push_back(half + i + lanes / 2);
    }
  for (int64_t step = 1; step < lanes; step *= 2) {
    llvm::SmallVector<llvm::Value *> next;
    for (int64_t i = 0; i < lanes / 2; ++i) {
      llvm::Value *x = square[i], *y = square[i + lanes / 2];
      next.push_back(b.CreateShuffleVector(x, y, low));
      next.push_back(b.CreateShuffleVector(x, y, high));
    }
    square.assign(next.begin(), next.end());
  }
}

}  // namespace plx::cpu
