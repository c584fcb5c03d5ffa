// Random well-typed programs.
//
//   mlir::OwningOpRef<mlir::ModuleOp> module = Generator(&context, seed).generate();
//
// The same seed gives the same program. Sizes are mostly 1 to 40, sometimes 0, some of them
// symbols; values are used again and again, so that fusion has decisions to make. Each value
// carries an interval of what its elements can be: functions are applied within their domains, and
// what grows is clamped, so that results stay finite and small differences stay small.
#ifndef PLEXUS_TESTS_FUZZ_GENERATOR_H
#define PLEXUS_TESTS_FUZZ_GENERATOR_H

#include <vector>

#include "ir/types/Dim.h"
#include "ir/types/ScalarFn.h"
#include "mlir/IR/Builders.h"
#include "tests/fuzz/Case.h"
#include "tests/fuzz/Random.h"

namespace plx::fuzz {

class Generator {
 public:
  /// `context` has the plx and func dialects loaded.
  Generator(mlir::MLIRContext *context, uint64_t seed);
  mlir::OwningOpRef<mlir::ModuleOp> generate();

 private:
  using Dims = llvm::SmallVector<Dim>;
  using Ints = llvm::SmallVector<int64_t>;
  /// What the elements of a value lie in; nothing holds for NaN.
  struct Interval {
    double low, high;
  };
  struct Known {
    mlir::Value value;
    Interval interval;
    unsigned uses = 0;
  };
  using Rule = void (Generator::*)();
  struct WeightedRule {
    unsigned weight;
    Rule rule;
  };
  static const std::vector<WeightedRule> &rules();

  // ---- sizes
  void choosePool();
  Dim constant(int64_t value) { return Dim::constant(context_, value); }
  Dim randomDim();
  Dims randomDims(int64_t maxRank);
  int64_t sizeOf(Dim dim);
  int64_t numElements(llvm::ArrayRef<Dim> dims);
  bool isSmall(llvm::ArrayRef<Dim> dims) { return numElements(dims) <= 6000; }
  static int64_t rankOf(mlir::Value value);
  static mlir::Type elementOf(mlir::Value value);
  int64_t sizeOf(mlir::Value value, int64_t axis) { return sizeOf(dimOf(value.getType(), axis)); }

  // ---- values
  mlir::Type randomElement();
  /// A new input of @main with elements in the interval.
  mlir::Value input(mlir::Type element, llvm::ArrayRef<Dim> dims, Interval interval);
  mlir::Value input(mlir::Type element, llvm::ArrayRef<Dim> dims);
  void note(mlir::Value value, Interval interval);
  Interval intervalOf(mlir::Value value);
  /// One of the values there are, mostly a late one; `wanted` null: any. Null where there is none.
  mlir::Value pick(llvm::function_ref<bool(mlir::Value)> wanted);
  mlir::Value pickAny();
  mlir::Value pickFloat();
  mlir::Value pickNumber();
  /// A value of this type: one there is, a broadcast of one, a constant, or an input.
  mlir::Value like(mlir::Type element, llvm::ArrayRef<Dim> dims);
  /// `value` with its elements brought into [low, high] by min and max where they are not.
  mlir::Value within(mlir::Value value, double low, double high);
  mlir::Value scalarLike(double number, mlir::Value like);

  // ---- ops: each takes operands from the values there are and notes its result
  llvm::SmallVector<mlir::Type> inferred(mlir::RegisteredOperationName name,
                                         mlir::ValueRange operands,
                                         llvm::ArrayRef<mlir::NamedAttribute> attributes);
  mlir::Value make(llvm::StringRef name, mlir::ValueRange operands,
                   llvm::ArrayRef<mlir::NamedAttribute> attributes, mlir::Type type = {});
  mlir::NamedAttribute attr(llvm::StringRef name, mlir::Attribute value);
  mlir::NamedAttribute ints(llvm::StringRef name, llvm::ArrayRef<int64_t> values);
  mlir::NamedAttribute number(llvm::StringRef name, int64_t value);
  mlir::NamedAttribute text(llvm::StringRef name, llvm::StringRef value);
  mlir::Value apply(ScalarFn fn, mlir::ValueRange operands);

  void floatUnary();
  void floatBinary();
  void intUnary();
  void intBinary();
  void compareAndSelect();
  void castValue();
  void quantizeValue();
  void dequantizeValue();
  void reshapeValue();
  void broadcastValue();
  void transposeValue();
  void sliceValue();
  void padValue();
  void concatValues();
  void gatherValue();
  void iotaValue();
  void dimsOfValue();
  void reduceValue();
  void argReduceValue();
  void cumulativeValue();
  void windowValue();
  void dotValues();
  void convolve();
  void softmax();
  void normalize();

  void constantValue();
  void randomBits();
  void sortValue();
  void scatterValue();
  void attend();

  // ---- regions
  void branch();
  void loop();
  void scan();
  std::unique_ptr<mlir::Region> region(
      llvm::ArrayRef<mlir::Type> arguments,
      llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::Block &)> body);
  mlir::Value computed(mlir::Type type);
  llvm::SmallVector<mlir::Value> makeWithRegions(
      llvm::StringRef name, mlir::ValueRange operands,
      llvm::ArrayRef<mlir::NamedAttribute> attributes, llvm::ArrayRef<mlir::Type> types,
      llvm::MutableArrayRef<std::unique_ptr<mlir::Region>> regions);
  Dim freshSize(int64_t size);

  mlir::Value keptAlong(mlir::Value reduced, mlir::Value whole, int64_t axis);
  void chooseOutputs();

  mlir::MLIRContext *context_;
  Random random_;
  mlir::OpBuilder b_;
  mlir::Location loc_;
  mlir::func::FuncOp main_;
  std::vector<Known> values_;
  llvm::DenseMap<mlir::Value, Interval> intervals_;
  llvm::SmallVector<std::pair<Dim, int64_t>> symbols_;
  Dims pool_;
  Dims fresh_;              // symbols that the run gives values, beside those of inputs
  bool exactOnly_ = false;  // in a region
};

}  // namespace plx::fuzz

#endif  // PLEXUS_TESTS_FUZZ_GENERATOR_H
