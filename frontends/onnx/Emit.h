// How converters write plx: ir/ops/Build.h in method form, with numpy's broadcasting everywhere,
// numbers as operands, and an exception (Refusal) instead of null values, so that a converter reads
// like the formula it implements.
//
// Everything folds as it is created: shape arithmetic of exporters disappears while the graph is
// imported.
#ifndef PLEXUS_FRONTENDS_ONNX_EMIT_H
#define PLEXUS_FRONTENDS_ONNX_EMIT_H

#include <optional>

#include "frontends/onnx/Refusal.h"
#include "frontends/onnx/Symbolic.h"
#include "frontends/onnx/Symbols.h"
#include "ir/types/Dim.h"
#include "ir/types/ScalarFn.h"
#include "ir/types/Types.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"

namespace plx::onnxio {

using mlir::Type;
using mlir::Value;
using Dims = llvm::SmallVector<Dim>;
using Ints = llvm::SmallVector<int64_t>;
using Values = llvm::SmallVector<Value>;

/// An operand: a value, or a number that becomes a scalar of the other operands' type.
struct Arg {
  Arg(Value value) : value(value) {}  // NOLINT: implicit on purpose
  Arg(double number) : number(number) {}
  Arg(int number) : number(number) {}
  Value value;
  double number = 0;
};

/// What all emission of one import shares.
struct EmitState {
  mlir::OpBuilder builder;
  Symbols symbols;
  std::string lastError;  // text of the last diagnostic
  const SymbolicInputs *symbolic = nullptr;
};

class Emit {
 public:
  Emit(EmitState &state, mlir::Location loc) : state_(state), loc_(loc) {}
  mlir::OpBuilder &builder() { return state_.builder; }
  mlir::MLIRContext *context() { return state_.builder.getContext(); }
  mlir::Location loc() const { return loc_; }

  // ---- types and sizes
  Type f32() { return builder().getF32Type(); }
  Type f64() { return builder().getF64Type(); }
  Type i64() { return builder().getI64Type(); }
  Type i32() { return builder().getI32Type(); }
  Type i1() { return builder().getI1Type(); }
  static Type elem(Value x) {
    return mlir::cast<mlir::RankedTensorType>(x.getType()).getElementType();
  }
  static int64_t rank(Value x) { return mlir::cast<mlir::RankedTensorType>(x.getType()).getRank(); }
  static bool isFloat(Value x) { return mlir::isa<mlir::FloatType>(elem(x)); }
  static bool isString(Value x) { return mlir::isa<StringType>(elem(x)); }
  static bool isTensor(Value x) { return mlir::isa<mlir::RankedTensorType>(x.getType()); }
  Dim k(int64_t value) { return Dim::constant(context(), value); }
  Dims ks(llvm::ArrayRef<int64_t> values);
  static Dims dims(Value x) { return dimsOf(x.getType()); }
  Dim dim(Value x, int64_t axis);  // negative axes count from the end
  /// Sizes that must be numbers; unsupported otherwise ("`what` has the symbolic size ...").
  Ints staticDims(Value x, llvm::StringRef what);
  /// Elements of a list of sizes or axes, whose number is some tensor's rank; nothing where it is
  /// known only when the program runs, or where `list` is no list.
  std::optional<int64_t> lengthOf(Value list);
  /// The last dim of an index, which is a number of axes.
  std::optional<int64_t> depthOf(Value index);
  /// `axis` in [-rank, rank) brought to [0, rank); invalid otherwise.
  int64_t axis(int64_t axis, int64_t rank);
  Ints axes(llvm::ArrayRef<int64_t> axes, int64_t rank);  // sorted, distinct

  // ---- any op
  /// An op by name; `types` empty: inferred. Folded where possible.
  Values ops(llvm::StringRef name, mlir::ValueRange operands,
             llvm::ArrayRef<mlir::NamedAttribute> attributes = {}, llvm::ArrayRef<Type> types = {});
  Value op(llvm::StringRef name, mlir::ValueRange operands,
           llvm::ArrayRef<mlir::NamedAttribute> attributes = {}, Type type = {});
  /// An op with regions, whose terminators are there; result types are given.
  Values regionsOp(llvm::StringRef name, mlir::ValueRange operands,
                   llvm::ArrayRef<mlir::NamedAttribute> attributes,
                   llvm::MutableArrayRef<std::unique_ptr<mlir::Region>> regions,
                   llvm::ArrayRef<Type> types);
  /// A call of a host function; sizes of `types` named in `fresh` are those that it gives.
  Values host(llvm::StringRef function, mlir::ValueRange operands,
              llvm::ArrayRef<mlir::NamedAttribute> settings, llvm::ArrayRef<Type> types,
              const std::vector<std::string> &fresh = {});
  /// How many operands each group of a variadic op has.
  mlir::NamedAttribute segments(llvm::ArrayRef<int64_t> sizes);
  mlir::NamedAttribute attr(llvm::StringRef name, mlir::Attribute value);
  mlir::NamedAttribute intAttr(llvm::StringRef name, int64_t value);
  mlir::NamedAttribute intsAttr(llvm::StringRef name, llvm::ArrayRef<int64_t> values);
  mlir::NamedAttribute floatsAttr(llvm::StringRef name, llvm::ArrayRef<double> values);
  mlir::NamedAttribute strAttr(llvm::StringRef name, llvm::StringRef value);
  mlir::NamedAttribute strsAttr(llvm::StringRef name, llvm::ArrayRef<std::string> values);
  mlir::NamedAttribute unitAttr(llvm::StringRef name);

  // ---- constants
  Value scalar(double value, Type element);
  Value scalarInt(int64_t value, Type element);
  Value ints(llvm::ArrayRef<int64_t> values);  // tensor<Nxi64>
  Value floats(llvm::ArrayRef<double> values, Type element, llvm::ArrayRef<int64_t> shape = {});
  Value constant(mlir::ElementsAttr value);
  Value splat(double value, Type element, llvm::ArrayRef<Dim> dims);
  Value iota(int64_t axis, Type element, llvm::ArrayRef<Dim> dims);
  Value dimsAsValue(llvm::ArrayRef<Dim> dims);  // tensor<Nxi64>
  Value dimAsValue(Dim dim);                    // tensor<i64>
  /// -inf, or the lowest int.
  Value lowest(Type element);
  Value highest(Type element);

  // ---- what is known of values
  std::optional<Dims> knownDims(Value ints);
  std::optional<Ints> knownInts(Value ints);
  std::optional<llvm::SmallVector<double>> knownFloats(Value x);
  mlir::DenseElementsAttr knownConstant(Value x);  // null if it is none
  /// Known, or bound to fresh symbols here. `stem` begins their names.
  Dims bindDims(Value ints, llvm::StringRef stem, int64_t lowerBound);
  /// A symbol for an expression: products of many such sizes stay small.
  Dim symbolFor(Dim size, llvm::StringRef stem);
  std::string fresh(llvm::StringRef stem) { return state_.symbols.fresh(stem); }

  // ---- pointwise, broadcasting as numpy does
  Value fn(ScalarFn fn, llvm::ArrayRef<Arg> args);
#define PLX_SCALAR_FN(name, arity, domain, result, cost) PLX_EMIT_##arity(name)
#define PLX_EMIT_1(name) \
  Value name##_(Arg x) { return fn(ScalarFn::name##_, {x}); }
#define PLX_EMIT_2(name) \
  Value name##_(Arg x, Arg y) { return fn(ScalarFn::name##_, {x, y}); }
#define PLX_EMIT_3(name) \
  Value name##_(Arg c, Arg x, Arg y) { return fn(ScalarFn::name##_, {c, x, y}); }
#include "ir/types/ScalarFn.def"
#undef PLX_EMIT_1
#undef PLX_EMIT_2
#undef PLX_EMIT_3
  Value cast(Value x, Type element, bool saturate = true);
  Value bitcast(Value x, Type element);
  /// Floats narrower than f32 as f32, others as they are; a composition computes in the wide type
  /// and goes back by `cast`.
  Value wide(Value x);
  Value clamp(Value x, Arg low, Arg high) { return min_(max_(x, low), high); }

  // ---- views
  Value broadcastTo(Value x, llvm::ArrayRef<Dim> dims);
  /// Operand dim i along result dim along[i].
  Value broadcastAlong(Value x, llvm::ArrayRef<int64_t> along, llvm::ArrayRef<Dim> dims);
  /// Both shapes' common one.
  Dims commonDims(llvm::ArrayRef<Dims> shapes);
  Value reshape(Value x, llvm::ArrayRef<Dim> dims);
  Value rebind(Value x, llvm::ArrayRef<Dim> dims);
  /// `x` with this size along an axis, where it may be equal: claimed by a rebind, checked at run
  /// time. Sizes that are provably different stay, for the op's own message.
  Value withSize(Value x, int64_t axis, Dim size);
  Value transpose(Value x, llvm::ArrayRef<int64_t> permutation);
  Value slice(Value x, llvm::ArrayRef<Dim> starts, llvm::ArrayRef<Dim> sizes,
              llvm::ArrayRef<Dim> steps);
  Value sliceAxis(Value x, int64_t axis, Dim start, Dim size);
  Value sliceAxis(Value x, int64_t axis, int64_t start, int64_t size) {
    return sliceAxis(x, axis, k(start), k(size));
  }
  Value reverse(Value x, llvm::ArrayRef<int64_t> axes);
  Value pad(Value x, Value value, llvm::ArrayRef<Dim> low, llvm::ArrayRef<Dim> high,
            llvm::ArrayRef<Dim> interior = {});
  Value concat(int64_t axis, llvm::ArrayRef<Value> operands);
  Value expandDims(Value x, llvm::ArrayRef<int64_t> axes);
  Value squeeze(Value x, llvm::ArrayRef<int64_t> axes);
  /// A vector along `axis` of a tensor of rank `rank`: [1, .., n, .., 1].
  Value along(Value vector, int64_t axis, int64_t rank);

  // ---- the rest of the language
  Value reduce(llvm::StringRef kind, Value x, llvm::ArrayRef<int64_t> axes, bool keepDims = false);
  Value mean(Value x, llvm::ArrayRef<int64_t> axes, bool keepDims = false);
  Value gather(Value x, llvm::ArrayRef<Value> indices, llvm::ArrayRef<int64_t> axes,
               int64_t position);
  Value take(Value x, Value indices, int64_t axis) { return gather(x, {indices}, {axis}, axis); }
  Value scatter(llvm::StringRef kind, Value x, Value updates, llvm::ArrayRef<Value> indices,
                llvm::ArrayRef<int64_t> axes, int64_t position);
  Value argReduce(llvm::StringRef kind, Value x, int64_t axis, bool last = false);
  Value cumulative(llvm::StringRef kind, Value x, int64_t axis, bool exclusive = false,
                   bool reverse = false);
  Value dot(Value a, Value b, llvm::ArrayRef<int64_t> aBatch, llvm::ArrayRef<int64_t> bBatch,
            llvm::ArrayRef<int64_t> aContract, llvm::ArrayRef<int64_t> bContract);
  /// numpy.matmul.
  Value matmul(Value a, Value b);
  Value convolution(Value x, Value w, llvm::ArrayRef<int64_t> strides,
                    llvm::ArrayRef<int64_t> dilations, int64_t groups);
  Value reduceWindow(llvm::StringRef kind, Value x, llvm::ArrayRef<int64_t> window,
                     llvm::ArrayRef<int64_t> strides, llvm::ArrayRef<int64_t> dilations);
  Value softmax(Value x, int64_t axis, bool log = false);

 private:
  std::optional<int64_t> rankGiving(Dim size, bool ofIndex);

 protected:
  Value check(Value value);
  EmitState &state_;
  mlir::Location loc_;
};

}  // namespace plx::onnxio

#endif  // PLEXUS_FRONTENDS_ONNX_EMIT_H
