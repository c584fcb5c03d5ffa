// Transposes around channels-last ops sink until they cancel.
// RUN: plexus-opt --plx-propagate-transposes %s | FileCheck %s

// Convolution, bias, activation, convolution: one transpose in front, one behind.
// CHECK-LABEL: @chain
func.func @chain(%x: tensor<1x3x8x8xf32>) -> tensor<1x4x6x6xf32> {
  // CHECK: %[[IN:.*]] = plx.transpose %arg0 [0, 2, 3, 1]
  // CHECK: %[[C:.*]] = plx.convolution %[[IN]]
  // CHECK-NOT: plx.transpose %[[C]]
  // CHECK: %[[B:.*]] = plx.broadcast %{{.*}} [0, 1, 2, 3] : (tensor<1x1x1x4xf32>) -> tensor<1x8x8x4xf32>
  // CHECK: %[[S:.*]] = plx.pointwise add(%[[C]], %[[B]])
  // CHECK: %[[P:.*]] = plx.pad %[[S]]
  // CHECK: %[[D:.*]] = plx.convolution %[[P]]
  // CHECK: %[[OUT:.*]] = plx.transpose %[[D]] [0, 3, 1, 2]
  // CHECK: return %[[OUT]]
  %w = plx.parameter "w" : tensor<1x1x3x4xf32>
  %v = plx.parameter "v" : tensor<3x3x4x4xf32>
  %bias = plx.parameter "b" : tensor<1x4x1x1xf32>
  %zero = plx.constant dense<0.0> : tensor<f32>
  %0 = plx.transpose %x [0, 2, 3, 1] : (tensor<1x3x8x8xf32>) -> tensor<1x8x8x3xf32>
  %1 = plx.convolution %0, %w strides [1, 1] dilations [1, 1] groups 1 : (tensor<1x8x8x3xf32>, tensor<1x1x3x4xf32>) -> tensor<1x8x8x4xf32>
  %2 = plx.transpose %1 [0, 3, 1, 2] : (tensor<1x8x8x4xf32>) -> tensor<1x4x8x8xf32>
  %3 = plx.broadcast %bias [0, 1, 2, 3] : (tensor<1x4x1x1xf32>) -> tensor<1x4x8x8xf32>
  %4 = plx.pointwise add(%2, %3) : (tensor<1x4x8x8xf32>, tensor<1x4x8x8xf32>) -> tensor<1x4x8x8xf32>
  %5 = plx.transpose %4 [0, 2, 3, 1] : (tensor<1x4x8x8xf32>) -> tensor<1x8x8x4xf32>
  %6 = plx.pad %5, %zero [0, 0, 0, 0] [0, 0, 0, 0] [0, 0, 0, 0] : (tensor<1x8x8x4xf32>, tensor<f32>) -> tensor<1x8x8x4xf32>
  %7 = plx.convolution %6, %v strides [1, 1] dilations [1, 1] groups 1 : (tensor<1x8x8x4xf32>, tensor<3x3x4x4xf32>) -> tensor<1x6x6x4xf32>
  %8 = plx.transpose %7 [0, 3, 1, 2] : (tensor<1x6x6x4xf32>) -> tensor<1x4x6x6xf32>
  return %8 : tensor<1x4x6x6xf32>
}

// The gate of a squeeze-and-excitation block: what it moves has one element a channel.
// CHECK-LABEL: @gate
// CHECK-SAME: (%[[X:.*]]: tensor<2x4x4x8xf32>)
func.func @gate(%x: tensor<2x4x4x8xf32>) -> tensor<2x4x4x8xf32> {
  // CHECK-NOT: plx.transpose
  // CHECK: plx.reduce sum %[[X]] [1, 2]
  // CHECK: %[[G:.*]] = plx.broadcast %{{.*}} [0, 1, 2, 3] : (tensor<2x1x1x8xf32>) -> tensor<2x4x4x8xf32>
  // CHECK: plx.pointwise mul(%[[X]], %[[G]])
  // CHECK-NOT: plx.transpose
  // CHECK: return
  %w = plx.parameter "w" : tensor<1x1x8x8xf32>
  %0 = plx.transpose %x [0, 3, 1, 2] : (tensor<2x4x4x8xf32>) -> tensor<2x8x4x4xf32>
  %1 = plx.reduce sum %0 [2, 3] : (tensor<2x8x4x4xf32>) -> tensor<2x8xf32>
  %2 = plx.reshape %1 : (tensor<2x8xf32>) -> tensor<2x8x1x1xf32>
  %3 = plx.transpose %2 [0, 2, 3, 1] : (tensor<2x8x1x1xf32>) -> tensor<2x1x1x8xf32>
  %4 = plx.convolution %3, %w strides [1, 1] dilations [1, 1] groups 1 : (tensor<2x1x1x8xf32>, tensor<1x1x8x8xf32>) -> tensor<2x1x1x8xf32>
  %5 = plx.transpose %4 [0, 3, 1, 2] : (tensor<2x1x1x8xf32>) -> tensor<2x8x1x1xf32>
  %6 = plx.pointwise sigmoid(%5) : (tensor<2x8x1x1xf32>) -> tensor<2x8x1x1xf32>
  %7 = plx.broadcast %6 [0, 1, 2, 3] : (tensor<2x8x1x1xf32>) -> tensor<2x8x4x4xf32>
  %8 = plx.pointwise mul(%0, %7) : (tensor<2x8x4x4xf32>, tensor<2x8x4x4xf32>) -> tensor<2x8x4x4xf32>
  %9 = plx.transpose %8 [0, 2, 3, 1] : (tensor<2x8x4x4xf32>) -> tensor<2x4x4x8xf32>
  return %9 : tensor<2x4x4x8xf32>
}

// Concat, slice, gather, pooling and reductions take their axes along.
// CHECK-LABEL: @axes
// CHECK-SAME: (%[[X:.*]]: tensor<1x4x6x8xf32>, %[[Y:.*]]: tensor<1x4x6x2xf32>, %[[I:.*]]: tensor<8xi64>)
func.func @axes(%x: tensor<1x4x6x8xf32>, %y: tensor<1x4x6x2xf32>, %i: tensor<8xi64>) -> tensor<1x5xi64> {
  // CHECK: %[[C:.*]] = plx.concat 3(%[[X]], %[[Y]])
  // CHECK: %[[S:.*]] = plx.slice %[[C]] [0, 0, 0, 1] [1, 4, 6, 5] [1, 1, 1, 2]
  // CHECK: %[[G:.*]] = plx.gather %[[S]], (%[[I]]) axes [1] at 1 : {{.*}} -> tensor<1x8x6x5xf32>
  // CHECK: %[[W:.*]] = plx.reduce_window max %[[G]] [1, 2, 3, 1] [1, 2, 3, 1] [1, 1, 1, 1]
  // CHECK: %[[R:.*]] = plx.reduce sum %[[W]] [2] : (tensor<1x4x2x5xf32>) -> tensor<1x4x5xf32>
  // CHECK: %[[A:.*]] = plx.arg_reduce max %[[R]] axis 1
  // CHECK: return %[[A]]
  %0 = plx.transpose %x [0, 3, 1, 2] : (tensor<1x4x6x8xf32>) -> tensor<1x8x4x6xf32>
  %1 = plx.transpose %y [0, 3, 1, 2] : (tensor<1x4x6x2xf32>) -> tensor<1x2x4x6xf32>
  %2 = plx.concat 1 (%0, %1) : (tensor<1x8x4x6xf32>, tensor<1x2x4x6xf32>) -> tensor<1x10x4x6xf32>
  %3 = plx.slice %2 [0, 1, 0, 0] [1, 5, 4, 6] [1, 2, 1, 1] : (tensor<1x10x4x6xf32>) -> tensor<1x5x4x6xf32>
  %4 = plx.gather %3, (%i) axes [2] at 2 : (tensor<1x5x4x6xf32>, tensor<8xi64>) -> tensor<1x5x8x6xf32>
  %5 = plx.reduce_window max %4 [1, 1, 2, 3] [1, 1, 2, 3] [1, 1, 1, 1] : (tensor<1x5x8x6xf32>) -> tensor<1x5x4x2xf32>
  %6 = plx.reduce sum %5 [3] : (tensor<1x5x4x2xf32>) -> tensor<1x5x4xf32>
  %7 = plx.arg_reduce max %6 axis 2 : (tensor<1x5x4xf32>) -> tensor<1x5xi64>
  return %7 : tensor<1x5xi64>
}

// Symbolic sizes are no hindrance.
// CHECK-LABEL: @symbolic
func.func @symbolic(%x: tensor<?x?x?x8xf32, #plx.dims<[n, h, w, 8]>>) -> tensor<?x?x?x8xf32, #plx.dims<[n, h, w, 8]>> {
  // CHECK-NEXT: %[[E:.*]] = plx.pointwise exp(%arg0)
  // CHECK-NEXT: return %[[E]]
  %0 = plx.transpose %x [0, 3, 1, 2] : (tensor<?x?x?x8xf32, #plx.dims<[n, h, w, 8]>>) -> tensor<?x8x?x?xf32, #plx.dims<[n, 8, h, w]>>
  %1 = plx.pointwise exp(%0) : (tensor<?x8x?x?xf32, #plx.dims<[n, 8, h, w]>>) -> tensor<?x8x?x?xf32, #plx.dims<[n, 8, h, w]>>
  %2 = plx.transpose %1 [0, 2, 3, 1] : (tensor<?x8x?x?xf32, #plx.dims<[n, 8, h, w]>>) -> tensor<?x?x?x8xf32, #plx.dims<[n, h, w, 8]>>
  return %2 : tensor<?x?x?x8xf32, #plx.dims<[n, h, w, 8]>>
}

// One channel: its transpose moves nothing.
// CHECK-LABEL: @one_channel
func.func @one_channel(%x: tensor<4x1x8x8xf32>) -> tensor<4x8x8x1xf32> {
  // CHECK-NEXT: plx.reshape %arg0
  // CHECK-NEXT: return
  %0 = plx.transpose %x [0, 2, 3, 1] : (tensor<4x1x8x8xf32>) -> tensor<4x8x8x1xf32>
  return %0 : tensor<4x8x8x1xf32>
}
