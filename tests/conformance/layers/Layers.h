// Every layer of the builder once, small: for derivatives (tests/unit/tools/api) and for ONNX.
#ifndef PLEXUS_TESTS_CONFORMANCE_LAYERS_LAYERS_H
#define PLEXUS_TESTS_CONFORMANCE_LAYERS_LAYERS_H

#include <functional>
#include <string>
#include <vector>

#include "frontends/builder/Recurrent.h"
#include "frontends/builder/Transformer.h"

namespace plx::builder {

struct Layer {
  std::string name;
  std::vector<int64_t> dims;  // of its input
  std::function<Tensor(const Tensor &)> apply;
};

/// `make()` gives a module of its own for each network.
template <typename Make>
Layer layerOf(const std::string &name, std::vector<int64_t> dims, Make make) {
  return {name, std::move(dims), [make](const Tensor &x) {
            auto module = make();
            return module(x);
          }};
}

inline std::vector<Layer> allLayers() {
  return {
      layerOf("Linear", {2, 3}, [] { return Linear(3, 2); }),
      layerOf("LinearOfSequences", {2, 3, 4}, [] { return Linear(4, 2); }),
      layerOf("Conv1d", {2, 4, 5}, [] { return Conv1d(4, 2, 3, {.groups = 2}); }),
      layerOf("Conv2d", {1, 2, 4, 4}, [] { return Conv2d(2, 3, 3, {.stride = 2, .padding = 1}); }),
      layerOf("DilatedConv2d", {1, 2, 5, 5},
              [] { return Conv2d(2, 2, 3, {.dilation = 2, .bias = false}); }),
      layerOf("MaxPool", {1, 1, 4, 4}, [] { return MaxPool(2); }),
      layerOf("PaddedMaxPool", {1, 2, 4, 4},
              [] { return MaxPool(3, {.stride = 2, .padding = 1}); }),
      layerOf("AveragePool", {1, 2, 4, 4},
              [] { return AveragePool(2, {.stride = 1, .padding = 1}); }),
      layerOf("GlobalMaxPool", {2, 2, 3}, [] { return GlobalMaxPool(); }),
      layerOf("GlobalAveragePool", {2, 2, 3}, [] { return GlobalAveragePool(); }),
      layerOf("BatchNorm", {3, 2, 2}, [] { return BatchNorm(2); }),
      layerOf("LayerNorm", {3, 4}, [] { return LayerNorm(4); }),
      layerOf("GroupNorm", {2, 4, 2}, [] { return GroupNorm(2, 4); }),
      layerOf("Flatten", {2, 2, 2}, [] { return Flatten(); }),
      layerOf("Dropout", {8}, [] { return Dropout(0.5); }),
      layerOf("RNN", {2, 3, 2}, [] { return RNN(2, 3); }),
      layerOf("GRU", {2, 3, 2}, [] { return GRU(2, 2); }),
      layerOf("LSTM", {2, 3, 2}, [] { return LSTM(2, 2, {.isBidirectional = true}); }),
      layerOf("StackedLSTM", {2, 3, 2}, [] { return LSTM(2, 2, {.layers = 2}); }),
      layerOf("MultiHeadAttention", {2, 3, 4}, [] { return MultiHeadAttention(4, 2); }),
      layerOf("CausalAttention", {2, 3, 4}, [] { return MultiHeadAttention(4, 2, true); }),
      layerOf("TransformerEncoderLayer", {1, 2, 4},
              [] { return TransformerEncoderLayer(4, 2, {.feedforward = 3}); }),
      layerOf("Identity", {4}, [] { return Identity(); }),
      layerOf("Sigmoid", {4}, [] { return Sigmoid(); }),
      layerOf("Tanh", {4}, [] { return Tanh(); }),
      layerOf("ReLU", {4}, [] { return ReLU(); }),
      layerOf("LeakyReLU", {4}, [] { return LeakyReLU(0.1); }),
      layerOf("ELU", {4}, [] { return ELU(); }),
      layerOf("SELU", {4}, [] { return SELU(); }),
      layerOf("Swish", {4}, [] { return Swish(); }),
      layerOf("GELU", {4}, [] { return GELU(); }),
      layerOf("Softmax", {2, 4}, [] { return Softmax(); }),
  };
}

}  // namespace plx::builder

#endif  // PLEXUS_TESTS_CONFORMANCE_LAYERS_LAYERS_H
