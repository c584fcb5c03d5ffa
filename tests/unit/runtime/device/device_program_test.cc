// What a device holds of a program: made once a device, given back, refused where it is damaged.
#include "runtime/device/device_program.h"

#include <functional>

#include "tests/unit/runtime/device/fake_test.h"

namespace plx_test {
namespace {

class DeviceProgramTest : public FakeTest {
 protected:
  plx_context_options options(int32_t device) {
    plx_context_options out = {};
    out.struct_bytes = sizeof out;
    out.device = device;
    return out;
  }
  // Loads the model and makes a context; the status of what fails.
  plx_status make() {
    plx_program *program = nullptr;
    plx_context *context = nullptr;
    plx_status status = plx_program_create(&model_.module, nullptr, &program, &error_);
    if (status == PLX_OK) status = plx_context_create(program, nullptr, &context, &error_);
    plx_context_destroy(context);
    plx_program_release(program);
    return status;
  }
};

TEST_F(DeviceProgramTest, IsSharedByContexts) {
  Loaded loaded(model_.module);
  int32_t uploads = fake()->uploads;
  plx_context *second = nullptr;
  ASSERT_EQ(plx_context_create(loaded.program, nullptr, &second, &error_), PLX_OK);
  EXPECT_EQ(fake()->loads, 1);  // one image for both kernels
  EXPECT_EQ(uploads, 1);        // the weights
  EXPECT_EQ(fake()->uploads, 1);
  EXPECT_EQ(fake()->devices, 1);
  EXPECT_EQ(fake()->streams, 2);  // that of the weights' upload is closed
  plx_context_destroy(second);
}

TEST_F(DeviceProgramTest, IsMadeForEachDevice) {
  Loaded loaded(model_.module, options(1));
  plx_context *other = nullptr;
  plx_context_options first = options(0);
  ASSERT_EQ(plx_context_create(loaded.program, &first, &other, &error_), PLX_OK);
  EXPECT_EQ(fake()->devices, 2);
  EXPECT_EQ(fake()->loads, 2);
  EXPECT_EQ(run_model(&loaded, 3), expected_y(3));
  plx_context_destroy(other);
}

TEST_F(DeviceProgramTest, RefusesADeviceThatIsNotThere) {
  plx_program *program = nullptr;
  plx_context *context = nullptr;
  ASSERT_EQ(plx_program_create(&model_.module, nullptr, &program, &error_), PLX_OK);
  plx_context_options third = options(2);
  EXPECT_EQ(plx_context_create(program, &third, &context, &error_), PLX_NOT_FOUND);
  EXPECT_STREQ(error_.message, "fake: there is no device 2");
  EXPECT_EQ(context, nullptr);
  plx_program_release(program);
}

TEST_F(DeviceProgramTest, LoadsTheImageThatSuitsBest) {
  for (plx_device_kernel &kernel : model_.device_kernels) kernel.num_images = 3;
  ASSERT_EQ(make(), PLX_OK) << error_.message;
  EXPECT_EQ(fake()->loaded, (std::vector<std::string>{"cubin 90"}));
  fake()->loaded.clear();
  model_.images[2].architecture = 80;
  ASSERT_EQ(make(), PLX_OK) << error_.message;
  EXPECT_EQ(fake()->loaded, (std::vector<std::string>{"ptx 90"}));
}

TEST_F(DeviceProgramTest, SaysWhatItWasCompiledForWhereNothingSuits) {
  model_.images[0] = {PLX_IMAGE_CUBIN, 100, "fake", 4};
  model_.images[1].architecture = 100;
  model_.device_kernels[0].num_images = 2;
  EXPECT_EQ(make(), PLX_UNSUPPORTED);
  EXPECT_STREQ(error_.message,
               "model 'fake' was compiled for sm_100, PTX of compute_100, and none of these runs "
               "on this device (fake device 0): compile it with --cpu sm_NN for it");
}

TEST_F(DeviceProgramTest, LeavesNothingBehindWhereACallFails) {
  for (const char *function :
       {"open", "load", "find", "allocate", "open_stream", "upload", "synchronize"}) {
    fail(function);
    EXPECT_EQ(make(), PLX_INTERNAL) << function;
    EXPECT_EQ(error_.message, "fake: " + std::string(function) + " fails");
    expect_nothing_open();
  }
}

TEST_F(DeviceProgramTest, SaysThatTheWeightsDoNotFit) {
  fake()->memory = 15;
  EXPECT_EQ(make(), PLX_OUT_OF_MEMORY);
  EXPECT_STREQ(error_.message, "fake: no memory for 16 bytes");
}

TEST_F(DeviceProgramTest, IsTriedAgainAfterAFailure) {
  plx_program *program = nullptr;
  plx_context *context = nullptr;
  ASSERT_EQ(plx_program_create(&model_.module, nullptr, &program, &error_), PLX_OK);
  fail("load");
  EXPECT_EQ(plx_context_create(program, nullptr, &context, &error_), PLX_INTERNAL);
  fail("");
  EXPECT_EQ(plx_context_create(program, nullptr, &context, &error_), PLX_OK);
  plx_context_destroy(context);
  plx_program_release(program);
}

TEST_F(DeviceProgramTest, RefusesRangesThatAreNoExpressions) {
  model_.scale_operands[3].bytes = "4*s0*s2";  // it has two sizes
  EXPECT_EQ(make(), PLX_BAD_FORMAT);
  EXPECT_NE(strstr(error_.message, "s2"), nullptr) << error_.message;
}

TEST_F(DeviceProgramTest, RefusesDamagedTables) {
  using Damage = std::function<void(DeviceModel *)>;
  const std::pair<const char *, Damage> damages[] = {
      {"no device", [](DeviceModel *m) { m->code.device = nullptr; }},
      {"negative count", [](DeviceModel *m) { m->code.num_images = -1; }},
      {"no images", [](DeviceModel *m) { m->code.images = nullptr; }},
      {"no kernels", [](DeviceModel *m) { m->code.kernels = nullptr; }},
      {"empty image", [](DeviceModel *m) { m->images[0].bytes = 0; }},
      {"no data", [](DeviceModel *m) { m->images[2].data = nullptr; }},
      {"open text", [](DeviceModel *m) { m->images[0].bytes = 4; }},
      {"open PTX", [](DeviceModel *m) { m->images[1].bytes = 4; }},
      {"no entry", [](DeviceModel *m) { m->device_kernels[1].entry = nullptr; }},
      {"operands", [](DeviceModel *m) { m->device_kernels[1].num_operands = 4097; }},
      {"no operands", [](DeviceModel *m) { m->device_kernels[1].operands = nullptr; }},
      {"sizes", [](DeviceModel *m) { m->device_kernels[0].num_sizes = 257; }},
      {"no threads", [](DeviceModel *m) { m->device_kernels[0].threads = 0; }},
      {"threads", [](DeviceModel *m) { m->device_kernels[0].threads = 1025; }},
      {"shared", [](DeviceModel *m) { m->device_kernels[0].shared_bytes = -1; }},
      {"first image", [](DeviceModel *m) { m->device_kernels[0].first_image = -1; }},
      {"no image", [](DeviceModel *m) { m->device_kernels[0].num_images = 0; }},
      {"last image", [](DeviceModel *m) { m->device_kernels[0].num_images = 4; }},
      {"access", [](DeviceModel *m) { m->scale_operands[2].access = 4; }},
      {"element", [](DeviceModel *m) { m->scale_operands[2].element_bytes = 0; }},
      {"no range", [](DeviceModel *m) { m->scale_operands[2].bytes = nullptr; }},
      {"packing", [](DeviceModel *m) { m->module.prepare = run_on_device; }},
  };
  for (const auto &[name, damage] : damages) {
    DeviceModel model;
    damage(&model);
    plx_program *program = nullptr;
    EXPECT_EQ(plx_program_create(&model.module, nullptr, &program, &error_), PLX_BAD_FORMAT)
        << name;
    EXPECT_NE(strstr(error_.message, "model 'fake': its table of device code is damaged"), nullptr)
        << name << ": " << error_.message;
  }
}

}  // namespace
}  // namespace plx_test
