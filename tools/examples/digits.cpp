// A network built, trained, tested and written as ONNX in C++: 8x8 digits by a perceptron.
//
//   example-digits tools/demo/data/digits.csv digits.onnx
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <string>

#include "frontends/builder/Layers.h"
#include "tools/api/Networks.h"

using namespace plx;           // NOLINT: an example
using namespace plx::builder;  // NOLINT

constexpr int64_t kPixels = 64, kTrained = 1437,
                  kBatch = 32;  // the last 360 digits are for testing

void perceptron(Network &net) {
  Sequential layers{Linear(kPixels, 128), ReLU(), Linear(128, 64), ReLU(), Linear(64, 10)};
  net.output("logits", layers(net.input("pixels", {"batch", kPixels})));
}

/// Prints what is wrong and ends the program.
template <typename T>
T orExit(absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  fprintf(stderr, "error: %s\n", std::string(result.status().message()).c_str());
  exit(1);
}

int main(int argc, char **argv) {
  if (argc != 3) return fprintf(stderr, "usage: example-digits DIGITS.csv OUT.onnx\n"), 2;
  std::ifstream file(argv[1]);
  std::string line;
  std::vector<float> pixels;
  std::vector<int64_t> labels;
  for (std::getline(file, line); std::getline(file, line); labels.push_back(std::stoll(line)))
    for (int64_t k = 0; k < kPixels; ++k, line.erase(0, line.find(',') + 1))
      pixels.push_back(std::stof(line) / 16);
  int64_t rows = static_cast<int64_t>(labels.size()), held = rows - kTrained;
  if (held <= 0) return fprintf(stderr, "error: %s holds %ld digits\n", argv[1], long{rows}), 1;

  Network training(NetworkOptions{.mode = Mode::Train, .seed = 1});
  perceptron(training);
  TrainingOptions options{.loss = "cross_entropy", .optimizer = {.name = "adamw"}};
  std::unique_ptr<Trainer> trainer = orExit(Trainer::create(training, options, {}));
  double loss = 0;
  for (int epoch = 0; epoch < 30; ++epoch)
    for (int64_t row = 0; row + kBatch <= kTrained; row += kBatch)
      loss = orExit(trainer->step({{"pixels", {&pixels[row * kPixels], {kBatch, kPixels}}},
                                   {"target", {&labels[row], {kBatch}}}},
                                  2e-3));

  Network trained;
  perceptron(trained);
  absl::Status status = trained.takeWeights(trainer->weights());
  std::unique_ptr<Runner> runner = orExit(Runner::create(trained, {}));
  status.Update(runner->run({{"pixels", {&pixels[kTrained * kPixels], {held, kPixels}}}}));
  status.Update(writeOnnx(trained, argv[2], "digits"));
  if (!status.ok()) orExit<int>(status);
  const float *logits = static_cast<const float *>(orExit(runner->output("logits")).data);
  int64_t right = 0;
  for (int64_t i = 0; i < held; ++i, logits += 10)
    right += std::max_element(logits, logits + 10) - logits == labels[kTrained + i];
  printf("%ld steps, loss %.4f; %ld of %ld digits that it has not seen are right\n",
         static_cast<long>(trainer->stepsDone()), loss, static_cast<long>(right),
         static_cast<long>(held));
}
