// Memory of a compiled model over many runs: warm runs allocate nothing, sizes that change from run
// to run need no more than the largest of them, and plx_trim gives it back.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <random>

#include "compiler/package/Session.h"
#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "tests/unit/malloc_counter.h"

namespace plx {
namespace {

// Matrix products, a softmax, a result whose size is data and a loop whose state grows: what takes
// arena, scratch, states and outputs.
constexpr char kModel[] = R"mlir(
func.func @main(%x: tensor<?x?x16xf32, #plx.dims<[b, s, 16]>>)
    -> (tensor<?x?x16xf32, #plx.dims<[b, 2*s, 16]>>, tensor<2x?xi64, #plx.dims<[2, k]>>, tensor<?xf32, #plx.dims<[m]>>) {
  %w = plx.parameter "w" : tensor<16x64xf32>
  %h = plx.dot_general %x, %w batch [] x [] contract [2] x [0]
      : (tensor<?x?x16xf32, #plx.dims<[b, s, 16]>>, tensor<16x64xf32>) -> tensor<?x?x64xf32, #plx.dims<[b, s, 64]>>
  %max = plx.reduce max %h [2] : (tensor<?x?x64xf32, #plx.dims<[b, s, 64]>>) -> tensor<?x?xf32, #plx.dims<[b, s]>>
  %wide = plx.broadcast %max [0, 1] : (tensor<?x?xf32, #plx.dims<[b, s]>>) -> tensor<?x?x64xf32, #plx.dims<[b, s, 64]>>
  %d = plx.pointwise sub(%h, %wide)
      : (tensor<?x?x64xf32, #plx.dims<[b, s, 64]>>, tensor<?x?x64xf32, #plx.dims<[b, s, 64]>>) -> tensor<?x?x64xf32, #plx.dims<[b, s, 64]>>
  %e = plx.pointwise exp(%d) : (tensor<?x?x64xf32, #plx.dims<[b, s, 64]>>) -> tensor<?x?x64xf32, #plx.dims<[b, s, 64]>>
  %both = plx.concat 1 (%e, %h)
      : (tensor<?x?x64xf32, #plx.dims<[b, s, 64]>>, tensor<?x?x64xf32, #plx.dims<[b, s, 64]>>) -> tensor<?x?x64xf32, #plx.dims<[b, 2*s, 64]>>
  %y = plx.dot_general %both, %w batch [] x [] contract [2] x [1]
      : (tensor<?x?x64xf32, #plx.dims<[b, 2*s, 64]>>, tensor<16x64xf32>) -> tensor<?x?x16xf32, #plx.dims<[b, 2*s, 16]>>
  %found = plx.nonzero %max size "k" : (tensor<?x?xf32, #plx.dims<[b, s]>>) -> tensor<2x?xi64, #plx.dims<[2, k]>>
  %n = plx.constant dense<3> : tensor<i64>
  %go = plx.constant dense<true> : tensor<i1>
  %sums = plx.reduce sum %max [1] : (tensor<?x?xf32, #plx.dims<[b, s]>>) -> tensor<?xf32, #plx.dims<[b]>>
  %grown = plx.loop %n, %go, (%sums) fresh ["m"] carried ["c"] {
  ^bb0(%i: tensor<i64>, %p: tensor<i1>, %z: tensor<?xf32, #plx.dims<[c]>>):
    %zz = plx.concat 0 (%z, %z) : (tensor<?xf32, #plx.dims<[c]>>, tensor<?xf32, #plx.dims<[c]>>) -> tensor<?xf32, #plx.dims<[2*c]>>
    plx.yield %p, %zz : tensor<i1>, tensor<?xf32, #plx.dims<[2*c]>>
  } : (tensor<i64>, tensor<i1>, tensor<?xf32, #plx.dims<[b]>>) -> tensor<?xf32, #plx.dims<[m]>>
  return %y, %found, %grown : tensor<?x?x16xf32, #plx.dims<[b, 2*s, 16]>>, tensor<2x?xi64, #plx.dims<[2, k]>>, tensor<?xf32, #plx.dims<[m]>>
})mlir";

constexpr int64_t kMostRows = 6, kMostColumns = 1200;
constexpr int kThreads = 2;

/// Bytes of physical memory of this process.
int64_t residentBytes() {
  long total = 0, resident = 0;
  FILE *file = fopen("/proc/self/statm", "r");
  bool good = file && fscanf(file, "%ld %ld", &total, &resident) == 2;
  if (file) fclose(file);
  EXPECT_TRUE(good);
  return resident * sysconf(_SC_PAGESIZE);
}

uint64_t ownedBytes(const plx_memory &memory) {
  return memory.arena_bytes + memory.scratch_bytes + memory.state_bytes + memory.output_bytes +
         memory.host_bytes;
}

class MemoryTest : public testing::Test {
 protected:
  using Owned = std::unique_ptr<plx_context, decltype(&plx_context_destroy)>;

  /// `dims`: sizes that are given at compile time.
  void compile(std::vector<std::pair<std::string, int64_t>> dims) {
    mlir::MLIRContext context;
    context.loadDialect<PlxDialect, mlir::func::FuncDialect>();
    auto module = mlir::parseSourceString<mlir::ModuleOp>(kModel, &context);
    ASSERT_TRUE(module);
    CompileOptions options;
    options.dims = std::move(dims);
    auto lookup = [&](const std::string &) -> absl::StatusOr<WeightBytes> {
      return WeightBytes{reinterpret_cast<const char *>(weights_.data()), weights_.size() * 4};
    };
    auto program = compileModule(std::move(module), lookup, options);
    ASSERT_TRUE(program.ok()) << program.status();
    auto session = Session::create(*program);
    ASSERT_TRUE(session.ok()) << session.status();
    session_ = *std::move(session);
  }

  Owned newContext() {
    plx_context_options options = {};
    options.struct_bytes = sizeof options;
    options.threads = kThreads;
    plx_context *context = nullptr;
    plx_error error;
    EXPECT_EQ(plx_context_create(session_->program(), &options, &context, &error), PLX_OK)
        << error.message;
    return {context, plx_context_destroy};
  }

  bool run(plx_context *context, int64_t rows, int64_t columns) {
    int64_t dims[] = {rows, columns, 16};
    plx_tensor x = {values_.data(), dims, 3, PLX_F32};
    plx_error error;
    return plx_context_set_input_at(context, 0, &x, &error) == PLX_OK &&
           plx_context_run(context, &error) == PLX_OK;
  }

  static plx_memory memoryOf(const Owned &context) {
    plx_memory memory = {};
    plx_context_memory(context.get(), &memory);
    return memory;
  }

  std::vector<float> weights_ = std::vector<float>(16 * 64, 0.03f);
  std::vector<float> values_ = std::vector<float>(kMostRows * kMostColumns * 16, 0.5f);
  std::unique_ptr<Session> session_;
};

TEST_F(MemoryTest, ThousandSizesNeedWhatTheLargestNeeds) {
  ASSERT_NO_FATAL_FAILURE(compile({}));
  Owned once = newContext(), often = newContext();
  ASSERT_TRUE(run(once.get(), kMostRows, kMostColumns));
  plx_memory most = memoryOf(once);
  ASSERT_GT(most.arena_bytes, uint64_t{4} << 20);
  ASSERT_GT(most.state_bytes, 0u);
  std::mt19937 random(1);
  std::uniform_int_distribution<int64_t> rows(0, kMostRows), columns(0, kMostColumns);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(run(often.get(), rows(random), columns(random)));
    plx_memory now = memoryOf(often);
    ASSERT_LE(now.arena_peak_bytes, most.arena_peak_bytes) << "run " << i;
    ASSERT_LE(ownedBytes(now), ownedBytes(most)) << "run " << i;
  }
}

TEST_F(MemoryTest, TrimGivesBackAndRunsDoNotGrowTheProcess) {
  ASSERT_NO_FATAL_FAILURE(compile({}));
  Owned context = newContext();
  ASSERT_TRUE(run(context.get(), kMostRows, kMostColumns));
  int64_t before = residentBytes();
  for (int i = 0; i < 1000; ++i)
    ASSERT_TRUE(run(context.get(), i % (kMostRows + 1), i * 37 % (kMostColumns + 1)));
  constexpr int64_t kSlack = 512 << 10;  // pages of the allocator and of this test
  EXPECT_LE(residentBytes(), before + kSlack);
  auto arena = static_cast<int64_t>(memoryOf(context).arena_bytes);
  plx_trim(context.get());
  EXPECT_EQ(ownedBytes(memoryOf(context)), 0u);
  EXPECT_LE(residentBytes(), before - arena + kSlack);
  EXPECT_TRUE(run(context.get(), kMostRows, kMostColumns));  // and can be used on
}

#ifdef PLX_COUNTS_MALLOC
TEST_F(MemoryTest, WarmRunsOfOneSizeAllocateNothing) {
  ASSERT_NO_FATAL_FAILURE(compile({{"b", 3}, {"s", 50}}));
  Owned context = newContext();
  uint64_t cold = plx_test::malloc_calls;
  ASSERT_TRUE(run(context.get(), 3, 50));
  EXPECT_GT(plx_test::malloc_calls, cold);  // the counter works
  uint64_t warm = plx_test::malloc_calls, counted = memoryOf(context).heap_allocations;
  bool good = true;
  for (int i = 0; i < 100; ++i) good = run(context.get(), 3, 50) && good;
  EXPECT_EQ(plx_test::malloc_calls, warm);
  EXPECT_EQ(memoryOf(context).heap_allocations, counted);
  EXPECT_TRUE(good);
}

TEST_F(MemoryTest, RunsOfOtherSizesAllocateNothingAfterTheLargest) {
  ASSERT_NO_FATAL_FAILURE(compile({}));
  Owned context = newContext();
  ASSERT_TRUE(run(context.get(), kMostRows, kMostColumns));
  uint64_t warm = plx_test::malloc_calls, counted = memoryOf(context).heap_allocations;
  bool good = true;
  for (int i = 0; i < 100; ++i)
    good = run(context.get(), i % (kMostRows + 1), i * 137 % (kMostColumns + 1)) && good;
  EXPECT_EQ(plx_test::malloc_calls, warm);
  EXPECT_EQ(memoryOf(context).heap_allocations, counted);
  EXPECT_TRUE(good);
}
#endif

}  // namespace
}  // namespace plx
