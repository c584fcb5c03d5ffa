// Objects of runs: how long they live, how they come in and go out.
#include "tests/unit/runtime/core/objects.h"

namespace plx_test {
namespace {

// A model of the sequence "s" in, "t" out.
struct SequenceModel {
  plx_value inputs[1] = {{"s", PLX_F32, -1, nullptr, PLX_KIND_SEQUENCE, 0}};
  plx_value outputs[1] = {{"t", PLX_F32, -1, nullptr, PLX_KIND_SEQUENCE, -1}};
  plx_import imports[2] = {{"plx:sequence_insert", nullptr}, {"plx:sequence_erase", nullptr}};
  FakeModel model;

  explicit SequenceModel(plx_run_fn run) {
    model.module.inputs = inputs;
    model.module.num_inputs = 1;
    model.module.outputs = outputs;
    model.module.imports = imports;
    model.module.num_imports = 2;
    model.module.run = run;
  }
};

plx_object *called(plx_run *run, int32_t import, std::vector<plx_tensor> args) {
  plx_tensor result = {};
  EXPECT_EQ(
      plx_rt_host_call(run, import, 0, args.data(), static_cast<int32_t>(args.size()), &result, 1),
      0);
  return static_cast<plx_object *>(result.data);
}

// A thousand times: an item in, the first one out again.
int32_t loop(plx_run *run) {
  auto *state = static_cast<plx_object *>(run->inputs[0].data);
  float number = 1;
  int64_t first = 0;
  plx_tensor item = {&number, nullptr, 0, PLX_F32};
  plx_tensor position = {&first, nullptr, 0, PLX_I64};
  int64_t mark = plx_rt_mark(run);
  for (int i = 0; i < 1000; ++i) {
    plx_object *longer = called(run, 0, {as_argument(state), item});
    state = called(run, 1, {as_argument(longer), position});
    EXPECT_EQ(plx_rt_mark(run), mark + (i == 0 ? 2 : 3));
    plx_rt_keep(run, mark, &state, 1);
    EXPECT_EQ(plx_rt_mark(run), mark + 1);
  }
  return plx_rt_output_object(run, 0, state, 0, nullptr);
}

TEST(RunObjects, ALoopLetsGoOfWhatIterationsMade) {
  SequenceModel model(loop);
  Loaded loaded(model.model.module);
  plx_object *sequence = sequence_of({object_of(Floats({2})), object_of(Floats({3}))});
  plx_error error;
  ASSERT_EQ(plx_context_set_input_object(loaded.context, 0, sequence, &error), PLX_OK)
      << error.message;
  plx_object_release(sequence);  // the context holds it
  plx_object *out = nullptr;
  for (int i = 0; i < 2; ++i) {
    ASSERT_EQ(plx_context_run(loaded.context, &error), PLX_OK) << error.message;
    ASSERT_EQ(plx_context_output_object(loaded.context, 0, &out, &error), PLX_OK) << error.message;
    char text[64];
    plx_format_object(out, text, sizeof text);
    EXPECT_STREQ(text, "sequence of 2: f32[], f32[]");
  }
  plx_object_hold(out);
  plx_trim(loaded.context);
  EXPECT_EQ(plx_context_output_object(loaded.context, 0, &sequence, &error), PLX_INVALID_ARGUMENT);
  EXPECT_EQ(plx_object_count(out), 2);
  plx_object_release(out);
}

int32_t pass_on(plx_run *run) {
  return plx_rt_output_object(run, 0, static_cast<plx_object *>(run->inputs[0].data), 0, nullptr);
}

TEST(RunObjects, KindsAreCheckedAtTheBoundary) {
  SequenceModel model(pass_on);
  Loaded loaded(model.model.module);
  plx_error error;
  Floats floats({2});
  EXPECT_EQ(plx_context_set_input_at(loaded.context, 0, &floats.tensor, &error), PLX_MISMATCH);
  EXPECT_STREQ(error.message,
               "model 'fake': input 's' is a sequence; use plx_context_set_input_object");
  plx_object *tensor = object_of(floats);
  EXPECT_EQ(plx_context_set_input_object(loaded.context, 0, tensor, &error), PLX_MISMATCH);
  EXPECT_STREQ(error.message, "model 'fake', input 's': expected a sequence, found a tensor");
  plx_object_release(tensor);
  EXPECT_EQ(plx_context_run(loaded.context, &error), PLX_INVALID_ARGUMENT);
  plx_object *empty = sequence_of({});
  ASSERT_EQ(plx_context_set_input_object(loaded.context, 0, empty, &error), PLX_OK);
  plx_object_release(empty);
  ASSERT_EQ(plx_context_run(loaded.context, &error), PLX_OK) << error.message;
  plx_tensor view;
  EXPECT_EQ(plx_context_output(loaded.context, 0, &view, &error), PLX_MISMATCH);
  EXPECT_STREQ(error.message,
               "model 'fake': output 't' is a sequence; use plx_context_output_object");
}

int32_t give_a_tensor(plx_run *run) {
  plx_object *object = object_of(Floats({2}));
  plx_rt_output_object(run, 0, object, 0, nullptr);
  plx_object_release(object);
  return run->fault.code;
}

TEST(RunObjects, CodeThatGivesAnotherKindIsFoundOut) {
  SequenceModel model(give_a_tensor);
  Loaded loaded(model.model.module);
  plx_error error;
  plx_object *empty = sequence_of({});
  ASSERT_EQ(plx_context_set_input_object(loaded.context, 0, empty, &error), PLX_OK);
  plx_object_release(empty);
  EXPECT_EQ(plx_context_run(loaded.context, &error), PLX_INTERNAL);
}

}  // namespace
}  // namespace plx_test
