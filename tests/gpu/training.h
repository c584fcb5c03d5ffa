// A training run as a case of the kit.
#ifndef PLEXUS_TESTS_GPU_TRAINING_H
#define PLEXUS_TESTS_GPU_TRAINING_H

#include <filesystem>
#include <string>

/// Whether a folder holds a step of training: model.so, model.so.training, pixels.npy, labels.npy
/// and log.csv, what `plexus train --log` wrote of a run on the CPU.
bool is_training(const std::filesystem::path &folder);

/// Trains by it as the log says; empty where each loss is the log's, within 1e-3 of it.
std::string run_training(const std::filesystem::path &folder);

#endif  // PLEXUS_TESTS_GPU_TRAINING_H
