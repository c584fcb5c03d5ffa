// A step of training as a program, run by the reference evaluator: the worked example of a 2-2-1
// network (hidden ReLU, output sigmoid, binary cross-entropy for y = 1), forward and one step back.
#include "frontends/builder/TrainingStep.h"

#include <gtest/gtest.h>

#include <cmath>

#include "ir/Dialect.h"
#include "ir/eval/Evaluator.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

namespace plx::builder {
namespace {

using eval::Tensor;
using Values = std::map<std::string, std::vector<double>>;

// Types are written T and replaced.
const char kNetwork[] = R"(
func.func @main(%x: tensor<1x2xT> {plx.name = "x"}) -> (tensor<1x1xT> {plx.name = "y"}) {
  %w1 = plx.parameter "w1" : tensor<2x2xT>
  %b1 = plx.parameter "b1" : tensor<2xT>
  %w2 = plx.parameter "w2" : tensor<1x2xT>
  %b2 = plx.parameter "b2" : tensor<1xT>
  %zero = plx.constant dense<0.0> : tensor<1x2xT>
  %0 = plx.dot_general %x, %w1 batch [] x [] contract [1] x [1] : (tensor<1x2xT>, tensor<2x2xT>) -> tensor<1x2xT>
  %1 = plx.broadcast %b1 [1] : (tensor<2xT>) -> tensor<1x2xT>
  %2 = plx.pointwise add(%0, %1) : (tensor<1x2xT>, tensor<1x2xT>) -> tensor<1x2xT>
  %3 = plx.pointwise max(%2, %zero) : (tensor<1x2xT>, tensor<1x2xT>) -> tensor<1x2xT>
  %4 = plx.dot_general %3, %w2 batch [] x [] contract [1] x [1] : (tensor<1x2xT>, tensor<1x2xT>) -> tensor<1x1xT>
  %5 = plx.broadcast %b2 [1] : (tensor<1xT>) -> tensor<1x1xT>
  %6 = plx.pointwise add(%4, %5) : (tensor<1x1xT>, tensor<1x1xT>) -> tensor<1x1xT>
  %7 = plx.pointwise sigmoid(%6) : (tensor<1x1xT>) -> tensor<1x1xT>
  return %7 : tensor<1x1xT>
})";

std::string networkOf(const std::string &type) {
  std::string text = kNetwork;
  for (size_t at; (at = text.find("xT")) != std::string::npos;) text.replace(at, 2, "x" + type);
  return text;
}

struct TrainingStepTest : testing::Test {
  TrainingStepTest() { context.loadDialect<PlxDialect, mlir::func::FuncDialect>(); }

  absl::StatusOr<TrainingStep> make(const std::string &text, const TrainingOptions &options) {
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    EXPECT_TRUE(module);
    absl::StatusOr<TrainingStep> step = makeTrainingStep(*module, options);
    if (step.ok()) EXPECT_TRUE(succeeded(mlir::verify(*module)));
    return step;
  }

  /// Outputs by name, of inputs by name.
  Values run(const Values &inputs) {
    auto main = module->lookupSymbol<mlir::func::FuncOp>("main");
    llvm::SmallVector<eval::Value> arguments;
    for (unsigned i = 0; i < main.getNumArguments(); ++i) {
      auto type = mlir::cast<mlir::RankedTensorType>(main.getArgument(i).getType());
      std::string name = main.getArgAttrOfType<mlir::StringAttr>(i, "plx.name").str();
      Tensor tensor(type.getElementType(), type.getShape());
      auto given = inputs.find(name);
      for (int64_t k = 0; given != inputs.end() && k < tensor.numElements(); ++k)
        tensor.isFloat() ? tensor.setFloat(k, given->second[k])
                         : tensor.setInt(k, static_cast<int64_t>(given->second[k]));
      arguments.push_back(tensor);
    }
    eval::Evaluator evaluator(*module);
    auto results = evaluator.run("main", arguments);
    EXPECT_TRUE(succeeded(results)) << evaluator.error();
    Values out;
    for (auto [i, result] : llvm::enumerate(*results))
      out[main.getResultAttrOfType<mlir::StringAttr>(i, "plx.name").str()] =
          result.tensor().floats();
    return out;
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

const Values kStart{{"x", {0.5, 0.8}},
                    {"target", {1}},
                    {"$learning_rate", {0.1}},
                    {"b1", {0.1, -0.2}},
                    {"w2", {0.7, 0.5}},
                    {"b2", {0.05}},
                    {"$step", {0}},
                    {"w1", {0.4, 0.6, -0.3, 0.9}}};

TrainingOptions sgd() {
  TrainingOptions options;
  options.loss = "binary_cross_entropy";
  return options;
}

void expectNear(const std::vector<double> &found, std::vector<double> expected, double tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], tolerance) << i;
}

TEST_F(TrainingStepTest, TheWorkedExampleInBothPrecisions) {
  for (const char *type : {"f64", "f32"}) {
    absl::StatusOr<TrainingStep> step = make(networkOf(type), sgd());
    ASSERT_TRUE(step.ok()) << step.status();
    EXPECT_EQ(step->target, "target");
    EXPECT_EQ(step->prediction, "y");
    Values first = run(kStart);
    expectNear(first["y"], {0.6858955968047016}, 1e-6);
    expectNear(first["$loss"], {0.3770298540853055}, 1e-6);
    // p - 0.1 g, so that the gradients are seen.
    auto gradient = [&](const char *name) {
      std::vector<double> g;
      for (size_t i = 0; i < first[name].size(); ++i)
        g.push_back((kStart.at(name)[i] - first[name][i]) / 0.1);
      return g;
    };
    double tolerance = type == std::string("f64") ? 1e-8 : 1e-6;
    expectNear(gradient("b2"), {-0.3141044031952984}, tolerance);
    expectNear(gradient("w2"), {-0.24500143, -0.11621863}, tolerance);
    expectNear(gradient("b1"), {-0.21987308, -0.1570522}, tolerance);
    expectNear(gradient("w1"), {-0.10993654, -0.17589847, -0.0785261, -0.12564176}, tolerance);
    Values next = kStart;
    for (const char *name : {"w1", "b1", "w2", "b2"}) next[name] = first[name];
    Values second = run(next);
    expectNear(second["y"], {0.707053095144034}, 1e-6);
    expectNear(second["$loss"], {0.34664951669174243}, 1e-6);
  }
}

TEST_F(TrainingStepTest, FrozenParametersStayParameters) {
  TrainingOptions options = sgd();
  options.isTrained = [](const std::string &name) { return name != "w1"; };
  absl::StatusOr<TrainingStep> step = make(networkOf("f32"), options);
  ASSERT_TRUE(step.ok()) << step.status();
  EXPECT_EQ(step->parameters.size(), 3u);
  EXPECT_EQ(step->parameters[0].name, "b1");
  EXPECT_TRUE(step->slots.empty());
}

TEST_F(TrainingStepTest, SlotsAreNamedForTheirParameter) {
  TrainingOptions options = sgd();
  options.optimizer.name = "adam";
  absl::StatusOr<TrainingStep> step = make(networkOf("f64"), options);
  ASSERT_TRUE(step.ok()) << step.status();
  ASSERT_EQ(step->slots.size(), 8u);
  EXPECT_EQ(step->slots[0].name, "w1.first_moment");
  // At t = 1 each element moves by the rate against its gradient's sign.
  Values first = run(kStart);
  expectNear(first["w1"], {0.5, 0.7, -0.2, 1.0}, 1e-6);
  expectNear(first["b2.first_moment"], {-0.03141044031952984}, 1e-8);
}

TEST_F(TrainingStepTest, SaysWhatDoesNotFit) {
  auto message = [&](auto change) {
    TrainingOptions options = sgd();
    change(options);
    return std::string(make(networkOf("f32"), options).status().message());
  };
  EXPECT_EQ(message([](TrainingOptions &o) { o.prediction = "z"; }),
            "the model has no output 'z'; its outputs are 'y'");
  EXPECT_NE(message([](TrainingOptions &o) {
              o.loss = "l7";
            }).find("there is no loss 'l7'; there are cross_entropy"),
            std::string::npos);
  EXPECT_NE(message([](TrainingOptions &o) {
              o.optimizer.name = "lion";
            }).find("there is no optimizer 'lion'"),
            std::string::npos);
  EXPECT_EQ(
      message([](TrainingOptions &o) { o.isTrained = [](const std::string &) { return false; }; }),
      "there is nothing to train: no parameter of floats is left");
}

// The gradient of the logits is then softmax minus one-hot, which does not vanish where a class is
// certain.
TEST_F(TrainingStepTest, CrossEntropyLooksThroughASoftmax) {
  TrainingOptions options;
  options.loss = "cross_entropy";
  const char kText[] = R"mlir(
#node = loc("/soft(Softmax)")
func.func @main(%x: tensor<1x2xf64> {plx.name = "x"}) -> (tensor<1x2xf64> {plx.name = "y"}) {
  %w = plx.parameter "w" : tensor<1x2xf64>
  %0 = plx.pointwise add(%x, %w) : (tensor<1x2xf64>, tensor<1x2xf64>) -> tensor<1x2xf64> loc("/add(Add)")
  %1 = plx.pointwise exp(%0) : (tensor<1x2xf64>) -> tensor<1x2xf64> loc(#node)
  %2 = plx.reduce sum %1 [1] : (tensor<1x2xf64>) -> tensor<1xf64> loc(#node)
  %3 = plx.broadcast %2 [0] : (tensor<1xf64>) -> tensor<1x2xf64> loc(#node)
  %4 = plx.pointwise div(%1, %3) : (tensor<1x2xf64>, tensor<1x2xf64>) -> tensor<1x2xf64> loc(#node)
  return %4 : tensor<1x2xf64>
})mlir";
  absl::StatusOr<TrainingStep> step = make(kText, options);
  ASSERT_TRUE(step.ok()) << step.status();
  ASSERT_EQ(step->notes.size(), 1u);
  Values out = run({{"x", {1, 3}}, {"w", {0, 0}}, {"target", {0}}, {"$learning_rate", {1}}});
  double p = 1 / (1 + std::exp(2.0));
  expectNear(out["$loss"], {-std::log(p)}, 1e-12);
  expectNear(out["y"], {p, 1 - p}, 1e-12);
  expectNear(out["w"], {1 - p, p - 1}, 1e-12);
}

TEST_F(TrainingStepTest, ALossThatDependsOnNothingTrainedIsRefused) {
  absl::StatusOr<TrainingStep> step = make(R"(
func.func @main(%x: tensor<1x2xf32> {plx.name = "x"}) -> (tensor<1x2xf32> {plx.name = "y"}) {
  %w = plx.parameter "w" : tensor<1x2xf32>
  %0 = plx.pointwise floor(%w) : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %1 = plx.pointwise add(%x, %0) : (tensor<1x2xf32>, tensor<1x2xf32>) -> tensor<1x2xf32>
  return %1 : tensor<1x2xf32>
})",
                                           sgd());
  EXPECT_EQ(step.status().message(), "the loss does not depend on any parameter that is trained");
}

TEST_F(TrainingStepTest, PartsOfABatchAddUpByTheirShares) {
  Values other = kStart;
  other["x"] = {-0.2, 1.5};
  ASSERT_TRUE(make(networkOf("f64"), sgd()).ok());
  Values one = run(kStart), two = run(other);

  TrainingOptions parts = sgd();
  parts.part = StepPart::Accumulate;
  absl::StatusOr<TrainingStep> accumulate = make(networkOf("f64"), parts);
  ASSERT_TRUE(accumulate.ok()) << accumulate.status();
  ASSERT_EQ(accumulate->sums.size(), 4u);
  EXPECT_EQ(accumulate->sums[0].name, accumulate->parameters[0].name + ".sum");
  Values first = kStart;
  first["$share"] = {0.25};
  Values sums = run(first);  // of sums that are 0
  EXPECT_EQ(sums.count("w1"), 0u) << "a parameter moved before the step was whole";
  EXPECT_EQ(sums["$loss"], one["$loss"]);

  parts.part = StepPart::Finish;
  absl::StatusOr<TrainingStep> finish = make(networkOf("f64"), parts);
  ASSERT_TRUE(finish.ok()) << finish.status();
  Values last = other;
  last["$share"] = {0.75};
  for (const StateTensor &sum : finish->sums) last[sum.name] = sums[sum.name];
  Values moved = run(last);
  for (const char *name : {"w1", "b1", "w2", "b2"}) {
    std::vector<double> expected;
    for (size_t i = 0; i < moved[name].size(); ++i)
      expected.push_back(0.25 * one[name][i] + 0.75 * two[name][i]);
    expectNear(moved[name], expected, 1e-15);
  }
}

TEST_F(TrainingStepTest, ForwardIsTheLossAlone) {
  ASSERT_TRUE(make(networkOf("f64"), sgd()).ok());
  Values step = run(kStart);
  TrainingOptions options = sgd();
  options.part = StepPart::Forward;
  ASSERT_TRUE(make(networkOf("f64"), options).ok());
  Values forward = run(kStart);
  EXPECT_EQ(forward["$loss"], step["$loss"]);
  EXPECT_EQ(forward["y"], step["y"]);
  EXPECT_EQ(forward.size(), 2u);
}

TEST_F(TrainingStepTest, AParameterMayHaveAnotherRateAndPenalty) {
  ASSERT_TRUE(make(networkOf("f64"), sgd()).ok());
  Values all = run(kStart);
  TrainingOptions options = sgd();
  options.optimizerOf = [&](const std::string &name) {
    OptimizerOptions own = options.optimizer;
    if (name == "b1") own.rateScale = 0;
    if (name == "w2") own.rateScale = 3;
    if (name == "w1") own.l2 = 0.5;
    return own;
  };
  ASSERT_TRUE(make(networkOf("f64"), options).ok());
  Values moved = run(kStart);
  EXPECT_EQ(moved["b1"], kStart.at("b1"));
  EXPECT_EQ(moved["b2"], all["b2"]);
  for (size_t i = 0; i < 2; ++i) {
    double before = kStart.at("w2")[i];
    EXPECT_NEAR(moved["w2"][i] - before, 3 * (all["w2"][i] - before), 1e-15);
  }
  for (size_t i = 0; i < 4; ++i)
    EXPECT_NEAR(moved["w1"][i], all["w1"][i] - 0.1 * 0.5 * kStart.at("w1")[i], 1e-15);
}

}  // namespace
}  // namespace plx::builder
