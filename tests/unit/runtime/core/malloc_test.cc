// A warm run calls no allocator at all: malloc and its kin are counted for the whole process.
#include "tests/unit/malloc_counter.h"
#include "tests/unit/runtime/fake_model.h"

#ifdef PLX_COUNTS_MALLOC
namespace plx_test {
namespace {

TEST(Malloc, IsNotCalledByWarmRuns) {
  FakeModel model;
  Loaded loaded(model.module, 2, 1);
  Floats x({1000, 4});
  Floats bias({4});
  ASSERT_EQ(plx_context_set_input(loaded.context, "x", &x.tensor, nullptr), PLX_OK);
  ASSERT_EQ(plx_context_set_input(loaded.context, "bias", &bias.tensor, nullptr), PLX_OK);
  uint64_t cold = malloc_calls;
  ASSERT_EQ(plx_context_run(loaded.context, nullptr), PLX_OK);
  EXPECT_GT(malloc_calls, cold);  // the counter works
  uint64_t warm = malloc_calls;
  bool good = true;
  for (int i = 0; i < 50; ++i) {
    good = plx_context_set_input_at(loaded.context, 0, &x.tensor, nullptr) == PLX_OK &&
           plx_context_run(loaded.context, nullptr) == PLX_OK && good;
  }
  EXPECT_EQ(malloc_calls, warm);
  EXPECT_TRUE(good);
}

}  // namespace
}  // namespace plx_test
#endif
