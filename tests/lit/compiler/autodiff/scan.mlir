// RUN: plexus-opt %s --plx-gradient --canonicalize | FileCheck %s

// The forward scan keeps the states and the sum that its product goes into, and nothing else: on the way back neither the
// product is computed again nor the input read.
// CHECK-LABEL: func.func @main
// CHECK: %[[F:.*]]:3 = plx.scan(%arg0) over(%arg1) {
// CHECK: %[[PRODUCT:.*]] = plx.dot_general
// CHECK: %[[SUM:.*]] = plx.pointwise add(%[[PRODUCT]], %{{.*}})
// CHECK: plx.yield %{{.*}}, %{{.*}}, %[[SUM]] :
// CHECK-DAG: %[[STATES:.*]] = plx.slice %[[F]]#1 [4, 0, 0] [5, 2, 4] [-1, 1, 1]
// CHECK-DAG: %[[SUMS:.*]] = plx.slice %[[F]]#2 [4, 0, 0] [5, 2, 4] [-1, 1, 1]
// CHECK: plx.scan(%{{.*}}, %{{.*}}) over(%[[STATES]], %[[SUMS]]) {
// CHECK-NEXT: ^bb0(%{{.*}}, %{{.*}}, %[[STATE:.*]]: tensor<2x4xf32>, %[[KEPT:.*]]: tensor<2x4xf32>):
// CHECK-NEXT: plx.pointwise tanh(%[[KEPT]])
// CHECK: plx.dot_general %{{.*}}, %arg2
// CHECK-NEXT: plx.dot_general %[[STATE]]
// CHECK-NOT: plx.dot_general
func.func @main(%h0: tensor<2x4xf32>, %xs: tensor<5x2x4xf32>, %w: tensor<4x4xf32>) -> tensor<2x4xf32> {
  %h, %all = plx.scan (%h0) over (%xs) {
  ^bb0(%s: tensor<2x4xf32>, %x: tensor<2x4xf32>):
    %p = plx.dot_general %s, %w batch [] x [] contract [1] x [0] : (tensor<2x4xf32>, tensor<4x4xf32>) -> tensor<2x4xf32>
    %z = plx.pointwise add(%p, %x) : (tensor<2x4xf32>, tensor<2x4xf32>) -> tensor<2x4xf32>
    %t = plx.pointwise tanh(%z) : (tensor<2x4xf32>) -> tensor<2x4xf32>
    plx.yield %t, %t : tensor<2x4xf32>, tensor<2x4xf32>
  } : (tensor<2x4xf32>, tensor<5x2x4xf32>) -> (tensor<2x4xf32>, tensor<5x2x4xf32>)
  return %h : tensor<2x4xf32>
}
