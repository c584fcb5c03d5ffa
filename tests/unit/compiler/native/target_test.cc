// What code generation makes of the IR that emitters write.
#include "compiler/native/Target.h"

#include <gtest/gtest.h>

#include <numeric>

#include "llvm/AsmParser/Parser.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/Support/SourceMgr.h"

namespace plx {
namespace {

/// Stores 16 i32, truncated to `element`, through a constant mask: @f(ptr from, ptr to).
std::string maskedStore(const std::string &element, uint32_t lanes) {
  std::string mask;
  for (int lane = 0; lane < 16; ++lane)
    mask += std::string(lane ? ", " : "") + "i1 " + (lanes >> lane & 1 ? "true" : "false");
  return "define void @f(ptr %from, ptr %to) {\n"
         "  %v = load <16 x i32>, ptr %from, align 4\n"
         "  %t = trunc <16 x i32> %v to <16 x " +
         element +
         ">\n"
         "  call void @llvm.masked.store.v16" +
         element + ".p0(<16 x " + element + "> %t, ptr align 1 %to, <16 x i1> <" + mask +
         ">)\n"
         "  ret void\n"
         "}\n";
}

/// Bytes of memory that held 0xEE before @f stored 0x01020304 + lane there.
std::vector<uint8_t> stored(const std::string &text) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic wrong;
  std::unique_ptr<llvm::Module> module = llvm::parseAssemblyString(text, wrong, context);
  EXPECT_TRUE(module) << wrong.getMessage().str();
  TargetName target = *resolveTarget(CompileOptions());
  absl::StatusOr<Object> object = emitObject(*module, **makeTargetMachine(target), false);
  EXPECT_TRUE(object.ok()) << object.status();
  auto jit = llvm::cantFail(llvm::orc::LLJITBuilder().create());
  llvm::cantFail(jit->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(object->bytes)));
  auto *f = llvm::cantFail(jit->lookup("f")).toPtr<void(const uint32_t *, uint8_t *)>();
  std::vector<uint32_t> from(16);
  std::iota(from.begin(), from.end(), 0x01020304u);
  std::vector<uint8_t> to(80, 0xEE);
  f(from.data(), to.data());
  return to;
}

TEST(EmitObject, MaskedStoresWriteTheirLanesAlone) {
  for (auto [element, bytes] : {std::pair{"i16", 2}, {"i8", 1}})
    for (uint32_t lanes : {0x1u, 0x2u, 0x8000u, 0x3u, 0x7fffu, 0x0u, 0xffffu}) {
      std::vector<uint8_t> expected(80, 0xEE);
      for (int lane = 0; lane < 16; ++lane)
        if (lanes >> lane & 1) {
          expected[lane * bytes] = static_cast<uint8_t>(0x04 + lane);
          if (bytes == 2) expected[lane * bytes + 1] = 0x03;
        }
      EXPECT_EQ(stored(maskedStore(element, lanes)), expected) << element << " lanes " << lanes;
    }
}

}  // namespace
}  // namespace plx
