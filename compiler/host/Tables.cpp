#include "compiler/host/Tables.h"

#include "ir/types/Place.h"
#include "runtime/include/plexus_abi.h"

namespace plx {

namespace {

/// Bytes of one launch, each buffer once; -1 where symbols count.
int64_t bytesOfLaunch(const Callee &callee, DimsAttr sizes) {
  int64_t total = 0;
  for (mlir::Type buffer : callee.buffers) {
    std::optional<int64_t> elements =
        numElements(buffer).evaluate([&](DimAtom symbol) -> std::optional<int64_t> {
          for (auto [name, value] : llvm::zip(callee.symbols.dims(), sizes.dims()))
            if (name.asSymbol() && name.asSymbol()->symbol() == symbol.symbol())
              return value.constant();
          return std::nullopt;
        });
    int64_t bytes = 0;
    mlir::Type element = mlir::cast<mlir::RankedTensorType>(buffer).getElementType();
    if (!elements || llvm::MulOverflow(*elements, bytesOfElement(element), bytes) ||
        llvm::AddOverflow(total, bytes, total))
      return -1;
  }
  return total;
}

}  // namespace

Callee calleeOf(mlir::Operation *kernel) {
  Callee callee{kernel, "", nullptr, {}};
  if (auto function = mlir::dyn_cast<KernelFuncOp>(kernel)) {
    callee.schedule = function.getSchedule().str();
    callee.symbols = function.getSymbols();
    llvm::append_range(callee.buffers, function.getBody().front().getArgumentTypes());
  } else {
    auto irregular = mlir::cast<IrregularFuncOp>(kernel);
    callee.schedule = irregular.getKind().str();
    callee.symbols = irregular.getSymbols();
    for (mlir::Attribute type : irregular.getBuffers())
      callee.buffers.push_back(mlir::cast<mlir::TypeAttr>(type).getValue());
  }
  return callee;
}

Tables::Tables(ProgramOp program, const HostOptions &options, HostProgram &out)
    : options_(options), out_(out) {
  collectSymbols(program);
  for (auto [name, type] : llvm::zip(program.getInputNames(), program.getInputTypes()))
    out.info.inputs.push_back(valueInfo(name, type));
  for (auto [name, type] : llvm::zip(program.getOutputNames(), program.getOutputTypes()))
    out.info.outputs.push_back(valueInfo(name, type));
  if (program.getDonated())
    for (auto [output, input] : llvm::zip_equal(out.info.outputs, *program.getDonated()))
      output.donated = static_cast<int32_t>(input);
}

/// Symbols of inputs first, then those that the program sets, in its order.
void Tables::collectSymbols(ProgramOp program) {
  auto add = [&](llvm::StringRef name, int64_t lowerBound) {
    auto [entry, isNew] = symbols_.try_emplace(name.str(), int32_t(out_.info.symbols.size()));
    if (isNew) out_.info.symbols.emplace_back(name.str(), lowerBound);
    int64_t &bound = out_.info.symbols[entry->second].second;
    bound = std::max(bound, lowerBound);
  };
  for (mlir::Attribute type : program.getInputTypes())
    for (Dim dim : dimsOf(mlir::cast<mlir::TypeAttr>(type).getValue()))
      if (auto symbol = dim.asSymbol()) add(symbol->symbol(), symbol->lowerBound());
  program.walk([&](SetSymbolOp set) { add(set.getName(), set.getLowerBound()); });
}

ValueInfo Tables::valueInfo(mlir::Attribute name, mlir::Attribute type) const {
  mlir::Type given = mlir::cast<mlir::TypeAttr>(type).getValue();
  ValueInfo info = kindOf(given);
  info.name = mlir::cast<mlir::StringAttr>(name).str();
  if (info.kind != PLX_KIND_TENSOR) return info;
  auto tensor = mlir::cast<mlir::RankedTensorType>(given);
  for (Dim dim : dimsOf(tensor)) {
    std::optional<DimAtom> alone = dim.asSymbol();
    info.dims.push_back(
        {dim.constant().value_or(-1), alone ? symbol(alone->symbol()) : -1, dim.str()});
    if (alone) info.dims.back().text = alone->symbol().str();
  }
  return info;
}

int32_t Tables::import(HostCallOp call) {
  std::string function = call.getFunction().str(), attributes = call.getSettings().str();
  auto [entry, isNew] = imports_.try_emplace({function, attributes}, int32_t(imports_.size()));
  if (isNew) out_.info.imports.push_back({function, attributes});
  return entry->second;
}

int32_t Tables::symbol(llvm::StringRef name) const {
  auto found = symbols_.find(name.str());
  return found == symbols_.end() ? -1 : found->second;
}

int32_t Tables::kernel(const Callee &callee, RunOp run) {
  std::string nodes = run.getNodes().value_or("").str(),
              name = kernelSymbol(options_, run.getCallee());
  auto [entry, isNew] = kernels_.try_emplace({name, nodes}, int32_t(kernels_.size()));
  if (isNew)
    out_.info.kernels.push_back(
        {name, callee.schedule, nodes, -1, bytesOfLaunch(callee, run.getSizes())});
  return entry->second;
}

int32_t Tables::site(llvm::StringRef node, llvm::StringRef op, llvm::StringRef message) {
  auto [entry, isNew] =
      sites_.try_emplace({node.str(), op.str(), message.str()}, int32_t(sites_.size()));
  if (isNew) out_.info.sites.push_back({node.str(), op.str(), message.str()});
  return entry->second;
}

int32_t Tables::site(mlir::Location location, llvm::StringRef message) {
  auto named = location->findInstanceOf<mlir::NameLoc>();
  auto [node, op] = nodeAndOp(named ? named.getName().getValue() : "");
  return site(node, op, message);
}

int32_t Tables::site(RunOp run) {
  llvm::StringRef nodes = run.getNodes().value_or("");
  if (nodes.empty()) return site(run.getLoc());
  if (nodes.contains(", ")) return site(nodes, "", "");
  auto [node, op] = nodeAndOp(nodes);
  return site(node, op, "");
}

int32_t Tables::weight(WeightOp weight) {
  auto [entry, isNew] = weights_.try_emplace(weight.getName().str(), int32_t(weights_.size()));
  if (!isNew) return entry->second;
  auto type = mlir::cast<mlir::RankedTensorType>(weight.getType());
  HostWeight row{weight.getName().str(), elementTypeCode(type.getElementType()),
                 type.getShape().vec(), weight.getValue().has_value(), ""};
  if (weight.getValue()) row.bytes = bytesOf(*weight.getValue());
  out_.weights.push_back(std::move(row));
  return entry->second;
}

// ---- constants
// -------------------------------------------------------------------------------------------------------

namespace {

void appendBits(std::string &out, const llvm::APInt &bits, int64_t bytes, bool isSigned) {
  llvm::APInt wide = isSigned ? bits.sextOrTrunc(bytes * 8) : bits.zextOrTrunc(bytes * 8);
  for (int64_t i = 0; i < bytes; ++i)
    out.push_back(static_cast<char>(wide.extractBitsAsZExtValue(8, i * 8)));
}

void appendValues(std::string &out, mlir::ElementsAttr constant) {
  mlir::Type element = constant.getElementType();
  if (auto complex = mlir::dyn_cast<mlir::ComplexType>(element)) {
    int64_t bytes = bytesOfElement(complex.getElementType());
    for (std::complex<llvm::APFloat> value : constant.getValues<std::complex<llvm::APFloat>>()) {
      appendBits(out, value.real().bitcastToAPInt(), bytes, false);
      appendBits(out, value.imag().bitcastToAPInt(), bytes, false);
    }
    return;
  }
  int64_t bytes = bytesOfElement(element);
  if (mlir::isa<mlir::FloatType>(element)) {
    for (const llvm::APFloat &value : constant.getValues<llvm::APFloat>())
      appendBits(out, value.bitcastToAPInt(), bytes, false);
    return;
  }
  // Signless ints are signed, a bool is not.
  bool isSigned = !element.isUnsignedInteger() && !element.isInteger(1);
  for (const llvm::APInt &value : constant.getValues<llvm::APInt>())
    appendBits(out, value, bytes, isSigned);
}

}  // namespace

std::string bytesOf(mlir::ElementsAttr constant) {
  std::string out;
  mlir::Type element = constant.getElementType();
  int64_t bytes = bytesOfElement(element) * constant.getNumElements();
  auto dense = mlir::dyn_cast<mlir::DenseElementsAttr>(constant);
  bool wholeBytes = element.isIntOrFloat() && element.getIntOrFloatBitWidth() % 8 == 0;
  if (dense && wholeBytes && !dense.isSplat()) {
    llvm::ArrayRef<char> raw = dense.getRawData();
    if (static_cast<int64_t>(raw.size()) == bytes) return std::string(raw.begin(), raw.end());
  }
  out.reserve(bytes);
  appendValues(out, constant);
  return out;
}

}  // namespace plx
