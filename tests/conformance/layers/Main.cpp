// layers-onnx OUT: each layer of the builder as OUT/NAME/model.onnx, with an input and what the
// compiled network makes of it (input.npy, output.npy), for others to compare.
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <map>

#include "tests/conformance/layers/Layers.h"
#include "tools/api/Networks.h"

namespace plx {
namespace {

absl::Status writeNpy(const std::string &path, const plx_tensor &tensor) {
  plx_error error;
  if (plx_write_npy(path.c_str(), &tensor, &error) == PLX_OK) return absl::OkStatus();
  return absl::InternalError(error.message);
}

/// With a dim in front that the network does not know, where the layer allows one.
absl::Status write(const builder::Layer &layer, const std::string &folder) {
  std::filesystem::create_directories(folder);
  builder::Network net(builder::NetworkOptions{.seed = 5});
  std::vector<builder::Size> sizes(layer.dims.begin(), layer.dims.end());
  if (sizes.size() > 1) sizes[0] = "batch";
  net.output("y", layer.apply(net.input("x", sizes)));
  int64_t count = 1;
  for (int64_t size : layer.dims) count *= size;
  std::vector<float> x(count);
  for (int64_t i = 0; i < count; ++i)
    x[i] = 2 * std::sin(3 * static_cast<float>(i) + 1);  // of both signs, none twice
  absl::StatusOr<std::unique_ptr<Runner>> runner = Runner::create(net, {.threads = 1});
  if (!runner.ok()) return runner.status();
  absl::Status status = (*runner)->run({{"x", {x.data(), layer.dims}}});
  if (!status.ok()) return status;
  absl::StatusOr<plx_tensor> y = (*runner)->output("y");
  if (!y.ok()) return y.status();
  status.Update(writeNpy(folder + "/output.npy", *y));
  status.Update(
      writeNpy(folder + "/input.npy",
               {x.data(), layer.dims.data(), static_cast<int32_t>(layer.dims.size()), PLX_F32}));
  status.Update(writeOnnx(net, folder + "/model.onnx", layer.name));
  return status;
}

}  // namespace
}  // namespace plx

int main(int argc, char **argv) {
  if (argc != 2) return fprintf(stderr, "usage: layers-onnx OUT\n"), 2;
  int failed = 0;
  for (const plx::builder::Layer &layer : plx::builder::allLayers()) {
    absl::Status status = plx::write(layer, std::string(argv[1]) + "/" + layer.name);
    if (status.ok()) continue;
    fprintf(stderr, "%s: %s\n", layer.name.c_str(), std::string(status.message()).c_str());
    ++failed;
  }
  return failed > 0;
}
