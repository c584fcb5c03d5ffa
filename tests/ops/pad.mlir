// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func @pad
// CHECK: plx.pad %{{.*}}, %{{.*}} [1, 0] [1, -1] [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<4x4xf32>
// CHECK: plx.pad %{{.*}}, %{{.*}} [1] [2] [0] : (tensor<?xf32, #plx.dims<[n]>>, tensor<f32>) -> tensor<?xf32, #plx.dims<[n + 3]>>
func.func @pad(%x: tensor<2x3xf32>, %y: tensor<?xf32, #plx.dims<[n]>>, %value: tensor<f32>) -> (tensor<4x4xf32>, tensor<?xf32, #plx.dims<[n + 3]>>) {
  %r = plx.pad %x, %value [1, 0] [1, -1] [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<4x4xf32>
  %s = plx.pad %y, %value [1] [2] [0] : (tensor<?xf32, #plx.dims<[n]>>, tensor<f32>) -> tensor<?xf32, #plx.dims<[n + 3]>>
  return %r, %s : tensor<4x4xf32>, tensor<?xf32, #plx.dims<[n + 3]>>
}
