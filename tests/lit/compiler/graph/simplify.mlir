// Rules of plx-simplify, each with a twin that must stay.
// RUN: plexus-opt --plx-simplify %s | FileCheck %s

// CHECK-LABEL: @neutral
// CHECK-SAME: (%[[X:.*]]: tensor<3xf32>)
func.func @neutral(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
  // -0.0 is neutral, 0.0 is not: -0.0 + 0.0 is 0.0.
  // CHECK: %[[S:.*]] = plx.pointwise add(%[[X]]
  // CHECK: return %[[X]], %[[X]], %[[S]]
  %one = plx.constant dense<1.0> : tensor<3xf32>
  %zero = plx.constant dense<0.0> : tensor<3xf32>
  %negative = plx.constant dense<-0.0> : tensor<3xf32>
  %0 = plx.pointwise mul(%one, %x) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %1 = plx.pointwise add(%x, %negative) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %2 = plx.pointwise add(%x, %zero) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %0, %1, %2 : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

// CHECK-LABEL: @powers
// CHECK-SAME: (%[[X:.*]]: tensor<3xf32>)
func.func @powers(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
  // The root of what may be -inf stays a power.
  // CHECK-DAG: %[[Q:.*]] = plx.pointwise mul(%[[X]], %[[X]])
  // CHECK-DAG: %[[R:.*]] = plx.pointwise sqrt(%[[Q]])
  // CHECK-DAG: %[[P:.*]] = plx.pointwise pow(%[[X]]
  // CHECK: return %[[Q]], %[[R]], %[[P]]
  %two = plx.constant dense<2.0> : tensor<3xf32>
  %half = plx.constant dense<0.5> : tensor<3xf32>
  %0 = plx.pointwise pow(%x, %two) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %1 = plx.pointwise pow(%0, %half) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %2 = plx.pointwise pow(%x, %half) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %0, %1, %2 : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

// CHECK-LABEL: @reciprocal
func.func @reciprocal(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  // A third has no reciprocal in binary.
  // CHECK-DAG: plx.constant dense<1.250000e-01>
  // CHECK-DAG: plx.pointwise mul(%arg0
  // CHECK-DAG: plx.pointwise div(%arg0
  %eight = plx.constant dense<8.0> : tensor<3xf32>
  %three = plx.constant dense<3.0> : tensor<3xf32>
  %0 = plx.pointwise div(%x, %eight) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %1 = plx.pointwise div(%x, %three) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %0, %1 : tensor<3xf32>, tensor<3xf32>
}

// CHECK-LABEL: @concat
// CHECK-SAME: (%[[X:.*]]: tensor<3xf32>, %[[Y:.*]]: tensor<3xf32>)
func.func @concat(%x: tensor<3xf32>, %y: tensor<3xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  // The second slice lies in both operands.
  // CHECK-DAG: %[[A:.*]] = plx.slice %[[Y]] [1] [2] [1]
  // CHECK-DAG: %[[C:.*]] = plx.concat
  // CHECK-DAG: %[[B:.*]] = plx.slice %[[C]]
  // CHECK: return %[[A]], %[[B]]
  %0 = plx.concat 0 (%x, %y) : (tensor<3xf32>, tensor<3xf32>) -> tensor<6xf32>
  %1 = plx.slice %0 [4] [2] [1] : (tensor<6xf32>) -> tensor<2xf32>
  %2 = plx.slice %0 [2] [2] [1] : (tensor<6xf32>) -> tensor<2xf32>
  return %1, %2 : tensor<2xf32>, tensor<2xf32>
}

// CHECK-LABEL: @pads
func.func @pads(%x: tensor<3xf32>, %v: tensor<f32>, %u: tensor<f32>) -> (tensor<8xf32>, tensor<7xf32>) {
  // CHECK-DAG: plx.pad %arg0, %arg1 [3] [2] [0]
  // CHECK-DAG: %[[I:.*]] = plx.pad %arg0, %arg1 [1] [1] [0]
  // CHECK-DAG: plx.pad %[[I]], %arg2 [1] [1] [0]
  %0 = plx.pad %x, %v [1] [1] [0] : (tensor<3xf32>, tensor<f32>) -> tensor<5xf32>
  %1 = plx.pad %0, %v [2] [1] [0] : (tensor<5xf32>, tensor<f32>) -> tensor<8xf32>
  %2 = plx.pad %0, %u [1] [1] [0] : (tensor<5xf32>, tensor<f32>) -> tensor<7xf32>
  return %1, %2 : tensor<8xf32>, tensor<7xf32>
}

// CHECK-LABEL: @gathers
func.func @gathers(%x: tensor<3x4xf32>, %y: tensor<?x4xf32, #plx.dims<[n, 4]>>) -> (tensor<4xf32>, tensor<3x1xf32>, tensor<4xf32>) {
  // Where the axis may be shorter, the run-time check stays.
  // CHECK-DAG: plx.slice %arg0 [2, 0] [1, 4] [1, 1]
  // CHECK-DAG: plx.slice %arg0 [0, 1] [3, 1] [1, 1]
  // CHECK-DAG: plx.gather %arg1
  %last = plx.constant dense<-1> : tensor<i64>
  %one = plx.constant dense<1> : tensor<1xi64>
  %0 = plx.gather %x, (%last) axes [0] at 0 : (tensor<3x4xf32>, tensor<i64>) -> tensor<4xf32>
  %1 = plx.gather %x, (%one) axes [1] at 1 : (tensor<3x4xf32>, tensor<1xi64>) -> tensor<3x1xf32>
  %2 = plx.gather %y, (%last) axes [0] at 0 : (tensor<?x4xf32, #plx.dims<[n, 4]>>, tensor<i64>) -> tensor<4xf32>
  return %0, %1, %2 : tensor<4xf32>, tensor<3x1xf32>, tensor<4xf32>
}

// Equal computations are one; what nobody uses goes.
// CHECK-LABEL: @common
func.func @common(%x: tensor<3xf32>) -> (tensor<3xf32>, tensor<3xf32>) {
  // CHECK-NEXT: %[[E:.*]] = plx.pointwise exp
  // CHECK-NEXT: return %[[E]], %[[E]]
  %0 = plx.pointwise exp(%x) : (tensor<3xf32>) -> tensor<3xf32>
  %1 = plx.pointwise exp(%x) : (tensor<3xf32>) -> tensor<3xf32>
  %2 = plx.pointwise log(%x) : (tensor<3xf32>) -> tensor<3xf32>
  return %0, %1 : tensor<3xf32>, tensor<3xf32>
}

// CHECK-LABEL: @views
func.func @views(%x: tensor<3xf32>, %y: tensor<6xf32>) -> (tensor<2x3x4xf32>, tensor<2x3x4xf32>) {
  // A reshape that splits is no broadcast's business.
  // CHECK-DAG: plx.broadcast %arg0 [1]
  // CHECK-DAG: %[[R:.*]] = plx.reshape %arg1
  // CHECK-DAG: plx.broadcast %[[R]] [0, 1]
  %0 = plx.reshape %x : (tensor<3xf32>) -> tensor<3x1xf32>
  %1 = plx.broadcast %0 [1, 2] : (tensor<3x1xf32>) -> tensor<2x3x4xf32>
  %2 = plx.reshape %y : (tensor<6xf32>) -> tensor<2x3xf32>
  %3 = plx.broadcast %2 [0, 1] : (tensor<2x3xf32>) -> tensor<2x3x4xf32>
  return %1, %3 : tensor<2x3x4xf32>, tensor<2x3x4xf32>
}
