// Repeats launches instead of keeping what they made. See RematerializePass in Passes.td.
#include "compiler/memory/Donations.h"
#include "compiler/memory/Passes.h"
#include "compiler/memory/Steps.h"
#include "ir/kernel/Contraction.h"
#include "mlir/Pass/Pass.h"

namespace plx {

#define GEN_PASS_DEF_REMATERIALIZEPASS
#include "compiler/memory/Passes.h.inc"

namespace {

// Without a limit: what is repeated costs at most so many ns a byte that it spares (a loop over a
// few tensors, no sum of products), all of it at most so large a share of the program; programs
// that fit a cache are left alone.
constexpr double kCheap = 1.0, kCheapShare = 0.05;
constexpr int64_t kSmallArena = 4 << 20;
/// Inputs that are so much smaller than a result are kept longer rather than repeated.
constexpr int64_t kSmallShare = 16;
/// Candidates tried at one peak, launches in one chain.
constexpr int kMostTries = 32, kMostChain = 8;

class Rematerialization {
 public:
  Rematerialization(mlir::func::FuncOp main, mlir::SymbolTable &kernels, int64_t limit)
      : main_(main), steps_(main, kernels), limit_(limit) {
    llvm::SmallVector<int64_t> donated = donatedInputs(main);
    mlir::Operation *end = main.getBody().front().getTerminator();
    for (auto [result, input] : llvm::zip_equal(end->getOperands(), donated))
      if (mlir::Operation *update = rootOf(result).getDefiningOp(); update && input >= 0)
        updates_[main.getArgument(input)] = update;
    for (const Steps::Step &step : steps_.steps) total_ += step.cost;
  }

  void run() {
    int64_t target = limit_ ? limit_ : kSmallArena;
    for (;;) {
      Steps::Profile profile = steps_.profile();
      if (profile.peak <= target) {
        int64_t planned = steps_.plannedBytes();
        if (!limit_ || planned <= limit_) break;
        target = profile.peak - std::max<int64_t>(planned - limit_, 64);  // gaps of the plan
        continue;
      }
      if (!lowerPeak(profile)) break;
    }
    if (changed_) steps_.apply(main_);
  }

 private:
  struct Candidate {
    int64_t version, use;              // the step before which it is made anew
    llvm::SmallVector<int64_t> chain;  // versions to make, in order
    double cost = 0, score = 0;
  };

  bool lowerPeak(const Steps::Profile &profile) {
    std::vector<Candidate> candidates = find(profile);
    llvm::sort(candidates, [](const Candidate &a, const Candidate &b) {
      return std::pair(-a.score, a.version) < std::pair(-b.score, b.version);
    });
    if (candidates.size() > kMostTries) candidates.resize(kMostTries);
    for (const Candidate &candidate : candidates) {
      Steps before = steps_;
      repeat(candidate);
      Steps::Profile after = steps_.profile();
      bool isBetter = after.peak < profile.peak ||
                      (after.peak == profile.peak && after.numPeaks < profile.numPeaks);
      if (isBetter) {
        spent_ += candidate.cost;
        return changed_ = true;
      }
      steps_ = std::move(before);
    }
    return false;
  }

  std::vector<Candidate> find(const Steps::Profile &profile) {
    producer_.assign(steps_.versions.size(), -1);
    positions_.clear();
    for (auto [i, step] : llvm::enumerate(steps_.steps)) {
      if (!step.isRepeat) positions_[step.op] = static_cast<int64_t>(i);
      for (int64_t version : step.writes) producer_[version] = static_cast<int64_t>(i);
    }
    std::vector<Candidate> out;
    for (size_t v = 0; v < steps_.versions.size(); ++v) {
      auto version = static_cast<int64_t>(v);
      if (steps_.versions[v].bytes == 0 || profile.begin[v] >= profile.place ||
          profile.end[v] <= profile.place)
        continue;
      Candidate candidate{version, nextUse(version, profile.place), {}};
      if (candidate.use == profile.place) continue;
      int64_t added = 0;
      if (!chain(candidate, version, profile, added)) continue;
      int64_t gain = steps_.versions[v].bytes - added;
      candidate.score = static_cast<double>(gain) / candidate.cost;
      bool isCheap = candidate.cost <= kCheap * static_cast<double>(gain) &&
                     spent_ + candidate.cost <= kCheapShare * total_;
      if (gain > 0 && (limit_ || isCheap)) out.push_back(std::move(candidate));
    }
    return out;
  }

  /// The first step from `place` on that reads the version.
  int64_t nextUse(int64_t version, int64_t place) const {
    for (size_t i = place; i < steps_.steps.size(); ++i)
      if (llvm::is_contained(steps_.steps[i].reads, version)) return static_cast<int64_t>(i);
    return place;
  }

  /// What has to be made anew before candidate.use so that `version` is there again; `added`: bytes
  /// that live longer for it at the peak.
  bool chain(Candidate &candidate, int64_t version, const Steps::Profile &profile, int64_t &added) {
    if (llvm::is_contained(candidate.chain, version)) return true;
    const Steps::Step &step = steps_.steps[producer_[version]];
    if (!step.canRepeat || static_cast<int>(candidate.chain.size()) >= kMostChain) return false;
    for (mlir::BlockArgument argument : step.arguments)
      if (mlir::Operation *update = updates_.lookup(argument))
        if (positions_.lookup(update) < candidate.use) return false;  // the old value is gone
    candidate.cost += step.cost;
    for (int64_t read : step.reads) {
      int64_t bytes = steps_.versions[read].bytes;
      if (available(read, candidate.use, profile) >= 0) continue;
      bool isSmall = bytes <= steps_.versions[candidate.version].bytes / kSmallShare;
      Candidate before = candidate;
      if (!isSmall && chain(candidate, read, profile, added)) continue;
      candidate = std::move(before);
      if (profile.end[read] < profile.place) added += bytes;
    }
    candidate.chain.push_back(version);
    return true;
  }

  /// A version of the same tensor that is alive at that step; -1: none.
  int64_t available(int64_t version, int64_t step, const Steps::Profile &profile) const {
    for (size_t v = 0; v < steps_.versions.size(); ++v)
      if (steps_.versions[v].root == steps_.versions[version].root && profile.begin[v] < step &&
          profile.end[v] >= step)
        return static_cast<int64_t>(v);
    return -1;
  }

  /// Puts the launches of the chain before the use, which and all later ones read the new version.
  void repeat(const Candidate &candidate) {
    Steps::Profile profile = steps_.profile();
    llvm::DenseMap<int64_t, int64_t> renewed;
    std::vector<Steps::Step> made;
    for (int64_t version : candidate.chain) {
      Steps::Step step = steps_.steps[producer_[version]];
      step.isRepeat = true;
      for (int64_t &read : step.reads) {
        if (auto found = renewed.find(read); found != renewed.end())
          read = found->second;
        else if (int64_t other = available(read, candidate.use, profile); other >= 0)
          read = other;
      }
      renewed[version] = static_cast<int64_t>(steps_.versions.size());
      step.writes = {renewed[version]};
      steps_.versions.push_back(steps_.versions[version]);
      made.push_back(std::move(step));
    }
    for (size_t i = candidate.use; i < steps_.steps.size(); ++i)
      for (int64_t &read : steps_.steps[i].reads)
        if (read == candidate.version) read = renewed[candidate.version];
    steps_.steps.insert(steps_.steps.begin() + candidate.use, made.begin(), made.end());
  }

  mlir::func::FuncOp main_;
  Steps steps_;
  int64_t limit_;
  llvm::DenseMap<mlir::Value, mlir::Operation *> updates_;  // argument -> what writes over it
  llvm::DenseMap<mlir::Operation *, int64_t> positions_;
  std::vector<int64_t> producer_;  // by version: its step
  double total_ = 0, spent_ = 0;   // ns
  bool changed_ = false;
};

struct RematerializePass : impl::RematerializePassBase<RematerializePass> {
  using RematerializePassBase::RematerializePassBase;
  void runOnOperation() override {
    auto main = getOperation().lookupSymbol<mlir::func::FuncOp>("main");
    if (!main || main.isExternal() || !main.getBody().hasOneBlock()) return;
    mlir::SymbolTable kernels(getOperation());
    if (llvm::any_of(donatedInputs(main), [](int64_t input) { return input >= 0; }))
      Rematerialization(main, kernels, limit).run();
  }
};

}  // namespace
}  // namespace plx
