// Programs whose outputs take the place of inputs: the same bits as with buffers of their own, and
// a warm step allocates nothing.
#include <gtest/gtest.h>

#include <cstring>

#include "compiler/Compile.h"
#include "compiler/package/Session.h"
#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"

namespace plx {
namespace {

constexpr int kRows = 33, kColumns = 37;  // tails in both directions
constexpr int kElements = kRows * kColumns;

/// Compiles a program of three states a, b, c of [33, 37] f32 and an input x of the same type, each
/// state with its next value.
class Step {
 public:
  explicit Step(const std::string &body) {
    const std::string t = "tensor<33x37xf32>";
    std::string text = "func.func @main(%x: " + t + " {plx.name = \"x\"}";
    for (const char *name : {"a", "b", "c"})
      text += std::string(", %") + name + ": " + t + " {plx.name = \"" + name + "\"}";
    text += ") -> (";
    for (const char *name : {"a", "b", "c"})
      text += std::string(*name == 'a' ? "" : ", ") + t + " {plx.updates = \"" + name + "\"}";
    text += ") {\n" + body + "\n}";
    mlir::MLIRContext context;
    context.loadDialect<PlxDialect, mlir::func::FuncDialect>();
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(module) << text;
    if (!module) return;
    auto compiled = compileModule(std::move(module), WeightLookup(), CompileOptions());
    EXPECT_TRUE(compiled.ok()) << compiled.status();
    if (compiled.ok()) session_ = *Session::create(*compiled);
  }

  bool isSound() const { return session_ != nullptr; }
  /// States after three steps.
  std::vector<float> run(bool inPlace, int threads) {
    plx_context_options options = {};
    options.struct_bytes = sizeof options;
    options.threads = threads;
    plx_error error;
    plx_context *context = nullptr;
    EXPECT_EQ(plx_context_create(session_->program(), &options, &context, &error), PLX_OK);
    std::vector<float> values(kElements * 7);
    for (int i = 0; i < kElements * 4; ++i)
      values[static_cast<size_t>(i)] = static_cast<float>((i * 7919) % 251) / 16 - 7;
    float *now = values.data() + kElements, *next = inPlace ? now : now + kElements * 3;
    uint64_t allocations = 0;
    for (int step = 0; step < 3; ++step) {
      bind(context, values.data(), now, next);
      EXPECT_EQ(plx_context_run(context, &error), PLX_OK) << error.message;
      std::swap(now, next);
      plx_memory memory;
      plx_context_memory(context, &memory);
      if (step > 0) EXPECT_EQ(memory.heap_allocations, allocations);
      allocations = memory.heap_allocations;
    }
    plx_context_destroy(context);
    return std::vector<float>(now, now + kElements * 3);
  }

  /// What a run says where states a and b update one buffer.
  std::string runWithOneBufferForTwo() {
    plx_error error;
    plx_context *context = nullptr;
    EXPECT_EQ(plx_context_create(session_->program(), nullptr, &context, &error), PLX_OK);
    std::vector<float> values(kElements * 7);
    bind(context, values.data(), values.data() + kElements, values.data() + kElements * 4);
    EXPECT_EQ(
        plx_context_bind_output(context, 1, values.data() + kElements * 4, kElements * 4, &error),
        PLX_OK);
    EXPECT_EQ(plx_context_run(context, &error), PLX_INVALID_ARGUMENT);
    plx_context_destroy(context);
    return error.message;
  }

 private:
  static void bind(plx_context *context, float *x, float *now, float *next) {
    int64_t dims[] = {kRows, kColumns};
    plx_error error;
    for (int i = 0; i < 4; ++i) {
      plx_tensor tensor{i == 0 ? x : now + kElements * (i - 1), dims, 2, PLX_F32};
      EXPECT_EQ(plx_context_set_input_at(context, i, &tensor, &error), PLX_OK) << error.message;
    }
    for (int i = 0; i < 3; ++i)
      EXPECT_EQ(plx_context_bind_output(context, i, next + kElements * i, kElements * 4, &error),
                PLX_OK);
  }

  std::unique_ptr<Session> session_;
};

void expectSameBits(const std::string &body) {
  Step step(body);
  ASSERT_TRUE(step.isSound());
  std::vector<float> expected = step.run(false, 1);
  for (int threads : {1, 2}) {
    std::vector<float> found = step.run(true, threads);
    EXPECT_EQ(memcmp(found.data(), expected.data(), found.size() * sizeof(float)), 0) << body;
  }
}

#define T "tensor<33x37xf32>"
#define BINARY " : (" T ", " T ") -> " T "\n"
#define END "return %p, %q, %r : " T ", " T ", " T

TEST(InPlace, ElementByElement) {
  expectSameBits("%p = plx.pointwise add(%a, %x)" BINARY "%q = plx.pointwise mul(%p, %b)" BINARY
                 "%r = plx.pointwise sub(%c, %q)" BINARY END);
}

TEST(InPlace, OldValuesAreReadLater) {
  expectSameBits("%p = plx.pointwise add(%a, %x)" BINARY "%q = plx.pointwise sub(%b, %a)" BINARY
                 "%s = plx.pointwise max(%a, %b)" BINARY
                 "%r = plx.pointwise add(%c, %s)" BINARY END);
}

TEST(InPlace, ElementsOfOtherPlaces) {
  expectSameBits("%p = plx.slice %a [32, 36] [33, 37] [-1, -1] : (" T ") -> " T
                 "\n%q = plx.slice %b [0, 36] [33, 37] [1, -1] : (" T ") -> " T
                 "\n%r = plx.pointwise add(%c, %p)" BINARY END);
}

TEST(InPlace, ExchangedAndHandedOn) {
  expectSameBits("return %b, %a, %c : " T ", " T ", " T);
  expectSameBits("return %c, %a, %b : " T ", " T ", " T);
}

// The update runs on the tiles of the gradient's product; the state is also one of its factors.
TEST(InPlace, BehindAProduct) {
  const std::string square = "tensor<33x33xf32>";
  expectSameBits(
      "%m = plx.dot_general %x, %a batch [] x [] contract [1] x [1] : (" T ", " T ") -> " + square +
      "\n%g = plx.dot_general %m, %x batch [] x [] contract [1] x [0] : (" + square +
      ", " T ") -> " T "\n%p = plx.pointwise sub(%a, %g)" BINARY
      "%h = plx.dot_general %m, %b batch [] x [] contract [1] x [0] : (" +
      square +
      ", " T ") -> " T "\n%q = plx.pointwise sub(%b, %h)" BINARY
      "%r = plx.pointwise max(%c, %g)" BINARY END);
}

TEST(InPlace, TwoOutputsHaveTwoBuffers) {
  Step step("return %a, %b, %c : " T ", " T ", " T);
  ASSERT_TRUE(step.isSound());
  EXPECT_EQ(
      step.runWithOneBufferForTwo(),
      "model 'model': the memory bound to output 'output1' overlaps that of output 'output0'");
}

// Sums along a row of what the same kernel updates.
TEST(InPlace, BehindAFold) {
  expectSameBits("%s = plx.reduce sum %a [1] : (" T
                 ") -> tensor<33xf32>\n"
                 "%t = plx.broadcast %s [0] : (tensor<33xf32>) -> " T
                 "\n%p = plx.pointwise sub(%a, %t)" BINARY "%q = plx.pointwise mul(%b, %t)" BINARY
                 "%r = plx.pointwise add(%c, %x)" BINARY END);
}

}  // namespace
}  // namespace plx
