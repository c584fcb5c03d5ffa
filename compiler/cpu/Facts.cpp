#include "compiler/cpu/Facts.h"

#include "llvm/MC/MCSubtargetInfo.h"

namespace plx::cpu {

Facts factsOf(const llvm::TargetMachine &machine) {
  Facts facts;
  const llvm::MCSubtargetInfo *info = machine.getMCSubtargetInfo();
  auto has = [&](const char *feature) { return info->checkFeatures(std::string("+") + feature); };
  llvm::Triple triple = machine.getTargetTriple();
  if (triple.isX86()) {
    bool avx512 = has("avx512f") && has("avx512vl") && has("avx512bw") && has("avx512dq");
    facts.vectorBytes = avx512 ? 64 : has("avx") ? 32 : 16;
    facts.vectorRegisters = avx512 ? 32 : 16;
    facts.maskedMemory = avx512;
    facts.math = {.fma = has("fma"),
                  .roundInstructions = has("sse4.1"),
                  .avx512 = avx512,
                  .f16c = has("f16c")};
  } else if (triple.isAArch64()) {
    facts.vectorRegisters = 32;
    facts.math = {.fma = true, .roundInstructions = true, .f16c = true};
  }
  return facts;
}

}  // namespace plx::cpu
