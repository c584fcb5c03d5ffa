// Tensors and scopes of the reference evaluator: storage, and the way from and to attributes and
// bytes.
#include <cstring>

#include "ir/eval/Rounding.h"
#include "ir/eval/Value.h"
#include "ir/types/Types.h"
#include "llvm/ADT/STLExtras.h"

namespace plx::eval {

// ---- storage
// ---------------------------------------------------------------------------------------------------------

static int64_t productOf(llvm::ArrayRef<int64_t> shape) {
  int64_t product = 1;
  for (int64_t size : shape) product *= size;
  return product;
}

Tensor::Tensor(mlir::Type elementType, llvm::ArrayRef<int64_t> shape)
    : elementType_(elementType), shape_(shape), numElements_(productOf(shape)) {
  using Data = std::variant<Floats, Ints, Complexes, Strings>;
  if (mlir::isa<mlir::FloatType>(elementType))
    data_ = std::make_shared<Data>(Floats(numElements_));
  else if (mlir::isa<mlir::ComplexType>(elementType))
    data_ = std::make_shared<Data>(Complexes(numElements_));
  else if (mlir::isa<StringType>(elementType))
    data_ = std::make_shared<Data>(Strings(numElements_));
  else
    data_ = std::make_shared<Data>(Ints(numElements_));
}

bool Tensor::isFloat() const { return mlir::isa<mlir::FloatType>(elementType_); }
bool Tensor::isInt() const { return elementType_.isIntOrIndex(); }

/// The elements for writing: shared ones are copied first.
template <typename Elements, typename Data>
static Elements &own(std::shared_ptr<Data> &data) {
  if (data.use_count() > 1) data = std::make_shared<Data>(*data);
  return std::get<Elements>(*data);
}

const Tensor::Floats &Tensor::floats() const { return std::get<Floats>(*data_); }
Tensor::Floats &Tensor::floats() { return own<Floats>(data_); }
const Tensor::Ints &Tensor::ints() const { return std::get<Ints>(*data_); }
Tensor::Ints &Tensor::ints() { return own<Ints>(data_); }
const Tensor::Complexes &Tensor::complexes() const { return std::get<Complexes>(*data_); }
Tensor::Complexes &Tensor::complexes() { return own<Complexes>(data_); }
const Tensor::Strings &Tensor::strings() const { return std::get<Strings>(*data_); }
Tensor::Strings &Tensor::strings() { return own<Strings>(data_); }

void Tensor::setFloat(int64_t i, double value) { floats()[i] = roundTo(elementType_, value); }
void Tensor::setInt(int64_t i, int64_t value) { ints()[i] = wrapTo(elementType_, value); }

void Tensor::copyElement(int64_t i, const Tensor &source, int64_t j) {
  std::visit([&](const auto &from) { own<std::decay_t<decltype(from)>>(data_)[i] = from[j]; },
             *source.data_);
}

Tensor Tensor::withShape(llvm::ArrayRef<int64_t> shape) const {
  assert(productOf(shape) == numElements_ && "withShape keeps the number of elements");
  Tensor result = *this;
  result.shape_.assign(shape.begin(), shape.end());
  return result;
}

// ---- bytes and attributes
// --------------------------------------------------------------------------------------------

namespace {
/// Reads and writes elements of one type as little-endian bytes (the host's order: x86-64 and
/// AArch64).
template <typename Word>
Word wordAt(llvm::ArrayRef<char> bytes, size_t i) {
  Word word;
  std::memcpy(&word, bytes.data() + i * sizeof(Word), sizeof(Word));
  return word;
}

int64_t signedWordAt(llvm::ArrayRef<char> bytes, size_t i, int64_t width) {
  switch (width) {
    case 1:
      return wordAt<int8_t>(bytes, i);
    case 2:
      return wordAt<int16_t>(bytes, i);
    case 4:
      return wordAt<int32_t>(bytes, i);
    default:
      return wordAt<int64_t>(bytes, i);
  }
}

void readFloats(mlir::FloatType type, llvm::ArrayRef<char> bytes, Tensor::Floats &out) {
  if (type.isF64()) {
    for (size_t i = 0; i < out.size(); ++i) out[i] = wordAt<double>(bytes, i);
    return;
  }
  if (type.isF32()) {
    for (size_t i = 0; i < out.size(); ++i) out[i] = wordAt<float>(bytes, i);
    return;
  }
  int64_t width = bytesOfElement(type);
  unsigned bits = type.getWidth();
  uint64_t mask = (uint64_t{1} << bits) - 1;
  // Decoding goes through APFloat; a table of all patterns pays off where there are more elements
  // than patterns.
  std::vector<double> table;
  if (out.size() > mask)
    for (uint64_t pattern = 0; pattern <= mask; ++pattern)
      table.push_back(decodeFloat(type, pattern));
  for (size_t i = 0; i < out.size(); ++i) {
    uint64_t pattern = static_cast<uint64_t>(signedWordAt(bytes, i, width)) & mask;
    out[i] = table.empty() ? decodeFloat(type, pattern) : table[pattern];
  }
}

void writeWord(std::vector<char> &bytes, size_t i, uint64_t word, int64_t width) {
  std::memcpy(bytes.data() + i * width, &word, width);
}
}  // namespace

mlir::FailureOr<Tensor> Tensor::fromBytes(mlir::Type elementType, llvm::ArrayRef<int64_t> shape,
                                          llvm::ArrayRef<char> bytes) {
  int64_t width = bytesOfElement(elementType);
  int64_t count = 1;
  for (int64_t size : shape)
    if (size < 0 || __builtin_mul_overflow(count, size, &count)) return mlir::failure();
  int64_t total;
  if (width == 0 || __builtin_mul_overflow(count, width, &total) ||
      total != static_cast<int64_t>(bytes.size()))
    return mlir::failure();
  Tensor result(elementType, shape);
  if (auto type = mlir::dyn_cast<mlir::FloatType>(elementType)) {
    readFloats(type, bytes, result.floats());
  } else if (auto type = mlir::dyn_cast<mlir::ComplexType>(elementType)) {
    Floats parts(2 * count);
    readFloats(mlir::cast<mlir::FloatType>(type.getElementType()), bytes, parts);
    for (int64_t i = 0; i < count; ++i) result.complexes()[i] = {parts[2 * i], parts[2 * i + 1]};
  } else {
    Ints &ints = result.ints();
    for (int64_t i = 0; i < count; ++i)
      ints[i] = wrapTo(elementType, signedWordAt(bytes, i, width));
  }
  return result;
}

std::vector<char> Tensor::toBytes() const {
  int64_t width = bytesOfElement(elementType_);
  std::vector<char> bytes(numElements_ * width);
  if (auto type = mlir::dyn_cast<mlir::FloatType>(elementType_)) {
    for (int64_t i = 0; i < numElements_; ++i)
      writeWord(bytes, i, encodeFloat(type, floats()[i]), width);
  } else if (auto type = mlir::dyn_cast<mlir::ComplexType>(elementType_)) {
    auto part = mlir::cast<mlir::FloatType>(type.getElementType());
    for (int64_t i = 0; i < numElements_; ++i) {
      writeWord(bytes, 2 * i, encodeFloat(part, complexes()[i].real()), width / 2);
      writeWord(bytes, 2 * i + 1, encodeFloat(part, complexes()[i].imag()), width / 2);
    }
  } else if (isInt()) {
    for (int64_t i = 0; i < numElements_; ++i)
      writeWord(bytes, i, static_cast<uint64_t>(ints()[i]), width);
  }
  return bytes;
}

/// DenseElementsAttr keeps elements of whole bytes as this class does; narrower ones are left to
/// MLIR's iterators.
static bool isWholeBytes(mlir::Type element) {
  if (mlir::isa<mlir::ComplexType>(element)) return true;
  return element.isIntOrFloat() && element.getIntOrFloatBitWidth() % 8 == 0;
}

/// Elements narrower than a byte, and those of which there is one for all.
static void readEach(mlir::DenseElementsAttr attr, Tensor &result) {
  int64_t i = 0;
  if (result.isFloat()) {
    auto type = mlir::cast<mlir::FloatType>(result.elementType());
    for (const llvm::APFloat &value : attr.getValues<llvm::APFloat>())
      result.floats()[i++] = decodeFloat(type, value.bitcastToAPInt().getZExtValue());
    return;
  }
  for (const llvm::APInt &value : attr.getValues<llvm::APInt>())
    result.setInt(i++, static_cast<int64_t>(value.getZExtValue()));
}

Tensor Tensor::fromAttr(mlir::DenseElementsAttr attr) {
  mlir::Type element = attr.getElementType();
  llvm::ArrayRef<int64_t> shape = attr.getType().getShape();
  if (auto strings = mlir::dyn_cast<mlir::DenseStringElementsAttr>(attr)) {
    Tensor result(element, shape);
    llvm::ArrayRef<llvm::StringRef> raw = strings.getRawStringData();
    for (int64_t i = 0; i < result.numElements(); ++i)
      result.strings()[i] = (attr.isSplat() ? raw[0] : raw[i]).str();
    return result;
  }
  if (!isWholeBytes(element)) {
    Tensor result(element, shape);
    readEach(attr, result);
    return result;
  }
  if (!attr.isSplat()) return *fromBytes(element, shape, attr.getRawData());
  Tensor one = *fromBytes(element, {1}, attr.getRawData());
  Tensor result(element, shape);
  std::visit(
      [&](const auto &from) {
        auto &to = own<std::decay_t<decltype(from)>>(result.data_);
        std::fill(to.begin(), to.end(), from[0]);
      },
      *one.data_);
  return result;
}

mlir::DenseElementsAttr Tensor::toAttr() const {
  auto type = mlir::RankedTensorType::get(shape_, elementType_);
  if (isWholeBytes(elementType_)) {
    if (numElements_ == 0)
      return mlir::DenseElementsAttr::get(type, llvm::ArrayRef<mlir::Attribute>());
    std::vector<char> bytes = toBytes();
    // One for all where all are equal, so that equal tensors are one attribute.
    size_t width = bytesOfElement(elementType_);
    if (std::equal(bytes.begin() + width, bytes.end(), bytes.begin())) bytes.resize(width);
    return mlir::DenseElementsAttr::getFromRawBuffer(type, bytes);
  }
  llvm::SmallVector<mlir::Attribute> elements;
  for (int64_t i = 0; i < numElements_; ++i) {
    if (auto element = mlir::dyn_cast<mlir::FloatType>(elementType_))
      elements.push_back(mlir::FloatAttr::get(
          element,
          llvm::APFloat(element.getFloatSemantics(),
                        llvm::APInt(element.getWidth(), encodeFloat(element, floats()[i])))));
    else
      elements.push_back(mlir::IntegerAttr::get(
          elementType_, llvm::APInt(elementType_.getIntOrFloatBitWidth(),
                                    static_cast<uint64_t>(ints()[i]), /*isSigned=*/false,
                                    /*implicitTrunc=*/true)));
  }
  return mlir::DenseElementsAttr::get(type, elements);
}

// ---- indices
// ---------------------------------------------------------------------------------------------------------

Index::Index(llvm::ArrayRef<int64_t> shape)
    : shape_(shape), index_(shape.size(), 0), done_(llvm::is_contained(shape, 0)) {}

Index &Index::operator++() {
  ++linear_;
  for (size_t d = shape_.size(); d-- > 0;) {
    if (++index_[d] < shape_[d]) return *this;
    index_[d] = 0;
  }
  done_ = true;
  return *this;
}

int64_t linearize(llvm::ArrayRef<int64_t> index, llvm::ArrayRef<int64_t> shape) {
  int64_t linear = 0;
  for (auto [i, size] : llvm::zip(index, shape)) linear = linear * size + i;
  return linear;
}

// ---- scopes
// ----------------------------------------------------------------------------------------------------------

Scope::~Scope() = default;

mlir::FailureOr<llvm::SmallVector<int64_t>> Scope::valuesOf(llvm::ArrayRef<Dim> dims,
                                                            mlir::Operation *op) {
  llvm::SmallVector<int64_t> values;
  for (Dim dim : dims) {
    mlir::FailureOr<int64_t> value = valueOf(dim, op);
    if (failed(value)) return mlir::failure();
    values.push_back(*value);
  }
  return values;
}

mlir::FailureOr<llvm::SmallVector<int64_t>> Scope::shapeOf(mlir::Type tensor, mlir::Operation *op) {
  mlir::FailureOr<llvm::SmallVector<int64_t>> shape = valuesOf(dimsOf(tensor), op);
  if (failed(shape)) return mlir::failure();
  int64_t count = 1;
  for (auto [axis, size] : llvm::enumerate(*shape)) {
    if (size < 0)
      return fail(op, "size `" + dimOf(tensor, axis).str() + "` along dim " + llvm::Twine(axis) +
                          " is " + llvm::Twine(size) + "; sizes are not negative");
    if (__builtin_mul_overflow(count, size, &count) || count > kMaxElements)
      return fail(op, "a result of more than " + llvm::Twine(kMaxElements) +
                          " elements is beyond the reference evaluator");
  }
  return shape;
}

}  // namespace plx::eval
