// Networks trained by compiled steps: the worked examples.
#include "tools/api/Networks.h"

#include <gtest/gtest.h>

#include <cmath>
#include <ctime>

#include "frontends/builder/Layers.h"

namespace plx {
namespace {

using builder::Mode;
using builder::Network;
using builder::NetworkOptions;
using builder::Sequential;

template <typename T>
std::string bytesOf(const std::vector<double> &values) {
  std::vector<T> rounded(values.begin(), values.end());
  return {reinterpret_cast<const char *>(rounded.data()), rounded.size() * sizeof(T)};
}

template <typename T>
std::vector<double> valuesOf(const std::string &bytes) {
  const T *data = reinterpret_cast<const T *>(bytes.data());
  return {data, data + bytes.size() / sizeof(T)};
}

template <typename T>
std::vector<double> valuesOf(const plx_tensor &tensor) {
  const T *data = static_cast<const T *>(tensor.data);
  return {data, data + plx_num_elements(tensor.rank, tensor.dims)};
}

void expectNear(const std::vector<double> &found, const std::vector<double> &expected,
                double tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], tolerance) << i;
}

template <typename T>
class WorkedExamples : public ::testing::Test {
 protected:
  static constexpr bool kIsF64 = std::is_same_v<T, double>;
  WorkedExamples() : net(NetworkOptions{.mode = Mode::Train, .isF64 = kIsF64}) {}

  void set(const std::string &name, const std::vector<double> &values) {
    absl::Status status = net.setWeight(name, bytesOf<T>(values));
    ASSERT_TRUE(status.ok()) << status;
  }
  std::unique_ptr<Trainer> trainer(const builder::TrainingOptions &options) {
    absl::StatusOr<std::unique_ptr<Trainer>> made = Trainer::create(net, options, {.threads = 1});
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? *std::move(made) : nullptr;
  }
  /// What stands between input and output of the 2-2-1 network.
  void expectWithin(const std::map<std::string, std::vector<double>> &weights) {
    Network use(NetworkOptions{.isF64 = kIsF64});
    Sequential hidden{builder::Linear(2, 2), builder::ReLU()};
    builder::Linear last(2, 1);
    builder::Tensor h = hidden(use.input("x", {1, 2}));
    use.output("h", h);
    use.output("z", last(h));
    for (const auto &[from, to] : {std::pair("0.weight", "0.weight"),
                                   {"0.bias", "0.bias"},
                                   {"2.weight", "weight"},
                                   {"2.bias", "bias"}})
      ASSERT_TRUE(use.setWeight(to, bytesOf<T>(weights.at(from))).ok());
    absl::StatusOr<std::unique_ptr<Runner>> runner = Runner::create(use, {.threads = 1});
    ASSERT_TRUE(runner.ok()) << runner.status();
    const T x[] = {0.5, static_cast<T>(0.8)};
    ASSERT_TRUE((*runner)->run({{"x", {x, {1, 2}}}}).ok());
    expectNear(valuesOf<T>(*(*runner)->output("h")), {0.78, 0.37}, 1e-6);
    expectNear(valuesOf<T>(*(*runner)->output("z")), {0.781}, 1e-6);
  }
  Network net;
};
using Floats = ::testing::Types<double, float>;
TYPED_TEST_SUITE(WorkedExamples, Floats);

// ReLU, then sigmoid, 2-2-1; binary cross-entropy for y = 1, forward and one step back.
TYPED_TEST(WorkedExamples, TwoTwoOne) {
  using T = TypeParam;
  Sequential layers{builder::Linear(2, 2), builder::ReLU(), builder::Linear(2, 1),
                    builder::Sigmoid()};
  this->net.output("y", layers(this->net.input("x", {1, 2})));
  const std::map<std::string, std::vector<double>> start{{"0.weight", {0.4, 0.6, -0.3, 0.9}},
                                                         {"0.bias", {0.1, -0.2}},
                                                         {"2.weight", {0.7, 0.5}},
                                                         {"2.bias", {0.05}}};
  for (const auto &[name, values] : start) this->set(name, values);
  this->expectWithin(start);
  std::unique_ptr<Trainer> trainer = this->trainer({.loss = "binary_cross_entropy"});
  ASSERT_TRUE(trainer);
  const T x[] = {0.5, static_cast<T>(0.8)}, y[] = {1};
  TensorViews batch{{"x", {x, {1, 2}}}, {"target", {y, {1, 1}}}};

  EXPECT_NEAR(*trainer->step(batch, 0.1), 0.3770298540853055, 1e-6);
  expectNear(valuesOf<T>(*trainer->prediction()), {0.6858955968047016}, 1e-6);
  const std::map<std::string, std::vector<double>> gradients{
      {"0.weight", {-0.10993654, -0.17589847, -0.0785261, -0.12564176}},
      {"0.bias", {-0.21987308, -0.1570522}},
      {"2.weight", {-0.24500143, -0.11621863}},
      {"2.bias", {-0.3141044031952984}}};
  std::map<std::string, std::string> after = trainer->weights();
  for (const auto &[name, gradient] : gradients) {
    std::vector<double> moved = valuesOf<T>(after.at(name)), found;
    for (size_t i = 0; i < moved.size(); ++i)
      found.push_back((static_cast<T>(start.at(name)[i]) - moved[i]) / 0.1);
    SCOPED_TRACE(name);
    expectNear(found, gradient, 1e-6);
  }
  EXPECT_NEAR(*trainer->step(batch, 0.1), 0.34664951669174243, 1e-6);
  expectNear(valuesOf<T>(*trainer->prediction()), {0.707053095144034}, 1e-6);
}

// XOR by 2-4-1 with sigmoids, the whole batch of 4, rate 0.5.
struct Row {
  int step;
  double error;
  std::vector<double> outputs;
};
const Row kXor[] = {
    {0, 0.26745901269465, {0.616903, 0.623313, 0.643552, 0.648319}},
    {2000, 0.17670295620077187, {0.274576, 0.667803, 0.538404, 0.554972}},
    {4000, 0.0124738776516037, {0.082254, 0.893707, 0.883476, 0.135107}},
    {6000, 0.003523923365947985, {0.044217, 0.943191, 0.937892, 0.071105}},
    {8000, 0.00186835794895731, {0.032309, 0.95851, 0.95476, 0.05159}},
    {10000, 0.001232889410733403, {0.026304, 0.966223, 0.963256, 0.041817}},
};

TYPED_TEST(WorkedExamples, Xor) {
  using T = TypeParam;
  Sequential layers{builder::Linear(2, 4), builder::Sigmoid(), builder::Linear(4, 1),
                    builder::Sigmoid()};
  this->net.output("y", layers(this->net.input("x", {4, 2})));
  this->set("0.weight",
            {0.882026172983832, 0.20007860418361165, 0.4893689920528696, 1.120446599600729,
             0.9337789950749837, -0.4886389399382055, 0.4750442087627947, -0.07567860414884894});
  this->set("2.weight",
            {-0.05160942589677892, 0.20529925096918616, 0.072021785580439, 0.7271367534814875});
  this->set("0.bias", {0, 0, 0, 0});
  this->set("2.bias", {0});
  std::unique_ptr<Trainer> trainer = this->trainer({.loss = "mse"});
  ASSERT_TRUE(trainer);
  const T x[] = {0, 0, 0, 1, 1, 0, 1, 1}, y[] = {0, 1, 1, 0};
  TensorViews batch{{"x", {x, {4, 2}}}, {"target", {y, {4, 1}}}};
  // Half the mean squared error has half its gradient: half the rate.
  std::clock_t begin = std::clock();
  for (const Row &row : kXor) {
    absl::StatusOr<double> loss = 0.0;
    while (trainer->stepsDone() <= row.step) loss = trainer->step(batch, 0.25);
    ASSERT_TRUE(loss.ok()) << loss.status();
    EXPECT_NEAR(*loss, row.error, this->kIsF64 ? 1e-6 : 1e-5) << row.step;
    expectNear(valuesOf<T>(*trainer->prediction()), row.outputs, this->kIsF64 ? 1e-6 : 1e-3);
  }
  printf("10001 steps in %.2f ms of the CPU\n",
         1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
}

}  // namespace
}  // namespace plx
