// RUN: plexus-opt %s --plx-fuse --split-input-file | FileCheck %s

// The sum of a convolution runs over plain index maps: its padding is done beforehand.
// CHECK-LABEL: func.func @convolution
// CHECK: %[[PADDED:.*]] = plx.kernel map
// CHECK: plx.inside
// CHECK: plx.kernel map {{.*}} (%[[PADDED]], %{{.*}})
// CHECK-NOT: plx.inside
// CHECK: plx.fold sum
func.func @convolution(%x: tensor<1x8x8x4xf32>, %w: tensor<3x3x4x16xf32>) -> tensor<1x8x8x16xf32> {
  %z = plx.constant dense<0.0> : tensor<f32>
  %p = plx.pad %x, %z [0, 1, 1, 0] [0, 1, 1, 0] [0, 0, 0, 0] : (tensor<1x8x8x4xf32>, tensor<f32>) -> tensor<1x10x10x4xf32>
  %c = plx.convolution %p, %w strides [1, 1] dilations [1, 1] groups 1 : (tensor<1x10x10x4xf32>, tensor<3x3x4x16xf32>) -> tensor<1x8x8x16xf32>
  return %c : tensor<1x8x8x16xf32>
}

// -----

// Negative twin: a window that only compares reads through the padding.
// CHECK-LABEL: func.func @pool
// CHECK: plx.kernel map
// CHECK: plx.inside
// CHECK: plx.fold max
// CHECK-NOT: plx.kernel
func.func @pool(%x: tensor<1x8x8x4xf32>) -> tensor<1x8x8x4xf32> {
  %z = plx.constant dense<0xFF800000> : tensor<f32>
  %p = plx.pad %x, %z [0, 1, 1, 0] [0, 1, 1, 0] [0, 0, 0, 0] : (tensor<1x8x8x4xf32>, tensor<f32>) -> tensor<1x10x10x4xf32>
  %c = plx.reduce_window max %p [1, 3, 3, 1] [1, 1, 1, 1] [1, 1, 1, 1] : (tensor<1x10x10x4xf32>) -> tensor<1x8x8x4xf32>
  return %c : tensor<1x8x8x4xf32>
}
