#include "compiler/cpu/Nest.h"
#include "llvm/IR/Intrinsics.h"

namespace plx::cpu {

namespace {
// Partial results of a fold along lanes: covers the latency of an addition.
constexpr unsigned kPartials = 4;
// Terms that are summed one after another before the sum joins the others.
constexpr int64_t kBlock = 1024;
}  // namespace

llvm::Value *Folds::emit(mlir::Operation *op) {
  if (auto fold = mlir::dyn_cast<ArgFoldOp>(op)) return argFold(fold);
  if (auto prefixOp = mlir::dyn_cast<PrefixOp>(op)) return prefix(prefixOp);
  auto fold = mlir::cast<FoldOp>(op);
  if (fold.getVariables().empty()) return s_.emit(fold.getValue());
  std::optional<int64_t> last = fold.getExtents().dims().back().constant();
  bool tooShort = last && *last < 4;
  return s_.hasLanes() || lanes_ == 1 || tooShort ? foldByLoop(fold) : foldAlongLanes(fold);
}

void Folds::loops(llvm::ArrayRef<mlir::StringAttr> names, llvm::ArrayRef<Dim> extents,
                  mlir::Value value, llvm::function_ref<void()> body) {
  if (names.empty()) return body();
  s_.hoist({value}, {});
  s_.loop(s_.i64(0), s_.dim(extents[0]), 1, [&](llvm::Value *i) {
    s_.setVariable(names[0], i);
    loops(names.drop_front(), extents.drop_front(), value, body);
  });
}

llvm::Value *Folds::foldByLoop(FoldOp fold) {
  FoldKind kind = *foldKindNamed(fold.getKind());
  mlir::Type element = fold.getType();
  llvm::Value *start = s_.neutral(kind, element);
  if (s_.dependsOnLanes(fold)) start = s_.splat(start);
  auto add = [&](llvm::AllocaInst *sum, llvm::Value *value) {
    if (start->getType()->isVectorTy()) value = s_.splat(value);
    llvm::Value *before = b_.CreateLoad(start->getType(), sum);
    b_.CreateStore(s_.combine(kind, element, before, value), sum);
  };
  auto names = namesOf(fold.getVariables());
  mlir::StringAttr last = names.pop_back_val();
  llvm::ArrayRef<Dim> extents = fold.getExtents().dims();
  // Long sums of floats go by blocks, and blocks of blocks, so that the error grows with the
  // logarithm of their length.
  bool rounds =
      mlir::isa<mlir::FloatType>(element) && (kind == FoldKind::Sum || kind == FoldKind::Product);
  int64_t length = extents.back().constant().value_or(kBlock * kBlock);
  unsigned levels = 0;
  for (int64_t span = kBlock; rounds && span < length && levels < 3; span *= kBlock) ++levels;
  std::function<void(unsigned, llvm::AllocaInst *, llvm::Value *, llvm::Value *)> range =
      [&](unsigned level, llvm::AllocaInst *sum, llvm::Value *low, llvm::Value *high) {
        int64_t span = 1;
        for (unsigned l = 0; l < level; ++l) span *= kBlock;
        s_.loop(low, high, span, [&](llvm::Value *k) {
          if (level == 0) {
            s_.setVariable(last, k);
            return add(sum, s_.emit(fold.getValue()));
          }
          llvm::AllocaInst *part = s_.local(start->getType());
          b_.CreateStore(start, part);
          llvm::Value *end =
              b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, high, b_.CreateAdd(k, s_.i64(span)));
          range(level - 1, part, k, end);
          add(sum, b_.CreateLoad(start->getType(), part));
        });
      };
  llvm::AllocaInst *result = s_.local(start->getType());
  b_.CreateStore(start, result);
  loops(names, extents.drop_back(), fold.getValue(), [&] {
    s_.hoist({fold.getValue()}, {last});
    range(levels, result, s_.i64(0), s_.dim(extents.back()));
  });
  return b_.CreateLoad(start->getType(), result);
}

llvm::Value *Folds::foldAlongLanes(FoldOp fold) {
  FoldKind kind = *foldKindNamed(fold.getKind());
  mlir::Type element = fold.getType();
  auto names = namesOf(fold.getVariables());
  mlir::StringAttr along = names.pop_back_val();
  llvm::ArrayRef<Dim> extents = fold.getExtents().dims();
  std::optional<int64_t> known = extents.back().constant();
  unsigned partials = known && *known < static_cast<int64_t>(2 * lanes_) ? 1 : kPartials;
  llvm::Value *start = s_.neutral(kind, element);
  llvm::Value *wide = b_.CreateVectorSplat(lanes_, start);
  llvm::SmallVector<llvm::AllocaInst *> parts;
  for (unsigned p = 0; p < partials; ++p) {
    parts.push_back(s_.local(wide->getType()));
    b_.CreateStore(wide, parts.back());
  }
  llvm::AllocaInst *rest = s_.local(start->getType());  // of a scalar tail
  b_.CreateStore(start, rest);
  auto step = [&](llvm::AllocaInst *part, llvm::Value *base, unsigned lanes, llvm::Value *mask) {
    Scalars::Scope scope(s_);
    s_.setLanes(along, base, lanes, mask);
    llvm::Value *value = s_.emitVector(fold.getValue());
    if (mask) value = b_.CreateSelect(mask, value, wide);
    llvm::Value *before = b_.CreateLoad(part->getAllocatedType(), part);
    b_.CreateStore(s_.combine(kind, element, before, value), part);
  };
  loops(names, extents.drop_back(), fold.getValue(), [&] {
    s_.hoist({fold.getValue()}, {along});
    llvm::Value *extent = s_.dim(extents.back());
    auto whole = [&](unsigned stride) {
      return b_.CreateMul(b_.CreateSDiv(extent, s_.i64(stride)), s_.i64(stride));
    };
    llvm::Value *done = s_.i64(0);
    if (partials > 1) {
      llvm::Value *end = whole(partials * lanes_);
      s_.loop(done, end, partials * lanes_, [&](llvm::Value *i) {
        for (unsigned p = 0; p < partials; ++p)
          step(parts[p], b_.CreateAdd(i, s_.i64(p * lanes_)), lanes_, nullptr);
      });
      done = end;
    }
    llvm::Value *end = whole(lanes_);
    s_.loop(done, end, lanes_, [&](llvm::Value *i) { step(parts[0], i, lanes_, nullptr); });
    if (known && *known % lanes_ == 0) return;
    if (s_.facts().maskedMemory) {
      s_.ifThen(b_.CreateICmpSLT(end, extent), [&] {
        step(parts[0], end, lanes_, s_.firstLanes(b_.CreateSub(extent, end), lanes_));
      });
    } else {
      s_.loop(end, extent, 1, [&](llvm::Value *i) { step(rest, i, 1, nullptr); });
    }
  });
  for (unsigned width = partials / 2; width > 0; width /= 2)
    for (unsigned p = 0; p < width; ++p) {
      llvm::Value *low = b_.CreateLoad(wide->getType(), parts[p]);
      llvm::Value *high = b_.CreateLoad(wide->getType(), parts[p + width]);
      b_.CreateStore(s_.combine(kind, element, low, high), parts[p]);
    }
  llvm::Value *result = s_.foldLanes(kind, element, b_.CreateLoad(wide->getType(), parts[0]));
  if (s_.facts().maskedMemory) return result;
  return s_.combine(kind, element, result, b_.CreateLoad(start->getType(), rest));
}

llvm::Value *Folds::argFold(ArgFoldOp fold) {
  mlir::Type element = fold.getValue().getType();
  bool isFloat = mlir::isa<mlir::FloatType>(element), isMax = fold.getKind() == "max";
  bool wide = s_.dependsOnLanes(fold);
  auto widen = [&](llvm::Value *value) { return wide ? s_.splat(value) : value; };
  llvm::Value *start = widen(s_.neutral(isMax ? FoldKind::Max : FoldKind::Min, element));
  llvm::AllocaInst *best = s_.local(start->getType());
  llvm::AllocaInst *where = s_.local(widen(s_.i64(0))->getType());
  b_.CreateStore(start, best);
  b_.CreateStore(widen(s_.i64(0)), where);
  loops({fold.getVariableAttr()}, {fold.getExtent()[0]}, fold.getValue(), [&] {
    llvm::Value *value = widen(s_.emit(fold.getValue()));
    llvm::Value *k = s_.variable(fold.getVariableAttr());
    llvm::Value *before = b_.CreateLoad(start->getType(), best);
    llvm::Value *better;
    bool isSigned = !element.isUnsignedInteger() && !element.isInteger(1);
    if (isFloat) {
      // A NaN beats every number and, for the last of equals, an earlier NaN.
      llvm::Value *isNan = b_.CreateFCmpUNO(value, value);
      llvm::Value *wasNan = b_.CreateFCmpUNO(before, before);
      auto predicate = isMax ? (fold.getLast() ? llvm::CmpInst::FCMP_OGE : llvm::CmpInst::FCMP_OGT)
                             : (fold.getLast() ? llvm::CmpInst::FCMP_OLE : llvm::CmpInst::FCMP_OLT);
      better = b_.CreateOr(b_.CreateFCmp(predicate, value, before), isNan);
      if (!fold.getLast()) better = b_.CreateAnd(better, b_.CreateNot(wasNan));
    } else {
      llvm::CmpInst::Predicate predicate =
          isMax ? (isSigned ? llvm::CmpInst::ICMP_SGT : llvm::CmpInst::ICMP_UGT)
                : (isSigned ? llvm::CmpInst::ICMP_SLT : llvm::CmpInst::ICMP_ULT);
      if (fold.getLast()) predicate = llvm::CmpInst::getNonStrictPredicate(predicate);
      better = b_.CreateICmp(predicate, value, before);
    }
    // The first element is the best so far whatever it is.
    better = b_.CreateOr(better, widen(b_.CreateICmpEQ(k, s_.i64(0))));
    b_.CreateStore(b_.CreateSelect(better, value, before), best);
    llvm::Value *previous = b_.CreateLoad(where->getAllocatedType(), where);
    b_.CreateStore(b_.CreateSelect(better, widen(k), previous), where);
  });
  return b_.CreateLoad(where->getAllocatedType(), where);
}

llvm::Value *Folds::startOf(PrefixOp prefix) {
  llvm::Value *start = s_.neutral(*foldKindNamed(prefix.getKind()), prefix.getType());
  return s_.dependsOnLanes(prefix) ? s_.splat(start) : start;
}

void Folds::run(const RunningFolds &pass, llvm::ArrayRef<PrefixOp> prefixes,
                llvm::function_ref<void()> body) {
  for (PrefixOp prefix : prefixes) {
    llvm::Value *start = startOf(prefix);
    running_[prefix] = s_.local(start->getType());
    b_.CreateStore(start, running_[prefix]);
  }
  llvm::Value *extent = s_.dim(pass.extent);
  s_.loop(s_.i64(0), extent, 1, [&](llvm::Value *step) {
    llvm::Value *last = b_.CreateSub(extent, s_.i64(1));
    s_.setVariable(pass.variable, pass.reversed ? b_.CreateSub(last, step) : step);
    for (PrefixOp prefix : prefixes) {
      s_.setVariable(prefix.getVariableAttr(), step);
      s_.emit(prefix);  // here, whatever the stores ask for
    }
    body();
  });
  running_.clear();
}

llvm::Value *Folds::prefix(PrefixOp prefix) {
  FoldKind kind = *foldKindNamed(prefix.getKind());
  mlir::Type element = prefix.getType();
  if (llvm::AllocaInst *sum = running_.lookup(prefix)) {
    llvm::Value *value = s_.emit(prefix.getValue());
    if (s_.dependsOnLanes(prefix)) value = s_.splat(value);
    llvm::Value *before = b_.CreateLoad(value->getType(), sum);
    llvm::Value *after = s_.combine(kind, element, before, value);
    b_.CreateStore(after, sum);
    return prefix.getExclusive() ? before : after;
  }
  Dim position = prefix.getPosition()[0];
  bool wide = s_.dependsOnLanes(prefix);
  bool vectorPosition = s_.laneVariable() && position.usesSymbol(s_.laneVariable());
  llvm::Value *to = vectorPosition ? s_.dimOnLanes(position) : s_.dim(position);
  llvm::Value *one = llvm::ConstantInt::get(to->getType(), 1);
  llvm::Value *count = prefix.getExclusive() ? to : b_.CreateAdd(to, one);
  llvm::Value *start = startOf(prefix);
  llvm::AllocaInst *result = s_.local(start->getType());
  b_.CreateStore(start, result);
  // Lanes stop at different positions: the loop runs to the farthest (within the extent: lanes past
  // the end are masked).
  llvm::Value *end = count;
  if (vectorPosition)
    end = b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, b_.CreateIntMaxReduce(count, true),
                                   s_.dim(prefix.getExtent()[0]));
  s_.hoist({prefix.getValue()}, {prefix.getVariableAttr()});
  s_.loop(s_.i64(0), end, 1, [&](llvm::Value *k) {
    s_.setVariable(prefix.getVariableAttr(), k);
    llvm::Value *value = s_.emit(prefix.getValue());
    if (wide) value = s_.splat(value);
    llvm::Value *before = b_.CreateLoad(start->getType(), result);
    llvm::Value *after = s_.combine(kind, element, before, value);
    if (vectorPosition)
      after = b_.CreateSelect(b_.CreateICmpSLT(s_.splat(k), count), after, before);
    b_.CreateStore(after, result);
  });
  return b_.CreateLoad(start->getType(), result);
}

}  // namespace plx::cpu
