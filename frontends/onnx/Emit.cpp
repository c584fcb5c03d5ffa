#include "frontends/onnx/Emit.h"

#include "ir/ops/Build.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"

namespace plx::onnxio {

Value Emit::check(Value value) {
  if (value) return value;
  std::string error = std::move(state_.lastError);
  state_.lastError.clear();
  invalid(error.empty() ? "an operation could not be built" : error);
}

// ---- types and sizes
// -------------------------------------------------------------------------------------------------

Dims Emit::ks(llvm::ArrayRef<int64_t> values) {
  Dims dims;
  for (int64_t value : values) dims.push_back(k(value));
  return dims;
}

Dim Emit::dim(Value x, int64_t a) { return dims(x)[axis(a, rank(x))]; }

Ints Emit::staticDims(Value x, llvm::StringRef what) {
  Ints sizes;
  for (Dim d : dims(x)) {
    if (!d.constant())
      unsupported(what + " has the symbolic size `" + d.str() + "`; a number is needed");
    sizes.push_back(*d.constant());
  }
  return sizes;
}

std::optional<int64_t> Emit::rankGiving(Dim size, bool ofIndex) {
  if (!size.constant() && state_.symbolic) state_.symbolic->demand(size, ofIndex);
  return size.constant();
}
std::optional<int64_t> Emit::lengthOf(Value list) {
  if (rank(list) != 1) return std::nullopt;
  std::optional<int64_t> length = rankGiving(dim(list, 0), false);
  if (!length && state_.symbolic) state_.symbolic->demandSources(list);
  return length;
}
std::optional<int64_t> Emit::depthOf(Value index) { return rankGiving(dim(index, -1), true); }

int64_t Emit::axis(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    invalid("axis " + llvm::Twine(axis) + " is outside [" + llvm::Twine(-rank) + ", " +
            llvm::Twine(rank) + ") of a tensor of rank " + llvm::Twine(rank));
  return axis < 0 ? axis + rank : axis;
}

Ints Emit::axes(llvm::ArrayRef<int64_t> given, int64_t rank) {
  Ints result;
  for (int64_t a : given) result.push_back(axis(a, rank));
  llvm::sort(result);
  if (std::adjacent_find(result.begin(), result.end()) != result.end())
    invalid("an axis is given twice");
  return result;
}

// ---- any op
// ----------------------------------------------------------------------------------------------------------

namespace {
// Properties of an op kind out of its attributes, for inference before there is an op.
class Properties {
 public:
  Properties(mlir::RegisteredOperationName name, mlir::DictionaryAttr attributes,
             llvm::function_ref<mlir::InFlightDiagnostic()> emitError)
      : name_(name), storage_((name.getOpPropertyByteSize() + 15) / 16) {
    if (storage_.empty()) return;
    properties_ = mlir::OpaqueProperties(storage_.data());
    name_.initOpProperties(properties_, mlir::OpaqueProperties(nullptr));
    ok_ = succeeded(name_.setOpPropertiesFromAttribute(name_, properties_, attributes, emitError));
  }
  ~Properties() {
    if (properties_) name_.destroyOpProperties(properties_);
  }
  bool ok() const { return ok_; }
  mlir::OpaqueProperties get() const { return properties_; }

 private:
  struct alignas(16) Unit {
    char bytes[16];
  };
  mlir::RegisteredOperationName name_;
  std::vector<Unit> storage_;
  mlir::OpaqueProperties properties_ = nullptr;
  bool ok_ = true;
};
}  // namespace

Values Emit::ops(llvm::StringRef name, mlir::ValueRange operands,
                 llvm::ArrayRef<mlir::NamedAttribute> attributes, llvm::ArrayRef<Type> types) {
  auto registered = mlir::RegisteredOperationName::lookup(name, context());
  if (!registered) unsupported("this build has no op " + name);
  mlir::DictionaryAttr dictionary = builder().getDictionaryAttr(attributes);
  llvm::SmallVector<Type> results(types);
  if (types.empty()) {
    Properties properties(*registered, dictionary, [&] { return mlir::emitError(loc_); });
    auto *infer = registered->getInterface<mlir::InferTypeOpInterface>();
    if (!infer || !properties.ok() ||
        failed(infer->inferReturnTypes(context(), loc_, operands, dictionary, properties.get(), {},
                                       results)))
      check({});
  }
  mlir::OperationState state(loc_, name);
  state.addOperands(operands);
  state.addAttributes(attributes);
  state.addTypes(results);
  mlir::Operation *created = builder().create(state);
  unsigned numResults = created->getNumResults();
  llvm::SmallVector<Value> values = build::finish(builder(), created);
  if (values.size() != numResults) check({});
  return values;
}

Values Emit::host(llvm::StringRef function, mlir::ValueRange operands,
                  llvm::ArrayRef<mlir::NamedAttribute> settings, llvm::ArrayRef<Type> types,
                  const std::vector<std::string> &fresh) {
  llvm::SmallVector<mlir::NamedAttribute> attributes{
      strAttr("function", function), attr("settings", builder().getDictionaryAttr(settings))};
  if (!fresh.empty()) attributes.push_back(strsAttr("fresh", fresh));
  return ops("plx.host", operands, attributes, types);
}

Value Emit::op(llvm::StringRef name, mlir::ValueRange operands,
               llvm::ArrayRef<mlir::NamedAttribute> attributes, Type type) {
  return ops(name, operands, attributes,
             type ? llvm::ArrayRef<Type>(type) : llvm::ArrayRef<Type>())[0];
}

Values Emit::regionsOp(llvm::StringRef name, mlir::ValueRange operands,
                       llvm::ArrayRef<mlir::NamedAttribute> attributes,
                       llvm::MutableArrayRef<std::unique_ptr<mlir::Region>> regions,
                       llvm::ArrayRef<Type> types) {
  if (!mlir::RegisteredOperationName::lookup(name, context()))
    unsupported("this build has no op " + name);
  mlir::OperationState state(loc_, name);
  state.addOperands(operands);
  state.addAttributes(attributes);
  state.addTypes(types);
  for (auto &region : regions) state.addRegion(std::move(region));
  llvm::SmallVector<Value> values = build::finish(builder(), builder().create(state));
  if (values.size() != types.size()) check({});
  return values;
}

mlir::NamedAttribute Emit::segments(llvm::ArrayRef<int64_t> sizes) {
  llvm::SmallVector<int32_t> narrow(sizes.begin(), sizes.end());
  return attr("operandSegmentSizes", builder().getDenseI32ArrayAttr(narrow));
}

mlir::NamedAttribute Emit::attr(llvm::StringRef name, mlir::Attribute value) {
  return builder().getNamedAttr(name, value);
}
mlir::NamedAttribute Emit::intAttr(llvm::StringRef name, int64_t value) {
  return attr(name, builder().getI64IntegerAttr(value));
}
mlir::NamedAttribute Emit::intsAttr(llvm::StringRef name, llvm::ArrayRef<int64_t> values) {
  return attr(name, builder().getDenseI64ArrayAttr(values));
}
mlir::NamedAttribute Emit::floatsAttr(llvm::StringRef name, llvm::ArrayRef<double> values) {
  return attr(name, builder().getDenseF64ArrayAttr(values));
}
mlir::NamedAttribute Emit::strAttr(llvm::StringRef name, llvm::StringRef value) {
  return attr(name, builder().getStringAttr(value));
}
mlir::NamedAttribute Emit::strsAttr(llvm::StringRef name, llvm::ArrayRef<std::string> values) {
  llvm::SmallVector<llvm::StringRef> refs(values.begin(), values.end());
  return attr(name, builder().getStrArrayAttr(refs));
}
mlir::NamedAttribute Emit::unitAttr(llvm::StringRef name) {
  return attr(name, builder().getUnitAttr());
}

// ---- constants
// -------------------------------------------------------------------------------------------------------

// Schemas hold operands of ONNX's own operators to their types; those of other domains may be of
// any.
static void requireNumber(Type element) {
  if (!mlir::isa<mlir::FloatType, mlir::IntegerType, mlir::ComplexType>(element))
    invalid("an operand is a tensor of strings, must be one of numbers");
}

Value Emit::scalar(double value, Type element) {
  requireNumber(element);
  return check(build::constantScalar(builder(), loc_, value, element));
}
Value Emit::scalarInt(int64_t value, Type element) {
  requireNumber(element);
  return check(build::constantInt(builder(), loc_, value, element));
}
Value Emit::ints(llvm::ArrayRef<int64_t> values) {
  return check(build::constantInts(builder(), loc_, values));
}

Value Emit::floats(llvm::ArrayRef<double> values, Type element, llvm::ArrayRef<int64_t> shape) {
  Ints dims(shape);
  if (dims.empty()) dims.push_back(values.size());
  llvm::SmallVector<mlir::Attribute> elements;
  for (double value : values) elements.push_back(builder().getFloatAttr(element, value));
  return constant(
      mlir::DenseElementsAttr::get(mlir::RankedTensorType::get(dims, element), elements));
}

Value Emit::constant(mlir::ElementsAttr value) {
  return check(build::constant(builder(), loc_, value));
}
Value Emit::splat(double value, Type element, llvm::ArrayRef<Dim> dims) {
  requireNumber(element);
  return check(build::splat(builder(), loc_, value, element, dims));
}
Value Emit::iota(int64_t axis, Type element, llvm::ArrayRef<Dim> dims) {
  requireNumber(element);
  return check(build::iota(builder(), loc_, axis, element, dims));
}
Value Emit::dimsAsValue(llvm::ArrayRef<Dim> dims) {
  return check(build::dimsValue(builder(), loc_, dims));
}
Value Emit::dimAsValue(Dim dim) { return check(build::dimValue(builder(), loc_, dim)); }

Value Emit::lowest(Type element) {
  requireNumber(element);
  mlir::TypedAttr neutral = neutralOf(FoldKind::Max, element);
  return constant(mlir::DenseElementsAttr::get(mlir::RankedTensorType::get({}, element),
                                               mlir::Attribute(neutral)));
}
Value Emit::highest(Type element) {
  requireNumber(element);
  mlir::TypedAttr neutral = neutralOf(FoldKind::Min, element);
  return constant(mlir::DenseElementsAttr::get(mlir::RankedTensorType::get({}, element),
                                               mlir::Attribute(neutral)));
}

// ---- what is known of values
// -----------------------------------------------------------------------------------------

std::optional<Dims> Emit::knownDims(Value ints) { return build::knownDims(ints); }

std::optional<Ints> Emit::knownInts(Value ints) {
  std::optional<Dims> known = knownDims(ints);
  if (!known) return std::nullopt;
  Ints result;
  for (Dim d : *known) {
    if (!d.constant()) return std::nullopt;
    result.push_back(*d.constant());
  }
  return result;
}

mlir::DenseElementsAttr Emit::knownConstant(Value x) {
  mlir::Attribute attribute;
  if (!x || !mlir::matchPattern(x, mlir::m_Constant(&attribute))) return {};
  return mlir::dyn_cast<mlir::DenseElementsAttr>(attribute);
}

std::optional<llvm::SmallVector<double>> Emit::knownFloats(Value x) {
  mlir::DenseElementsAttr constant = knownConstant(x);
  if (!constant || !mlir::isa<mlir::FloatType>(constant.getElementType())) return std::nullopt;
  llvm::SmallVector<double> result;
  for (llvm::APFloat value : constant.getValues<llvm::APFloat>()) {
    bool loses = false;
    value.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &loses);
    result.push_back(value.convertToDouble());
  }
  return result;
}

Dims Emit::bindDims(Value ints, llvm::StringRef stem, int64_t lowerBound) {
  if (std::optional<Dims> known = knownDims(ints)) return *known;
  lengthOf(ints);
  std::optional<llvm::SmallVector<Dim>> bound =
      build::dimsOrBind(builder(), loc_, ints, fresh(stem), lowerBound);
  if (!bound) check({});
  return *bound;
}

Dim Emit::symbolFor(Dim size, llvm::StringRef stem) {
  if (size.constant() || size.asSymbol()) return size;
  std::string name = fresh(stem);
  mlir::OperationState state(loc_, "plx.bind");
  state.addOperands(dimAsValue(size));
  state.addAttributes({strsAttr("names", {name}), intsAttr("lowerBounds", {0})});
  builder().create(state);
  return Dim::symbol(context(), name);
}

// ---- pointwise
// -------------------------------------------------------------------------------------------------------

Value Emit::fn(ScalarFn fn, llvm::ArrayRef<Arg> args) {
  Type element;
  for (const Arg &arg : args.drop_front(fn == ScalarFn::select_ ? 1 : 0))
    if (arg.value && !element) element = elem(arg.value);
  Values operands;
  for (const Arg &arg : args)
    operands.push_back(arg.value ? arg.value : scalar(arg.number, element));
  return check(build::broadcasting(builder(), loc_, fn, operands));
}

Value Emit::cast(Value x, Type element, bool saturate) {
  if (elem(x) == element) return x;
  return check(build::cast(builder(), loc_, x, element, saturate));
}
Value Emit::bitcast(Value x, Type element) {
  if (elem(x) == element) return x;
  return op("plx.bitcast", {x}, {}, tensorType(element, dims(x)));
}
Value Emit::wide(Value x) {
  auto type = mlir::dyn_cast<mlir::FloatType>(elem(x));
  return type && type.getWidth() < 32 ? cast(x, f32()) : x;
}

// ---- views
// -----------------------------------------------------------------------------------------------------------

Value Emit::broadcastTo(Value x, llvm::ArrayRef<Dim> dims) {
  return check(build::broadcastTo(builder(), loc_, x, dims));
}
Value Emit::broadcastAlong(Value x, llvm::ArrayRef<int64_t> along, llvm::ArrayRef<Dim> dims) {
  return check(build::broadcastAlong(builder(), loc_, x, along, dims));
}
Dims Emit::commonDims(llvm::ArrayRef<Dims> shapes) {
  llvm::SmallVector<Type> types;
  for (const Dims &shape : shapes) types.push_back(tensorType(i1(), shape));
  auto common = build::numpyDims(loc_, types);
  if (!common) check({});
  return *common;
}
Value Emit::reshape(Value x, llvm::ArrayRef<Dim> dims) {
  return check(build::reshape(builder(), loc_, x, dims));
}
Value Emit::rebind(Value x, llvm::ArrayRef<Dim> dims) {
  return check(build::rebind(builder(), loc_, x, dims));
}
Value Emit::transpose(Value x, llvm::ArrayRef<int64_t> permutation) {
  return check(build::transpose(builder(), loc_, x, permutation));
}
Value Emit::slice(Value x, llvm::ArrayRef<Dim> starts, llvm::ArrayRef<Dim> sizes,
                  llvm::ArrayRef<Dim> steps) {
  return check(build::slice(builder(), loc_, x, starts, sizes, steps));
}
Value Emit::sliceAxis(Value x, int64_t axis, Dim start, Dim size) {
  return check(build::sliceAxis(builder(), loc_, x, axis, start, size));
}
Value Emit::reverse(Value x, llvm::ArrayRef<int64_t> axes) {
  return check(build::reverse(builder(), loc_, x, axes));
}
Value Emit::pad(Value x, Value value, llvm::ArrayRef<Dim> low, llvm::ArrayRef<Dim> high,
                llvm::ArrayRef<Dim> interior) {
  auto isZero = [](Dim d) { return d.isConstant(0); };
  if (llvm::all_of(low, isZero) && llvm::all_of(high, isZero) && llvm::all_of(interior, isZero))
    return x;
  Dims zeros(rank(x), k(0));
  return check(build::pad(builder(), loc_, x, value, low, high,
                          interior.empty() ? llvm::ArrayRef<Dim>(zeros) : interior));
}
Value Emit::withSize(Value x, int64_t axis, Dim size) {
  Dims sizes = dims(x);
  if (sizes[axis] == size || provablyDifferent(sizes[axis], size)) return x;
  sizes[axis] = size;
  return rebind(x, sizes);
}

Value Emit::concat(int64_t axis, llvm::ArrayRef<Value> given) {
  if (given.size() == 1) return given[0];
  // Numbers win over expressions, then the first operand's.
  Values operands(given);
  for (int64_t d = 0; d < rank(given[0]); ++d) {
    if (d == axis) continue;
    Dim size = dim(given[0], d);
    for (Value x : given)
      if (rank(x) == rank(given[0]) && dim(x, d).constant()) size = dim(x, d);
    for (Value &x : operands)
      if (rank(x) == rank(given[0])) x = withSize(x, d, size);
  }
  return check(build::concat(builder(), loc_, axis, operands));
}
Value Emit::expandDims(Value x, llvm::ArrayRef<int64_t> axes) {
  return axes.empty() ? x : check(build::expandDims(builder(), loc_, x, axes));
}
Value Emit::squeeze(Value x, llvm::ArrayRef<int64_t> axes) {
  return axes.empty() ? x : check(build::squeeze(builder(), loc_, x, axes));
}
Value Emit::along(Value vector, int64_t axis, int64_t rank) {
  Dims shape(rank, k(1));
  shape[axis] = dim(vector, 0);
  return reshape(vector, shape);
}

// ---- the rest of the language
// ----------------------------------------------------------------------------------------

Value Emit::reduce(llvm::StringRef kind, Value x, llvm::ArrayRef<int64_t> axes, bool keepDims) {
  if (axes.empty()) return x;
  Value result = op("plx.reduce", {x}, {strAttr("kind", kind), intsAttr("axes", axes)});
  return keepDims ? expandDims(result, axes) : result;
}

Value Emit::mean(Value x, llvm::ArrayRef<int64_t> axes, bool keepDims) {
  Dim count = k(1);
  for (int64_t a : axes) count = count * dim(x, a);
  Value sum = reduce("sum", x, axes, keepDims);
  return div_(sum, cast(dimAsValue(count), elem(x)));
}

Value Emit::gather(Value x, llvm::ArrayRef<Value> indices, llvm::ArrayRef<int64_t> axes,
                   int64_t position) {
  Values operands{x};
  llvm::append_range(operands, indices);
  return op("plx.gather", operands, {intsAttr("axes", axes), intAttr("position", position)});
}

Value Emit::scatter(llvm::StringRef kind, Value x, Value updates, llvm::ArrayRef<Value> indices,
                    llvm::ArrayRef<int64_t> axes, int64_t position) {
  Values operands{x, updates};
  llvm::append_range(operands, indices);
  return op("plx.scatter", operands,
            {strAttr("kind", kind), intsAttr("axes", axes), intAttr("position", position)});
}

Value Emit::argReduce(llvm::StringRef kind, Value x, int64_t axis, bool last) {
  llvm::SmallVector<mlir::NamedAttribute> attributes{strAttr("kind", kind), intAttr("axis", axis)};
  if (last) attributes.push_back(unitAttr("last"));
  return op("plx.arg_reduce", {x}, attributes);
}

Value Emit::cumulative(llvm::StringRef kind, Value x, int64_t axis, bool exclusive, bool reverse) {
  llvm::SmallVector<mlir::NamedAttribute> attributes{strAttr("kind", kind), intAttr("axis", axis)};
  if (exclusive) attributes.push_back(unitAttr("exclusive"));
  if (reverse) attributes.push_back(unitAttr("reverse"));
  return op("plx.cumulative", {x}, attributes);
}

Value Emit::dot(Value a, Value b, llvm::ArrayRef<int64_t> aBatch, llvm::ArrayRef<int64_t> bBatch,
                llvm::ArrayRef<int64_t> aContract, llvm::ArrayRef<int64_t> bContract) {
  auto agree = [&](llvm::ArrayRef<int64_t> aAxes, llvm::ArrayRef<int64_t> bAxes) {
    for (auto [i, j] : llvm::zip_equal(aAxes, bAxes)) {
      Dim size = dim(b, j).constant() ? dim(b, j) : dim(a, i);
      a = withSize(a, i, size);
      b = withSize(b, j, size);
    }
  };
  agree(aBatch, bBatch);
  agree(aContract, bContract);
  return op("plx.dot_general", {a, b},
            {intsAttr("lhs_batch", aBatch), intsAttr("rhs_batch", bBatch),
             intsAttr("lhs_contract", aContract), intsAttr("rhs_contract", bContract)});
}

Value Emit::matmul(Value a, Value b) {
  if (rank(a) == 0 || rank(b) == 0) invalid("a matrix product needs operands of rank 1 or more");
  bool rowA = rank(a) == 1, columnB = rank(b) == 1;
  if (rowA) a = expandDims(a, {0});
  if (columnB) b = expandDims(b, {1});
  Value result;
  if (rank(b) == 2) {
    result = dot(a, b, {}, {}, {rank(a) - 1}, {0});
  } else {
    // Leading dims broadcast. Those of one operand alone stay free dims of it where they are all
    // its own.
    int64_t batch = std::max(rank(a), rank(b)) - 2;
    Dims da = dims(a), db = dims(b);
    Dims leadA(da.begin(), da.end() - 2), leadB(db.begin(), db.end() - 2);
    Dims lead = commonDims({leadA, leadB});
    Dims fullA(lead), fullB(lead);
    fullA.append(da.end() - 2, da.end());
    fullB.append(db.end() - 2, db.end());
    Ints batchAxes;
    for (int64_t i = 0; i < batch; ++i) batchAxes.push_back(i);
    result = dot(broadcastTo(a, fullA), broadcastTo(b, fullB), batchAxes, batchAxes, {batch + 1},
                 {batch});
  }
  Ints drop;
  if (rowA) drop.push_back(rank(result) - 2);
  if (columnB) drop.push_back(rank(result) - 1);
  return squeeze(result, drop);
}

Value Emit::convolution(Value x, Value w, llvm::ArrayRef<int64_t> strides,
                        llvm::ArrayRef<int64_t> dilations, int64_t groups) {
  Dim channels = dim(w, -2) * groups;
  if (dim(x, -1).constant())
    w = withSize(w, rank(w) - 2, floorDiv(dim(x, -1), groups));
  else
    x = withSize(x, rank(x) - 1, channels);
  return op(
      "plx.convolution", {x, w},
      {intsAttr("strides", strides), intsAttr("dilations", dilations), intAttr("groups", groups)});
}

Value Emit::reduceWindow(llvm::StringRef kind, Value x, llvm::ArrayRef<int64_t> window,
                         llvm::ArrayRef<int64_t> strides, llvm::ArrayRef<int64_t> dilations) {
  return op("plx.reduce_window", {x},
            {strAttr("kind", kind), intsAttr("window", window), intsAttr("strides", strides),
             intsAttr("dilations", dilations)});
}

Value Emit::softmax(Value x, int64_t axis, bool log) {
  Type element = elem(x);
  x = wide(x);
  Value shifted = sub_(x, reduce("max", x, {axis}, true));
  Value exps = exp_(shifted);
  Value sum = reduce("sum", exps, {axis}, true);
  return cast(log ? sub_(shifted, log_(sum)) : div_(exps, sum), element);
}

}  // namespace plx::onnxio
