#include "tools/plexus/training/TrainingData.h"

#include <charconv>
#include <numeric>

#include "runtime/train/batches.h"

namespace plx {
namespace {

std::vector<int64_t> allRows(const InputColumns &columns) {
  std::vector<int64_t> rows(static_cast<size_t>(columns.front().second.rows()));
  std::iota(rows.begin(), rows.end(), 0);
  return rows;
}

int64_t wholeBatches(int64_t rows, int64_t batch, const char *what, TrainingData &data) {
  if (rows < batch)
    throw Failure(std::string(what) + " has " + std::to_string(rows) +
                  " rows; the model takes batches of " + std::to_string(batch));
  if (int64_t rest = rows % batch)
    data.notes.push_back("the model takes batches of " + std::to_string(batch) + ": the last " +
                         std::to_string(rest) + " rows of " + what + " are left out");
  return rows - rows % batch;
}

void chooseBatch(const TrainCommand &options, const StepRunner &runner, TrainingData &data) {
  int64_t own = runner.stepper().ownBatch();
  data.used = static_cast<int64_t>(data.rows.size());
  data.batch = options.batch > 0 ? options.batch : own > 0 ? own : 32;
  if (own == 0) return;
  if (data.batch != own)
    throw Failure("--batch " + std::to_string(data.batch) + ": the model takes batches of " +
                  std::to_string(own));
  data.used = wholeBatches(data.used, own, "an epoch", data);
  if (!options.validation.empty() || !options.metrics.empty())
    data.validation.resize(static_cast<size_t>(
        wholeBatches(static_cast<int64_t>(data.validation.size()), own, "an evaluation", data)));
}

}  // namespace

std::optional<double> validationShare(const std::vector<std::string> &given) {
  double share = 0;
  std::string text = given.empty() ? "" : given[0];
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), share);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!(share > 0 && share < 1))
    throw Failure(
        "--validation " + text + ": expected a file, or a share of the rows between 0 and 1",
        kWrongUsage);
  return share;
}

/// A column for each input: --input NAME=COLUMN, --target, else the column of the input's name.
TrainingData readTrainingData(const TrainCommand &options, const StepRunner &runner,
                              const std::string &target) {
  std::map<std::string, std::string> names = columnsOf(options.inputs);
  names[target] = splitAtEquals(options.target).second;
  auto read = [&](const std::vector<std::string> &files) {
    InputColumns columns = DataFiles(files).readAll(runner.stepper().batchInputs(), names);
    for (const auto &[name, column] : columns)
      checkStatus(runner.stepper().checkTarget(name, column));
    return columns;
  };
  TrainingData data;
  data.columns = read(options.data);
  data.rows = data.validation = allRows(data.columns);
  if (std::optional<double> share = validationShare(options.validation)) {
    if (data.rows.size() < 2)
      throw Failure("--validation " + options.validation[0] + ": the data have a single row");
    train::Split split = train::splitRows(static_cast<int64_t>(data.rows.size()), *share,
                                          !options.noShuffle, options.common.seed);
    data.rows = std::move(split.training);
    data.validation = std::move(split.validation);
  } else if (!options.validation.empty()) {
    data.apart = read(options.validation);
    data.validation = allRows(*data.apart);
  }
  chooseBatch(options, runner, data);
  return data;
}

}  // namespace plx
