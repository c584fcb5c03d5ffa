#include "ir/types/Permutation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace {

using plx::Permutation;

// A tensor's dims told apart by their names.
std::vector<char> transpose(const std::vector<char> &dims, llvm::ArrayRef<int64_t> permutation) {
  std::vector<char> result;
  for (int64_t axis : permutation) result.push_back(dims[axis]);
  return result;
}

class RandomPermutations : public testing::Test {
 protected:
  Permutation next() {
    Permutation p = plx::identityPermutation(5);
    std::shuffle(p.begin(), p.end(), random_);
    return p;
  }
  std::mt19937 random_{3};
  std::vector<char> dims_{'n', 'c', 'd', 'h', 'w'};
};

TEST_F(RandomPermutations, InverseUndoes) {
  for (int i = 0; i < 50; ++i) {
    Permutation p = next();
    EXPECT_EQ(transpose(transpose(dims_, p), plx::inverse(p)), dims_);
    EXPECT_TRUE(plx::isIdentity(plx::compose(p, plx::inverse(p))));
  }
}

TEST_F(RandomPermutations, ComposedIsOneAfterTheOther) {
  for (int i = 0; i < 50; ++i) {
    Permutation inner = next(), outer = next();
    EXPECT_EQ(transpose(dims_, plx::compose(inner, outer)),
              transpose(transpose(dims_, inner), outer));
  }
}

TEST_F(RandomPermutations, ListsFollowTheirDims) {
  for (int i = 0; i < 50; ++i) {
    Permutation p = next();
    auto list = plx::permuted(dims_, p);
    EXPECT_EQ(std::vector<char>(list.begin(), list.end()), transpose(dims_, p));
    auto back = plx::unpermuted(list, p);
    EXPECT_EQ(std::vector<char>(back.begin(), back.end()), dims_);
  }
}

// x = transpose(y, p); both lose the dims that are x's axes 1 and 3.
TEST_F(RandomPermutations, WithoutAxesIsWhatIsLeft) {
  for (int i = 0; i < 50; ++i) {
    Permutation p = next();
    std::vector<char> x = transpose(dims_, p), restOfX, restOfY;
    for (size_t d = 0; d < x.size(); ++d)
      if (d != 1 && d != 3) restOfX.push_back(x[d]);
    for (char dim : dims_)
      if (dim != x[1] && dim != x[3]) restOfY.push_back(dim);
    EXPECT_EQ(transpose(restOfY, plx::withoutAxes(p, {1, 3})), restOfX);
  }
}

TEST(Permutation, IdentityIsTold) {
  EXPECT_TRUE(plx::isIdentity({0, 1, 2}));
  EXPECT_TRUE(plx::isIdentity({}));
  EXPECT_FALSE(plx::isIdentity({0, 2, 1}));
}

}  // namespace
