// A case in the form of the ONNX suite: model, inputs and the outputs that are expected.
#ifndef PLEXUS_TESTS_CONFORMANCE_REFERENCE_CASE_H
#define PLEXUS_TESTS_CONFORMANCE_REFERENCE_CASE_H

#include <string>
#include <vector>

#include "ir/eval/Value.h"

namespace plx::conformance {

struct DataSet {
  std::vector<eval::Value> inputs, outputs;
};

struct Tolerance {
  double rtol = 1e-3;
  std::vector<double> atol{1e-7};  // one, or one an output
};

/// Names of the inputs that are no initializers. These throw std::runtime_error.
std::vector<std::string> inputNames(const std::string &folder);
/// Reads `folder`/test_data_set_N.
std::vector<DataSet> readDataSets(mlir::MLIRContext *context, const std::string &folder);
Tolerance readTolerance(const std::string &folder);

/// "" when they agree, else what differs first.
std::string compare(const eval::Value &got, const eval::Value &expected, double rtol, double atol);

}  // namespace plx::conformance

#endif  // PLEXUS_TESTS_CONFORMANCE_REFERENCE_CASE_H
