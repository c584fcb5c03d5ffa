#include "runtime/train/stepper.h"

#include "tests/unit/runtime/train/fake_step.h"

namespace plx::train {
namespace {

class StepperTest : public testing::Test {
 protected:
  void SetUp() override {
    plx_error error;
    ASSERT_EQ(plx_program_open(fake.path.c_str(), nullptr, &program, &error), PLX_OK)
        << error.message;
  }
  void TearDown() override {
    stepper.reset();
    plx_program_release(program);
  }
  absl::Status create(const StepDescription &description) {
    plx_context_options options = {};
    options.struct_bytes = sizeof options;
    options.threads = 1;
    absl::StatusOr<Stepper> made = Stepper::create(program, description, options);
    if (made.ok()) stepper = std::make_unique<Stepper>(*std::move(made));
    return made.status();
  }
  absl::Status set(const std::string &name, std::vector<float> &values) {
    int64_t rows = static_cast<int64_t>(values.size());
    return stepper->setInput(name, {values.data(), &rows, 1, PLX_F32});
  }
  void setRows() {
    ASSERT_TRUE(set("x", x).ok());
    ASSERT_TRUE(set("target", target).ok());
  }
  float weight() {
    absl::StatusOr<const std::vector<Stepper::State> *> states = stepper->states();
    EXPECT_TRUE(states.ok()) << states.status();
    return *static_cast<const float *>((**states)[0].value.data);
  }

  FakeStep fake;
  plx_program *program = nullptr;
  std::unique_ptr<Stepper> stepper;
  std::vector<float> x{1, 2, 3}, target{3, 5, 10};
};

TEST_F(StepperTest, StatesGoFromStepToStep) {
  ASSERT_TRUE(create(fake.description).ok());
  setRows();
  float p = 2;
  for (int step = 0; step < 5; ++step) {
    absl::StatusOr<Stepper::Figures> figures = stepper->run(0.05, step, step, 1);
    ASSERT_TRUE(figures.ok()) << figures.status();
    EXPECT_EQ(figures->loss, stepByHand(x, target, 0.05, p));
    EXPECT_EQ(weight(), p);
  }
  EXPECT_EQ(stepper->stateBytes(), 4u);
}

TEST_F(StepperTest, ResetIsTheBeginning) {
  ASSERT_TRUE(create(fake.description).ok());
  setRows();
  double first = stepper->run(0.05, 0, 0, 1)->loss;
  EXPECT_NE(weight(), 2);
  ASSERT_TRUE(stepper->reset().ok());
  EXPECT_EQ(weight(), 2);
  EXPECT_EQ(stepper->run(0.05, 0, 0, 1)->loss, first);
}

TEST_F(StepperTest, WrittenStatesCountOnceTaken) {
  ASSERT_TRUE(create(fake.description).ok());
  setRows();
  *static_cast<float *>((**stepper->states())[0].value.data) = 3;
  ASSERT_TRUE(stepper->takeStates().ok());
  float p = 3;
  EXPECT_EQ(stepper->run(0.05, 0, 0, 1)->loss, stepByHand(x, target, 0.05, p));
}

TEST_F(StepperTest, KnowsWhatABatchIs) {
  ASSERT_TRUE(create(fake.description).ok());
  ASSERT_EQ(stepper->batchInputs().size(), 2u);
  EXPECT_STREQ(stepper->batchInputs()[0]->name, "x");
  EXPECT_STREQ(stepper->batchInputs()[1]->name, "target");
  EXPECT_EQ(stepper->ownBatch(), 0);
  setRows();
  ASSERT_TRUE(stepper->run(0, 0, 0, 1).ok());
  absl::StatusOr<plx_tensor> prediction = stepper->prediction();
  ASSERT_TRUE(prediction.ok()) << prediction.status();
  EXPECT_EQ(static_cast<const float *>(prediction->data)[2], 6);
}

TEST_F(StepperTest, AFaultNamesItsNode) {
  ASSERT_TRUE(create(fake.description).ok());
  target[1] = -666;
  setRows();
  absl::Status status = stepper->run(0.05, 0, 0, 1).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_NE(status.message().find("'/loss'"), absl::string_view::npos) << status;
}

TEST_F(StepperTest, WhatDoesNotFitIsSaid) {
  StepDescription other = fake.description;
  other.prediction = "z";
  EXPECT_EQ(create(other).message(),
            "model 'fake step' has no output 'z': it is no step of training");
  other = fake.description;
  other.states.push_back({"q", StateKind::Slot, PLX_F32, {1}, nullptr, 4});
  EXPECT_EQ(create(other).message(), "model 'fake step' has no state 'q' as its description says");
  other = fake.description;
  other.states[0].dims = {2};
  EXPECT_EQ(create(other).code(), absl::StatusCode::kInvalidArgument);
  // A sum is a state of other parts.
  other = fake.description;
  other.states.push_back({"p.sum", StateKind::Sum, PLX_F32, {1}, nullptr, 4});
  ASSERT_TRUE(create(other).ok());
  EXPECT_EQ(stepper->numStates(), 1u);
  EXPECT_EQ(set("nothing", x).message(), "the model has no input 'nothing'");
}

}  // namespace
}  // namespace plx::train
