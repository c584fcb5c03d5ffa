// Values of the reference evaluator: small host tensors, sequences, optionals.
#ifndef PLEXUS_IR_EVAL_VALUE_H
#define PLEXUS_IR_EVAL_VALUE_H

#include <complex>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "ir/types/Dim.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include "mlir/Support/LLVM.h"

namespace plx::eval {

/// A dense tensor, row-major. Floats of every type are held as double, already rounded to their
/// type; ints of every type as int64 bits, wrapped to their width (u64 as its two's complement);
/// bool 0 or 1. Copying shares the elements; writing
/// (`floats()` etc. non-const) makes them its own first.
class Tensor {
 public:
  using Floats = std::vector<double>;
  using Ints = std::vector<int64_t>;
  using Complexes = std::vector<std::complex<double>>;
  using Strings = std::vector<std::string>;

  Tensor() = default;
  /// Zeros (empty strings). `shape` entries are >= 0; their product must fit memory (callers
  /// check).
  Tensor(mlir::Type elementType, llvm::ArrayRef<int64_t> shape);

  mlir::Type elementType() const { return elementType_; }
  llvm::ArrayRef<int64_t> shape() const { return shape_; }
  int64_t rank() const { return static_cast<int64_t>(shape_.size()); }
  int64_t numElements() const { return numElements_; }
  bool isFloat() const;
  bool isInt() const;  // bool too

  const Floats &floats() const;
  Floats &floats();
  const Ints &ints() const;
  Ints &ints();
  const Complexes &complexes() const;
  Complexes &complexes();
  const Strings &strings() const;
  Strings &strings();

  /// Rounds (floats) or wraps (ints) `value` to the element type and stores it at linear position
  /// `i`.
  void setFloat(int64_t i, double value);
  void setInt(int64_t i, int64_t value);
  /// Copies an element of a tensor of the same element type, whatever it is.
  void copyElement(int64_t i, const Tensor &source, int64_t j);

  /// The same elements under another shape (same number) or element type of the same kind.
  Tensor withShape(llvm::ArrayRef<int64_t> shape) const;

  /// From and to packed little-endian bytes as plx programs hold them (bool and sub-byte types a
  /// byte an element).
  static mlir::FailureOr<Tensor> fromBytes(mlir::Type elementType, llvm::ArrayRef<int64_t> shape,
                                           llvm::ArrayRef<char> bytes);
  std::vector<char> toBytes() const;
  static Tensor fromAttr(mlir::DenseElementsAttr attr);
  mlir::DenseElementsAttr toAttr() const;  // static type; not for strings

 private:
  mlir::Type elementType_;
  llvm::SmallVector<int64_t> shape_;
  int64_t numElements_ = 0;
  std::shared_ptr<std::variant<Floats, Ints, Complexes, Strings>> data_;
};

/// Nearest value of a float type (round half to even; overflow as IEEE says for the type), as
/// double.
double roundTo(mlir::Type floatType, double value);
/// Wraps to the width and signedness of an int type.
int64_t wrapTo(mlir::Type intType, int64_t value);

/// Steps through all index vectors of `shape` in row-major order: `for (Index i(shape); i; ++i)
/// use(*i, i.linear())`.
class Index {
 public:
  explicit Index(llvm::ArrayRef<int64_t> shape);
  explicit operator bool() const { return !done_; }
  Index &operator++();
  llvm::ArrayRef<int64_t> operator*() const { return index_; }
  int64_t linear() const { return linear_; }

 private:
  llvm::SmallVector<int64_t> shape_, index_;
  int64_t linear_ = 0;
  bool done_;
};
/// Linear position of an index vector.
int64_t linearize(llvm::ArrayRef<int64_t> index, llvm::ArrayRef<int64_t> shape);

struct Value;
struct Sequence {
  std::vector<Value> items;
};
struct Optional {
  std::shared_ptr<Value> value;  // null: none
};
/// What an SSA value of plx holds.
struct Value {
  std::variant<Tensor, Sequence, Optional> is;
  Value() = default;
  Value(Tensor tensor) : is(std::move(tensor)) {}  // NOLINT: implicit on purpose
  Value(Sequence sequence) : is(std::move(sequence)) {}
  Value(Optional optional) : is(std::move(optional)) {}
  const Tensor &tensor() const { return std::get<Tensor>(is); }
  const Sequence &sequence() const { return std::get<Sequence>(is); }
  const Optional &optional() const { return std::get<Optional>(is); }
};

/// What an op's evaluation may ask of its surroundings. One a function call or region run; not
/// thread-safe.
class Scope {
 public:
  virtual ~Scope();
  /// Value of a Dim under the symbols bound so far; failure (with a message) if one is unbound or
  /// the value is negative where it may not be.
  virtual mlir::FailureOr<int64_t> valueOf(Dim dim, mlir::Operation *op) = 0;
  mlir::FailureOr<llvm::SmallVector<int64_t>> valuesOf(llvm::ArrayRef<Dim> dims,
                                                       mlir::Operation *op);
  /// Sizes of a result type.
  mlir::FailureOr<llvm::SmallVector<int64_t>> shapeOf(mlir::Type tensor, mlir::Operation *op);
  /// Gives a symbol its value; if it has another one already, fails with a message.
  virtual mlir::LogicalResult bind(DimAtom symbol, int64_t value, mlir::Operation *op) = 0;
  /// Runs a region of `op` with these arguments in a nested scope; gives the operands of its
  /// terminator. Values and symbols of enclosing scopes stay visible; symbols that stand alone as
  /// sizes of the region's argument types and have no value yet are bound from the arguments, in
  /// the nested scope (anew each time), and their other sizes checked.
  virtual mlir::FailureOr<llvm::SmallVector<Value>> run(mlir::Region &region,
                                                        llvm::ArrayRef<Value> arguments) = 0;
  /// Calls a function of the module.
  virtual mlir::FailureOr<llvm::SmallVector<Value>> call(llvm::StringRef function,
                                                         llvm::ArrayRef<Value> arguments,
                                                         mlir::Operation *op) = 0;
  /// Bytes of a named parameter.
  virtual mlir::FailureOr<Tensor> parameter(llvm::StringRef name, mlir::Operation *op) = 0;
  /// Records what went wrong at `op` ("gather: index 7 is out of range [0, 5) ..."); always
  /// failure.
  virtual mlir::LogicalResult fail(mlir::Operation *op, const llvm::Twine &message) = 0;
};

}  // namespace plx::eval

#endif  // PLEXUS_IR_EVAL_VALUE_H
