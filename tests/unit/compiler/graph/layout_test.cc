// Transposes move; values stay. Programs are made at random: each op on whatever came before, with
// transposes in between.
#include <gtest/gtest.h>

#include "before_after.h"
#include "ir/ops/Build.h"
#include "ir/ops/Cumulative.h"
#include "ir/ops/Gather.h"
#include "ir/ops/Reduce.h"
#include "ir/ops/ReduceWindow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace {

using namespace plx;
using mlir::Value;

class RandomProgram {
 public:
  RandomProgram(mlir::MLIRContext &context, unsigned seed) : b_(&context), random_(seed) {}

  mlir::OwningOpRef<mlir::ModuleOp> make(llvm::ArrayRef<std::vector<int64_t>> shapes, int numOps) {
    mlir::OwningOpRef<mlir::ModuleOp> module = mlir::ModuleOp::create(loc());
    llvm::SmallVector<mlir::Type> types;
    for (const std::vector<int64_t> &shape : shapes)
      types.push_back(mlir::RankedTensorType::get(shape, b_.getF32Type()));
    b_.setInsertionPointToEnd(module->getBody());
    auto main = mlir::func::FuncOp::create(b_, loc(), "main", b_.getFunctionType(types, {}));
    b_.setInsertionPointToStart(main.addEntryBlock());
    llvm::append_range(values_, main.getArguments());
    for (int i = 0; i < numOps; ++i)
      if (Value made = step(values_[values_.size() - 1 - below(std::min<int>(3, values_.size()))]))
        values_.push_back(made);
    llvm::SmallVector<Value> results{values_.back(), values_[values_.size() / 2]};
    mlir::func::ReturnOp::create(b_, loc(), results);
    main.setType(b_.getFunctionType(types, mlir::TypeRange(mlir::ValueRange(results))));
    return module;
  }

 private:
  mlir::Location loc() { return b_.getUnknownLoc(); }
  int64_t below(int64_t n) { return std::uniform_int_distribution<int64_t>(0, n - 1)(random_); }
  static int64_t rankOf(Value x) {
    return mlir::cast<mlir::RankedTensorType>(x.getType()).getRank();
  }
  Dim k(int64_t value) { return Dim::constant(b_.getContext(), value); }
  llvm::SmallVector<Dim> dims(Value x) { return dimsOf(x.getType()); }
  int64_t size(Value x, int64_t axis) { return *dimOf(x.getType(), axis).constant(); }

  Value step(Value x);
  Value joined(Value x);
  Value reduced(Value x, int64_t axis);
  Value reshaped(Value x);

  mlir::OpBuilder b_;
  std::mt19937 random_;
  llvm::SmallVector<Value> values_;
};

/// A value of x's dims, to add to x: an earlier one, a transposed one, a broadcast vector.
Value RandomProgram::joined(Value x) {
  for (Value other : llvm::reverse(values_))
    if (other != x && other.getType() == x.getType() && below(2)) return other;
  int64_t axis = below(rankOf(x));
  llvm::SmallVector<Dim> ones(rankOf(x), k(1));
  ones[axis] = dims(x)[axis];
  Value vector = build::iota(b_, loc(), axis, b_.getF32Type(), ones);
  return build::broadcastTo(b_, loc(), vector, dims(x));
}

/// Two neighbours joined, or one dim split.
Value RandomProgram::reshaped(Value x) {
  llvm::SmallVector<Dim> to = dims(x);
  int64_t axis = below(rankOf(x));
  if (axis + 1 < rankOf(x) && below(2)) {
    to[axis] = to[axis] * to[axis + 1];
    to.erase(to.begin() + axis + 1);
  } else if (int64_t n = size(x, axis); n % 2 == 0 && n > 0 && rankOf(x) < 5) {
    to[axis] = k(n / 2);
    to.insert(to.begin() + axis + below(2), k(2));
  } else if (rankOf(x) < 5) {
    to.insert(to.begin() + axis, k(1));
  }
  return build::reshape(b_, loc(), x, to);
}

Value RandomProgram::reduced(Value x, int64_t axis) {
  ReduceOp::Properties properties;
  properties.kind = b_.getStringAttr("max");
  properties.axes = b_.getDenseI64ArrayAttr({axis});
  return build::create<ReduceOp>(b_, loc(), x, properties);
}

Value RandomProgram::step(Value x) {
  int64_t rank = rankOf(x);
  if (rank == 0) return {};
  int64_t axis = below(rank);
  llvm::SmallVector<Dim> zeros(rank, k(0)), ones(rank, k(1));
  llvm::SmallVector<int64_t> windows(rank, 1), strides(rank, 1), dilations(rank, 1);
  switch (below(14)) {
    case 0:
    case 1:
    case 2:
    case 3: {
      Permutation p = identityPermutation(rank);
      std::shuffle(p.begin(), p.end(), random_);
      return build::transpose(b_, loc(), x, p);
    }
    case 4:
      return build::pointwise(b_, loc(), ScalarFn::neg_, {x});
    case 5:
      return build::pointwise(b_, loc(), ScalarFn::max_, {x, joined(x)});
    case 6:
      return reshaped(x);
    case 7:
      if (rank < 2) return {};
      return reduced(x, axis);
    case 8: {
      zeros[axis] = k(1);
      Value zero = build::constantScalar(b_, loc(), 5, b_.getF32Type());
      return build::pad(b_, loc(), x, zero, zeros, zeros, llvm::SmallVector<Dim>(rank, k(0)));
    }
    case 9: {
      if (size(x, axis) < 2) return {};
      llvm::SmallVector<Dim> sizes = dims(x);
      sizes[axis] = sizes[axis] - 1;
      zeros[axis] = k(1);
      return build::slice(b_, loc(), x, zeros, sizes, ones);
    }
    case 10:
      if (size(x, axis) > 8) return {};
      return build::concat(b_, loc(), axis, {x, joined(x)});
    case 11: {
      Value at = build::constantInts(b_, loc(), {0, size(x, axis) - 1, 0});
      GatherOp::Properties properties;
      properties.axes = b_.getDenseI64ArrayAttr({axis});
      properties.position = b_.getI64IntegerAttr(below(rank));
      return build::create<GatherOp>(b_, loc(), {x, at}, properties);
    }
    case 12: {
      CumulativeOp::Properties properties;
      properties.kind = b_.getStringAttr("max");
      properties.axis = b_.getI64IntegerAttr(axis);
      return build::create<CumulativeOp>(b_, loc(), x, properties);
    }
    default: {
      if (size(x, axis) < 2) return {};
      windows[axis] = 2;
      ReduceWindowOp::Properties properties;
      properties.kind = b_.getStringAttr("min");
      properties.window = b_.getDenseI64ArrayAttr(windows);
      properties.strides = b_.getDenseI64ArrayAttr(strides);
      properties.dilations = b_.getDenseI64ArrayAttr(dilations);
      return build::create<ReduceWindowOp>(b_, loc(), x, properties);
    }
  }
}

TEST(PropagateTransposes, KeepsValuesOfRandomPrograms) {
  int64_t moved = 0;
  for (unsigned seed = 0; seed < 150; ++seed) {
    BeforeAfter program;
    std::vector<std::vector<int64_t>> shapes{{2, 3, 4}, {1, 4, 2, 3}};
    ASSERT_TRUE(program.take(RandomProgram(program.context(), seed).make(shapes, 16), shapes));
    std::string before = program.text();
    ASSERT_TRUE(program.run("func.func(plx-propagate-transposes)")) << before;
    ASSERT_EQ(program.difference(), 0) << "seed " << seed << ":\n"
                                       << before << "\n"
                                       << program.text();
    moved += before != program.text();
    ASSERT_TRUE(program.run("func.func(plx-simplify)")) << before;
    ASSERT_EQ(program.difference(), 0) << "seed " << seed << ":\n"
                                       << before << "\n"
                                       << program.text();
  }
  EXPECT_GT(moved, 100);
}

}  // namespace
