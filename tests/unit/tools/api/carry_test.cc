// Outputs that are carried over to the inputs donated to them, on the CPU and on a device.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "tools/api/plexus.h"

namespace plx {
namespace {

// p' = p + x, and twice what p was.
constexpr char kStep[] = R"(
func.func @main(%p: tensor<4xf32> {plx.name = "p"}, %x: tensor<4xf32> {plx.name = "x"})
    -> (tensor<4xf32> {plx.name = "p", plx.updates = "p"}, tensor<4xf32> {plx.name = "twice"}) {
  %next = plx.pointwise add(%p, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %twice = plx.pointwise add(%p, %p) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %next, %twice : tensor<4xf32>, tensor<4xf32>
}
)";

class CarryTest : public testing::TestWithParam<const char *> {
 protected:
  void SetUp() override {
#ifdef PLEXUS_TEST_EMULATOR
    setenv("PLEXUS_EMULATOR", PLEXUS_TEST_EMULATOR, 1);
#endif
    char text[256];
    if (GetParam() != std::string("cpu") &&
        plx_device_describe(GetParam(), 0, text, sizeof text, &error_) != PLX_OK)
      GTEST_SKIP() << error_.message;
    char name[] = "/tmp/plexus-carry-XXXXXX";
    folder_ = mkdtemp(name);
    std::string path = folder_ + "/step.mlir";
    std::ofstream(path) << kStep;
    plexus_options options{};
    options.struct_bytes = sizeof options;
    options.device = GetParam();
    char *message = nullptr;
    ASSERT_EQ(plexus_model_open(path.c_str(), &options, &model_, &message), PLX_OK) << message;
    ASSERT_EQ(plexus_session_create(model_, GetParam(), &session_, &message), PLX_OK) << message;
    ASSERT_EQ(plx_context_create(plexus_session_program(session_), nullptr, &context_, &error_),
              PLX_OK)
        << error_.message;
    set(0, p_);
    set(1, x_);
  }
  void TearDown() override {
    plx_context_destroy(context_);
    plexus_session_destroy(session_);
    plexus_model_close(model_);
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }
  bool isOnDevice() const { return GetParam() != std::string("cpu"); }
  void set(int32_t input, std::vector<float> &values) {
    plx_tensor tensor{values.data(), &four_, 1, PLX_F32};
    ASSERT_EQ(plx_context_set_input_at(context_, input, &tensor, &error_), PLX_OK)
        << error_.message;
  }
  void carry(int32_t output) {
    ASSERT_EQ(plx_context_carry(context_, output, &error_), PLX_OK) << error_.message;
  }
  void run(int times) {
    for (int i = 0; i < times; ++i)
      ASSERT_EQ(plx_context_run(context_, &error_), PLX_OK) << error_.message;
  }
  void fetch() { ASSERT_EQ(plx_context_fetch(context_, &error_), PLX_OK) << error_.message; }
  std::vector<float> output(int32_t index) {
    plx_tensor tensor{};
    EXPECT_EQ(plx_context_output(context_, index, &tensor, &error_), PLX_OK) << error_.message;
    auto *values = static_cast<const float *>(tensor.data);
    return {values, values + 4};
  }

  using Floats = std::vector<float>;
  std::string folder_;
  plexus_model *model_ = nullptr;
  plexus_session *session_ = nullptr;
  plx_context *context_ = nullptr;
  plx_error error_{};
  int64_t four_ = 4;
  Floats p_{1, 2, 3, 4}, x_{10, 20, 30, 40};
};

TEST_P(CarryTest, EachRunUpdatesTheInputOfTheNext) {
  carry(0);
  run(3);
  EXPECT_EQ(output(1), (Floats{42, 84, 126, 168})) << "others are there without a fetch";
  fetch();
  EXPECT_EQ(p_, (Floats{31, 62, 93, 124}));
  EXPECT_EQ(output(0), p_);
}

TEST_P(CarryTest, OnADeviceTheElementsStayThere) {
  carry(0);
  run(1);
  p_ = {0, 0, 0, 0};  // on the CPU this is the input
  run(1);
  fetch();
  EXPECT_EQ(p_, isOnDevice() ? (Floats{21, 42, 63, 84}) : (Floats{10, 20, 30, 40}));
  p_ = {0, 0, 0, 0};
  fetch();  // nothing is newer
  EXPECT_EQ(p_, (Floats{0, 0, 0, 0}));
}

TEST_P(CarryTest, WhatIsSetAfterwardsCounts) {
  carry(0);
  run(2);
  p_ = {5, 5, 5, 5};
  set(0, p_);
  fetch();
  EXPECT_EQ(p_, (Floats{5, 5, 5, 5})) << "the device's are older";
  run(1);
  Floats other{7, 7, 7, 7};
  set(0, other);
  run(1);
  fetch();
  EXPECT_EQ(other, (Floats{17, 27, 37, 47}));
}

TEST_P(CarryTest, BindingEndsIt) {
  carry(0);
  run(1);
  fetch();
  Floats next(4);
  ASSERT_EQ(plx_context_bind_output(context_, 0, next.data(), 16, &error_), PLX_OK);
  run(2);
  fetch();
  EXPECT_EQ(p_, (Floats{11, 22, 33, 44}));
  EXPECT_EQ(next, (Floats{21, 42, 63, 84}));
}

TEST_P(CarryTest, MemoryGivenBackIsUploadedAnew) {
  carry(0);
  run(1);
  fetch();
  plx_trim(context_);
  run(1);
  fetch();
  EXPECT_EQ(p_, (Floats{21, 42, 63, 84}));
}

TEST_P(CarryTest, WhatCannotBeCarriedIsSaid) {
  EXPECT_EQ(plx_context_carry(context_, 1, &error_), PLX_INVALID_ARGUMENT);
  EXPECT_NE(std::string(error_.message).find("no input is donated to output 'twice'"),
            std::string::npos)
      << error_.message;
  EXPECT_EQ(plx_context_carry(context_, 2, &error_), PLX_INVALID_ARGUMENT);
  EXPECT_NE(std::string(error_.message).find("output 2 does not exist"), std::string::npos)
      << error_.message;
}

INSTANTIATE_TEST_SUITE_P(Devices, CarryTest, testing::Values("cpu", "cuda-emulated"),
                         [](const auto &info) {
                           return info.param == std::string("cpu") ? "Cpu" : "Emulated";
                         });

}  // namespace
}  // namespace plx
