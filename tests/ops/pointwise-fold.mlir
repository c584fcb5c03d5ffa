// RUN: plexus-opt %s --canonicalize | FileCheck %s

// x * 1 is x for floats; x + 0.0 is not: it turns -0.0 into 0.0.
// CHECK-LABEL: func @neutral
// CHECK-SAME: (%[[X:.*]]: tensor<4xf32>, %[[I:.*]]: tensor<4xi32>)
// CHECK: %[[SUM:.*]] = plx.pointwise add(%[[X]],
// CHECK: return %[[X]], %[[SUM]], %[[I]]
func.func @neutral(%x: tensor<4xf32>, %i: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xf32>, tensor<4xi32>) {
  %one = plx.constant dense<1.0> : tensor<4xf32>
  %zero = plx.constant dense<0.0> : tensor<4xf32>
  %izero = plx.constant dense<0> : tensor<4xi32>
  %a = plx.pointwise mul(%one, %x) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %b = plx.pointwise add(%x, %zero) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %c = plx.pointwise add(%izero, %i) : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return %a, %b, %c : tensor<4xf32>, tensor<4xf32>, tensor<4xi32>
}

// A division by zero stays, to fail at run time.
// CHECK-LABEL: func @faults
// CHECK: plx.pointwise div
func.func @faults() -> tensor<i32> {
  %a = plx.constant dense<1> : tensor<i32>
  %z = plx.constant dense<0> : tensor<i32>
  %r = plx.pointwise div(%a, %z) : (tensor<i32>, tensor<i32>) -> tensor<i32>
  return %r : tensor<i32>
}
