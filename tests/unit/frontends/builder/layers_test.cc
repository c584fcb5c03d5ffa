// Layers against their formulas, worked by hand or written out in doubles.
// Covers: frontends/builder/Activations.cpp, frontends/builder/Convolution.cpp
#include "frontends/builder/Layers.h"

#include <cmath>

#include "tests/unit/frontends/builder/networks.h"

namespace plx::builder {
namespace {

/// What a module makes of `x`; its weights are set by `prepare`.
template <typename M>
std::vector<double> applied(M module, const Given &x, const Outputs &weights = {},
                            const NetworkOptions &options = kF64) {
  Network net(options);
  llvm::SmallVector<Size> sizes(x.dims.begin(), x.dims.end());
  net.output("y", module(net.input("x", sizes)));
  for (const auto &[name, values] : weights) setWeight(net, name, values);
  return run(net, {{"x", x}, {"$step", {{}, {0}}}})["y"];
}

TEST(Layers, Linear) {
  Outputs weights{{"weight", {1, 2, 3, 4, 5, 6}}, {"bias", {10, 20}}};
  expectNear(applied(Linear(3, 2), {{1, 3}, {1, 0, -1}}, weights), {8, 18});
  // Any dims in front.
  expectNear(applied(Linear(1, 1, false), {{2, 1, 1}, {3, 4}}, {{"weight", {2}}}), {6, 8});
}

TEST(Layers, LinearBeginsAsTorchDoesUnlessTold) {
  Network net(kF64);
  Sequential layers(Linear(4, 64),
                    Linear(64, 2).initialize(Initializer::ones(), Initializer::constant(3)));
  net.output("y", layers(net.input("x", {1, 4})));
  std::vector<double> free = doublesOf(net.weights().at("0.weight"));
  double largest = 0;
  for (double w : free) largest = std::max(largest, std::abs(w));
  EXPECT_LE(largest, 0.5);
  EXPECT_GT(largest, 0.45);
  EXPECT_EQ(doublesOf(net.weights().at("1.weight")), std::vector<double>(128, 1));
  EXPECT_EQ(doublesOf(net.weights().at("1.bias")), std::vector<double>(2, 3));
}

TEST(Layers, Activations) {
  Given x{{3}, {-2, 0, 1.5}};
  auto each = [&](double (*f)(double)) { return std::vector<double>{f(-2), f(0), f(1.5)}; };
  expectNear(applied(Identity(), x), x.values);
  expectNear(applied(ReLU(), x), {0, 0, 1.5});
  expectNear(applied(LeakyReLU(0.1), x), {-0.2, 0, 1.5});
  expectNear(applied(Sigmoid(), x), each([](double v) { return 1 / (1 + std::exp(-v)); }));
  expectNear(applied(Tanh(), x), each([](double v) { return std::tanh(v); }));
  expectNear(applied(ELU(2), x), {2 * std::expm1(-2), 0, 1.5});
  // selu(-2) is -scale alpha (1 - e^-2); gelu(x) is x Phi(x).
  expectNear(applied(SELU(), x), {1.0507009873554805 * 1.6732632423543772 * std::expm1(-2), 0,
                                  1.0507009873554805 * 1.5});
  expectNear(applied(GELU(), x), {-0.0455002638963584, 0, 1.3997891981030780}, 1e-9);
  expectNear(applied(Swish(), x), each([](double v) { return v / (1 + std::exp(-v)); }));
  double sum = std::exp(-2) + 1 + std::exp(1.5);
  expectNear(applied(Softmax(), x), {std::exp(-2) / sum, 1 / sum, std::exp(1.5) / sum});
}

TEST(Layers, FlattenAndEmbedding) {
  Network net(kF64);
  Embedding table(3, 2);
  Sequential layers(std::move(table), Flatten());
  net.output("y", layers(net.indices("x", {"batch", 2})));
  setWeight(net, "0.weight", {0, 1, 10, 11, 20, 21});
  expectNear(run(net, {{"x", {{2, 2}, {2, 0, 1, 1}}}})["y"], {20, 21, 0, 1, 10, 11, 10, 11});
}

// [1, 1, 3, 3] by a 2x2 window.
const Given kPlane{{1, 1, 3, 3}, {1, 2, 3, 4, 5, 6, 7, 8, 9}};

TEST(Layers, Conv2d) {
  Outputs weights{{"weight", {1, 2, 3, 4}}, {"bias", {100}}};
  expectNear(applied(Conv2d(1, 1, 2), kPlane, weights), {137, 147, 167, 177});
  expectNear(applied(Conv2d(1, 1, 2, {.stride = 2, .padding = 1, .bias = false}), kPlane,
                     {{"weight", {1, 2, 3, 4}}}),
             {4, 18, 36, 77});
  expectNear(applied(Conv2d(1, 1, 2, {.dilation = 2}), kPlane, weights),
             {100 + 1 + 2 * 3 + 3 * 7 + 4 * 9});
  // A channel a group: torch's weight is [out, in / groups, k, k].
  expectNear(applied(Conv2d(2, 2, 1, {.groups = 2, .bias = false}), {{1, 2, 1, 2}, {1, 2, 3, 4}},
                     {{"weight", {10, 100}}}),
             {10, 20, 300, 400});
}

TEST(Layers, Conv1d) {
  Outputs weights{{"weight", {1, 10, 2, 20}}, {"bias", {0}}};
  expectNear(applied(Conv1d(2, 1, 2), {{1, 2, 3}, {1, 2, 3, 4, 5, 6}}, weights),
             {1 + 20 + 8 + 100, 2 + 30 + 10 + 120});
}

TEST(Layers, Pools) {
  expectNear(applied(MaxPool(2, {.stride = 1}), kPlane), {5, 6, 8, 9});
  expectNear(applied(MaxPool(2, {.stride = 2, .padding = 1}), kPlane), {1, 3, 7, 9});
  expectNear(applied(AveragePool(2, {.stride = 1}), kPlane), {3, 4, 6, 7});
  expectNear(applied(AveragePool(2, {.stride = 2, .padding = 1}), kPlane), {0.25, 1.25, 2.75, 7});
  expectNear(applied(MaxPool(2), {{1, 1, 4}, {1, 3, 2, 0}}), {3, 2});
  expectNear(applied(GlobalAveragePool(), kPlane), {5});
  expectNear(applied(GlobalMaxPool(), kPlane), {9});
}

TEST(Layers, BatchNormByTheRunningMomentsInUse) {
  Outputs weights{
      {"weight", {2, 1}}, {"bias", {1, 0}}, {"running_mean", {3, 0}}, {"running_var", {4, 1}}};
  double first = 1 / std::sqrt(4 + 1e-5), second = 1 / std::sqrt(1 + 1e-5);
  expectNear(applied(BatchNorm(2), {{1, 2, 2}, {3, 5, 6, 7}}, weights),
             {1, 1 + 4 * first, 6 * second, 7 * second});
}

TEST(Layers, BatchNormByTheBatchInTraining) {
  Network net(kTrainF64);
  BatchNorm norm(1);
  net.output("y", norm(net.input("x", {"batch", 1, 2})));
  setWeight(net, "running_mean", {10});
  setWeight(net, "running_var", {20});
  Outputs out = run(net, {{"x", {{2, 1, 2}, {1, 2, 3, 6}}}});
  double scale = 1 / std::sqrt(3.5 + 1e-5);  // mean 3, variance 14 / 4
  expectNear(out["y"], {-2 * scale, -scale, 0, 3 * scale});
  // The running variance takes the sample's estimate, 14 / 3.
  expectNear(out["running_mean"], {0.9 * 10 + 0.1 * 3});
  expectNear(out["running_var"], {0.9 * 20 + 0.1 * 14 / 3});
}

TEST(Layers, LayerNormAndGroupNorm) {
  double scale = 1 / std::sqrt(1.25 + 1e-5);
  Given x{{1, 4}, {1, 2, 3, 4}};
  expectNear(applied(LayerNorm(4), x, {{"weight", {1, 1, 1, 2}}, {"bias", {0, 0, 0, 1}}}),
             {-1.5 * scale, -0.5 * scale, 0.5 * scale, 3 * scale + 1});
  double near = 1 / std::sqrt(0.25 + 1e-5);
  expectNear(applied(GroupNorm(2, 4), x, {{"weight", {1, 1, 1, 3}}}),
             {-0.5 * near, 0.5 * near, -0.5 * near, 1.5 * near});
}

TEST(Layers, DropoutDropsInTrainingAlone) {
  Given x{{1000}, std::vector<double>(1000, 3)};
  expectNear(applied(Dropout(0.25), x), x.values);
  std::vector<double> y = applied(Dropout(0.25), x, {}, kTrainF64);
  int dropped = 0;
  for (double v : y) {
    EXPECT_TRUE(v == 0 || std::abs(v - 4) < 1e-12) << v;
    dropped += v == 0;
  }
  EXPECT_NEAR(dropped, 250, 70);  // five deviations
  NetworkOptions other = kTrainF64;
  other.seed = 1;
  EXPECT_NE(applied(Dropout(0.25), x, {}, other), y);
  EXPECT_EQ(applied(Dropout(0.25), x, {}, kTrainF64), y);
}

TEST(Layers, DropoutDrawsAnewInEachStepAndModule) {
  Network net(kTrainF64);
  Sequential twice{Dropout(), Dropout()};
  Dropout once;
  Tensor x = net.input("x", {64});
  net.output("once", once(x));
  net.output("twice", twice(x));
  Given ones{{64}, std::vector<double>(64, 1)};
  Outputs first = run(net, {{"x", ones}, {"$step", {{}, {0}}}}),
          second = run(net, {{"x", ones}, {"$step", {{}, {1}}}});
  EXPECT_NE(first["once"], second["once"]);
  EXPECT_TRUE(llvm::is_contained(first["twice"], 4.0));
  int kept = 0;
  for (double v : first["twice"]) kept += v != 0;
  EXPECT_LT(kept, 32);  // a quarter, not the same half
}

TEST(Layers, SayWhatDoesNotFit) {
  auto message = [](auto module, llvm::ArrayRef<Size> sizes) {
    Network net(kTrainF64);
    net.output("y", module(net.input("x", sizes)));
    return std::string(net.finish().status().message());
  };
  EXPECT_EQ(message(Conv2d(3, 4, 3), {"n", 1, 8, 8}),
            "node '' (Conv): Conv2d of 3 channels in 1 groups does not take a tensor of rank 4 "
            "with 1 channels");
  EXPECT_EQ(message(MaxPool(2), {4, 4}),
            "node '' (MaxPool): a pool takes [n, channels, spatial...], found rank 2");
  EXPECT_EQ(message(BatchNorm(3), {"n", 2}),
            "node '' (BatchNormalization): BatchNorm takes [n, 3, ...], found [n, 2]");
  EXPECT_EQ(message(LayerNorm(3), {"n", 2}),
            "node '' (LayerNormalization): LayerNorm takes [..., 3], found [n, 2]");
  EXPECT_EQ(message(GroupNorm(2, 3), {"n", 3}),
            "node '' (GroupNormalization): GroupNorm of 2 groups takes [n, 3, ...], found [n, 3]");
  EXPECT_EQ(message(Embedding(3, 2), {1}), "node '' (Embedding): Embedding takes i64 indices");
  EXPECT_EQ(message(Dropout(1), {1}),
            "node '' (Dropout): Dropout's p is 1.000000, must be in [0, 1)");
  EXPECT_EQ(message(Flatten(), {}), "node '' (Flatten): Flatten takes [n, ...], found []");
}

}  // namespace
}  // namespace plx::builder
