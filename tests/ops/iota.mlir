// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func @iota
// CHECK: plx.iota 1 : tensor<2x3xi64>
func.func @iota() -> tensor<2x3xi64> {
  %r = plx.iota 1 : tensor<2x3xi64>
  return %r : tensor<2x3xi64>
}
