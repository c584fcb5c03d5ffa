// The C ABI: a run of steps as a program would do it.
// Covers: runtime/train/api.cc
#include "runtime/train/trainer.h"

#include "tests/unit/runtime/train/fake_step.h"

namespace plx::train {
namespace {

class TrainerTest : public testing::Test {
 protected:
  TrainerTest() {
    options.struct_bytes = sizeof options;
    options.threads = 1;
    options.batch = 2;
    options.rate = 0.01;
    options.keeps_order = 1;
  }
  ~TrainerTest() override { plx_trainer_close(trainer); }

  plx_status open() {
    plx_trainer_close(trainer);
    trainer = nullptr;
    return plx_trainer_open(fake.path.c_str(), &options, &trainer, &error);
  }
  plx_status give(const char *input, std::vector<float> values) {
    int64_t rows = static_cast<int64_t>(values.size());
    plx_tensor tensor{values.data(), &rows, 1, PLX_F32};
    return plx_trainer_set_data(trainer, input, &tensor, &error);
  }
  void begin() {
    ASSERT_EQ(open(), PLX_OK) << error.message;
    ASSERT_EQ(give("x", x), PLX_OK) << error.message;
    ASSERT_EQ(give("target", target), PLX_OK) << error.message;
  }
  std::vector<double> steps(int count) {
    std::vector<double> losses;
    for (int i = 0; i < count; ++i) {
      EXPECT_EQ(plx_trainer_step(trainer, &figures, &error), PLX_OK) << error.message;
      losses.push_back(figures.loss);
    }
    return losses;
  }
  float weight() {
    plx_trainer_state state{};
    EXPECT_EQ(plx_trainer_get_state(trainer, 0, &state, &error), PLX_OK) << error.message;
    EXPECT_STREQ(state.name, "p");
    EXPECT_EQ(state.kind, PLX_TRAINER_PARAMETER);
    return *static_cast<const float *>(state.tensor.data);
  }
  std::string message() const { return error.message; }

  FakeStep fake;
  plx_trainer_options options{};
  plx_trainer *trainer = nullptr;
  plx_trainer_figures figures{};
  plx_error error{};
  std::vector<float> x{1, 2, 3, 4, 5}, target{2, 4, 7, 8, 11};
};

TEST_F(TrainerTest, TakesItsRowsInTurn) {
  begin();
  float p = 2;
  std::vector<double> expected{stepByHand({1, 2}, {2, 4}, 0.01, p),
                               stepByHand({3, 4}, {7, 8}, 0.01, p),
                               stepByHand({5}, {11}, 0.01, p),  // what is left of the epoch
                               stepByHand({1, 2}, {2, 4}, 0.01, p)};
  EXPECT_EQ(steps(4), expected);
  EXPECT_EQ(figures.steps, 4);
  EXPECT_EQ(figures.epoch, 1);
  EXPECT_EQ(figures.learning_rate, 0.01);
  EXPECT_EQ(weight(), p);
  plx_tensor prediction;
  ASSERT_EQ(plx_trainer_prediction(trainer, &prediction, &error), PLX_OK) << error.message;
  EXPECT_EQ(prediction.dims[0], 2);
}

TEST_F(TrainerTest, ShufflesByTheSeed) {
  options.keeps_order = 0;
  options.batch = 1;
  std::vector<std::vector<double>> runs;
  for (uint64_t seed : {1, 1, 2}) {
    options.seed = seed;
    begin();
    runs.push_back(steps(5));
  }
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_NE(runs[0], runs[2]);
}

TEST_F(TrainerTest, RateFollowsTheSchedule) {
  options.schedule = "linear";
  options.steps = 4;
  begin();
  std::vector<double> rates;
  for (int i = 0; i < 4; ++i) {
    steps(1);
    rates.push_back(figures.learning_rate);
  }
  EXPECT_EQ(rates, (std::vector<double>{0.01, 0.0075, 0.005, 0.0025}));
}

TEST_F(TrainerTest, GoesOnFromACheckpointWithTheSameBits) {
  std::string folder = fake.folder.in("c");
  options.checkpoints = folder.c_str();
  begin();
  int64_t done = -1;
  ASSERT_EQ(plx_trainer_resume(trainer, &done, &error), PLX_OK) << error.message;
  EXPECT_EQ(done, 0) << "there is none yet";
  steps(3);
  ASSERT_EQ(plx_trainer_checkpoint(trainer, &error), PLX_OK) << error.message;
  std::vector<double> rest = steps(4);
  begin();
  ASSERT_EQ(plx_trainer_resume(trainer, &done, &error), PLX_OK) << error.message;
  EXPECT_EQ(done, 3);
  EXPECT_EQ(steps(4), rest);
  options.rate = 0.02;
  begin();
  EXPECT_EQ(plx_trainer_resume(trainer, &done, &error), PLX_MISMATCH);
  EXPECT_NE(message().find("it is of a run with other options"), std::string::npos) << message();
}

TEST_F(TrainerTest, StatesCanBeSet) {
  begin();
  float five = 5;
  int64_t one = 1, two = 2;
  plx_tensor tensor{&five, &one, 1, PLX_F32};
  ASSERT_EQ(plx_trainer_set_state(trainer, "p", &tensor, &error), PLX_OK) << error.message;
  EXPECT_EQ(weight(), 5);
  float p = 5;
  EXPECT_EQ(steps(1)[0], stepByHand({1, 2}, {2, 4}, 0.01, p));
  EXPECT_EQ(plx_trainer_set_state(trainer, "q", &tensor, &error), PLX_NOT_FOUND);
  EXPECT_EQ(message(), "the step has no state 'q'");
  tensor.dims = &two;
  EXPECT_EQ(plx_trainer_set_state(trainer, "p", &tensor, &error), PLX_MISMATCH);
  EXPECT_EQ(message(), "state 'p': expected f32[1], found f32[2]");
  plx_trainer_state state;
  EXPECT_EQ(plx_trainer_get_state(trainer, 1, &state, &error), PLX_NOT_FOUND);
  EXPECT_EQ(message(), "there is no state 1, but 1");
}

TEST_F(TrainerTest, InputsAreNamed) {
  begin();
  ASSERT_EQ(plx_trainer_num_inputs(trainer), 2);
  EXPECT_STREQ(plx_trainer_input(trainer, 0)->name, "x");
  EXPECT_EQ(plx_trainer_input(trainer, 2), nullptr);
  EXPECT_STREQ(plx_trainer_target(trainer), "target");
}

TEST_F(TrainerTest, DataThatDoNotFitAreRefused) {
  ASSERT_EQ(open(), PLX_OK) << error.message;
  EXPECT_EQ(plx_trainer_step(trainer, nullptr, &error), PLX_INVALID_ARGUMENT);
  EXPECT_EQ(message(), "input 'x' has no data");
  EXPECT_EQ(give("z", x), PLX_NOT_FOUND);
  EXPECT_EQ(message(), "the step has no input 'z'; it has 'x', 'target'");
  EXPECT_EQ(give("x", {}), PLX_INVALID_ARGUMENT);
  EXPECT_EQ(message(), "column 'x' has no rows: it must have a first dim, of 1 row or more");
  EXPECT_EQ(plx_trainer_set_data(trainer, "x", nullptr, &error), PLX_INVALID_ARGUMENT);
  EXPECT_EQ(message(), "rows is NULL");
  plx_tensor scalar{x.data(), nullptr, 0, PLX_F32};
  EXPECT_EQ(plx_trainer_set_data(trainer, "x", &scalar, &error), PLX_INVALID_ARGUMENT);
  ASSERT_EQ(give("x", x), PLX_OK);
  ASSERT_EQ(give("target", {1, 2}), PLX_OK);
  EXPECT_EQ(plx_trainer_step(trainer, nullptr, &error), PLX_INVALID_ARGUMENT);
  EXPECT_EQ(message(), "the data of input 'target' have 2 rows, others 5");
  ASSERT_EQ(give("target", {1, -666, 3, 4, 5}), PLX_OK);
  EXPECT_EQ(plx_trainer_step(trainer, nullptr, &error), PLX_FAULT);
  EXPECT_NE(message().find("'/loss'"), std::string::npos) << message();
  EXPECT_EQ(plx_trainer_checkpoint(trainer, &error), PLX_INVALID_ARGUMENT);
  EXPECT_EQ(message(), "plx_trainer_options.checkpoints names no folder");
}

TEST_F(TrainerTest, OptionsThatDoNotFitAreRefused) {
  options.struct_bytes = 0;
  EXPECT_EQ(open(), PLX_INVALID_ARGUMENT);
  EXPECT_EQ(message(), "plx_trainer_options: struct_bytes is not set");
  options.struct_bytes = sizeof options;
  options.schedule = "wavy";
  EXPECT_EQ(open(), PLX_INVALID_ARGUMENT);
  EXPECT_EQ(message(),
            "there is no schedule 'wavy'; there are constant, step, exponential, cosine, linear");
  options.schedule = "cosine";
  EXPECT_EQ(open(), PLX_INVALID_ARGUMENT);
  EXPECT_EQ(message(), "schedule 'cosine' needs `steps`, over which it goes");
  options.schedule = nullptr;
  options.rate = -1;
  EXPECT_EQ(open(), PLX_INVALID_ARGUMENT);
  options.rate = 0;
  std::filesystem::remove(fake.path + ".training");
  EXPECT_EQ(open(), PLX_BAD_FORMAT);
  EXPECT_EQ(plx_trainer_open("/none/step.so", &options, &trainer, nullptr), PLX_NOT_FOUND);
}

}  // namespace
}  // namespace plx::train
