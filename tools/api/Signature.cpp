#include <map>

#include "absl/strings/str_cat.h"
#include "ir/types/Dim.h"
#include "ir/types/Types.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tools/api/Reference.h"

namespace plx {
namespace {

/// Numbers the symbols as they occur.
class Symbols {
 public:
  explicit Symbols(ProgramInfo &info) : info_(info) {}

  DimInfo describe(Dim dim) {
    llvm::SmallVector<DimAtom> atoms;
    dim.collectSymbols(atoms);
    for (DimAtom atom : atoms) indexOf(atom);
    DimInfo out;
    out.text = dim.str();
    if (auto constant = dim.constant()) out.constant = *constant;
    if (auto symbol = dim.asSymbol()) out.symbol = indexOf(*symbol);
    return out;
  }

 private:
  int32_t indexOf(DimAtom atom) {
    auto [place, isNew] =
        numbers_.try_emplace(atom.text().str(), static_cast<int32_t>(info_.symbols.size()));
    if (isNew)
      info_.symbols.emplace_back(atom.symbol().str(), std::max<int64_t>(0, atom.lowerBound()));
    return place->second;
  }
  ProgramInfo &info_;
  std::map<std::string, int32_t> numbers_;
};

absl::StatusOr<ValueInfo> describe(mlir::Type type, mlir::DictionaryAttr attributes,
                                   const std::string &fallback, Symbols &symbols) {
  ValueInfo value = kindOf(type);
  value.name = fallback;
  if (attributes)
    if (auto name = attributes.getAs<mlir::StringAttr>("plx.name")) value.name = name.str();
  for (Dim dim : dimsOf(type)) {
    if (!dim)
      return absl::InvalidArgumentError(
          absl::StrCat("'", value.name, "' has a size that is '?' without a symbol"));
    value.dims.push_back(symbols.describe(dim));
  }
  return value;
}

}  // namespace

absl::StatusOr<ProgramInfo> signatureOf(const Model &model) {
  auto main = model.module().lookupSymbol<mlir::func::FuncOp>("main");
  ProgramInfo info;
  info.modelName = model.name();
  Symbols symbols(info);
  for (unsigned i = 0; i < main.getNumArguments(); ++i) {
    absl::StatusOr<ValueInfo> value = describe(main.getArgumentTypes()[i], main.getArgAttrDict(i),
                                               absl::StrCat("arg", i), symbols);
    if (!value.ok()) return value.status();
    info.inputs.push_back(*std::move(value));
  }
  for (unsigned i = 0; i < main.getNumResults(); ++i) {
    absl::StatusOr<ValueInfo> value = describe(main.getResultTypes()[i], main.getResultAttrDict(i),
                                               absl::StrCat("result", i), symbols);
    if (!value.ok()) return value.status();
    info.outputs.push_back(*std::move(value));
  }
  return info;
}

}  // namespace plx
