// RUN: plexus-opt %s --plx-fuse --plx-outline --plx-select-schedule --split-input-file | FileCheck %s

// A window that slides along the variable before the lanes: 7 of its 14 places at a time, so that a row has two groups.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: window ["$i0", "$i1", "$i2"] < [14, 14, 32]
// CHECK: lanes = "$i2"
// CHECK-SAME: places = 7
// CHECK-SAME: units = #plx.dims<[28]>
func.func @depthwise(%x: tensor<1x16x16x32xf32>, %w: tensor<3x3x1x32xf32>) -> tensor<1x14x14x32xf32> {
  %r = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 32
      : (tensor<1x16x16x32xf32>, tensor<3x3x1x32xf32>) -> tensor<1x14x14x32xf32>
  return %r : tensor<1x14x14x32xf32>
}

// -----

// Places are cut evenly: 9 are 5 and 4, not 8 and 1.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: window
// CHECK: places = 5
func.func @pool(%x: tensor<1x18x18x32xf32>) -> tensor<1x9x9x32xf32> {
  %r = plx.reduce_window max %x [1, 2, 2, 1] [1, 2, 2, 1] [1, 1, 1, 1]
      : (tensor<1x18x18x32xf32>) -> tensor<1x9x9x32xf32>
  return %r : tensor<1x9x9x32xf32>
}

// -----

// Negative twin: a fold over whole columns slides along nothing.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: row
// CHECK-NOT: places
func.func @columns(%x: tensor<6x64x100xf32>) -> tensor<6x100xf32> {
  %r = plx.reduce sum %x [1] : (tensor<6x64x100xf32>) -> tensor<6x100xf32>
  return %r : tensor<6x100xf32>
}

// -----

// Negative twin: more terms than are added one by one keep their rounds of partial sums.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: row
// CHECK-NOT: places
func.func @long(%x: tensor<1x2000x32xf32>) -> tensor<1x1000x32xf32> {
  %r = plx.reduce_window sum %x [1, 1001, 1] [1, 1, 1] [1, 1, 1]
      : (tensor<1x2000x32xf32>) -> tensor<1x1000x32xf32>
  return %r : tensor<1x1000x32xf32>
}
