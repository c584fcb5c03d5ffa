#include "frontends/builder/Zoo.h"

#include "frontends/builder/Recurrent.h"
#include "frontends/builder/Transformer.h"

namespace plx::builder {
namespace {

// ---- perceptrons

void mlp(Network &net) {
  Sequential layers{Linear(64, 128), ReLU(), Linear(128, 64), ReLU(), Linear(64, 10)};
  net.output("logits", layers(net.input("pixels", {"batch", 64})));
}

void mnistMlp(Network &net) {
  Sequential layers{Flatten(), Linear(784, 256), ReLU(), Linear(256, 128), ReLU(), Linear(128, 10)};
  net.output("logits", layers(net.input("image", {"batch", 1, 28, 28})));
}

// ---- convolutional networks

/// Convolution, normalisation, ReLU.
Sequential convBlock(int64_t in, int64_t out, int64_t stride = 1) {
  return Sequential{Conv2d(in, out, 3, {.stride = stride, .padding = 1, .bias = false}),
                    BatchNorm(out), ReLU()};
}

// Pixels are 0 to 16, as the digits in the tree have them: brought to 0 to 1. No padding: 8, 6, 4.
void digitsCnn(Network &net) {
  Tensor pixels = net.input("pixels", {"batch", 64});
  Tensor image =
      (pixels * (1.0 / 16))
          .reshape({pixels.dim(0), net.scope().size(1), net.scope().size(8), net.scope().size(8)});
  Sequential layers{Conv2d(1, 16, 3, {.bias = false}),
                    BatchNorm(16),
                    ReLU(),
                    Conv2d(16, 32, 3, {.bias = false}),
                    BatchNorm(32),
                    ReLU(),
                    Flatten(),
                    Linear(512, 10),
                    Softmax()};
  net.output("probabilities", layers(image));
}

void mnistCnn(Network &net) {
  Sequential layers{Conv2d(1, 16, 3, {.padding = 1}),
                    ReLU(),
                    MaxPool(2),
                    Conv2d(16, 32, 3, {.padding = 1}),
                    ReLU(),
                    MaxPool(2),
                    Flatten(),
                    Linear(32 * 7 * 7, 128),
                    ReLU(),
                    Linear(128, 10)};
  net.output("logits", layers(net.input("image", {"batch", 1, 28, 28})));
}

void cifarCnn(Network &net) {
  Sequential layers{convBlock(3, 32),   convBlock(32, 32),   MaxPool(2),
                    convBlock(32, 64),  convBlock(64, 64),   MaxPool(2),
                    convBlock(64, 128), GlobalAveragePool(), Linear(128, 10)};
  net.output("logits", layers(net.input("image", {"batch", 3, 32, 32})));
}

// ---- residual networks                                                  He et al. 2015

/// relu(x + two convolutions of it); where sizes change x is convolved too.
struct BasicBlock : Module {
  BasicBlock(int64_t in, int64_t out, int64_t stride) : Module("BasicBlock") {
    body_ = &add("body",
                 Sequential{Conv2d(in, out, 3, {.stride = stride, .padding = 1, .bias = false}),
                            BatchNorm(out), ReLU(),
                            Conv2d(out, out, 3, {.padding = 1, .bias = false}), BatchNorm(out)});
    if (in != out || stride != 1)
      downsample_ =
          &add("downsample",
               Sequential{Conv2d(in, out, 1, {.stride = stride, .bias = false}), BatchNorm(out)});
  }
  Tensor forward(const Tensor &x) override {
    return relu((*body_)(x) + (downsample_ ? (*downsample_)(x) : x));
  }
  Sequential *body_, *downsample_ = nullptr;
};

void resnet18(Network &net) {
  Sequential layers{Conv2d(3, 64, 7, {.stride = 2, .padding = 3, .bias = false}), BatchNorm(64),
                    ReLU(), MaxPool(3, {.stride = 2, .padding = 1})};
  int64_t in = 64;
  for (int64_t out : {64, 128, 256, 512}) {
    layers.append(BasicBlock(in, out, out == 64 ? 1 : 2)).append(BasicBlock(out, out, 1));
    in = out;
  }
  layers.append(GlobalAveragePool()).append(Linear(512, 1000));
  net.output("logits", layers(net.input("image", {"batch", 3, 224, 224})));
}

// ---- sequences

// A row of an image is a step.
void lstmClassifier(Network &net) {
  Recurrent lstm = LSTM(28, 128);
  Sequential layers{std::move(lstm), Activation("Last", lastInTime), Linear(128, 10)};
  net.output("logits", layers(net.input("series", {"batch", "time", 28})));
}

void autoencoder(Network &net) {
  Sequential layers{Linear(784, 128), ReLU(), Linear(128, 32),  ReLU(),
                    Linear(32, 128),  ReLU(), Linear(128, 784), Sigmoid()};
  net.output("image", layers(net.input("pixels", {"batch", 784})));
}

constexpr int64_t kWords = 1000, kPositions = 64, kSize = 64, kClasses = 2;

/// Words and their places, embedded and added.
struct Embeddings : Module {
  Embedding &words = add("words", Embedding(kWords, kSize));
  Embedding &positions = add("positions", Embedding(kPositions, kSize));
  Tensor forward(const Tensor &x) override {
    // A sequence that is too long fails in the second lookup.
    return words(x) + positions(iota(x.scope(), x.element(), x.dim(1)));
  }
};

void transformerEncoder(Network &net) {
  EncoderOptions options{.feedforward = 4 * kSize, .dropout = 0.1, .isNormFirst = true};
  Sequential layers{Embeddings(),
                    TransformerEncoderLayer(kSize, 4, options),
                    TransformerEncoderLayer(kSize, 4, options),
                    LayerNorm(kSize),
                    Activation("Mean", [](const Tensor &x) { return x.mean({1}); }),
                    Linear(kSize, kClasses)};
  net.output("logits", layers(net.indices("words", {"batch", "time"})));
}

constexpr Architecture kArchitectures[] = {
    {"autoencoder", "pixels [batch, 784] -> image [batch, 784], by way of 32 numbers", autoencoder},
    {"cifar_cnn",
     "image [batch, 3, 32, 32] -> logits [batch, 10]: five convolutions of 32 to 128 channels with "
     "batch normalization",
     cifarCnn},
    {"digits_cnn",
     "pixels [batch, 64], 0 to 16 -> probabilities [batch, 10]: convolutions of 16 and 32 channels "
     "with "
     "batch normalization, on 8x8",
     digitsCnn},
    {"lstm_classifier", "series [batch, time, 28] -> logits [batch, 10]: an LSTM of 128",
     lstmClassifier},
    {"mlp", "pixels [batch, 64] -> logits [batch, 10]: 64-128-64-10 with ReLU", mlp},
    {"mnist_cnn",
     "image [batch, 1, 28, 28] -> logits [batch, 10]: convolutions of 16 and 32 channels, 128 "
     "hidden",
     mnistCnn},
    {"mnist_mlp", "image [batch, 1, 28, 28] -> logits [batch, 10]: 784-256-128-10 with ReLU",
     mnistMlp},
    {"resnet18", "image [batch, 3, 224, 224] -> logits [batch, 1000]", resnet18},
    {"transformer_encoder",
     "words [batch, time], 0 to 999, time up to 64 -> logits [batch, 2]: two encoder layers of 64 "
     "with four heads",
     transformerEncoder},
};

}  // namespace

llvm::ArrayRef<Architecture> architectures() { return kArchitectures; }

const Architecture *findArchitecture(const std::string &name) {
  for (const Architecture &architecture : kArchitectures)
    if (architecture.name == name) return &architecture;
  return nullptr;
}

}  // namespace plx::builder
