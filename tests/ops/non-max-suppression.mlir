// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @boxes
func.func @boxes(%b: tensor<1x6x4xf32>, %s: tensor<1x2x6xf32>, %m: tensor<i64>, %t: tensor<f32>) -> tensor<?x3xi64, #plx.dims<[n, 3]>> {
  // CHECK: size "n" center_point_box :
  %r = plx.non_max_suppression %b, %s, %m, %t, %t size "n" center_point_box
      : (tensor<1x6x4xf32>, tensor<1x2x6xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> tensor<?x3xi64, #plx.dims<[n, 3]>>
  return %r : tensor<?x3xi64, #plx.dims<[n, 3]>>
}
