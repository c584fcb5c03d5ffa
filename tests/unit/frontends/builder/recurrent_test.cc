// Recurrent layers against their formulas, step by step.
#include "frontends/builder/Recurrent.h"

#include <cmath>

#include "tests/unit/frontends/builder/networks.h"

namespace plx::builder {
namespace {

double sigma(double x) { return 1 / (1 + std::exp(-x)); }

std::vector<double> applied(Recurrent module, const Given &x, const Outputs &weights) {
  Network net(kF64);
  net.output("y", module(net.input("x", {"batch", "time", x.dims[2]})));
  for (const auto &[name, values] : weights) setWeight(net, name, values);
  return run(net, {{"x", x}})["y"];
}

const Given kSeries{{1, 3, 1}, {1, -0.5, 2}};

TEST(Recurrent, Rnn) {
  std::vector<double> expected;
  double h = 0;
  for (double x : kSeries.values) expected.push_back(h = std::tanh(0.5 * x + 0.1 + 0.8 * h + 0.2));
  expectNear(applied(RNN(1, 1), kSeries,
                     {{"weight_ih_l0", {0.5}},
                      {"bias_ih_l0", {0.1}},
                      {"weight_hh_l0", {0.8}},
                      {"bias_hh_l0", {0.2}}}),
             expected);
}

TEST(Recurrent, GruResetsBehindTheProduct) {
  std::vector<double> expected;
  double h = 0;
  for (double x : kSeries.values) {
    double r = sigma(0.1 * x + 0.01 + 0.4 * h + 0.04), z = sigma(0.2 * x + 0.02 + 0.5 * h + 0.05);
    double n = std::tanh(0.3 * x + 0.03 + r * (0.6 * h + 0.06));
    expected.push_back(h = (1 - z) * n + z * h);
  }
  expectNear(applied(GRU(1, 1), kSeries,
                     {{"weight_ih_l0", {0.1, 0.2, 0.3}},
                      {"bias_ih_l0", {0.01, 0.02, 0.03}},
                      {"weight_hh_l0", {0.4, 0.5, 0.6}},
                      {"bias_hh_l0", {0.04, 0.05, 0.06}}}),
             expected);
}

const Outputs kLstm{{"weight_ih_l0", {0.1, 0.2, 0.3, 0.4}},
                    {"bias_ih_l0", {0.01, 0.02, 0.03, 0.04}},
                    {"weight_hh_l0", {0.5, 0.6, 0.7, 0.8}},
                    {"bias_hh_l0", {0.05, 0.06, 0.07, 0.08}}};
std::vector<double> lstm(std::vector<double> series) {
  std::vector<double> out;
  double h = 0, c = 0;
  for (double x : series) {
    double i = sigma(0.1 * x + 0.06 + 0.5 * h), f = sigma(0.2 * x + 0.08 + 0.6 * h);
    double g = std::tanh(0.3 * x + 0.10 + 0.7 * h), o = sigma(0.4 * x + 0.12 + 0.8 * h);
    c = f * c + i * g;
    out.push_back(h = o * std::tanh(c));
  }
  return out;
}

TEST(Recurrent, LstmInTorchsOrderOfGates) {
  expectNear(applied(LSTM(1, 1), kSeries, kLstm), lstm(kSeries.values));
}

TEST(Recurrent, BothDirections) {
  Outputs weights = kLstm;
  for (const auto &[name, values] : kLstm) weights[name + "_reverse"] = values;
  std::vector<double> there = lstm({1, -0.5, 2}), back = lstm({2, -0.5, 1});
  expectNear(applied(LSTM(1, 1, {.isBidirectional = true}), kSeries, weights),
             {there[0], back[2], there[1], back[1], there[2], back[0]});
}

TEST(Recurrent, LayersStack) {
  Outputs weights = kLstm;
  for (const auto &[name, values] : kLstm) weights[name.substr(0, name.size() - 1) + "1"] = values;
  expectNear(applied(LSTM(1, 1, {.layers = 2}), kSeries, weights), lstm(lstm(kSeries.values)));
}

TEST(Recurrent, TheLastInTime) {
  Network net(kF64);
  net.output("y", lastInTime(net.input("x", {"batch", "time", 2})));
  expectNear(run(net, {{"x", {{2, 2, 2}, {1, 2, 3, 4, 5, 6, 7, 8}}}})["y"], {3, 4, 7, 8});
}

TEST(Recurrent, SaysWhatDoesNotFit) {
  Network net;
  Recurrent layer = LSTM(3, 4);
  net.output("y", layer(net.input("x", {"batch", 5, 2})));
  EXPECT_EQ(net.finish().status().message(),
            "node '' (LSTM): a recurrent layer takes [batch, time, 3], found rank 3 with 2 last");
}

}  // namespace
}  // namespace plx::builder
