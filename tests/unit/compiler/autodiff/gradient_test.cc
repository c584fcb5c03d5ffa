// Derivatives of random programs, orders 1 and 2, against differences: random ops on random shapes.
// Covers: ir/autodiff/Gradient.cpp
#include <gtest/gtest.h>

#include <random>

#include "compiler/autodiff/CheckGradient.h"
#include "ir/Dialect.h"
#include "ir/ops/BuildDerivatives.h"
#include "ir/ops/Convolution.h"
#include "ir/ops/ReduceWindow.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"

namespace plx {
namespace {

using mlir::Value;

class RandomProgram {
 public:
  RandomProgram(mlir::MLIRContext &context, unsigned seed) : b_(&context), random_(seed) {}

  /// @f of two arguments, of up to `numOps` steps.
  mlir::OwningOpRef<mlir::ModuleOp> make(int numOps) {
    mlir::OwningOpRef<mlir::ModuleOp> module = mlir::ModuleOp::create(loc_);
    llvm::SmallVector<mlir::Type> types{randomType(), randomType()};
    b_.setInsertionPointToEnd(module->getBody());
    auto function = mlir::func::FuncOp::create(b_, loc_, "f", b_.getFunctionType(types, {}));
    b_.setInsertionPointToStart(function.addEntryBlock());
    other_ = function.getArgument(1);
    Value x = function.getArgument(0);
    for (int i = 0; i < numOps; ++i) x = step(bounded(x));
    x = bounded(x);
    mlir::func::ReturnOp::create(b_, loc_, x);
    function.setType(b_.getFunctionType(types, x.getType()));
    return module;
  }

 private:
  int64_t draw(int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random_);
  }
  mlir::Type randomType() {
    llvm::SmallVector<int64_t> shape;
    for (int64_t d = draw(1, 4); d > 0; --d) shape.push_back(draw(1, 4));
    return mlir::RankedTensorType::get(shape, b_.getF64Type());
  }
  static llvm::ArrayRef<int64_t> shapeOf(Value x) {
    return mlir::cast<mlir::RankedTensorType>(x.getType()).getShape();
  }
  Dim dim(int64_t value) { return Dim::constant(b_.getContext(), value); }
  Value bounded(Value x) { return build::pointwise(b_, loc_, ScalarFn::sin_, x); }

  Value step(Value x) {
    int64_t rank = shapeOf(x).size(), choice = draw(0, 8);
    if (rank == 0 || choice == 0) return broadcast(x);
    if (choice == 1) return slice(x);
    if (choice == 2 && rank < 5) return product(x);
    if (choice == 3) return padded(x);
    if (choice == 4) return window(x);
    if (choice == 5 && rank >= 3) return convolution(x);
    if (choice == 6) return gathered(x);
    llvm::StringRef kinds[] = {"sum", "product", "max", "min"};
    llvm::StringRef kind = kinds[draw(0, 3)];
    if (choice == 7) return build::reduce(b_, loc_, kind, x, {draw(0, rank - 1)});
    return build::cumulate(b_, loc_, draw(0, 1) ? "sum" : "product", x, draw(0, rank - 1),
                           draw(0, 1), draw(0, 1));
  }

  Value broadcast(Value x) {
    llvm::SmallVector<Dim> dims = dimsOf(x.getType());
    llvm::SmallVector<int64_t> along = build::allAxes(dims.size());
    if (dims.size() >= 4) return build::multiply(b_, loc_, x, x);
    int64_t place = draw(0, dims.size());
    for (int64_t &axis : along) axis += axis >= place;
    for (Dim &size : dims)
      if (size.isConstant(1)) size = dim(draw(1, 3));
    dims.insert(dims.begin() + place, dim(draw(1, 3)));
    return build::broadcastAlong(b_, loc_, x, along, dims);
  }

  Value slice(Value x) {
    llvm::SmallVector<Dim> starts, sizes, steps;
    for (int64_t n : shapeOf(x)) {
      int64_t step = draw(-2, 3), start = draw(0, n - 1);
      int64_t most = step > 0 ? (n - 1 - start) / step + 1 : step < 0 ? start / -step + 1 : 3;
      starts.push_back(dim(start));
      sizes.push_back(dim(draw(1, most)));
      steps.push_back(dim(step));
    }
    return build::slice(b_, loc_, x, starts, sizes, steps);
  }

  Value padded(Value x) {
    llvm::SmallVector<Dim> low, high, interior;
    for (int64_t n : shapeOf(x)) {
      int64_t between = draw(0, 2), size = n + (n - 1) * between, before = draw(-2, 2);
      low.push_back(dim(before));
      high.push_back(dim(draw(std::max<int64_t>(-2, -before - size + 1), 2)));
      interior.push_back(dim(between));
    }
    Value value = build::reduce(b_, loc_, "sum", bounded(other_), axesOf(other_));
    return build::pad(b_, loc_, x, value, low, high, interior);
  }

  llvm::SmallVector<int64_t> axesOf(Value x) { return build::allAxes(shapeOf(x).size()); }

  /// Contracts a dim of x with a dim made of the other argument.
  Value product(Value x) {
    int64_t axis = draw(0, shapeOf(x).size() - 1), size = shapeOf(x)[axis], columns = draw(1, 3);
    Value flat = build::flatten(b_, loc_, other_);
    Value line = build::slice(b_, loc_, flat, {dim(0)}, {dim(size * columns)}, {dim(0)});
    Value matrix = build::reshape(b_, loc_, line, {dim(columns), dim(size)});
    return build::dotGeneral(b_, loc_, x, bounded(matrix), {}, {}, {axis}, {1});
  }

  Value window(Value x) {
    ReduceWindowOp::Properties properties;
    llvm::SmallVector<int64_t> sizes, strides, dilations;
    for (int64_t n : shapeOf(x)) {
      dilations.push_back(draw(1, 2));
      sizes.push_back(draw(1, (n - 1) / dilations.back() + 1));
      strides.push_back(draw(1, 2));
    }
    llvm::StringRef kinds[] = {"sum", "product", "max", "min"};
    properties.kind = b_.getStringAttr(kinds[draw(0, 3)]);
    properties.window = b_.getDenseI64ArrayAttr(sizes);
    properties.strides = b_.getDenseI64ArrayAttr(strides);
    properties.dilations = b_.getDenseI64ArrayAttr(dilations);
    return build::create<ReduceWindowOp>(b_, loc_, x, properties);
  }

  Value convolution(Value x) {
    llvm::ArrayRef<int64_t> shape = shapeOf(x);
    int64_t channels = shape.back(), groups = channels % 2 == 0 ? draw(1, 2) : 1;
    llvm::SmallVector<int64_t> strides, dilations;
    llvm::SmallVector<Dim> dims;
    for (int64_t n : shape.drop_front().drop_back()) {
      dilations.push_back(draw(1, 2));
      strides.push_back(draw(1, 2));
      dims.push_back(dim(draw(1, (n - 1) / dilations.back() + 1)));
    }
    dims.push_back(dim(channels / groups));
    dims.push_back(dim(groups * draw(1, 2)));
    // Weights of the other argument's first element and their places.
    Value flat = build::flatten(b_, loc_, other_);
    int64_t count = *numElements(b_.getContext(), dims).constant();
    Value all = build::slice(b_, loc_, flat, {dim(0)}, {dim(count)}, {dim(0)});
    Value places = build::iota(b_, loc_, 0, b_.getF64Type(), {dim(count)});
    Value weights = bounded(build::add(b_, loc_, all, places));
    ConvolutionOp::Properties properties;
    properties.strides = b_.getDenseI64ArrayAttr(strides);
    properties.dilations = b_.getDenseI64ArrayAttr(dilations);
    properties.groups = b_.getI64IntegerAttr(groups);
    return build::create<ConvolutionOp>(b_, loc_, {x, build::reshape(b_, loc_, weights, dims)},
                                        properties);
  }

  Value gathered(Value x) {
    int64_t axis = draw(0, shapeOf(x).size() - 1), size = shapeOf(x)[axis];
    llvm::SmallVector<int64_t> indices;
    for (int64_t i = draw(1, 4); i > 0; --i) indices.push_back(draw(-size, size - 1));
    Value places = build::constantInts(b_, loc_, indices);
    return build::gather(b_, loc_, x, places, {axis}, draw(0, shapeOf(x).size() - 1));
  }

  mlir::OpBuilder b_;
  mlir::Location loc_ = b_.getUnknownLoc();
  std::mt19937 random_;
  Value other_;
};

TEST(Gradient, OfRandomProgramsAgreesWithDifferences) {
  mlir::MLIRContext context;
  context.loadDialect<PlxDialect, mlir::func::FuncDialect>();
  for (unsigned seed = 0; seed < 40; ++seed) {
    auto module = RandomProgram(context, seed).make(3);
    eval::ValueTest test;
    test.function = "f";
    auto function = module->lookupSymbol<mlir::func::FuncOp>("f");
    for (mlir::Type type : function.getArgumentTypes())
      test.inputs.emplace_back(eval::Tensor(mlir::Float64Type::get(&context),
                                            mlir::cast<mlir::RankedTensorType>(type).getShape()));
    std::string wrong = checkGradient(*module, test);
    if (wrong.empty()) continue;
    module->dump();
    ADD_FAILURE() << "seed " << seed << ": " << wrong;
  }
}

/// The check itself: a derivative that is wrong is seen.
TEST(CheckGradient, SeesWrongOnes) {
  mlir::MLIRContext context;
  context.loadDialect<PlxDialect, mlir::func::FuncDialect>();
  constexpr llvm::StringLiteral kText = R"(
    func.func private @f(%x: tensor<2xf64>) -> tensor<2xf64> {
      %r = plx.pointwise mul(%x, %x) : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64>
      return %r : tensor<2xf64>
    }
    func.func private @f_vjp(%x: tensor<2xf64>, %ct: tensor<2xf64>) -> tensor<2xf64> {
      %r = plx.pointwise mul(%x, %ct) : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64>
      return %r : tensor<2xf64>
    }
    func.func @half(%x: tensor<2xf64> {plx.input = dense<1.0> : tensor<2xf64>}) -> tensor<2xf64> attributes {plx.runs} {
      %r = plx.call @f(%x) vjp @f_vjp : (tensor<2xf64>) -> tensor<2xf64>
      return %r : tensor<2xf64>
    })";
  auto module = mlir::parseSourceString<mlir::ModuleOp>(kText, &context);
  ASSERT_TRUE(module);
  auto tests = eval::valueTestsOf(*module);
  ASSERT_TRUE(succeeded(tests));
  EXPECT_NE(checkGradient(*module, tests->front()).find("by differences"), std::string::npos);
}

}  // namespace
}  // namespace plx
