#include "compiler/cuda/Source.h"

#include "compiler/cuda/Irregular.h"
#include "compiler/cuda/Nest.h"

namespace plx::cuda {

namespace {

// The files of prelude/, in the order of compiler/CMakeLists.txt.
constexpr char kPrelude[] =
#include "compiler/cuda/Prelude.inc"
    ;

Signature signatureOf(KernelFuncOp kernel) {
  Signature signature;
  signature.numInputs = kernel.getNumInputs();
  signature.symbols = kernel.getSymbols();
  for (mlir::BlockArgument argument : kernel.getBody().getArguments()) {
    signature.buffers.push_back(mlir::cast<mlir::RankedTensorType>(argument.getType()));
    signature.alsoRead.push_back(llvm::any_of(
        argument.getUsers(), [](mlir::Operation *user) { return mlir::isa<LoadOp>(user); }));
  }
  return signature;
}

/// What the kernel computes, for those who read it.
std::string comment(const KernelSource &source, const Signature &signature) {
  std::string out = absl::StrCat("\n// ", source.name, ": schedule ", source.schedule, ".\n");
  if (!source.nodes.empty()) absl::StrAppend(&out, "// From ", source.nodes, "\n");
  for (auto [i, type] : llvm::enumerate(signature.buffers)) {
    std::string text;
    llvm::raw_string_ostream(text) << type.getElementType();
    Dim elements = numElements(type);
    absl::StrAppend(&out, "//   ", bufferName(signature, i), ": ", text, "[",
                    elements ? elements.str() : "?", "]\n");
  }
  return out;
}

std::string oneLine(std::string text) {
  for (char &c : text)
    if (c == '\n' || c == '\r' || c == '\\') c = ' ';
  return text;
}

}  // namespace

KernelSource printKernel(mlir::Operation *op, const std::string &nodes, const LaunchFacts &facts) {
  KernelSource out;
  out.nodes = oneLine(nodes);
  out.name = op->getAttrOfType<mlir::StringAttr>(mlir::SymbolTable::getSymbolAttrName()).str();
  for (char &c : out.name)
    if (!isalnum(static_cast<unsigned char>(c))) c = '_';
  out.name = "k_" + out.name;
  Signature signature;
  if (auto irregular = mlir::dyn_cast<IrregularFuncOp>(op)) {
    signature = printIrregular(irregular, out);
    out.numSizes = static_cast<int>(irregular.getSymbols().size());
  } else {
    auto kernel = mlir::cast<KernelFuncOp>(op);
    signature = signatureOf(kernel);
    signature.launches = facts;
    out.numSizes = static_cast<int>(kernel.getSymbols().size());
    std::optional<Contraction> contraction = findContraction(kernel);
    std::optional<Attention> attention;
    if (contraction && worthTiles(*contraction))
      printMatmul(kernel, *contraction, signature, out);
    else if ((attention = findAttention(kernel)) && fitsAttention(*attention))
      printAttention(kernel, *attention, signature, out);
    else
      printNest(kernel, signature, out);
  }
  out.operands = operandsOf(signature);
  out.text = comment(out, signature) + out.text;
  return out;
}

std::string prelude() { return std::string(kPrelude) + "// ---- end of prelude\n"; }

}  // namespace plx::cuda
