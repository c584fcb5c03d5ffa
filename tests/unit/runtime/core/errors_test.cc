// Messages of wrong calls and of faults, whole.
// Covers: runtime/core/error.cc, runtime/core/fault.cc, runtime/core/inputs.cc
// Covers: runtime/core/run.cc, runtime/core/run_memory.cc
#include "tests/unit/runtime/fake_model.h"

namespace plx_test {
namespace {

struct Case {
  FakeModel model;
  Loaded loaded{model.module, 2};
  Floats x{{2, 4}};
  Floats bias{{4}};

  std::string set(const char *name, const plx_tensor &tensor) {
    loaded.error.message[0] = 0;
    plx_context_set_input(loaded.context, name, &tensor, &loaded.error);
    return loaded.error.message;
  }
  std::string run() {
    loaded.error.message[0] = 0;
    plx_context_run(loaded.context, &loaded.error);
    return loaded.error.message;
  }
};

TEST(Errors, UnknownInputListsTheInputs) {
  Case c;
  EXPECT_EQ(c.set("image", c.x.tensor), "model 'fake' has no input 'image'; it has 'x', 'bias'");
  EXPECT_EQ(c.loaded.error.status, PLX_NOT_FOUND);
}

TEST(Errors, WrongTypeRankAndDims) {
  Case c;
  plx_tensor wrong = c.x.tensor;
  wrong.element_type = PLX_I32;
  EXPECT_EQ(c.set("x", wrong),
            "model 'fake', input 'x': wrong element type; expected f32[batch, 4], found i32[2, 4]");
  EXPECT_EQ(c.set("x", c.bias.tensor),
            "model 'fake', input 'x': wrong rank; expected f32[batch, 4], found f32[4]");
  Floats five({2, 5});
  EXPECT_EQ(c.set("x", five.tensor),
            "model 'fake', input 'x': dim 1 is 5; expected f32[batch, 4], found f32[2, 5]");
  int64_t negative[2] = {-2, 4};
  plx_tensor bad = {c.x.values.data(), negative, 2, PLX_F32};
  EXPECT_EQ(c.set("x", bad),
            "model 'fake', input 'x': dim 0 is -2; expected f32[batch, 4], found f32[-2, 4]");
  int64_t huge[2] = {INT64_MAX, 4};
  bad.dims = huge;
  EXPECT_EQ(c.set("x", bad),
            "model 'fake', input 'x': its size does not fit 63 bits; expected f32[batch, 4], found "
            "f32[9223372036854775807, 4]");
  bad = c.x.tensor;
  bad.data = nullptr;
  EXPECT_EQ(c.set("x", bad), "model 'fake', input 'x': the tensor has no data");
}

TEST(Errors, MissingInputsAreAllNamed) {
  Case c;
  EXPECT_EQ(c.run(), "model 'fake': 2 of 2 inputs are not set: 'x', 'bias'");
  c.set("bias", c.bias.tensor);
  EXPECT_EQ(c.run(), "model 'fake': 1 of 2 inputs is not set: 'x'");
}

TEST(Errors, SymbolsMustAgreeAcrossInputs) {
  FakeModel model;
  model.bias_dims[0] = {-1, 0, 0, "batch"};
  Loaded loaded(model.module);
  Floats x({2, 4});
  Floats bias({3});
  ASSERT_EQ(plx_context_set_input(loaded.context, "x", &x.tensor, nullptr), PLX_OK);
  ASSERT_EQ(plx_context_set_input(loaded.context, "bias", &bias.tensor, nullptr), PLX_OK);
  EXPECT_EQ(plx_context_run(loaded.context, &loaded.error), PLX_MISMATCH);
  EXPECT_STREQ(loaded.error.message,
               "model 'fake': dim 'batch' is 2 by input 'x' but 3 by dim 0 of input 'bias'");
}

TEST(Errors, ExpressionsAreChecked) {
  FakeModel model;
  model.bias_dims[0] = {-1, -1, 0, "2*batch>=1 + 1"};
  Loaded loaded(model.module);
  Floats x({2, 4});
  Floats bias({4});
  Floats five({5});
  ASSERT_EQ(plx_context_set_input(loaded.context, "x", &x.tensor, nullptr), PLX_OK);
  ASSERT_EQ(plx_context_set_input(loaded.context, "bias", &bias.tensor, nullptr), PLX_OK);
  EXPECT_EQ(plx_context_run(loaded.context, &loaded.error), PLX_MISMATCH);
  EXPECT_STREQ(loaded.error.message,
               "model 'fake', input 'bias': dim 0 is 4; expected 2*batch>=1 + 1, which is 5");
  ASSERT_EQ(plx_context_set_input(loaded.context, "bias", &five.tensor, nullptr), PLX_OK);
  EXPECT_EQ(plx_context_run(loaded.context, &loaded.error), PLX_OK) << loaded.error.message;
}

TEST(Errors, LowerBound) {
  Case c;
  Floats empty({0, 4});
  empty.tensor.data = &empty;
  c.set("x", empty.tensor);
  c.set("bias", c.bias.tensor);
  EXPECT_EQ(c.run(), "model 'fake', input 'x': dim 0, 'batch', is 0; expected at least 1");
}

TEST(Errors, FaultNamesTheFirstRowWhateverTheThreads) {
  for (int32_t threads : {1, 2, 3, 8}) {
    FakeModel model;
    Loaded loaded(model.module, threads);
    Floats x({100, 4});
    Floats bias({4});
    for (int64_t row : {97, 13, 14, 60}) x.values[static_cast<size_t>(4 * row + 1)] = -666.0f;
    ASSERT_EQ(plx_context_set_input(loaded.context, "x", &x.tensor, nullptr), PLX_OK);
    ASSERT_EQ(plx_context_set_input(loaded.context, "bias", &bias.tensor, nullptr), PLX_OK);
    EXPECT_EQ(plx_context_run(loaded.context, &loaded.error), PLX_FAULT);
    EXPECT_STREQ(
        loaded.error.message,
        "model 'fake', node '/gather/Gather' (Gather): index 13 is out of range: expected 0 to 7");
    for (float &value : x.values) value = 1;
    EXPECT_EQ(plx_context_run(loaded.context, &loaded.error), PLX_OK) << loaded.error.message;
  }
}

int32_t fail_with_message(plx_run *run) { return plx_rt_fail(run, PLX_FAULT_DIMS, 1, 6, 8, 1); }
int32_t write_nothing(plx_run *) { return 0; }
int32_t ask_for_too_much(plx_run *run) {
  plx_rt_arena(run, INT64_MAX - 5);
  return run->fault.code;
}
int32_t wrong_dims(plx_run *run) {
  int64_t dims[2] = {run->symbols[0], 5};
  plx_rt_output(run, 0, 2, dims);
  return run->fault.code;
}

TEST(Errors, FaultsOfHostPrograms) {
  struct {
    plx_run_fn run;
    plx_status status;
    const char *message;
  } cases[] = {
      {fail_with_message, PLX_FAULT,
       "model 'fake', node '/reshape' (plx.rebind): dim 1 is 6 by 'batch' but 8 by 'rows'"},
      {write_nothing, PLX_INTERNAL, "model 'fake': the compiled code did not write output 'y'"},
      {ask_for_too_much, PLX_OUT_OF_MEMORY,
       "model 'fake': no memory for 9223372036854775802 bytes"},
      {wrong_dims, PLX_INTERNAL,
       "model 'fake': the compiled code broke its contract with the runtime (0, 2, 1)"}};
  for (const auto &test : cases) {
    Case c;
    c.model.module.run = test.run;
    c.set("x", c.x.tensor);
    c.set("bias", c.bias.tensor);
    EXPECT_EQ(c.run(), test.message);
    EXPECT_EQ(c.loaded.error.status, test.status);
  }
}

TEST(Errors, Cancel) {
  Case c;
  c.set("x", c.x.tensor);
  c.set("bias", c.bias.tensor);
  plx_cancel(c.loaded.context);
  EXPECT_EQ(c.run(), "model 'fake': cancelled");
  EXPECT_EQ(c.loaded.error.status, PLX_CANCELLED);
  EXPECT_EQ(c.run(), "");
}

TEST(Errors, Options) {
  FakeModel model;
  Loaded loaded(model.module);
  plx_context_options options = {};
  plx_context *context = nullptr;
  EXPECT_EQ(plx_context_create(loaded.program, &options, &context, &loaded.error),
            PLX_INVALID_ARGUMENT);
  EXPECT_STREQ(
      loaded.error.message,
      "context options: struct_bytes is 0, expected 56; set it to sizeof(plx_context_options)");
  options.struct_bytes = sizeof options;
  options.threads = -1;
  EXPECT_EQ(plx_context_create(loaded.program, &options, &context, &loaded.error),
            PLX_INVALID_ARGUMENT);
  EXPECT_STREQ(loaded.error.message,
               "context options: threads is -1, expected 0 (all CPUs) to 1024");
}

}  // namespace
}  // namespace plx_test
