// Networks run by the reference evaluator: inputs and outputs as doubles, by name.
#ifndef PLEXUS_TESTS_UNIT_FRONTENDS_BUILDER_NETWORKS_H
#define PLEXUS_TESTS_UNIT_FRONTENDS_BUILDER_NETWORKS_H

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "frontends/builder/Network.h"
#include "ir/eval/Evaluator.h"
#include "mlir/IR/Verifier.h"

namespace plx::builder {

struct Given {
  std::vector<int64_t> dims;
  std::vector<double> values;
};
using Inputs = std::map<std::string, Given>;
using Outputs = std::map<std::string, std::vector<double>>;

inline std::vector<double> doublesOf(const Weight &weight) {
  std::vector<double> out(weight.type.getNumElements());
  bool isF64 = weight.type.getElementType().isF64();
  for (size_t i = 0; i < out.size(); ++i)
    out[i] = isF64 ? reinterpret_cast<const double *>(weight.bytes.data())[i]
                   : reinterpret_cast<const float *>(weight.bytes.data())[i];
  return out;
}

inline void setWeight(Network &net, const std::string &name, const std::vector<double> &values) {
  absl::Status status = net.setWeight(
      name, {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(double)});
  EXPECT_TRUE(status.ok()) << status;
}

inline eval::Tensor tensorOf(mlir::Type element, const Given &given) {
  eval::Tensor tensor(element, given.dims);
  for (size_t i = 0; i < given.values.size(); ++i)
    tensor.isFloat() ? tensor.setFloat(i, given.values[i])
                     : tensor.setInt(i, static_cast<int64_t>(given.values[i]));
  return tensor;
}

inline Outputs run(Network &net, const Inputs &inputs) {
  absl::StatusOr<mlir::ModuleOp> module = net.finish();
  EXPECT_TRUE(module.ok()) << module.status();
  if (!module.ok()) return {};
  EXPECT_TRUE(succeeded(mlir::verify(*module)));
  auto main = module->lookupSymbol<mlir::func::FuncOp>("main");
  llvm::SmallVector<eval::Value> arguments;
  for (unsigned i = 0; i < main.getNumArguments(); ++i)
    arguments.push_back(
        tensorOf(mlir::getElementTypeOrSelf(main.getArgument(i).getType()),
                 inputs.at(main.getArgAttrOfType<mlir::StringAttr>(i, "plx.name").str())));
  eval::Evaluator evaluator(*module);
  evaluator.setParameterSource(
      [&](llvm::StringRef name, mlir::Operation *) -> mlir::FailureOr<eval::Tensor> {
        const Weight &weight = net.weights().at(name.str());
        return tensorOf(weight.type.getElementType(),
                        {weight.type.getShape().vec(), doublesOf(weight)});
      });
  auto results = evaluator.run("main", arguments);
  EXPECT_TRUE(succeeded(results)) << evaluator.error();
  if (failed(results)) return {};
  Outputs out;
  for (auto [i, result] : llvm::enumerate(*results))
    out[main.getResultAttrOfType<mlir::StringAttr>(i, "plx.name").str()] =
        std::as_const(result).tensor().floats();
  return out;
}

inline void expectNear(const std::vector<double> &found, const std::vector<double> &expected,
                       double tolerance = 1e-12) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], tolerance) << i;
}

constexpr NetworkOptions kF64{.isF64 = true}, kTrainF64{.mode = Mode::Train, .isF64 = true};

}  // namespace plx::builder

#endif  // PLEXUS_TESTS_UNIT_FRONTENDS_BUILDER_NETWORKS_H
