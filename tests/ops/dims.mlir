// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func @dims
// CHECK: plx.dims [n, 2*m + 1] : tensor<2xi64>
func.func @dims() -> tensor<2xi64> {
  %r = plx.dims [n, 2*m + 1] : tensor<2xi64>
  return %r : tensor<2xi64>
}
