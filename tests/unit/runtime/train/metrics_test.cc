// Worked numbers; the same that sklearn.metrics gives.
#include "runtime/train/metrics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace plx::train {
namespace {

struct Given {
  std::vector<double> scores;
  std::vector<int64_t> scoreDims;
  std::vector<double> targets;
  std::vector<int64_t> targetDims;
};

absl::StatusOr<double> metric(const std::string &name, Given given) {
  absl::StatusOr<Metrics> metrics = Metrics::create({name});
  if (!metrics.ok()) return metrics.status();
  plx_tensor p{given.scores.data(), given.scoreDims.data(),
               static_cast<int32_t>(given.scoreDims.size()), PLX_F64};
  plx_tensor t{given.targets.data(), given.targetDims.data(),
               static_cast<int32_t>(given.targetDims.size()), PLX_F64};
  if (absl::Status status = metrics->add(p, t); !status.ok()) return status;
  absl::StatusOr<std::vector<double>> all = metrics->results();
  if (!all.ok()) return all.status();
  return (*all)[0];
}

void expect(const std::string &name, const Given &given, double value) {
  absl::StatusOr<double> found = metric(name, given);
  ASSERT_TRUE(found.ok()) << name << ": " << found.status();
  EXPECT_NEAR(*found, value, 1e-15) << name;
}

const Given kThree{{.8, .1, .1, .2, .7, .1, .1, .2, .7, .5, .4, .1}, {4, 3}, {0, 1, 2, 1}, {4}};
const Given kTwo{{.1, .4, .35, .8}, {4, 1}, {0, 0, 1, 1}, {4}};
const Given kValues{{2.5, 0, 2, 8}, {4}, {3, -.5, 2, 7}, {4}};

TEST(MetricsTest, OfClasses) {
  expect("accuracy", kThree, 0.75);
  expect("precision", kThree, (0.5 + 1 + 1) / 3);
  expect("recall", kThree, (1 + 0.5 + 1) / 3);
  expect("f1", kThree, (2.0 / 3 + 2.0 / 3 + 1) / 3);
}

TEST(MetricsTest, OfOneScore) {
  expect("accuracy", kTwo, 0.75);
  expect("precision", kTwo, 1);
  expect("recall", kTwo, 0.5);
  expect("f1", kTwo, 2.0 / 3);
  expect("roc_auc", kTwo, 0.75);
  expect("roc_auc", {{.5, .5, .5, .5}, {4, 1}, {0, 0, 1, 1}, {4}}, 0.5);
}

TEST(MetricsTest, OfValues) {
  expect("mse", kValues, 0.375);
  expect("mae", kValues, 0.5);
  expect("rmse", kValues, std::sqrt(0.375));
  expect("r2", kValues, 1 - 1.5 / 29.1875);
}

TEST(MetricsTest, SaysWhatIsNotDefined) {
  EXPECT_FALSE(metric("speed", kTwo).ok());
  EXPECT_FALSE(metric("roc_auc", kThree).ok());
  EXPECT_FALSE(metric("roc_auc", {{.1, .2}, {2, 1}, {1, 1}, {2}}).ok());
  EXPECT_FALSE(metric("accuracy", {{.1, .2}, {2, 1}, {1, 3}, {2}}).ok());
  EXPECT_FALSE(metric("mse", kThree).ok());
  EXPECT_FALSE(metric("mse", {{}, {0}, {}, {0}}).ok());
  EXPECT_FALSE(metric("accuracy", {{1, 2}, {2}, {1, 2, 3}, {3}}).ok());
}

}  // namespace
}  // namespace plx::train
