// The functions of compiler/cpu/math with their references and documented bounds: one row a
// function.
#ifndef PLEXUS_TESTS_UNIT_COMPILER_CPU_MATH_FUNCTIONS_TABLE_H_
#define PLEXUS_TESTS_UNIT_COMPILER_CPU_MATH_FUNCTIONS_TABLE_H_

#include "math_harness.h"

namespace plx::cpu::test {

struct Row {
  const char *name;
  Emit emit;
  /// In long double: at least 11 bits more than f64.
  long double (*reference)(long double x, long double y);
  double ulp32, ulp64;
  /// Where half of the samples are drawn evenly; the others are drawn from all bit patterns.
  double low, high;
  bool isBinary = false;
  /// Where not 0: the bound for x < 0 in f64, of the larger of the result and negativeFloor64.
  double negativeUlp64 = 0, negativeFloor64 = 0;
};

const std::vector<Row> &functionTable();

}  // namespace plx::cpu::test

#endif  // PLEXUS_TESTS_UNIT_COMPILER_CPU_MATH_FUNCTIONS_TABLE_H_
