// non_max_suppression as the CPU target emits it, against the reference evaluator.
#include <gtest/gtest.h>

#include "irregular_harness.h"

namespace plx::cpu::test {
namespace {

/// Boxes on a coarse grid, so that they overlap, coincide and degenerate; [b, n, 4].
eval::Tensor randomBoxes(mlir::Type element, int64_t batch, int64_t n, Random &random) {
  eval::Tensor boxes(element, {batch, n, 4});
  for (int64_t i = 0; i < boxes.numElements(); ++i)
    boxes.setFloat(i, randomInt(random, 0, 8) * 0.375);
  if (boxes.numElements() && randomInt(random, 0, 3) == 0)
    boxes.setFloat(randomInt(random, 0, boxes.numElements() - 1), std::nan(""));
  return boxes;
}

eval::Tensor scalar(mlir::Type element, double value) {
  eval::Tensor tensor(element, {});
  if (tensor.isInt())
    tensor.setInt(0, static_cast<int64_t>(value));
  else
    tensor.setFloat(0, value);
  return tensor;
}

std::string suppression(const std::string &element, const std::string &classes,
                        const std::string &how, const std::string &limit) {
  std::string boxes = "tensor<?x?x4x" + element + ", #plx.dims<[b, n, 4]>>";
  std::string scores =
      "tensor<?x" + classes + "x?x" + element + ", #plx.dims<[b, " + classes + ", n]>>";
  std::string rows = "tensor<?x3xi64, #plx.dims<[k, 3]>>";
  std::string max = limit.empty() ? "%max" : "%limit";
  return "func.func @f(%boxes: " + boxes + ", %scores: " + scores +
         ", %max: tensor<i64>, %iou: tensor<f32>, %score: tensor<f32>) -> " + rows + " {\n" +
         (limit.empty() ? "" : "%limit = plx.constant dense<" + limit + "> : tensor<i64>\n") +
         "%r = plx.non_max_suppression %boxes, %scores, " + max + ", %iou, %score size \"k\" " +
         how + " : (" + boxes + ", " + scores + ", tensor<i64>, tensor<f32>, tensor<f32>) -> " +
         rows + "\nreturn %r : " + rows + "\n}";
}

void checkMany(Compiled &compiled, int64_t classes, Random &random) {
  for (auto [batch, n] : {std::pair{1, 1}, {2, 12}, {1, 70}, {3, 0}, {0, 4}})
    for (double iou : {0.0, 0.3, 0.9})
      for (int64_t limit : {-1, 0, 2, 100}) {
        SCOPED_TRACE("batch " + std::to_string(batch) + " n " + std::to_string(n) + " limit " +
                     std::to_string(limit));
        eval::Tensor scores = randomTensor(compiled.element(1), {batch, classes, n}, random);
        double threshold = randomInt(random, 0, 1) ? -100 : 0;
        compiled.check({randomBoxes(compiled.element(0), batch, n, random), scores,
                        scalar(compiled.element(2), static_cast<double>(limit)),
                        scalar(compiled.element(3), iou), scalar(compiled.element(4), threshold)},
                       random);
      }
}

TEST(IrregularBoxes, CornersAndCentres) {
  Random random(31);
  for (const char *element : {"f32", "f64", "f16"})
    for (const char *how : {"", "center_point_box"}) {
      SCOPED_TRACE(std::string(element) + how);
      Compiled compiled(suppression(element, "2", how, ""));
      checkMany(compiled, 2, random);
    }
}

TEST(IrregularBoxes, RowsFitWhereTheLimitIsKnown) {
  Random random(32);
  for (const char *limit : {"3", "0", "-2"}) {
    Compiled compiled(suppression("f32", "3", "", limit));
    checkMany(compiled, 3, random);
  }
}

}  // namespace
}  // namespace plx::cpu::test
