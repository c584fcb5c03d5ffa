// Attention and encoder layers against their formulas, written out in loops.
#include "frontends/builder/Transformer.h"

#include <cmath>

#include "tests/unit/frontends/builder/networks.h"

namespace plx::builder {
namespace {

using Rows = std::vector<std::vector<double>>;

// Two positions of size 2; two heads of size 1.
const Rows kX{{0.5, -1}, {2, 0.3}};
const std::vector<double> kIn{0.1, 0.2, 0.3, 0.4, -0.5, 0.6, 0.7, -0.8, 0.9, 1.0, -1.1, 1.2};
const std::vector<double> kInBias{0.01, 0.02, 0.03, 0.04, 0.05, 0.06};
const std::vector<double> kOut{1, 2, 3, 4}, kOutBias{0.5, -0.5};

Rows attention(bool isCausal) {
  Rows mixed(2, std::vector<double>(2));
  auto projected = [](int row, int position) {
    return kIn[2 * row] * kX[position][0] + kIn[2 * row + 1] * kX[position][1] + kInBias[row];
  };
  for (int head = 0; head < 2; ++head)
    for (int s = 0; s < 2; ++s) {
      double sum = 0, weighted = 0;
      for (int t = 0; t < (isCausal ? s + 1 : 2); ++t) {
        double e = std::exp(projected(head, s) * projected(2 + head, t));  // scale 1 / sqrt(1)
        sum += e;
        weighted += e * projected(4 + head, t);
      }
      mixed[s][head] = weighted / sum;
    }
  Rows out(2, std::vector<double>(2));
  for (int s = 0; s < 2; ++s)
    for (int k = 0; k < 2; ++k)
      out[s][k] = kOut[2 * k] * mixed[s][0] + kOut[2 * k + 1] * mixed[s][1] + kOutBias[k];
  return out;
}

std::vector<double> flat(const Rows &rows) {
  std::vector<double> out;
  for (const auto &row : rows) out.insert(out.end(), row.begin(), row.end());
  return out;
}

void setAttention(Network &net, const std::string &path) {
  setWeight(net, path + "in_proj_weight", kIn);
  setWeight(net, path + "in_proj_bias", kInBias);
  setWeight(net, path + "out_proj.weight", kOut);
  setWeight(net, path + "out_proj.bias", kOutBias);
}

TEST(Transformer, MultiHeadAttention) {
  for (bool isCausal : {false, true}) {
    Network net(kF64);
    MultiHeadAttention layer(2, 2, isCausal);
    net.output("y", layer(net.input("x", {"batch", "time", 2})));
    setAttention(net, "");
    expectNear(run(net, {{"x", {{1, 2, 2}, flat(kX)}}})["y"], flat(attention(isCausal)));
  }
}

TEST(Transformer, AMaskIsAddedToTheScores) {
  Network net(kF64);
  MultiHeadAttention layer(2, 2);
  Tensor x = net.input("x", {1, 2, 2});
  net.output("y", layer.attend(x, x, x, net.input("mask", {2, 2})));
  setAttention(net, "");
  expectNear(run(net, {{"x", {{1, 2, 2}, flat(kX)}}, {"mask", {{2, 2}, {0, -1e9, 0, 0}}}})["y"],
             flat(attention(true)));
}

std::vector<double> normalized(const std::vector<double> &x) {
  double mean = (x[0] + x[1]) / 2, d = (x[0] - x[1]) / 2;
  double scale = 1 / std::sqrt(d * d + 1e-5);
  return {(x[0] - mean) * scale, (x[1] - mean) * scale};
}

TEST(Transformer, EncoderLayerNormalizesBehindTheResidual) {
  Network net(kF64);
  TransformerEncoderLayer layer(2, 2, {.feedforward = 1});
  net.output("y", layer(net.input("x", {"batch", 2, 2})));
  setAttention(net, "self_attn.");
  setWeight(net, "linear1.weight", {1, -2});
  setWeight(net, "linear1.bias", {0.1});
  setWeight(net, "linear2.weight", {0.3, 0.4});
  setWeight(net, "linear2.bias", {0.2, 0.1});
  Rows mixed = attention(false);
  std::vector<double> expected;
  for (int s = 0; s < 2; ++s) {
    std::vector<double> y = normalized({kX[s][0] + mixed[s][0], kX[s][1] + mixed[s][1]});
    double hidden = std::max(0.0, y[0] - 2 * y[1] + 0.1);
    for (double v : normalized({y[0] + 0.3 * hidden + 0.2, y[1] + 0.4 * hidden + 0.1}))
      expected.push_back(v);
  }
  expectNear(run(net, {{"x", {{1, 2, 2}, flat(kX)}}})["y"], expected, 1e-10);
}

TEST(Transformer, OrInFrontOfIt) {
  Network net(kF64);
  TransformerEncoderLayer layer(2, 2, {.feedforward = 1, .isNormFirst = true});
  net.output("y", layer(net.input("x", {1, 1, 2})));
  for (const char *name : {"self_attn.out_proj.weight", "linear2.weight"})
    setWeight(net, name, std::vector<double>(doublesOf(net.weights().at(name)).size(), 0));
  setWeight(net, "self_attn.out_proj.bias", {1, 2});
  setWeight(net, "linear2.bias", {10, 20});
  expectNear(run(net, {{"x", {{1, 1, 2}, {5, 6}}}})["y"], {16, 28});  // the residuals alone
}

TEST(Transformer, SaysWhatDoesNotFit) {
  Network net;
  MultiHeadAttention layer(6, 4);
  net.output("y", layer(net.input("x", {"batch", 5, 6})));
  EXPECT_EQ(net.finish().status().message(),
            "node '' (Attention): attention of 4 heads takes [batch, time, 6], found rank 3 with 6 "
            "last");
}

}  // namespace
}  // namespace plx::builder
