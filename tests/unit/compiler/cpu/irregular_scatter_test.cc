// scatter as the CPU target emits it, against the reference evaluator.
#include <gtest/gtest.h>

#include "irregular_harness.h"

namespace plx::cpu::test {
namespace {

/// One form of scatter: tensor types without element, and what stands after the operands.
struct Form {
  const char *name, *operand, *updates, *indices;
  unsigned numIndices;
  const char *rest;
};

const Form kForms[] = {
    {"rows", "tensor<?x37xE, #plx.dims<[n, 37]>>", "tensor<?x37xE, #plx.dims<[m, 37]>>",
     "tensor<?xI, #plx.dims<[m]>>", 1, "axes [0] at 0"},
    {"columns", "tensor<5x?xE, #plx.dims<[5, n]>>", "tensor<5x?xE, #plx.dims<[5, m]>>",
     "tensor<?xI, #plx.dims<[m]>>", 1, "axes [1] at 1"},
    {"columns of updates first", "tensor<5x?xE, #plx.dims<[5, n]>>",
     "tensor<?x5xE, #plx.dims<[m, 5]>>", "tensor<?xI, #plx.dims<[m]>>", 1, "axes [1] at 0"},
    {"elements", "tensor<3x?xE, #plx.dims<[3, n]>>", "tensor<?xE, #plx.dims<[m]>>",
     "tensor<?xI, #plx.dims<[m]>>", 2, "axes [1, 0] at 0"},
    {"between", "tensor<2x?x3x4xE, #plx.dims<[2, n, 3, 4]>>",
     "tensor<2x?x2x4xE, #plx.dims<[2, m, 2, 4]>>", "tensor<?x2xI, #plx.dims<[m, 2]>>", 2,
     "axes [1, 2] at 1"},
    {"one place", "tensor<?x4xE, #plx.dims<[n, 4]>>", "tensor<?xE, #plx.dims<[n]>>", "tensor<I>", 1,
     "axes [1] at 0"},
    {"vector", "tensor<?xE, #plx.dims<[n]>>", "tensor<?xE, #plx.dims<[m]>>",
     "tensor<?xI, #plx.dims<[m]>>", 1, "axes [0] at 0"},
};

std::string typed(std::string type, const std::string &element, const std::string &index) {
  for (size_t at = 0; (at = type.find_first_of("EI", at)) != std::string::npos;) {
    const std::string &by = type[at] == 'E' ? element : index;
    type.replace(at, 1, by);
    at += by.size();
  }
  return type;
}

std::string scatter(const Form &form, const std::string &kind, const std::string &element,
                    const std::string &index) {
  std::string x = typed(form.operand, element, index), u = typed(form.updates, element, index);
  std::string i = typed(form.indices, element, index), arguments, names, types;
  for (unsigned k = 0; k < form.numIndices; ++k) {
    arguments += ", %i" + std::to_string(k) + ": " + i;
    names += (k ? ", %i" : "%i") + std::to_string(k);
    types += ", " + i;
  }
  return "func.func @f(%x: " + x + ", %u: " + u + arguments + ") -> " + x +
         " {\n%r = plx.scatter " + kind + " %x, %u, (" + names + ") " + form.rest + " : (" + x +
         ", " + u + types + ") -> " + x + "\nreturn %r : " + x + "\n}";
}

/// Sizes of a type of a form.
llvm::SmallVector<int64_t> shapeOf(const std::string &type, int64_t n, int64_t m) {
  llvm::SmallVector<int64_t> shape;
  size_t at = type.find("[");
  if (at == std::string::npos) return shape;
  for (; type[at] != ']'; at = type.find_first_of(",]", at + 1)) {
    char first = type[type.find_first_not_of(" ,[", at)];
    shape.push_back(first == 'n'   ? n
                    : first == 'm' ? m
                                   : std::stoi(type.substr(type.find_first_not_of(" ,[", at))));
  }
  return shape;
}

/// Indices along axis sizes n; with `wild` some of them out of range.
llvm::SmallVector<eval::Value> inputsOf(Compiled &compiled, const Form &form, int64_t n, int64_t m,
                                        bool wild, Random &random) {
  llvm::SmallVector<int64_t> operand = shapeOf(form.operand, n, m);
  llvm::SmallVector<eval::Value> inputs{
      randomTensor(compiled.element(0), operand, random),
      randomTensor(compiled.element(1), shapeOf(form.updates, n, m), random)};
  std::string rest = form.rest;
  for (unsigned k = 0; k < form.numIndices; ++k) {
    mlir::Type element = compiled.element(2 + k);
    int64_t size = operand[rest[rest.find('[') + 1 + 3 * k] - '0'];
    int64_t low = element.isUnsignedInteger() ? 0 : -size;
    inputs.push_back(randomInts(element, shapeOf(form.indices, n, m), wild ? low - (low != 0) : low,
                                std::max(size - (wild ? 0 : 1), low), random));
  }
  return inputs;
}

TEST(IrregularScatter, FormsAndKinds) {
  Random random(11);
  for (const Form &form : kForms)
    for (const char *kind : {"replace", "sum", "product", "max", "min"}) {
      Compiled compiled(scatter(form, kind, "f32", "i64"));
      for (auto [n, m] : {std::pair{1, 1}, {4, 9}, {40, 7}, {4, 0}}) {
        SCOPED_TRACE(std::string(form.name) + " " + kind + " " + std::to_string(n) + " " +
                     std::to_string(m));
        compiled.check(inputsOf(compiled, form, n, m, /*wild=*/false, random), random);
        EXPECT_TRUE(compiled.fault.empty());
      }
    }
}

TEST(IrregularScatter, EveryType) {
  Random random(12);
  for (const char *element : {"f64", "f16", "bf16", "f8E4M3FN", "f8E5M2", "f8E4M3FNUZ", "i64",
                              "i32", "i8", "i4", "ui8", "ui64", "ui16"})
    for (const char *kind : {"replace", "sum", "product", "max", "min"}) {
      Compiled compiled(scatter(kForms[0], kind, element, "i32"));
      SCOPED_TRACE(std::string(element) + " " + kind);
      compiled.check(inputsOf(compiled, kForms[0], 5, 23, false, random), random);
    }
  for (const char *element : {"i1", "complex<f32>", "complex<f64>"}) {
    Compiled compiled(scatter(kForms[4], "replace", element, "ui8"));
    SCOPED_TRACE(element);
    compiled.check(inputsOf(compiled, kForms[4], 5, 6, false, random), random);
  }
}

TEST(IrregularScatter, IndicesOutOfRangeAreTheFirstFaultWhateverTheCut) {
  Random random(13);
  int numFaults = 0;
  for (const Form &form : kForms)
    for (const char *index : {"i64", "i8", "ui32"}) {
      Compiled compiled(scatter(form, "sum", "i32", index));
      for (auto [n, m] : {std::pair{3, 9}, {1, 1}, {0, 2}}) {
        SCOPED_TRACE(std::string(form.name) + " " + index + " n = " + std::to_string(n));
        compiled.check(inputsOf(compiled, form, n, m, /*wild=*/true, random), random);
        numFaults += !compiled.fault.empty();
      }
    }
  EXPECT_GT(numFaults, 10);
}

TEST(IrregularScatter, FaultSaysIndexAndBounds) {
  Random random(14);
  Compiled compiled(scatter(kForms[6], "replace", "f32", "i64"));
  eval::Tensor indices(compiled.element(2), {3});
  indices.ints() = {1, -5, 9};
  compiled.check({randomTensor(compiled.element(0), {4}, random),
                  randomTensor(compiled.element(1), {3}, random), indices},
                 random);
  EXPECT_EQ(compiled.fault, (std::vector<int64_t>{1, -5, -4, 3}));
}

}  // namespace
}  // namespace plx::cpu::test
