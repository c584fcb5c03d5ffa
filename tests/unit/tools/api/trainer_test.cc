// Trainer and Runner beyond the worked examples: running moments, derivatives of the user's own,
// threads, and what is said of wrong input.
#include <gtest/gtest.h>

#include <cmath>

#include "frontends/builder/Layers.h"
#include "frontends/builder/Recurrent.h"
#include "tools/api/Networks.h"

namespace plx {
namespace {

using builder::Mode;
using builder::Network;
using builder::NetworkOptions;
using builder::Sequential;
using builder::Tensor;
using builder::TrainingOptions;

constexpr NetworkOptions kTraining{.mode = Mode::Train};

std::vector<float> floatsOf(const std::string &bytes) {
  std::vector<float> out(bytes.size() / sizeof(float));
  memcpy(out.data(), bytes.data(), bytes.size());
  return out;
}

std::vector<float> floatsOf(const plx_tensor &tensor) {
  const float *data = static_cast<const float *>(tensor.data);
  return {data, data + plx_num_elements(tensor.rank, tensor.dims)};
}

std::unique_ptr<Trainer> trainerOf(Network &net, const TrainingOptions &options, int threads = 1) {
  absl::StatusOr<std::unique_ptr<Trainer>> made =
      Trainer::create(net, options, {.threads = threads});
  EXPECT_TRUE(made.ok()) << made.status();
  return made.ok() ? *std::move(made) : nullptr;
}

TEST(Trainer, RunningMomentsGoFromStepToStepAndIntoUse) {
  Network training(kTraining), use;
  for (Network *net : {&training, &use}) {
    Sequential layers{builder::BatchNorm(1), builder::Linear(1, 1)};
    net->output("y", layers(net->input("x", {"batch", 1})));
  }
  std::unique_ptr<Trainer> trainer = trainerOf(training, {.loss = "mse"});
  ASSERT_TRUE(trainer);
  const float x[] = {1, 3, 5, 7}, y[] = {0, 0, 0, 0};
  TensorViews batch{{"x", {x, {4, 1}}}, {"target", {y, {4, 1}}}};
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(trainer->step(batch, 0).ok());
  std::map<std::string, std::string> weights = trainer->weights();
  // Mean 4, variance 20 / 3, with 0.1 of each step's: 0.19 of both, and 0.81 of where they began.
  EXPECT_NEAR(floatsOf(weights.at("0.running_mean"))[0], 0.19 * 4, 1e-5);
  EXPECT_NEAR(floatsOf(weights.at("0.running_var"))[0], 0.19 * 20 / 3 + 0.81, 1e-5);
  ASSERT_TRUE(use.takeWeights(weights).ok());
  absl::StatusOr<std::unique_ptr<Runner>> runner = Runner::create(use, {.threads = 1});
  ASSERT_TRUE(runner.ok()) << runner.status();
  ASSERT_TRUE((*runner)->run({{"x", {x, {1, 1}}}}).ok());
  float normed = (1 - 0.76f) / std::sqrt(0.19f * 20 / 3 + 0.81f + 1e-5f);
  EXPECT_NEAR(floatsOf(*(*runner)->output("y"))[0],
              floatsOf(weights.at("1.weight"))[0] * normed + floatsOf(weights.at("1.bias"))[0],
              1e-5);
}

TEST(Trainer, LearnsThroughADerivativeOfTheUsersOwn) {
  // Weights rounded to whole numbers, which no derivative goes through, learn all the same.
  Network net(kTraining);
  Tensor w = net.parameter("w", {1}, builder::Initializer::zeros());
  std::vector<Tensor> rounded = builder::withDerivative(
      {w},
      [](llvm::ArrayRef<Tensor> in) {
        return std::vector<Tensor>{builder::apply(ScalarFn::round_, {in[0]})};
      },
      [](llvm::ArrayRef<Tensor> in) { return std::vector<Tensor>{in[1]}; });
  net.output("y", net.input("x", {"batch"}) * rounded.at(0));
  std::unique_ptr<Trainer> trainer = trainerOf(net, {.loss = "mse"});
  ASSERT_TRUE(trainer);
  const float x[] = {1, 2}, y[] = {3, 6};
  TensorViews batch{{"x", {x, {2}}}, {"target", {y, {2}}}};
  absl::StatusOr<double> loss = 0.0;
  for (int i = 0; i < 50; ++i) loss = trainer->step(batch, 0.05);
  ASSERT_TRUE(loss.ok()) << loss.status();
  EXPECT_EQ(*loss, 0);
}

TEST(Trainer, CrossEntropyLooksThroughASoftmaxAtTheEnd) {
  std::vector<double> losses;
  for (bool isSoft : {false, true}) {
    Network net(kTraining);
    Sequential layers{builder::Linear(2, 3)};
    if (isSoft) layers.append(builder::Softmax());
    net.output("y", layers(net.input("x", {"batch", 2})));
    std::unique_ptr<Trainer> trainer = trainerOf(net, {.loss = "cross_entropy"});
    ASSERT_TRUE(trainer);
    const float x[] = {400, -300};  // of which a softmax leaves zeros
    const int64_t y[] = {1};
    TensorViews batch{{"x", {x, {1, 2}}}, {"target", {y, {1}}}};
    for (int i = 0; i < 2; ++i) losses.push_back(*trainer->step(batch, 1e-4));
  }
  EXPECT_EQ(losses[0], losses[2]);
  EXPECT_EQ(losses[1], losses[3]);
  EXPECT_TRUE(std::isfinite(losses[3]));
}

TEST(Trainer, GivesTheSameBitsOnAnyNumberOfThreads) {
  std::map<std::string, std::string> weights[2];
  std::vector<float> x(64 * 3 * 8 * 8);
  std::vector<int64_t> y(64);
  for (size_t i = 0; i < x.size(); ++i) x[i] = std::sin(static_cast<float>(i));
  for (size_t i = 0; i < y.size(); ++i) y[i] = static_cast<int64_t>(i % 5);
  for (int threads : {1, 2}) {
    Network net(kTraining);
    Sequential layers{builder::Conv2d(3, 16, 3, {.padding = 1}),
                      builder::BatchNorm(16),
                      builder::ReLU(),
                      builder::MaxPool(2),
                      builder::Dropout(0.2),
                      builder::Flatten(),
                      builder::Linear(256, 5)};
    net.output("y", layers(net.input("x", {"batch", 3, 8, 8})));
    std::unique_ptr<Trainer> trainer =
        trainerOf(net, {.loss = "cross_entropy", .optimizer = {.name = "adam"}}, threads);
    ASSERT_TRUE(trainer);
    for (int i = 0; i < 10; ++i)
      ASSERT_TRUE(
          trainer->step({{"x", {x.data(), {64, 3, 8, 8}}}, {"target", {y.data(), {64}}}}, 1e-2)
              .ok());
    weights[threads - 1] = trainer->weights();
  }
  EXPECT_EQ(weights[0], weights[1]);
}

TEST(Trainer, AnLstmLearnsToCount) {
  // The sum of a series of ones and zeros, which the last state has to hold.
  Network net(kTraining);
  Sequential layers{builder::LSTM(1, 8), builder::Activation("Last", builder::lastInTime),
                    builder::Linear(8, 1)};
  net.output("y", layers(net.input("x", {"batch", "time", 1})));
  std::unique_ptr<Trainer> trainer = trainerOf(net, {.loss = "mse", .optimizer = {.name = "adam"}});
  ASSERT_TRUE(trainer);
  constexpr int kRows = 32, kTime = 5;
  std::vector<float> x(kRows * kTime), y(kRows);
  for (int row = 0; row < kRows; ++row)
    for (int t = 0; t < kTime; ++t) y[row] += x[row * kTime + t] = row >> t & 1;
  double first = 0, last = 0;
  for (int i = 0; i < 300; ++i) {
    absl::StatusOr<double> loss = trainer->step(
        {{"x", {x.data(), {kRows, kTime, 1}}}, {"target", {y.data(), {kRows, 1}}}}, 0.02);
    ASSERT_TRUE(loss.ok()) << loss.status();
    (i == 0 ? first : last) = *loss;
  }
  EXPECT_GT(first, 1);
  EXPECT_LT(last, 0.02);
}

struct Perceptron {
  explicit Perceptron(const NetworkOptions &options = kTraining) : net(options) {
    builder::Linear layer(2, 1);
    net.output("y", layer(net.input("x", {"batch", 2})));
  }
  Network net;
};

TEST(Trainer, SaysWhatDoesNotFit) {
  Perceptron loss, optimizer, fine;
  EXPECT_EQ(Trainer::create(loss.net, {.loss = "l7"}, {}).status().message().substr(0, 22),
            "there is no loss 'l7';");
  EXPECT_NE(Trainer::create(optimizer.net, {.loss = "mse", .optimizer = {.name = "lion"}}, {})
                .status()
                .message()
                .find("there is no optimizer 'lion'"),
            std::string::npos);
  std::unique_ptr<Trainer> trainer = trainerOf(fine.net, {.loss = "mse"});
  ASSERT_TRUE(trainer);
  const float x[] = {1, 2}, y[] = {3};
  EXPECT_EQ(trainer->step({{"z", {x, {1, 2}}}}, 0.1).status().message(),
            "the network has no input 'z'");
  EXPECT_NE(trainer->step({{"x", {x, {1, 1}}}}, 0.1)
                .status()
                .message()
                .find("input 'x': dim 1 is 1; expected f32[batch, 2], found f32[1, 1]"),
            std::string::npos);
  EXPECT_NE(trainer->step({{"x", {x, {1, 2}}}}, 0.1).status().message().find("not set: 'target'"),
            std::string::npos);
  // What was wrong did no harm.
  EXPECT_EQ(trainer->stepsDone(), 0);
  EXPECT_TRUE(trainer->step({{"target", {y, {1, 1}}}}, 0.1).ok());
  EXPECT_EQ(trainer->stepsDone(), 1);
}

TEST(Runner, SaysWhatDoesNotFit) {
  Perceptron use{NetworkOptions{}};
  absl::StatusOr<std::unique_ptr<Runner>> runner = Runner::create(use.net, {.threads = 1});
  ASSERT_TRUE(runner.ok()) << runner.status();
  EXPECT_EQ((*runner)->output("z").status().message(), "the network has no output 'z'");
  const double x[] = {1, 2};
  EXPECT_NE((*runner)->run({{"x", {x, {1, 2}}}}).message().find("wrong element type"),
            std::string::npos);
  Network wrong;
  builder::Linear layer(3, 1);
  wrong.output("y", layer(wrong.input("x", {"batch", 2})));
  EXPECT_EQ(Runner::create(wrong, {}).status().message(),
            "node '' (Linear): Linear takes [..., 3], found [batch, 2]");
}

}  // namespace
}  // namespace plx
