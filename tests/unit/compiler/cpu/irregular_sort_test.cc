// sort and top_k as the CPU target emits them, against the reference evaluator.
#include <gtest/gtest.h>

#include "irregular_harness.h"

namespace plx::cpu::test {
namespace {

const char *const kElements[] = {"f32", "f64",  "f16", "bf16", "f8E4M3FN", "f8E5M2", "i64", "i32",
                                 "i8",  "ui64", "i4",  "ui8",  "ui32",     "i1",     "i16"};

std::string replaced(std::string text, const std::string &what, const std::string &by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

TEST(IrregularSort, EveryTypeAlongAnyAxis) {
  Random random(1);
  for (const char *element : kElements) {
    for (const char *how : {"axis 0", "axis 1 descending", "axis 2"}) {
      // The middle axis has a symbolic size: positions have a word of their own there.
      Compiled sort(replaced(replaced(R"(
        func.func @f(%x: tensor<3x?x11xE, #plx.dims<[3, n, 11]>>)
            -> (tensor<3x?x11xE, #plx.dims<[3, n, 11]>>, tensor<3x?x11xi64, #plx.dims<[3, n, 11]>>) {
          %v, %i = plx.sort %x HOW : (tensor<3x?x11xE, #plx.dims<[3, n, 11]>>)
            -> (tensor<3x?x11xE, #plx.dims<[3, n, 11]>>, tensor<3x?x11xi64, #plx.dims<[3, n, 11]>>)
          return %v, %i : tensor<3x?x11xE, #plx.dims<[3, n, 11]>>, tensor<3x?x11xi64, #plx.dims<[3, n, 11]>>
        })",
                                      "E,", std::string(element) + ","),
                             "HOW", how));
      for (int64_t n : {0, 1, 8, 29}) {
        SCOPED_TRACE(std::string(element) + " " + how + " n = " + std::to_string(n));
        sort.check({randomTensor(sort.element(0), {3, n, 11}, random)}, random);
      }
    }
  }
}

TEST(IrregularSort, LongLines) {
  Random random(2);
  for (const char *element : {"f32", "i64", "ui8"}) {
    Compiled sort(replaced(R"(
      func.func @f(%x: tensor<?xE, #plx.dims<[n]>>, %y: tensor<3000xE>)
          -> (tensor<?xE, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<3000xE>, tensor<3000xi64>) {
        %v, %i = plx.sort %x axis 0 : (tensor<?xE, #plx.dims<[n]>>) -> (tensor<?xE, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>)
        %w, %j = plx.sort %y axis 0 descending : (tensor<3000xE>) -> (tensor<3000xE>, tensor<3000xi64>)
        return %v, %i, %w, %j : tensor<?xE, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<3000xE>, tensor<3000xi64>
      })",
                           "xE", std::string("x") + element));
    for (int64_t n : {2, 7, 9, 16, 17, 1023, 1025, 4000})
      sort.check({randomTensor(sort.element(0), {n}, random),
                  randomTensor(sort.element(0), {3000}, random)},
                 random);
  }
}

std::string topK(const std::string &element, const std::string &k, const std::string &how) {
  return replaced(replaced(replaced(R"(
    func.func @f(%x: tensor<2x?x3xE, #plx.dims<[2, n, 3]>>)
        -> (tensor<2xKx3xE>, tensor<2xKx3xi64>) {
      %v, %i = plx.top_k %x axis 1 k [K] HOW : (tensor<2x?x3xE, #plx.dims<[2, n, 3]>>) -> (tensor<2xKx3xE>, tensor<2xKx3xi64>)
      return %v, %i : tensor<2xKx3xE>, tensor<2xKx3xi64>
    })",
                                    "E", element),
                           "K", k),
                  "HOW", how);
}

TEST(IrregularTopK, EveryType) {
  Random random(3);
  for (const char *element : kElements) {
    for (const char *how : {"", "smallest"}) {
      Compiled top(topK(element, "5", how));
      for (int64_t n : {5, 6, 40, 333})
        top.check({randomTensor(top.element(0), {2, n, 3}, random)}, random);
    }
  }
}

TEST(IrregularTopK, AnyKOfStaticAndSymbolicLines) {
  Random random(4);
  for (const char *k : {"0", "1", "2", "16"}) {
    Compiled top(topK("f32", k, ""));
    for (int64_t n : {16, 17, 100})
      top.check({randomTensor(top.element(0), {2, n, 3}, random)}, random);
    Compiled whole("func.func @f(%x: tensor<7x16xf32>) -> (tensor<7x" + std::string(k) +
                   "xf32>, tensor<7x" + k +
                   "xi64>) {\n"
                   "%v, %i = plx.top_k %x axis 1 k [" +
                   k + "] smallest : (tensor<7x16xf32>) -> (tensor<7x" + k + "xf32>, tensor<7x" +
                   k +
                   "xi64>)\n"
                   "return %v, %i : tensor<7x" +
                   k + "xf32>, tensor<7x" + k + "xi64>\n}");
    whole.check({randomTensor(whole.element(0), {7, 16}, random)}, random);
  }
}

TEST(IrregularTopK, MoreThanThereAreFails) {
  Random random(5);
  Compiled top(topK("f32", "5", ""));
  top.check({randomTensor(top.element(0), {2, 4, 3}, random)}, random);
  EXPECT_EQ(top.fault, (std::vector<int64_t>{1, 5, 0, 4}));
}

}  // namespace
}  // namespace plx::cpu::test
