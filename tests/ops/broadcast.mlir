// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func @broadcast
// CHECK: plx.broadcast %{{.*}} [1] : (tensor<3xf32>) -> tensor<2x3xf32>
// CHECK: plx.broadcast %{{.*}} [] : (tensor<f32>) -> tensor<?xf32, #plx.dims<[n]>>
func.func @broadcast(%x: tensor<3xf32>, %s: tensor<f32>, %n: tensor<?xf32, #plx.dims<[n]>>) -> (tensor<2x3xf32>, tensor<?xf32, #plx.dims<[n]>>) {
  %r = plx.broadcast %x [1] : (tensor<3xf32>) -> tensor<2x3xf32>
  %t = plx.broadcast %s [] : (tensor<f32>) -> tensor<?xf32, #plx.dims<[n]>>
  return %r, %t : tensor<2x3xf32>, tensor<?xf32, #plx.dims<[n]>>
}
