// Curves over the steps of a run, as SVG.
#ifndef PLEXUS_RUNTIME_TRAIN_PLOT_H
#define PLEXUS_RUNTIME_TRAIN_PLOT_H

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace plx::train {

struct Curve {
  std::string name;
  std::vector<std::pair<int64_t, double>> points;  // step, value; steps ascend
};

/// A picture of its own, no script, no font but the viewer's. Values that are not finite are gaps.
/// The same curves give the same bytes. A curve of very many points is drawn by means of its parts.
std::string plotSvg(const std::string &title, const std::vector<Curve> &curves);

}  // namespace plx::train

#endif  // PLEXUS_RUNTIME_TRAIN_PLOT_H
