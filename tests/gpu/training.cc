#include "training.h"

#include <cmath>
#include <cstdio>
#include <fstream>
#include <memory>

#include "plexus_train.h"

namespace {

namespace fs = std::filesystem;

constexpr double kTolerance = 1e-3;  // relative: sums are taken in another order

using Trainer = std::unique_ptr<plx_trainer, void (*)(plx_trainer *)>;

bool give(plx_trainer *trainer, const char *input, const fs::path &file, plx_error *error) {
  plx_array *array = nullptr;
  if (plx_array_read(file.c_str(), &array, error)) return false;
  plx_tensor rows = plx_array_view(array);
  bool is_given = plx_trainer_set_data(trainer, input, &rows, error) == PLX_OK;
  plx_array_destroy(array);
  return is_given;
}

}  // namespace

bool is_training(const fs::path &folder) { return fs::exists(folder / "model.so.training"); }

std::string run_training(const fs::path &folder) {
  plx_error error = {};
  plx_trainer *opened = nullptr;
  plx_trainer_options options = {};
  options.struct_bytes = sizeof options;
  options.batch = 32;
  options.rate = 1e-3;
  options.keeps_order = 1;
  if (plx_trainer_open((folder / "model.so").c_str(), &options, &opened, &error))
    return error.message;
  Trainer trainer(opened, plx_trainer_close);
  if (!give(opened, "pixels", folder / "pixels.npy", &error) ||
      !give(opened, plx_trainer_target(opened), folder / "labels.npy", &error))
    return error.message;
  std::ifstream log(folder / "log.csv");
  std::string line;
  int steps = 0;
  for (std::getline(log, line); std::getline(log, line); ++steps) {
    double expected = 0;
    if (sscanf(line.c_str(), "%*d,%*d,%lf", &expected) != 1) return "log.csv: " + line;
    plx_trainer_figures figures;
    if (plx_trainer_step(opened, &figures, &error)) return error.message;
    if (std::fabs(figures.loss - expected) <= kTolerance * std::fabs(expected)) continue;
    char text[160];
    snprintf(text, sizeof text, "step %d: the loss is %.9g, on the CPU %.9g", steps, figures.loss,
             expected);
    return text;
  }
  return steps > 0 ? "" : "log.csv has no steps";
}
