// frontends/onnx/Export: which nodes a program becomes, its opset, where weights lie, what is
// refused. That the results are the same is shown by tests/run.py roundtrip.
#include "frontends/onnx/Export.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "frontends/onnx/Import.h"
#include "frontends/onnx/Proto.h"
#include "frontends/onnx/export/Exporter.h"
#include "ir/Dialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"

namespace plx::testing {
namespace {

class ExportTest : public ::testing::Test {
 protected:
  ExportTest() {
    context_.loadDialect<PlxDialect, mlir::func::FuncDialect>();
    std::string pattern = ::testing::TempDir() + "plexus-export-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~ExportTest() override {
    for (const char *name : {"/m.onnx", "/m.onnx.weights"}) unlink((folder_ + name).c_str());
    rmdir(folder_.c_str());
  }
  absl::Status write(const std::string &text, const ExportOptions &options = {}) {
    auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context_);
    if (!module) return absl::InvalidArgumentError("the test's program does not parse");
    auto weights = [&](const std::string &name) -> absl::StatusOr<llvm::StringRef> {
      return weights_.at(name);
    };
    return exportOnnxFile(*module, weights, folder_ + "/m.onnx", options);
  }
  std::string read(const std::string &name) {
    std::ifstream file(folder_ + "/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  /// The model written; one with no opset where that failed.
  onnx::ModelProto model(const std::string &text, const ExportOptions &options = {}) {
    onnx::ModelProto model;
    absl::Status status = write(text, options);
    EXPECT_TRUE(status.ok()) << status;
    if (status.ok()) EXPECT_TRUE(model.ParseFromString(read("m.onnx")));
    return model;
  }
  /// "Op Op": the nodes of a function of this signature and body.
  std::string ops(const std::string &signature, const std::string &body,
                  const ExportOptions &options = {}) {
    onnx::ModelProto m = model("func.func @main" + signature + " {\n" + body + "}\n", options);
    std::string text;
    for (const auto &node : m.graph().node()) text += (text.empty() ? "" : " ") + node.op_type();
    return text;
  }
  mlir::MLIRContext context_;
  std::string folder_;
  std::map<std::string, std::string> weights_;
};

TEST_F(ExportTest, KeepsNamesAndSymbols) {
  onnx::ModelProto m = model(R"(
    func.func @main(%x: tensor<?x4xf32, #plx.dims<[batch, 4]>> {plx.name = "pixels"})
        -> (tensor<?x4xf32, #plx.dims<[batch, 4]>> {plx.name = "answer"}) {
      %r = plx.pointwise exp(%x) : (tensor<?x4xf32, #plx.dims<[batch, 4]>>) -> tensor<?x4xf32, #plx.dims<[batch, 4]>>
      return %r : tensor<?x4xf32, #plx.dims<[batch, 4]>>
    })");
  ASSERT_EQ(m.graph().node_size(), 1);
  EXPECT_EQ(m.graph().node(0).op_type(), "Exp");
  EXPECT_EQ(m.graph().node(0).input(0), "pixels");
  EXPECT_EQ(m.graph().node(0).output(0), "answer");
  EXPECT_EQ(m.graph().input(0).type().tensor_type().shape().dim(0).dim_param(), "batch");
  EXPECT_EQ(m.graph().output(0).type().tensor_type().shape().dim(0).dim_param(), "batch");
}

TEST_F(ExportTest, GivesOutputsThatAreInputsANode) {
  EXPECT_EQ(ops("(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>)",
                "return %x, %x : tensor<2xf32>, tensor<2xf32>\n"),
            "Identity Identity");
}

TEST_F(ExportTest, LeavesBroadcastingToOnnx) {
  EXPECT_EQ(ops("(%x: tensor<2x3xf32>, %b: tensor<3xf32>) -> tensor<2x3xf32>", R"(
      %c = plx.broadcast %b [1] : (tensor<3xf32>) -> tensor<2x3xf32>
      %r = plx.pointwise mul(%x, %c) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
      return %r : tensor<2x3xf32>
)"),
            "Mul");
  // Nothing else has the first size, so one operand is repeated.
  EXPECT_EQ(ops("(%a: tensor<3xf32>, %b: tensor<3xf32>) -> tensor<2x3xf32>", R"(
      %c = plx.broadcast %a [1] : (tensor<3xf32>) -> tensor<2x3xf32>
      %d = plx.broadcast %b [1] : (tensor<3xf32>) -> tensor<2x3xf32>
      %r = plx.pointwise mul(%c, %d) : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
      return %r : tensor<2x3xf32>
)"),
            "Expand Mul");
}

const char *const kConvolution = R"(
      %zero = plx.constant dense<0.0> : tensor<f32>
      %t = plx.transpose %x [0, 2, 3, 1] : (tensor<1x3x8x8xf32>) -> tensor<1x8x8x3xf32>
      %p = plx.pad %t, %zero [0, 1, 1, 0] [0, 1, 1, 0] [0, 0, 0, 0] : (tensor<1x8x8x3xf32>, tensor<f32>) -> tensor<1x10x10x3xf32>
      %k = plx.transpose %w [2, 3, 1, 0] : (tensor<4x3x3x3xf32>) -> tensor<3x3x3x4xf32>
      %y = plx.convolution %p, %k strides [1, 1] dilations [1, 1] groups 1 : (tensor<1x10x10x3xf32>, tensor<3x3x3x4xf32>) -> tensor<1x8x8x4xf32>
      %u = plx.transpose %y [0, 3, 1, 2] : (tensor<1x8x8x4xf32>) -> tensor<1x4x8x8xf32>
)";

// As import and builder write the normalization of channels by stored moments.
std::string channelNorm(const char *epsilon) {
  std::string text = R"(
      %one = plx.constant dense<1.0> : tensor<1x3x1x1xf32>
      %eps = plx.constant dense<EPS> : tensor<1x3x1x1xf32>
      %s = plx.reshape %scale : (tensor<3xf32>) -> tensor<1x3x1x1xf32>
      %b = plx.reshape %bias : (tensor<3xf32>) -> tensor<1x3x1x1xf32>
      %m = plx.reshape %mean : (tensor<3xf32>) -> tensor<1x3x1x1xf32>
      %v = plx.reshape %var : (tensor<3xf32>) -> tensor<1x3x1x1xf32>
      %0 = plx.pointwise add(%v, %eps) : (tensor<1x3x1x1xf32>, tensor<1x3x1x1xf32>) -> tensor<1x3x1x1xf32>
      %1 = plx.pointwise sqrt(%0) : (tensor<1x3x1x1xf32>) -> tensor<1x3x1x1xf32>
      %2 = plx.pointwise div(%one, %1) : (tensor<1x3x1x1xf32>, tensor<1x3x1x1xf32>) -> tensor<1x3x1x1xf32>
      %f = plx.pointwise mul(%s, %2) : (tensor<1x3x1x1xf32>, tensor<1x3x1x1xf32>) -> tensor<1x3x1x1xf32>
      %3 = plx.pointwise mul(%m, %f) : (tensor<1x3x1x1xf32>, tensor<1x3x1x1xf32>) -> tensor<1x3x1x1xf32>
      %4 = plx.pointwise sub(%b, %3) : (tensor<1x3x1x1xf32>, tensor<1x3x1x1xf32>) -> tensor<1x3x1x1xf32>
      %5 = plx.broadcast %f [0, 1, 2, 3] : (tensor<1x3x1x1xf32>) -> tensor<2x3x4x4xf32>
      %6 = plx.broadcast %4 [0, 1, 2, 3] : (tensor<1x3x1x1xf32>) -> tensor<2x3x4x4xf32>
      %7 = plx.pointwise mul(%x, %5) : (tensor<2x3x4x4xf32>, tensor<2x3x4x4xf32>) -> tensor<2x3x4x4xf32>
      %r = plx.pointwise add(%7, %6) : (tensor<2x3x4x4xf32>, tensor<2x3x4x4xf32>) -> tensor<2x3x4x4xf32>
      return %r : tensor<2x3x4x4xf32>
)";
  return text.replace(text.find("EPS"), 3, epsilon);
}
const char *const kChannelNorm =
    "(%x: tensor<2x3x4x4xf32>, %scale: tensor<3xf32>, %bias: tensor<3xf32>, %mean: tensor<3xf32>, "
    "%var: tensor<3xf32>) -> tensor<2x3x4x4xf32>";

TEST_F(ExportTest, WritesANormalizationOfChannelsAsOneNode) {
  onnx::ModelProto m =
      model("func.func @main" + std::string(kChannelNorm) + " {" + channelNorm("1.0e-3") + "}");
  ASSERT_EQ(m.graph().node_size(), 1);
  const onnx::NodeProto &node = m.graph().node(0);
  EXPECT_EQ(node.op_type(), "BatchNormalization");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(node.input(i), m.graph().input(i).name());
  ASSERT_EQ(node.attribute_size(), 1);
  EXPECT_EQ(node.attribute(0).f(), 1e-3f);
  // The variance of another's factor is not this one's.
  std::string other = channelNorm("1.0e-3");
  other.replace(other.find("mul(%m, %f)"), 11, "mul(%m, %s)");
  EXPECT_NE(ops(kChannelNorm, other), "BatchNormalization");
}

std::string softmaxAlong(const char *sumAxis, const char *along) {
  std::string text = R"(
      %0 = plx.reduce max %x [1] : (tensor<3x3xf32>) -> tensor<3xf32>
      %1 = plx.broadcast %0 [0] : (tensor<3xf32>) -> tensor<3x3xf32>
      %2 = plx.pointwise sub(%x, %1) : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
      %3 = plx.pointwise exp(%2) : (tensor<3x3xf32>) -> tensor<3x3xf32>
      %4 = plx.reduce sum %3 [SUM] : (tensor<3x3xf32>) -> tensor<3xf32>
      %5 = plx.broadcast %4 [ALONG] : (tensor<3xf32>) -> tensor<3x3xf32>
      %r = plx.pointwise div(%3, %5) : (tensor<3x3xf32>, tensor<3x3xf32>) -> tensor<3x3xf32>
      return %r : tensor<3x3xf32>
)";
  text.replace(text.find("SUM"), 3, sumAxis);
  return text.replace(text.find("ALONG"), 5, along);
}

// The same formula of a vector along another axis, of as many elements, is none.
TEST_F(ExportTest, LooksWhereChannelsAre) {
  std::string body = channelNorm("1.0e-3"), signature = kChannelNorm;
  auto replace = [](std::string &text, const std::string &from, const std::string &to) {
    for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
      text.replace(at, from.size(), to);
  };
  replace(body, "1x3x1x1", "1x1x3x1");
  for (std::string *text : {&body, &signature}) replace(*text, "2x3x4x4", "2x3x3x4");
  EXPECT_EQ(ops(signature, body).find("BatchNormalization"), std::string::npos);
}

TEST_F(ExportTest, WritesASoftmaxAsOneNode) {
  const char *signature = "(%x: tensor<3x3xf32>) -> tensor<3x3xf32>";
  EXPECT_EQ(ops(signature, softmaxAlong("1", "0")), "Softmax");
  // Sums of columns, or repeated along another axis, make none.
  EXPECT_NE(ops(signature, softmaxAlong("0", "1")), "Softmax");
  EXPECT_NE(ops(signature, softmaxAlong("1", "1")), "Softmax");
}

TEST_F(ExportTest, WritesAConvolutionAsOneNode) {
  std::string body = std::string(kConvolution) + R"(
      %b = plx.reshape %v : (tensor<4xf32>) -> tensor<1x4x1x1xf32>
      %c = plx.broadcast %b [0, 1, 2, 3] : (tensor<1x4x1x1xf32>) -> tensor<1x4x8x8xf32>
      %r = plx.pointwise add(%u, %c) : (tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
      return %r : tensor<1x4x8x8xf32>
)";
  onnx::ModelProto m = model(
      "func.func @main(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>, %v: tensor<4xf32>) -> "
      "tensor<1x4x8x8xf32> {" +
      body + "}");
  std::string text;
  for (const auto &node : m.graph().node()) text += node.op_type() + " ";
  EXPECT_EQ(text, "Conv ");
  EXPECT_EQ(m.graph().node(0).input_size(), 3);
}

TEST_F(ExportTest, KeepsAConvolutionThatOthersRead) {
  EXPECT_EQ(ops("(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>, %v: tensor<4xf32>) -> "
                "(tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>)",
                std::string(kConvolution) + R"(
      %c = plx.broadcast %v [1] : (tensor<4xf32>) -> tensor<1x4x8x8xf32>
      %r = plx.pointwise add(%u, %c) : (tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
      return %r, %u : tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>
)"),
            "Conv Unsqueeze Add");
}

TEST_F(ExportTest, ComputesSizesOnceFromInputs) {
  const char *const signature =
      "(%x: tensor<?x4xf32, #plx.dims<[n, 4]>>) -> (tensor<i64>, tensor<2xi64>)";
  const char *const body = R"(
      %a = plx.dims [2*n + 1] : tensor<i64>
      %b = plx.dims [n, 2*n + 1] : tensor<2xi64>
      return %a, %b : tensor<i64>, tensor<2xi64>
)";
  EXPECT_EQ(ops(signature, body), "Shape Gather Mul Add Squeeze Concat");
  ExportOptions options;
  options.opset = 15;  // where Shape takes a range
  EXPECT_EQ(ops(signature, body, options), "Shape Mul Add Squeeze Concat");
}

TEST_F(ExportTest, ReversesToTheFirstElement) {
  onnx::ModelProto m = model(R"(
    func.func @main(%x: tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>> {
      %r = plx.slice %x [n - 1] [n] [-1] : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>>
      return %r : tensor<?xf32, #plx.dims<[n]>>
    })");
  const auto &slice = m.graph().node(m.graph().node_size() - 1);
  ASSERT_EQ(slice.op_type(), "Slice");
  for (const auto &tensor : m.graph().initializer())
    if (tensor.name() == slice.input(2)) {
      int64_t end;
      memcpy(&end, tensor.raw_data().data(), sizeof end);
      EXPECT_EQ(end, INT64_MIN + 1);
      return;
    }
  FAIL() << "the end is no constant";
}

TEST_F(ExportTest, WritesLoopsWithWhatTheyCapture) {
  onnx::ModelProto m = model(R"(
    func.func @main(%n: tensor<i64>, %x: tensor<2xf32>, %y: tensor<2xf32>) -> tensor<2xf32> {
      %c = plx.constant dense<true> : tensor<i1>
      %r = plx.loop %n, %c, (%x) {
      ^bb0(%i: tensor<i64>, %go: tensor<i1>, %s: tensor<2xf32>):
        %t = plx.pointwise add(%s, %y) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
        plx.yield %go, %t : tensor<i1>, tensor<2xf32>
      } : (tensor<i64>, tensor<i1>, tensor<2xf32>) -> tensor<2xf32>
      return %r : tensor<2xf32>
    })");
  ASSERT_EQ(m.graph().node_size(), 1);
  const auto &body = m.graph().node(0).attribute(0).g();
  ASSERT_EQ(body.node_size(), 2);  // Add, and an Identity for the condition it hands on
  EXPECT_EQ(body.node(0).op_type(), "Add");
  EXPECT_EQ(body.node(0).input(1), m.graph().input(2).name());
}

// ---- opsets

std::string castTo(const std::string &attribute) {
  return "module" + attribute + R"( {
    func.func @main(%x: tensor<4xf32>) -> tensor<4xi32> {
      %r = plx.cast %x : (tensor<4xf32>) -> tensor<4xi32>
      return %r : tensor<4xi32>
    } })";
}

TEST_F(ExportTest, TakesTheModelsOwnOpset) {
  EXPECT_EQ(model(castTo(" attributes {plx.opset = 17 : i64}")).opset_import(0).version(), 17);
  EXPECT_EQ(model(castTo("")).opset_import(0).version(), 13);
  EXPECT_EQ(model(castTo(" attributes {plx.opset = 9 : i64}")).opset_import(0).version(), 13);
  ExportOptions options;
  options.opset = 21;
  onnx::ModelProto m = model(castTo(" attributes {plx.opset = 17 : i64}"), options);
  EXPECT_EQ(m.opset_import(0).version(), 21);
  EXPECT_EQ(m.ir_version(), 10);
}

const char *const kBitwise = R"(module attributes {plx.opset = 13 : i64} {
    func.func @main(%x: tensor<4xi32>) -> tensor<4xi32> {
      %r = plx.pointwise and(%x, %x) : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
      return %r : tensor<4xi32>
    } })";

TEST_F(ExportTest, GoesToTheLowestOpsetThatHoldsEveryOp) {
  EXPECT_EQ(model(kBitwise).opset_import(0).version(), 18);
}

TEST_F(ExportTest, SaysWhatAnOpsetLacks) {
  ExportOptions options;
  options.opset = 13;
  absl::Status status = write(kBitwise, options);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_NE(status.message().find("main: ONNX opset 13 does not hold this program: "),
            std::string::npos)
      << status;
  EXPECT_NE(status.message().find("BitwiseAnd"), std::string::npos) << status;
  EXPECT_EQ(read("m.onnx"), "");
  options.opset = 12;
  EXPECT_EQ(write(kBitwise, options).message(), "--opset 12: export knows ai.onnx opsets 13 to 28");
}

TEST_F(ExportTest, RefusesEverythingInOneMessage) {
  absl::Status status = write(R"(
    func.func @main(%x: tensor<4xi32>, %z: tensor<4xcomplex<f32>>) -> (tensor<i32>, tensor<4xcomplex<f64>>) {
      %a = plx.reduce or %x [0] : (tensor<4xi32>) -> tensor<i32>
      %b = plx.cast %z : (tensor<4xcomplex<f32>>) -> tensor<4xcomplex<f64>>
      return %a, %b : tensor<i32>, tensor<4xcomplex<f64>>
    })");
  EXPECT_EQ(status.code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(status.message(),
            "main: 2 ops have no form in ONNX opset 28:\n"
            "  node '': plx.cast: ONNX does not cast complex numbers\n"
            "  node '': plx.reduce: ONNX does not fold ints by 'or'");
}

// ---- weights

const char *const kWeight = R"(
    func.func @main(%x: tensor<3xf32>) -> tensor<3xf32> {
      %w = plx.parameter "layer.weight" : tensor<3xf32>
      %r = plx.pointwise add(%x, %w) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
      return %r : tensor<3xf32>
    })";

TEST_F(ExportTest, KeepsWeightsInsideOrBeside) {
  weights_["layer.weight"] = "abcdefghijkl";
  onnx::ModelProto inside = model(kWeight);
  ASSERT_EQ(inside.graph().initializer_size(), 1);
  EXPECT_EQ(inside.graph().initializer(0).name(), "layer.weight");
  EXPECT_EQ(inside.graph().initializer(0).raw_data(), "abcdefghijkl");
  ExportOptions options;
  options.maxInsideBytes = 8;
  onnx::ModelProto beside = model(kWeight, options);
  const auto &tensor = beside.graph().initializer(0);
  ASSERT_EQ(tensor.external_data_size(), 3);
  EXPECT_EQ(tensor.external_data(0).value(), "m.onnx.weights");
  EXPECT_EQ(tensor.external_data(1).value(), "0");
  EXPECT_EQ(tensor.external_data(2).value(), "12");
  EXPECT_EQ(read("m.onnx.weights").substr(0, 12), "abcdefghijkl");
  EXPECT_TRUE(importOnnxFile(context_, folder_ + "/m.onnx", {}).ok());
}

TEST_F(ExportTest, PacksTypesBelowAByte) {
  mlir::Type i4 = mlir::IntegerType::get(&context_, 4);
  EXPECT_EQ(onnxio::packedElements(i4, llvm::StringRef("\x01\x02\x0f", 3)), "\x21\x0f");
  mlir::Type i2 = mlir::IntegerType::get(&context_, 2);
  EXPECT_EQ(onnxio::packedElements(i2, llvm::StringRef("\x01\x02\x03\x01\x02", 5)), "\x79\x02");
  mlir::Type i1 = mlir::IntegerType::get(&context_, 1);
  EXPECT_EQ(onnxio::packedElements(i1, llvm::StringRef("\x01\x01", 2)), "\x01\x01");
}

TEST_F(ExportTest, NamesAFileThatCannotBeWritten) {
  auto module = mlir::parseSourceString<mlir::ModuleOp>(castTo(""), &context_);
  absl::Status status = exportOnnxFile(
      *module, [](const std::string &) { return llvm::StringRef(); }, "/absent/m.onnx", {});
  EXPECT_EQ(status.message(), "'/absent/m.onnx' cannot be written: No such file or directory");
}

}  // namespace
}  // namespace plx::testing
