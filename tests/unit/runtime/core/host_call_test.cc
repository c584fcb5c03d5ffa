// Host functions: registered, found, called, failing.
// Covers: runtime/core/host_table.cc
#include "tests/unit/runtime/fake_model.h"

namespace plx_test {
namespace {

// y = x reversed.
int32_t reverse(void *function_data, plx_host_frame *frame, const plx_tensor *args,
                int32_t num_args, plx_tensor *results, int32_t) {
  if (num_args != 1) return 1;
  ++*static_cast<int *>(function_data);
  if (plx_host_result(frame, &results[0], PLX_F32, args[0].rank, args[0].dims) != PLX_OK) return 2;
  int64_t count = plx_num_elements(args[0].rank, args[0].dims);
  for (int64_t i = 0; i < count; ++i) {
    static_cast<float *>(results[0].data)[i] =
        static_cast<const float *>(args[0].data)[count - 1 - i];
  }
  if (std::string(plx_host_attributes(frame)) != "{\"axis\": 0}") return 3;
  return 0;
}

int32_t refuse(void *, plx_host_frame *frame, const plx_tensor *, int32_t, plx_tensor *, int32_t) {
  plx_host_error(frame, "bad pattern '['");
  return 7;
}

int32_t forget(void *, plx_host_frame *, const plx_tensor *, int32_t, plx_tensor *, int32_t) {
  return 0;
}

// The function chooses the result's sizes and gives an object.
int32_t call_host(plx_run *run) {
  int64_t dims[2] = {run->symbols[0], 4};
  plx_tensor arg = {run->inputs[0].data, run->inputs[0].dims, 2, PLX_F32};
  plx_tensor result = {};
  if (plx_rt_host_call(run, 0, 1, &arg, 1, &result, 1) != 0) return run->fault.code;
  EXPECT_EQ(result.element_type, PLX_OBJECT);
  int64_t sizes[2] = {};
  void *data = plx_rt_view(run, 1, static_cast<plx_object *>(result.data), PLX_F32, 2, sizes);
  if (data == nullptr) return run->fault.code;
  EXPECT_EQ(sizes[0], dims[0]);
  void *y = plx_rt_output(run, 0, 2, dims);
  std::memcpy(y, data, static_cast<size_t>(dims[0]) * 16);
  return 0;
}

// The function writes to the output, whose sizes the program knows.
int32_t call_host_in_place(plx_run *run) {
  int64_t dims[2] = {run->symbols[0], 4};
  plx_tensor arg = {run->inputs[0].data, run->inputs[0].dims, 2, PLX_F32};
  plx_tensor result = {plx_rt_output(run, 0, 2, dims), dims, 2, PLX_F32};
  return plx_rt_host_call(run, 0, 1, &arg, 1, &result, 1);
}

// A vector where the program expects a matrix.
int32_t flatten(void *, plx_host_frame *frame, const plx_tensor *, int32_t, plx_tensor *results,
                int32_t) {
  int64_t dims[1] = {8};
  return plx_host_result(frame, &results[0], PLX_F32, 1, dims) == PLX_OK ? 0 : 1;
}

struct HostCase {
  FakeModel model;
  plx_import imports[1] = {{"test:Reverse", "{\"axis\": 0}"}};
  plx_program *program = nullptr;
  plx_context *context = nullptr;
  plx_error error = {};

  HostCase() {
    model.module.imports = imports;
    model.module.num_imports = 1;
    model.module.run = call_host;
  }
  ~HostCase() {
    plx_context_destroy(context);
    plx_program_release(program);
  }
  plx_status load(plx_host_fn function, void *data) {
    plx_host_function functions[1] = {{"test:Reverse", function, data}};
    plx_load_options options = {};
    options.struct_bytes = sizeof options;
    options.host_functions = functions;
    options.num_host_functions = function == nullptr ? 0 : 1;
    plx_status status = plx_program_create(&model.module, &options, &program, &error);
    return status != PLX_OK ? status : plx_context_create(program, nullptr, &context, &error);
  }
  plx_status run(plx_tensor *y) {
    Floats x({2, 4});
    Floats bias({4});
    plx_context_set_input(context, "x", &x.tensor, nullptr);
    plx_context_set_input(context, "bias", &bias.tensor, nullptr);
    plx_status status = plx_context_run(context, &error);
    return status != PLX_OK ? status : plx_context_output(context, 0, y, &error);
  }
};

TEST(HostFunction, MissingIsRefusedByName) {
  HostCase c;
  EXPECT_EQ(c.load(nullptr, nullptr), PLX_NOT_FOUND);
  EXPECT_STREQ(c.error.message,
               "model 'fake' needs host functions that are not there: 'test:Reverse'. Those of "
               "Plexus ('host:...') are in libplexus_host.so, beside the runtime or on the library "
               "path; others are registered by plx_register_host_function");
}

TEST(HostFunction, GivesObjects) {
  HostCase c;
  int calls = 0;
  ASSERT_EQ(c.load(reverse, &calls), PLX_OK) << c.error.message;
  plx_tensor y;
  ASSERT_EQ(c.run(&y), PLX_OK) << c.error.message;
  EXPECT_EQ(static_cast<const float *>(y.data)[0], 7.0f);
  EXPECT_EQ(static_cast<const float *>(y.data)[7], 0.0f);
}

TEST(HostFunction, ObjectOfAnotherRankIsAFault) {
  HostCase c;
  plx_tensor y;
  ASSERT_EQ(c.load(flatten, nullptr), PLX_OK);
  EXPECT_EQ(c.run(&y), PLX_FAULT);
  EXPECT_STREQ(c.error.message,
               "model 'fake', node '/reshape' (plx.rebind): expected a tensor of f32 and rank 2, "
               "found f32[8]");
}

TEST(HostFunction, ResultThatDoesNotFitItsPlaceIsAFault) {
  HostCase c;
  c.model.module.run = call_host_in_place;
  plx_tensor y;
  ASSERT_EQ(c.load(flatten, nullptr), PLX_OK);
  EXPECT_EQ(c.run(&y), PLX_FAULT);
  EXPECT_NE(std::string(c.error.message).find("its result is f32[8]; expected f32[2, 4]"),
            std::string::npos)
      << c.error.message;
}

TEST(HostFunction, WritesInPlaceWithoutAllocating) {
  HostCase c;
  c.model.module.run = call_host_in_place;
  int calls = 0;
  ASSERT_EQ(c.load(reverse, &calls), PLX_OK) << c.error.message;
  plx_tensor y;
  ASSERT_EQ(c.run(&y), PLX_OK) << c.error.message;
  EXPECT_EQ(static_cast<const float *>(y.data)[0], 7.0f);
  EXPECT_EQ(static_cast<const float *>(y.data)[7], 0.0f);
  plx_memory before;
  plx_memory after;
  plx_context_memory(c.context, &before);
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(c.run(&y), PLX_OK);
  plx_context_memory(c.context, &after);
  EXPECT_EQ(before.heap_allocations, after.heap_allocations);
  EXPECT_EQ(before.host_bytes, after.host_bytes);
  EXPECT_EQ(calls, 1001);
}

TEST(HostFunction, RegistryServesLaterPrograms) {
  static int calls = 0;
  ASSERT_EQ(plx_register_host_function("test:Registered", reverse, &calls, nullptr), PLX_OK);
  HostCase c;
  c.imports[0].name = "test:Registered";
  ASSERT_EQ(c.load(nullptr, nullptr), PLX_OK) << c.error.message;
  plx_tensor y;
  ASSERT_EQ(c.run(&y), PLX_OK);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(plx_register_host_function("", reverse, nullptr, nullptr), PLX_INVALID_ARGUMENT);
}

TEST(HostFunction, LibrariesWithoutFunctionsAreRefused) {
  plx_error error;
  EXPECT_EQ(plx_open_host_functions("/no/such.so", &error), PLX_NOT_FOUND);
  EXPECT_NE(std::string(error.message).find("cannot load '/no/such.so'"), std::string::npos);
  EXPECT_EQ(plx_has_host_function("plx:sequence_at"), 1);
  EXPECT_EQ(plx_has_host_function("no.domain:Op"), 0);
}

TEST(HostFunction, FailureKeepsItsMessage) {
  HostCase c;
  plx_tensor y;
  ASSERT_EQ(c.load(refuse, nullptr), PLX_OK);
  EXPECT_EQ(c.run(&y), PLX_FAULT);
  EXPECT_STREQ(c.error.message,
               "model 'fake', node '/reshape' (plx.rebind): host function 'test:Reverse' failed: "
               "bad pattern "
               "'['");
}

TEST(HostFunction, MissingResultIsAFault) {
  HostCase c;
  plx_tensor y;
  ASSERT_EQ(c.load(forget, nullptr), PLX_OK);
  EXPECT_EQ(c.run(&y), PLX_FAULT);
  EXPECT_NE(std::string(c.error.message).find("it left result 0 without data"), std::string::npos);
}

}  // namespace
}  // namespace plx_test
