// nonzero and unique as the CPU target emits them, against the reference evaluator.
#include <gtest/gtest.h>

#include "irregular_harness.h"

namespace plx::cpu::test {
namespace {

TEST(IrregularNonzero, EveryType) {
  Random random(21);
  for (std::string e : {"f32", "f64", "f16", "bf16", "f8E4M3FN", "i64", "i8", "i4", "ui16", "i1",
                        "complex<f32>", "complex<f64>"}) {
    std::string x = "tensor<3x?x2x" + e + ", #plx.dims<[3, n, 2]>>";
    Compiled compiled("func.func @f(%x: " + x +
                      ") -> tensor<3x?xi64, #plx.dims<[3, k]>> {\n"
                      "%r = plx.nonzero %x size \"k\" : (" +
                      x +
                      ") -> tensor<3x?xi64, #plx.dims<[3, k]>>\n"
                      "return %r : tensor<3x?xi64, #plx.dims<[3, k]>>\n}");
    for (int64_t n : {0, 1, 13}) {
      SCOPED_TRACE(e + " n = " + std::to_string(n));
      compiled.check({randomTensor(compiled.element(0), {3, n, 2}, random)}, random);
    }
  }
}

TEST(IrregularNonzero, OfOneElementHasNoRows) {
  Random random(22);
  Compiled compiled(R"(func.func @f(%x: tensor<f32>) -> tensor<0x?xi64, #plx.dims<[0, k]>> {
    %r = plx.nonzero %x size "k" : (tensor<f32>) -> tensor<0x?xi64, #plx.dims<[0, k]>>
    return %r : tensor<0x?xi64, #plx.dims<[0, k]>>
  })");
  for (int i = 0; i < 4; ++i)
    compiled.check({randomTensor(compiled.element(0), {}, random)}, random);
}

/// A unique op on a tensor [n, 3, 2], with `axis` (or none).
std::string unique(const std::string &element, int axis, bool sorted) {
  std::string x = "tensor<?x3x2x" + element + ", #plx.dims<[n, 3, 2]>>";
  std::string k = "tensor<?xi64, #plx.dims<[k]>>", inverse = "tensor<?xi64, #plx.dims<[6*n]>>";
  std::string values = "tensor<?x" + element + ", #plx.dims<[k]>>";
  if (axis == 0)
    values = "tensor<?x3x2x" + element + ", #plx.dims<[k, 3, 2]>>",
    inverse = "tensor<?xi64, #plx.dims<[n]>>";
  if (axis == 1)
    values = "tensor<?x?x2x" + element + ", #plx.dims<[n, k, 2]>>", inverse = "tensor<3xi64>";
  if (axis == 2)
    values = "tensor<?x3x?x" + element + ", #plx.dims<[n, 3, k]>>", inverse = "tensor<2xi64>";
  std::string results = values + ", " + k + ", " + inverse + ", " + k;
  return "func.func @f(%x: " + x + ") -> (" + results + ") {\n%v, %f, %i, %c = plx.unique %x " +
         (axis < 0 ? std::string() : "axis " + std::to_string(axis)) + " size \"k\"" +
         (sorted ? "" : " {sorted = false}") + " : (" + x + ") -> (" + results +
         ")\nreturn %v, %f, %i, %c : " + results + "\n}";
}

TEST(IrregularUnique, EveryTypeOfElements) {
  Random random(23);
  for (const char *element :
       {"f32", "f64", "f16", "bf16", "f8E5M2", "i64", "i32", "i8", "i4", "ui8", "ui64", "i1"})
    for (bool sorted : {true, false}) {
      Compiled compiled(unique(element, -1, sorted));
      for (int64_t n : {0, 1, 2, 50}) {
        SCOPED_TRACE(std::string(element) + (sorted ? " sorted" : "") +
                     " n = " + std::to_string(n));
        compiled.check({randomTensor(compiled.element(0), {n, 3, 2}, random)}, random);
      }
    }
}

TEST(IrregularUnique, SlicesAlongAnyAxis) {
  Random random(24);
  for (const char *element : {"f32", "i64", "ui8"})
    for (int axis : {0, 1, 2})
      for (bool sorted : {true, false}) {
        Compiled compiled(unique(element, axis, sorted));
        for (int64_t n : {0, 1, 2, 3, 60}) {
          SCOPED_TRACE(std::string(element) + " axis " + std::to_string(axis) +
                       " n = " + std::to_string(n));
          mlir::Type type = compiled.element(0);
          compiled.check({randomTensor(type, {n, 3, 2}, random)}, random);
          // Slices that are equal for certain.
          if (type.isIntOrIndex())
            compiled.check({randomInts(type, {n, 3, 2}, 0, 1, random)}, random);
        }
      }
}

TEST(IrregularUnique, OfOneElement) {
  Random random(25);
  Compiled compiled(
      R"(func.func @f(%x: tensor<f32>) -> (tensor<?xf32, #plx.dims<[k]>>, tensor<?xi64, #plx.dims<[k]>>, tensor<1xi64>) {
    %v, %f, %i, %c = plx.unique %x size "k" : (tensor<f32>)
        -> (tensor<?xf32, #plx.dims<[k]>>, tensor<?xi64, #plx.dims<[k]>>, tensor<1xi64>, tensor<?xi64, #plx.dims<[k]>>)
    return %v, %c, %i : tensor<?xf32, #plx.dims<[k]>>, tensor<?xi64, #plx.dims<[k]>>, tensor<1xi64>
  })");
  compiled.check({randomTensor(compiled.element(0), {}, random)}, random);
}

}  // namespace
}  // namespace plx::cpu::test
