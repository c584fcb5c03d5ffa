// Transposes go through a reshape as far as its groups of dims go, and stop where they do not.
// RUN: plexus-opt --plx-propagate-transposes %s | FileCheck %s

// Pixels to tokens: height and width are joined in either order of dims.
// CHECK-LABEL: @tokens
func.func @tokens(%x: tensor<2x4x6x8xf32>) -> tensor<2x24x8xf32> {
  // CHECK-NEXT: %[[R:.*]] = plx.reshape %arg0 : (tensor<2x4x6x8xf32>) -> tensor<2x24x8xf32>
  // CHECK-NEXT: return %[[R]]
  %0 = plx.transpose %x [0, 3, 1, 2] : (tensor<2x4x6x8xf32>) -> tensor<2x8x4x6xf32>
  %1 = plx.reshape %0 : (tensor<2x8x4x6xf32>) -> tensor<2x8x24xf32>
  %2 = plx.transpose %1 [0, 2, 1] : (tensor<2x8x24xf32>) -> tensor<2x24x8xf32>
  return %2 : tensor<2x24x8xf32>
}

// A shuffle of channels: the channels change places, height and width stay.
// CHECK-LABEL: @shuffle
func.func @shuffle(%x: tensor<1x4x4x6xf32>) -> tensor<1x4x4x6xf32> {
  // CHECK-NEXT: %[[A:.*]] = plx.reshape %arg0 : (tensor<1x4x4x6xf32>) -> tensor<1x4x4x2x3xf32>
  // CHECK-NEXT: %[[T:.*]] = plx.transpose %[[A]] {{.*}} -> tensor<{{(1x4x4x3x2|4x4x3x2x1)}}xf32>
  // CHECK-NEXT: %[[B:.*]] = plx.reshape %[[T]] : ({{.*}}) -> tensor<1x4x4x6xf32>
  // CHECK-NEXT: return %[[B]]
  %0 = plx.transpose %x [0, 3, 1, 2] : (tensor<1x4x4x6xf32>) -> tensor<1x6x4x4xf32>
  %1 = plx.reshape %0 : (tensor<1x6x4x4xf32>) -> tensor<1x2x3x4x4xf32>
  %2 = plx.transpose %1 [0, 2, 1, 3, 4] : (tensor<1x2x3x4x4xf32>) -> tensor<1x3x2x4x4xf32>
  %3 = plx.reshape %2 : (tensor<1x3x2x4x4xf32>) -> tensor<1x6x4x4xf32>
  %4 = plx.transpose %3 [0, 2, 3, 1] : (tensor<1x6x4x4xf32>) -> tensor<1x4x4x6xf32>
  return %4 : tensor<1x4x4x6xf32>
}

// Flattened before a product of matrices, the order of elements matters: the transpose stays.
// CHECK-LABEL: @flatten
func.func @flatten(%x: tensor<2x4x4x8xf32>) -> tensor<2x128xf32> {
  // CHECK-NEXT: %[[T:.*]] = plx.transpose %arg0 [0, 3, 1, 2]
  // CHECK-NEXT: plx.reshape %[[T]]
  %0 = plx.transpose %x [0, 3, 1, 2] : (tensor<2x4x4x8xf32>) -> tensor<2x8x4x4xf32>
  %1 = plx.reshape %0 : (tensor<2x8x4x4xf32>) -> tensor<2x128xf32>
  return %1 : tensor<2x128xf32>
}

// Heads of attention: splitting and moving is one real transpose; it stays where it is.
// CHECK-LABEL: @heads
func.func @heads(%x: tensor<2x8x12xf32>) -> tensor<2x3x8x4xf32> {
  // CHECK-NEXT: %[[R:.*]] = plx.reshape %arg0
  // CHECK-NEXT: %[[T:.*]] = plx.transpose %[[R]] [0, 2, 1, 3]
  // CHECK-NEXT: return %[[T]]
  %0 = plx.reshape %x : (tensor<2x8x12xf32>) -> tensor<2x8x3x4xf32>
  %1 = plx.transpose %0 [0, 2, 1, 3] : (tensor<2x8x3x4xf32>) -> tensor<2x3x8x4xf32>
  return %1 : tensor<2x3x8x4xf32>
}
