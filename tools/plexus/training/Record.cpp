#include "tools/plexus/training/Record.h"

#include "tools/plexus/Columns.h"
#include "tools/plexus/Outputs.h"

namespace plx {

Record::Record(const TrainCommand &options, int64_t first, std::vector<std::string> figures,
               std::string of)
    : options_(options), figures_(std::move(figures)), of_(std::move(of)) {
  curves_ = {{"loss", {}}};
  if (!figures_.empty()) curves_.push_back({of_ + " loss", {}});
  if (!options.log.empty()) {
    std::vector<std::string> further;
    for (const std::string &name : figures_) further.push_back(of_ + "_" + name);
    log_ = valueOf(train::Log::open(options.log, first, further));
    // What was before a stop is in the picture too.
    if (!options.plot.empty())
      for (const train::LogRow &row : valueOf(train::readLog(options.log, first))) addPoints(row);
  }
  if (!options.tensorboard.empty())
    events_ = valueOf(train::Events::open(options.tensorboard, first));
}

void Record::addPoints(const train::LogRow &row) {
  curves_[0].points.emplace_back(row.step, row.loss);
  if (!row.further.empty()) curves_[1].points.emplace_back(row.step, row.further[0]);
}

void Record::add(const train::LogRow &row) {
  if (log_) checkStatus(log_->add(row));
  if (!options_.plot.empty()) addPoints(row);
  if (!events_) return;
  std::vector<std::pair<std::string, double>> scalars{{"train/loss", row.loss},
                                                      {"train/learning_rate", row.learningRate},
                                                      {"train/gradient_norm", row.gradientNorm}};
  for (size_t i = 0; i < row.further.size(); ++i)
    scalars.emplace_back(of_ + "/" + figures_[i], row.further[i]);
  checkStatus(events_->addScalars(row.step, scalars));
}

void Record::addWeights(int64_t step, const StepRunner &runner) {
  if (!events_) return;
  for (const StepRunner::State &state : runner.states())
    if (state.kind == train::StateKind::Parameter)
      checkStatus(events_->addHistogram(step, "weights/" + state.name, state.value));
}

void Record::sync() {
  if (log_) checkStatus(log_->sync());
  if (events_) checkStatus(events_->sync());
}

void Record::finish() const {
  if (!options_.plot.empty()) writeText(options_.plot, train::plotSvg(options_.model, curves_));
}

}  // namespace plx
