#include "frontends/builder/Zoo.h"

#include "tests/unit/frontends/builder/networks.h"

namespace plx::builder {
namespace {

TEST(Zoo, IsSortedAndFoundByName) {
  EXPECT_TRUE(llvm::is_sorted(architectures(), [](const Architecture &a, const Architecture &b) {
    return std::string(a.name) < b.name;
  }));
  for (const Architecture &entry : architectures()) EXPECT_EQ(findArchitecture(entry.name), &entry);
  EXPECT_EQ(findArchitecture("vgg"), nullptr);
}

int64_t elementsOf(const char *name, Mode mode) {
  Network net(NetworkOptions{.mode = mode});
  findArchitecture(name)->build(net);
  absl::StatusOr<mlir::ModuleOp> module = net.finish();
  EXPECT_TRUE(module.ok()) << name << ": " << module.status();
  EXPECT_TRUE(module.ok() && succeeded(mlir::verify(*module)));
  int64_t count = 0;
  for (const auto &[path, weight] : net.weights())
    if (!weight.isStatistic) count += weight.type.getNumElements();
  return count;
}

TEST(Zoo, BuildsForTrainingAndForUse) {
  for (const Architecture &entry : architectures())
    EXPECT_EQ(elementsOf(entry.name, Mode::Train), elementsOf(entry.name, Mode::Evaluate));
}

TEST(Zoo, HasAsManyParametersAsThePapersSay) {
  EXPECT_EQ(elementsOf("mlp", Mode::Train), 64 * 128 + 128 + 128 * 64 + 64 + 64 * 10 + 10);
  EXPECT_EQ(elementsOf("resnet18", Mode::Train), 11689512);  // torchvision's
  EXPECT_EQ(elementsOf("lstm_classifier", Mode::Train), 4 * 128 * (28 + 128 + 2) + 128 * 10 + 10);
}

}  // namespace
}  // namespace plx::builder
