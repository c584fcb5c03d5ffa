// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func @reshape
// CHECK: plx.reshape %{{.*}} : (tensor<2x3x4xf32>) -> tensor<6x4xf32>
// CHECK: plx.reshape %{{.*}} : (tensor<?x?x8xf32, #plx.dims<[b, s, 8]>>) -> tensor<?x8xf32, #plx.dims<[b*s, 8]>>
func.func @reshape(%x: tensor<2x3x4xf32>, %y: tensor<?x?x8xf32, #plx.dims<[b, s, 8]>>) -> (tensor<6x4xf32>, tensor<?x8xf32, #plx.dims<[b*s, 8]>>) {
  %r = plx.reshape %x : (tensor<2x3x4xf32>) -> tensor<6x4xf32>
  %t = plx.reshape %y : (tensor<?x?x8xf32, #plx.dims<[b, s, 8]>>) -> tensor<?x8xf32, #plx.dims<[b*s, 8]>>
  return %r, %t : tensor<6x4xf32>, tensor<?x8xf32, #plx.dims<[b*s, 8]>>
}
