// Networks and modules: names, sharing, what is said of mistakes.
// Covers: frontends/builder/Module.cpp
#include "frontends/builder/Network.h"

#include "frontends/builder/Layers.h"
#include "tests/unit/frontends/builder/networks.h"

namespace plx::builder {
namespace {

struct Mlp : Module {
  Linear &hidden = add("hidden", Linear(2, 3));
  Sequential &head = add("head", Sequential(ReLU(), Linear(3, 1)));
  Tensor forward(const Tensor &x) override { return head(hidden(x)); }
};

TEST(Network, ParametersAreNamedByTheirPath) {
  Network net;
  Mlp mlp;
  net.output("y", mlp(net.input("x", {"batch", 2})));
  ASSERT_TRUE(net.finish().ok());
  std::vector<std::string> names;
  for (const auto &[name, weight] : net.weights()) names.push_back(name);
  EXPECT_EQ(names, (std::vector<std::string>{"head.1.bias", "head.1.weight", "hidden.bias",
                                             "hidden.weight"}));
  EXPECT_EQ(net.weights().at("hidden.weight").bytes.size(), 6 * sizeof(float));
}

// As it stands in the root's README.
struct Residual : Module {
  explicit Residual(int64_t channels)
      : body(add(
            "body",
            Sequential{Conv2d(channels, channels, 3, {.padding = 1}), BatchNorm(channels), ReLU(),
                       Conv2d(channels, channels, 3, {.padding = 1}), BatchNorm(channels)})) {}
  Tensor forward(const Tensor &x) override { return relu(x + body(x)); }
  Sequential &body;
};

TEST(Network, ReadsLikeTheFigure) {
  Network net(NetworkOptions{.mode = Mode::Train});
  Sequential layers{Conv2d(3, 32, 3),    ReLU(),        Residual(32), MaxPool(2), Residual(32),
                    GlobalAveragePool(), Linear(32, 10)};
  net.output("logits", layers(net.input("image", {"batch", 3, 32, 32})));
  ASSERT_TRUE(net.finish().ok());
  EXPECT_TRUE(net.weights().count("4.body.3.weight"));
}

TEST(Network, PartsKeepTheirPlaceWhenTheWholeMoves) {
  Network net(kF64);
  Sequential outer(Linear(2, 2), Mlp());
  Sequential moved = std::move(outer);
  net.output("y", moved(net.input("x", {1, 2})));
  ASSERT_TRUE(net.finish().ok());
  EXPECT_TRUE(net.weights().count("1.head.1.weight"));
}

TEST(Network, AModuleAppliedTwiceSharesItsParameters) {
  Network net(kF64);
  Linear layer(1, 1);
  net.output("y", layer(layer(net.input("x", {1, 1}))));
  ASSERT_TRUE(net.finish().ok());
  EXPECT_EQ(net.weights().size(), 2u);
  setWeight(net, "weight", {3});
  setWeight(net, "bias", {1});
  expectNear(run(net, {{"x", {{1, 1}, {2}}}})["y"], {3 * 7 + 1});
}

TEST(Network, OneForTrainingHandsItsWeightsToOneForUse) {
  Network first(NetworkOptions{.seed = 1, .isF64 = true}), second(kF64);
  for (Network *net : {&first, &second}) {
    Linear layer(2, 1);
    net->output("y", layer(net->input("x", {1, 2})));
    ASSERT_TRUE(net->finish().ok());
  }
  Inputs x{{"x", {{1, 2}, {1, 2}}}};
  EXPECT_NE(run(first, x)["y"], run(second, x)["y"]);
  std::map<std::string, std::string> bytes{{"elsewhere", "?"}};
  for (const auto &[name, weight] : first.weights()) bytes[name] = weight.bytes;
  ASSERT_TRUE(second.takeWeights(bytes).ok());
  EXPECT_EQ(run(first, x)["y"], run(second, x)["y"]);
}

TEST(Network, BeginsTheSameWayForASeed) {
  auto weights = [](uint64_t seed) {
    Network net(NetworkOptions{.seed = seed});
    Linear layer(4, 4);
    net.output("y", layer(net.input("x", {1, 4})));
    return net.weights().at("weight").bytes;
  };
  EXPECT_EQ(weights(1), weights(1));
  EXPECT_NE(weights(1), weights(2));
}

std::string messageOf(const std::function<void(Network &)> &build) {
  Network net;
  build(net);
  return std::string(net.finish().status().message());
}

TEST(Network, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(messageOf([](Network &net) {
              Sequential layers(Linear(4, 8), ReLU(), Linear(9, 2));
              net.output("y", layers(net.input("x", {"batch", 4})));
            }),
            "node '2' (Linear): Linear takes [..., 9], found [batch, 8]");
  EXPECT_EQ(messageOf([](Network &) {}), "the network has no output");
  EXPECT_EQ(messageOf([](Network &net) {
              net.input("x", {1});
              net.output("y", net.input("x", {1}));
            }),
            "node 'network': there are two inputs 'x'");
  EXPECT_EQ(messageOf([](Network &net) {
              Tensor x = net.input("x", {1});
              net.output("y", x);
              net.output("y", x);
            }),
            "node 'network': there are two outputs 'y'");
  EXPECT_EQ(messageOf([](Network &net) { net.output("y", net.input("x", {-2})); }),
            "node 'network': input 'x' has a negative size");
  EXPECT_EQ(messageOf([](Network &net) {
              Linear a(1, 1), b(1, 2);
              net.output("y", b(a(net.input("x", {1, 1}))));
            }),
            "node '' (Linear): parameter 'weight' has type 'tensor<1x1xf32>', not "
            "'tensor<2x1xf32>'\nnode '' (Linear): parameter 'bias' has type 'tensor<1xf32>', not "
            "'tensor<2xf32>'");
}

TEST(Network, RefusesBytesThatDoNotFit) {
  Network net;
  Linear layer(2, 1);
  net.output("y", layer(net.input("x", {1, 2})));
  EXPECT_EQ(net.setWeight("weight", "abc").message(), "parameter 'weight' has 8 bytes, not 3");
  EXPECT_EQ(net.setWeight("w", "").message(), "the network has no parameter 'w'");
}

}  // namespace
}  // namespace plx::builder
