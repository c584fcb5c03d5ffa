// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func @slice
// CHECK: plx.slice %{{.*}} [0, 1] [2, 2] [1, 2] : (tensor<2x4xf32>) -> tensor<2x2xf32>
// CHECK: plx.slice %{{.*}} [n - 1] [n] [-1] : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>>
func.func @slice(%x: tensor<2x4xf32>, %y: tensor<?xf32, #plx.dims<[n]>>) -> (tensor<2x2xf32>, tensor<?xf32, #plx.dims<[n]>>) {
  %r = plx.slice %x [0, 1] [2, 2] [1, 2] : (tensor<2x4xf32>) -> tensor<2x2xf32>
  %t = plx.slice %y [n - 1] [n] [-1] : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>>
  return %r, %t : tensor<2x2xf32>, tensor<?xf32, #plx.dims<[n]>>
}
