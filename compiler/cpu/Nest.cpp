#include "compiler/cpu/Nest.h"

#include "compiler/cpu/Turn.h"
#include "ir/types/Types.h"

namespace plx::cpu {

unsigned lanesFor(KernelFuncOp kernel, const Facts &facts) {
  bool hasWide = false, hasNarrow = false, hasDouble = false;
  for (mlir::Operation &op : kernel.getBody().front()) {
    mlir::Type type;
    if (auto load = mlir::dyn_cast<LoadOp>(op)) type = load.getType();
    if (auto store = mlir::dyn_cast<StoreOp>(op)) type = store.getValue().getType();
    if (!type) continue;
    hasDouble |= type.isF64();
    (bytesOfElement(type) == 8 ? hasWide : hasNarrow) = true;
  }
  return facts.vectorBytes / (hasDouble || (hasWide && !hasNarrow) ? 8 : 4);
}

namespace {

class Nest {
 public:
  Nest(KernelFuncOp kernel, const Facts &facts, llvm::Module &module, llvm::StringRef name)
      : kernel_(kernel),
        s_(kernel, facts, module, name),
        b_(s_.builder()),
        lanes_(lanesFor(kernel, facts)),
        folds_(s_, lanes_) {
    for (StoreOp store : kernel.getBody().getOps<StoreOp>()) {
      stores_.push_back(store);
      roots_.push_back(store.getValue());
      if (store.getGuard()) roots_.push_back(store.getGuard());
    }
    along_ = kernel->getAttrOfType<mlir::StringAttr>("lanes");
    names_ = namesOf(kernel.getVariables());
    extents_.assign(kernel.getExtents().dims().begin(), kernel.getExtents().dims().end());
    if (along_) {
      alongExtent_ = extents_.pop_back_val();
      names_.pop_back();
    }
    if (auto running = kernel->getAttrOfType<mlir::StringAttr>("running")) {
      pass_ = findRunningFolds(kernel);
      prefixes_ = llvm::to_vector(kernel.getBody().getOps<PrefixOp>());
      auto *place = llvm::find(names_, running);
      extents_.erase(extents_.begin() + (place - names_.begin()));
      names_.erase(place);
    }
    if (auto block = kernel->getAttrOfType<mlir::IntegerAttr>("block")) block_ = block.getInt();
    inUnits_ = kernel->getAttrOfType<mlir::IntegerAttr>("outer").getInt();
    if (kernel.getSchedule() == "window") {
      places_ = kernel->getAttrOfType<mlir::IntegerAttr>("places").getInt();
      placed_ = names_.back();
      placedExtent_ = extents_.back();
      extents_.back() = ceilDiv(placedExtent_, places_);   // the variable counts groups of places
      slid_ = *kernel.getBody().getOps<FoldOp>().begin();  // its only one
    }
    if ((turned_ = kernel->getAttrOfType<mlir::StringAttr>("turned"))) {
      auto *place = llvm::find(names_, turned_);
      turnedExtent_ = extents_[place - names_.begin()];
      extents_[place - names_.begin()] = ceilDiv(turnedExtent_, lanes_);
      *place = squareName();  // counts squares
      for (LoadOp load : kernel.getBody().getOps<LoadOp>())
        if (liesAlong(load, turned_) && !liesAlong(load, along_)) turnedLoads_.push_back(load);
    }
  }

  void run() {
    s_.loop(s_.beginUnit(), s_.endUnit(), 1, [&](llvm::Value *unit) {
      llvm::Value *low = s_.i64(0), *high = alongExtent_ ? s_.dim(alongExtent_) : nullptr;
      if (block_) {
        llvm::Value *blocks = s_.dim(ceilDiv(alongExtent_, block_));
        llvm::Value *block = inUnits_ ? b_.CreateURem(unit, blocks) : unit;
        if (inUnits_) unit = b_.CreateUDiv(unit, blocks);
        low = b_.CreateMul(block, s_.i64(block_));
        high = b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, high,
                                        b_.CreateAdd(low, s_.i64(block_)));
      }
      for (size_t i = inUnits_; i-- > 0;) {
        llvm::Value *extent = s_.dim(extents_[i]);
        s_.setVariable(names_[i], i == 0 ? unit : b_.CreateURem(unit, extent));
        if (i > 0) unit = b_.CreateUDiv(unit, extent);
      }
      inner(inUnits_, low, high);
    });
    b_.CreateRetVoid();
  }

 private:
  /// Loops over the outer variables from `i` on that are not in the unit, then over the lanes.
  void inner(size_t i, llvm::Value *low, llvm::Value *high) {
    if (i == names_.size()) return atPlaces(low, high);
    s_.hoist(roots_, {});
    s_.loop(s_.i64(0), s_.dim(extents_[i]), 1, [&](llvm::Value *index) {
      s_.setVariable(names_[i], index);
      inner(i + 1, low, high);
    });
  }

  mlir::StringAttr squareName() { return mlir::StringAttr::get(kernel_.getContext(), "$square"); }
  static bool liesAlong(LoadOp load, mlir::StringAttr variable) {
    auto step = load.getIndices()[0].splitLinear(variable);
    return step && step->first.isConstant(1);
  }

  /// As many values of the turned variable as there are lanes, where there are so many left: all
  /// whole squares of them and of lanes, then the rest as it lies.
  void inSquares(llvm::Value *low, llvm::Value *high) {
    llvm::Value *first = b_.CreateMul(s_.variable(squareName()), s_.i64(lanes_));
    llvm::Value *extent = s_.dim(turnedExtent_), *next = b_.CreateAdd(first, s_.i64(lanes_));
    llvm::Value *isWhole = b_.CreateICmpSLE(next, extent);
    auto rowByRow = [&](llvm::Value *from, llvm::Value *end) {
      s_.loop(first, b_.CreateBinaryIntrinsic(llvm::Intrinsic::smin, next, extent), 1,
              [&](llvm::Value *row) {
                Scalars::Scope scope(s_);
                s_.setVariable(turned_, row);
                alongLanes(from, end);
              });
    };
    s_.ifThen(isWhole, [&] {
      llvm::Value *whole = b_.CreateUDiv(b_.CreateSub(high, low), s_.i64(lanes_));
      llvm::Value *end = b_.CreateAdd(low, b_.CreateMul(whole, s_.i64(lanes_)));
      s_.loop(low, end, lanes_, [&](llvm::Value *i) { emitSquare(first, i); });
      s_.ifThen(b_.CreateICmpSLT(end, high), [&] { rowByRow(end, high); });
    });
    s_.ifThen(b_.CreateNot(isWhole), [&] { rowByRow(low, high); });
  }

  /// What lies along the turned variable is read along it, and turned in registers; then the
  /// square row by row, with the lanes as everywhere.
  void emitSquare(llvm::Value *row, llvm::Value *column) {
    llvm::SmallVector<llvm::AllocaInst *> squares;
    llvm::Type *vector = nullptr;
    for (LoadOp load : turnedLoads_) {
      llvm::SmallVector<llvm::Value *> square;
      for (int64_t i = 0; i < lanes_; ++i) {
        Scalars::Scope scope(s_);
        s_.setVariable(along_, b_.CreateAdd(column, s_.i64(i)));
        s_.setLanes(turned_, row, lanes_, nullptr);
        square.push_back(s_.emit(load));
      }
      turn(b_, square);
      vector = square[0]->getType();
      squares.push_back(s_.local(llvm::ArrayType::get(vector, lanes_)));
      for (auto [i, value] : llvm::enumerate(square))
        b_.CreateStore(value, b_.CreateConstGEP1_64(vector, squares.back(), i));
    }
    s_.loop(s_.i64(0), s_.i64(lanes_), 1, [&](llvm::Value *i) {
      Scalars::Scope scope(s_);
      s_.setVariable(turned_, b_.CreateAdd(row, i));
      s_.setLanes(along_, column, lanes_, nullptr);
      for (auto [load, square] : llvm::zip_equal(turnedLoads_, squares)) {
        llvm::Type *type =
            llvm::cast<llvm::ArrayType>(square->getAllocatedType())->getElementType();
        s_.define(load, b_.CreateLoad(type, b_.CreateGEP(type, square, i)));
      }
      emitStores();
    });
  }

  /// All lanes: of one place, or of a group of places of the window.
  void atPlaces(llvm::Value *low, llvm::Value *high) {
    if (turned_) {
      s_.hoist(roots_, {});
      return inSquares(low, high);
    }
    if (!places_) {
      s_.hoist(roots_, {});
      return alongLanes(low, high);
    }
    llvm::Value *extent = s_.dim(placedExtent_);
    base_ = b_.CreateMul(s_.variable(placed_), s_.i64(places_));
    s_.unsetVariable(placed_);
    llvm::Value *isWhole = b_.CreateICmpSLE(b_.CreateAdd(base_, s_.i64(places_)), extent);
    count_ = places_;
    s_.ifThen(isWhole, [&] { alongLanes(low, high); });
    std::optional<int64_t> known = placedExtent_.constant();
    if (known && *known % places_ == 0) return;
    s_.ifThen(b_.CreateNot(isWhole), [&] {
      count_ = known ? *known % places_ : 1;
      llvm::Value *first = base_;
      s_.loop(first, extent, count_, [&](llvm::Value *place) {
        base_ = place;
        alongLanes(low, high);
      });
    });
  }

  void alongLanes(llvm::Value *low, llvm::Value *high) {
    if (!along_) return emitStores();
    std::optional<int64_t> known = block_ ? std::nullopt : alongExtent_.constant();
    if (known && *known < 2) lanes_ = 1;
    llvm::Value *end = low;
    if (!known || *known >= lanes_) {
      llvm::Value *whole = b_.CreateUDiv(b_.CreateSub(high, low), s_.i64(lanes_));
      end = b_.CreateAdd(low, b_.CreateMul(whole, s_.i64(lanes_)));
      s_.loop(low, end, lanes_, [&](llvm::Value *i) { storeAt(i, lanes_, nullptr); });
    }
    if (known && *known % lanes_ == 0) return;
    if (s_.facts().maskedMemory)
      s_.ifThen(b_.CreateICmpSLT(end, high),
                [&] { storeAt(end, lanes_, s_.firstLanes(b_.CreateSub(high, end), lanes_)); });
    else
      s_.loop(end, high, 1, [&](llvm::Value *i) { storeAt(i, 1, nullptr); });
  }

  void storeAt(llvm::Value *base, unsigned lanes, llvm::Value *mask) {
    s_.setLanes(along_, base, lanes, mask);
    llvm::SmallVector<llvm::Value *> results;
    if (places_) results = folds_.foldPlaces(slid_, placed_, base_, count_);
    for (auto [place, result] : llvm::enumerate(results)) {
      Scalars::Scope scope(s_);
      s_.setVariable(placed_, b_.CreateAdd(base_, s_.i64(place)));
      s_.define(slid_, result);
      for (StoreOp store : stores_) s_.emitStore(store);
    }
    if (places_) return;
    emitStores();
  }

  void emitStores() {
    auto emitAll = [&] {
      for (StoreOp store : stores_) s_.emitStore(store);
    };
    if (!pass_) return emitAll();
    s_.hoist(roots_, {});
    folds_.run(*pass_, prefixes_, emitAll);
  }

  KernelFuncOp kernel_;
  Scalars s_;
  llvm::IRBuilder<> &b_;
  int64_t lanes_;
  Folds folds_;
  llvm::SmallVector<StoreOp> stores_;
  llvm::SmallVector<mlir::Value> roots_;
  mlir::StringAttr along_;  // the variable along the lanes; null: none
  Dim alongExtent_;
  llvm::SmallVector<mlir::StringAttr> names_;  // the others
  llvm::SmallVector<Dim> extents_;
  std::optional<RunningFolds> pass_;  // the loop inside of all others, of the variable "running"
  llvm::SmallVector<PrefixOp> prefixes_;
  int64_t block_ = 0;   // elements of the lane variable a unit takes; 0: all
  size_t inUnits_ = 0;  // leading variables that units count
  // Schedule window: a group of places of variable `placed_` at a time (places_ 0: another
  // schedule).
  int64_t places_ = 0, count_ = 0;  // in a group; in the present one
  mlir::StringAttr placed_;
  Dim placedExtent_;
  llvm::Value *base_ = nullptr;  // the first place of the group
  FoldOp slid_;
  // A variable along which some operands lie though lanes run along another: null, none.
  mlir::StringAttr turned_;
  Dim turnedExtent_;
  llvm::SmallVector<LoadOp> turnedLoads_;
};

}  // namespace

void emitNest(KernelFuncOp kernel, const Facts &facts, llvm::Module &module, llvm::StringRef name) {
  Nest(kernel, facts, module, name).run();
}

}  // namespace plx::cpu
