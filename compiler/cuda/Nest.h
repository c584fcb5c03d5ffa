// Schedules of loop nests: which threads compute what.
#ifndef PLEXUS_COMPILER_CUDA_NEST_H
#define PLEXUS_COMPILER_CUDA_NEST_H

#include "compiler/cuda/Scalars.h"
#include "ir/kernel/Attention.h"
#include "ir/kernel/Contraction.h"
#include "ir/kernel/RunningFolds.h"

namespace plx::cuda {

/// Threads that compute one fold together: all of a block, a warp, or one alone.
enum class Team { Thread, Warp, Block };

/// Writes folds where Scalars asks for them: by the thread alone inside of loops, by the team
/// elsewhere.
class Folds {
 public:
  Folds(Scalars &scalars, Team team);
  /// A part of the text in which threads of a team do not run together.
  void apart(llvm::function_ref<void()> body);
  /// Runs body at each step of a pass; `prefixes` keep what they have folded from step to step.
  void run(const RunningFolds &pass, llvm::ArrayRef<PrefixOp> prefixes,
           llvm::function_ref<void()> body);

 private:
  std::string emit(mlir::Operation *op);
  std::string foldAlone(FoldOp fold);
  std::string foldTogether(FoldOp fold);
  std::string argFold(ArgFoldOp fold);
  std::string prefix(PrefixOp prefix);
  /// for t in [0, all points of these variables): body, `first` and `step` as C++.
  void points(llvm::ArrayRef<mlir::StringAttr> names, llvm::ArrayRef<Dim> extents,
              const std::string &first, const std::string &step, mlir::Value value,
              llvm::function_ref<void()> body);
  std::string room(const std::string &type, int elements);
  std::string memberOf() const { return team_ == Team::Warp ? "lane" : "(index)threadIdx.x"; }
  std::string members() const { return team_ == Team::Warp ? "32" : "(index)blockDim.x"; }
  bool together() const { return team_ != Team::Thread && !apart_; }

  Scalars &s_;
  Team team_;
  bool apart_ = false;
  llvm::DenseMap<mlir::Operation *, std::string> running_;
};

/// How many points a list of extents has, as far as sizes are known.
int64_t estimate(llvm::ArrayRef<Dim> extents);

/// Sets schedule and blocks of `out`, and writes the kernel.
void printNest(KernelFuncOp kernel, const Signature &signature, KernelSource &out);
void printMatmul(KernelFuncOp kernel, Contraction contraction, const Signature &signature,
                 KernelSource &out);
void printAttention(KernelFuncOp kernel, Attention attention, const Signature &signature,
                    KernelSource &out);
/// Whether tiles pay for a contraction.
bool worthTiles(Contraction &contraction);
bool fitsAttention(Attention &attention);

/// The kernel's first lines: its head, the type of indices.
void beginKernel(Scalars &scalars, const Signature &signature, const KernelSource &out);

}  // namespace plx::cuda

#endif  // PLEXUS_COMPILER_CUDA_NEST_H
