// Where operands disagree, elements moved decide.
// RUN: plexus-opt --plx-propagate-transposes %s | FileCheck %s

// The result is wanted as the transposed operand lies: the other one is transposed instead.
// CHECK-LABEL: @wanted
func.func @wanted(%x: tensor<2x4x4x8xf32>, %y: tensor<2x8x4x4xf32>) -> tensor<2x4x4x8xf32> {
  // CHECK-NEXT: %[[T:.*]] = plx.transpose %arg1 [0, 2, 3, 1]
  // CHECK-NEXT: %[[S:.*]] = plx.pointwise add(%arg0, %[[T]])
  // CHECK-NEXT: return %[[S]]
  %0 = plx.transpose %x [0, 3, 1, 2] : (tensor<2x4x4x8xf32>) -> tensor<2x8x4x4xf32>
  %1 = plx.pointwise add(%0, %y) : (tensor<2x8x4x4xf32>, tensor<2x8x4x4xf32>) -> tensor<2x8x4x4xf32>
  %2 = plx.transpose %1 [0, 2, 3, 1] : (tensor<2x8x4x4xf32>) -> tensor<2x4x4x8xf32>
  return %2 : tensor<2x4x4x8xf32>
}

// Nothing takes the transpose away further on: moving it would make two of one.
// CHECK-LABEL: @unwanted
func.func @unwanted(%x: tensor<2x4x4x8xf32>, %y: tensor<2x8x4x4xf32>) -> tensor<2x8x4x4xf32> {
  // CHECK-NEXT: %[[T:.*]] = plx.transpose %arg0 [0, 3, 1, 2]
  // CHECK-NEXT: %[[S:.*]] = plx.pointwise add(%[[T]], %arg1)
  // CHECK-NEXT: return %[[S]]
  %0 = plx.transpose %x [0, 3, 1, 2] : (tensor<2x4x4x8xf32>) -> tensor<2x8x4x4xf32>
  %1 = plx.pointwise add(%0, %y) : (tensor<2x8x4x4xf32>, tensor<2x8x4x4xf32>) -> tensor<2x8x4x4xf32>
  return %1 : tensor<2x8x4x4xf32>
}

// A transpose before a broadcast is smaller than one after it.
// CHECK-LABEL: @grows
func.func @grows(%x: tensor<4x8xf32>) -> tensor<16x8x4xf32> {
  // CHECK-NEXT: plx.transpose %arg0 [1, 0]
  // CHECK-NEXT: plx.broadcast
  // CHECK-NEXT: return
  %0 = plx.transpose %x [1, 0] : (tensor<4x8xf32>) -> tensor<8x4xf32>
  %1 = plx.broadcast %0 [1, 2] : (tensor<8x4xf32>) -> tensor<16x8x4xf32>
  return %1 : tensor<16x8x4xf32>
}

// Weights are transposed when the program is compiled: no reason to move their transpose.
// CHECK-LABEL: @weights
func.func @weights(%x: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // CHECK: %[[T:.*]] = plx.transpose %{{.*}} [1, 0]
  // CHECK-NEXT: %[[S:.*]] = plx.pointwise add(%[[T]], %arg0)
  // CHECK-NEXT: return %[[S]]
  %w = plx.parameter "w" : tensor<4x8xf32>
  %0 = plx.transpose %w [1, 0] : (tensor<4x8xf32>) -> tensor<8x4xf32>
  %1 = plx.pointwise add(%0, %x) : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<8x4xf32>
  return %1 : tensor<8x4xf32>
}

// Into a loop's body nothing moves: it would be done again in each iteration.
// CHECK-LABEL: @region
func.func @region(%x: tensor<4x8xf32>, %n: tensor<i64>, %c: tensor<i1>) -> tensor<8x4xf32> {
  // CHECK: %[[T:.*]] = plx.transpose %arg0 [1, 0]
  // CHECK: plx.loop
  // CHECK: plx.pointwise exp(%[[T]])
  %0 = plx.transpose %x [1, 0] : (tensor<4x8xf32>) -> tensor<8x4xf32>
  %r = plx.loop %n, %c, (%0) {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %s: tensor<8x4xf32>):
    %1 = plx.pointwise exp(%0) : (tensor<8x4xf32>) -> tensor<8x4xf32>
    %2 = plx.pointwise add(%1, %s) : (tensor<8x4xf32>, tensor<8x4xf32>) -> tensor<8x4xf32>
    plx.yield %go, %2 : tensor<i1>, tensor<8x4xf32>
  } : (tensor<i64>, tensor<i1>, tensor<8x4xf32>) -> tensor<8x4xf32>
  return %r : tensor<8x4xf32>
}
