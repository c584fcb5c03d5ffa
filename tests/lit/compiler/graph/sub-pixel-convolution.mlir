// RUN: plexus-opt %s --plx-sub-pixel-convolution --split-input-file | FileCheck %s

// The two phases of each dim become output channels: 2 x 2 taps instead of 4 x 4, on an input without zeros between its elements.
// CHECK-LABEL: func.func @both
// CHECK: %[[X:.*]] = plx.pad %{{.*}} [0, 1, 1, 0] [0, 1, 1, 0] [0, 0, 0, 0]
// CHECK: %[[Y:.*]] = plx.convolution %[[X]], %{{.*}} (tensor<1x6x6x3xf32>, tensor<2x2x3x20xf32>) -> tensor<1x5x5x20xf32>
// CHECK: plx.transpose %{{.*}} [0, 1, 3, 2, 4, 5]
// CHECK: plx.slice %{{.*}} [0, 1, 1, 0] [1, 8, 8, 5] [1, 1, 1, 1]
func.func @both(%x: tensor<1x4x4x3xf32>, %w: tensor<4x4x3x5xf32>) -> tensor<1x8x8x5xf32> {
  %zero = plx.constant dense<0.0> : tensor<f32>
  %p = plx.pad %x, %zero [0, 2, 2, 0] [0, 2, 2, 0] [0, 1, 1, 0] : (tensor<1x4x4x3xf32>, tensor<f32>) -> tensor<1x11x11x3xf32>
  %y = plx.convolution %p, %w strides [1, 1] dilations [1, 1] groups 1
      : (tensor<1x11x11x3xf32>, tensor<4x4x3x5xf32>) -> tensor<1x8x8x5xf32>
  return %y : tensor<1x8x8x5xf32>
}

// -----

// Three taps with stride 2: one or two of them meet an element, so phases are convolutions of their own.
// CHECK-LABEL: func.func @odd
// CHECK: plx.convolution %{{.*}} tensor<1x1x3x5xf32>) -> tensor<1x5x5x5xf32>
// CHECK: plx.convolution %{{.*}} tensor<1x2x3x5xf32>) -> tensor<1x5x5x5xf32>
// CHECK: plx.concat 4
// CHECK: plx.convolution %{{.*}} tensor<2x1x3x5xf32>) -> tensor<1x5x5x5xf32>
// CHECK: plx.convolution %{{.*}} tensor<2x2x3x5xf32>) -> tensor<1x5x5x5xf32>
// CHECK: plx.concat 4
// CHECK: plx.concat 2
// CHECK: plx.slice %{{.*}} [0, 1, 1, 0] [1, 9, 9, 5] [1, 1, 1, 1]
func.func @odd(%x: tensor<1x4x4x3xf32>, %w: tensor<3x3x3x5xf32>) -> tensor<1x9x9x5xf32> {
  %zero = plx.constant dense<0.0> : tensor<f32>
  %p = plx.pad %x, %zero [0, 2, 2, 0] [0, 2, 2, 0] [0, 1, 1, 0] : (tensor<1x4x4x3xf32>, tensor<f32>) -> tensor<1x11x11x3xf32>
  %y = plx.convolution %p, %w strides [1, 1] dilations [1, 1] groups 1
      : (tensor<1x11x11x3xf32>, tensor<3x3x3x5xf32>) -> tensor<1x9x9x5xf32>
  return %y : tensor<1x9x9x5xf32>
}

// -----

// Negative twin: what lies between the elements is not zero.
// CHECK-LABEL: func.func @ones
// CHECK: plx.convolution %{{.*}} tensor<2x2x3x5xf32>
func.func @ones(%x: tensor<1x4x4x3xf32>, %w: tensor<2x2x3x5xf32>) -> tensor<1x6x6x5xf32> {
  %one = plx.constant dense<1.0> : tensor<f32>
  %p = plx.pad %x, %one [0, 0, 0, 0] [0, 0, 0, 0] [0, 1, 1, 0] : (tensor<1x4x4x3xf32>, tensor<f32>) -> tensor<1x7x7x3xf32>
  %y = plx.convolution %p, %w strides [1, 1] dilations [1, 1] groups 1
      : (tensor<1x7x7x3xf32>, tensor<2x2x3x5xf32>) -> tensor<1x6x6x5xf32>
  return %y : tensor<1x6x6x5xf32>
}
