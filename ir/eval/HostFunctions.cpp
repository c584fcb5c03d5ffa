#include "ir/eval/HostFunctions.h"

#include "llvm/ADT/StringMap.h"

namespace plx::eval {

namespace {
llvm::StringMap<HostFunction> &table() {
  static llvm::StringMap<HostFunction> functions;
  return functions;
}
HostFunction others = nullptr;
}  // namespace

HostFunction otherHostFunctions() { return others; }
void setOtherHostFunctions(HostFunction function) { others = function; }

HostFunction hostFunctionNamed(llvm::StringRef name) { return table().lookup(name); }

bool registerHostFunction(llvm::StringRef name, HostFunction function) {
  return table().try_emplace(name, function).second;
}

}  // namespace plx::eval
