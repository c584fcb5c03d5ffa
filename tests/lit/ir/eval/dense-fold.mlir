// RUN: plexus-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func @small
// CHECK-DAG: %[[T:.*]] = plx.constant dense<{{\[}}[1.000000e+00, 3.000000e+00], [2.000000e+00, 4.000000e+00]]> : tensor<2x2xf32>
// CHECK: return %[[T]]
func.func @small() -> tensor<2x2xf32> {
  %c = plx.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>
  %t = plx.transpose %c [1, 0] : (tensor<2x2xf32>) -> tensor<2x2xf32>
  return %t : tensor<2x2xf32>
}

// One value everywhere stays that, however large the view.
// CHECK-LABEL: func @splat
// CHECK: %[[S:.*]] = plx.constant dense<2.000000e+00> : tensor<1024x1024xf32>
// CHECK: return %[[S]]
func.func @splat() -> tensor<1024x1024xf32> {
  %c = plx.constant dense<2.0> : tensor<f32>
  %b = plx.broadcast %c [] : (tensor<f32>) -> tensor<1024x1024xf32>
  return %b : tensor<1024x1024xf32>
}

// A large tensor is not computed here.
// CHECK-LABEL: func @large
// CHECK: plx.iota
func.func @large() -> tensor<5000xi64> {
  %r = plx.iota 0 : tensor<5000xi64>
  return %r : tensor<5000xi64>
}
