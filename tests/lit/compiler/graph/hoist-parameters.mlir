// What is computed of weights alone becomes a function that runs once.
// RUN: plexus-opt --plx-hoist-parameters --split-input-file %s | FileCheck %s

// CHECK-LABEL: func.func @main
func.func @main(%x: tensor<4x8xf32>) -> (tensor<4x6xf32>, tensor<4x6xf32>) {
  // CHECK-DAG: %[[P:.*]] = plx.parameter "prepared.0" : tensor<8x6xf32>
  // CHECK-DAG: plx.dot_general %arg0, %[[P]]
  // CHECK-DAG: %[[S:.*]] = plx.parameter "prepared.1" : tensor<6xf32>
  // A broadcast of what is prepared stays with its readers.
  // CHECK-DAG: plx.broadcast %[[S]] [1]
  // CHECK-NOT: plx.parameter "w"
  // CHECK: return
  %w = plx.parameter "w" : tensor<6x8xf32>
  %s = plx.parameter "s" : tensor<6xf32>
  %0 = plx.transpose %w [1, 0] : (tensor<6x8xf32>) -> tensor<8x6xf32>
  %1 = plx.dot_general %x, %0 batch [] x [] contract [1] x [0] : (tensor<4x8xf32>, tensor<8x6xf32>) -> tensor<4x6xf32>
  %2 = plx.pointwise sqrt(%s) : (tensor<6xf32>) -> tensor<6xf32>
  %3 = plx.broadcast %2 [1] : (tensor<6xf32>) -> tensor<4x6xf32>
  %4 = plx.pointwise mul(%1, %3) : (tensor<4x6xf32>, tensor<4x6xf32>) -> tensor<4x6xf32>
  return %1, %4 : tensor<4x6xf32>, tensor<4x6xf32>
}
// CHECK-LABEL: func.func private @prepare
// CHECK-SAME: () -> (tensor<8x6xf32> {plx.name = "prepared.0"}, tensor<6xf32> {plx.name = "prepared.1"})
// CHECK: %[[W:.*]] = plx.parameter "w"
// CHECK: %[[T:.*]] = plx.transpose %[[W]] [1, 0]
// CHECK: %[[R:.*]] = plx.pointwise sqrt
// CHECK: return %[[T]], %[[R]]

// -----

// Equal computations are one, in branches too; the name of a weight is not taken twice.
// CHECK-LABEL: func.func @main
func.func @main(%c: tensor<i1>) -> tensor<3xf32> {
  // CHECK: plx.if
  // CHECK: %[[A:.*]] = plx.parameter "prepared.1"
  // CHECK: plx.yield %[[A]]
  // CHECK: %[[B:.*]] = plx.parameter "prepared.1"
  // CHECK: plx.yield %[[B]]
  %r = plx.if %c {
    %w = plx.parameter "prepared.0" : tensor<3xf32>
    %0 = plx.pointwise exp(%w) : (tensor<3xf32>) -> tensor<3xf32>
    plx.yield %0 : tensor<3xf32>
  } else {
    %w = plx.parameter "prepared.0" : tensor<3xf32>
    %0 = plx.pointwise exp(%w) : (tensor<3xf32>) -> tensor<3xf32>
    plx.yield %0 : tensor<3xf32>
  } : (tensor<i1>) -> tensor<3xf32>
  return %r : tensor<3xf32>
}
// CHECK: func.func private @prepare() -> (tensor<3xf32> {plx.name = "prepared.1"})

// -----

// Reshapes, broadcasts, what is many times the size of its weights, and what a run decides: nothing to prepare.
// CHECK-LABEL: func.func @main
// CHECK-NOT: prepared
// CHECK-NOT: @prepare
func.func @main(%x: tensor<6xf32>) -> (tensor<6xf32>, tensor<2x3xf32>, tensor<9x2x3xf32>, tensor<6xf32>) {
  %w = plx.parameter "w" : tensor<2x3xf32>
  %0 = plx.reshape %w : (tensor<2x3xf32>) -> tensor<6xf32>
  %1 = plx.pointwise add(%x, %0) : (tensor<6xf32>, tensor<6xf32>) -> tensor<6xf32>
  %2 = plx.broadcast %w [1, 2] : (tensor<2x3xf32>) -> tensor<9x2x3xf32>
  %3 = plx.pointwise exp(%2) : (tensor<9x2x3xf32>) -> tensor<9x2x3xf32>
  return %1, %w, %3, %0 : tensor<6xf32>, tensor<2x3xf32>, tensor<9x2x3xf32>, tensor<6xf32>
}

// -----

// Packed weights are prepared as packed; the views that read them stay.
// CHECK-LABEL: func.func @main
func.func @main(%x: tensor<4x8xf32>) -> tensor<4x6xf32> {
  // CHECK: %[[P:.*]] = plx.parameter "prepared.0" : tensor<3x8x2xf32>
  // CHECK: %[[U:.*]] = plx.transpose %[[P]] [1, 0, 2]
  // CHECK: %[[V:.*]] = plx.reshape %[[U]]
  // CHECK: plx.dot_general %arg0, %[[V]]
  %w = plx.parameter "w" : tensor<8x6xf32>
  %0 = plx.reshape %w : (tensor<8x6xf32>) -> tensor<8x3x2xf32>
  %1 = plx.transpose %0 [1, 0, 2] {plx.packed} : (tensor<8x3x2xf32>) -> tensor<3x8x2xf32>
  %2 = plx.transpose %1 [1, 0, 2] : (tensor<3x8x2xf32>) -> tensor<8x3x2xf32>
  %3 = plx.reshape %2 : (tensor<8x3x2xf32>) -> tensor<8x6xf32>
  %4 = plx.dot_general %x, %3 batch [] x [] contract [1] x [0] : (tensor<4x8xf32>, tensor<8x6xf32>) -> tensor<4x6xf32>
  return %4 : tensor<4x6xf32>
}
// CHECK-LABEL: func.func private @prepare() -> (tensor<3x8x2xf32> {plx.name = "prepared.0"})
