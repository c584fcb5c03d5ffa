// RUN: plexus-opt %s --plx-fuse --split-input-file | FileCheck %s

// What is applied to each result of a contraction runs on its tile: bias and activation.
// CHECK-LABEL: func.func @matmul
// CHECK: plx.kernel map ["$i0", "$i1"] < [8, 16] (%{{.*}}, %{{.*}}, %{{.*}})
// CHECK: %[[DOT:.*]] = plx.fold sum
// CHECK: %[[BIASED:.*]] = plx.apply add(%[[DOT]],
// CHECK: plx.apply tanh(%[[BIASED]])
// CHECK-NOT: plx.kernel
func.func @matmul(%a: tensor<8x5xf32>, %b: tensor<5x16xf32>, %v: tensor<16xf32>) -> tensor<8x16xf32> {
  %d = plx.dot_general %a, %b batch [] x [] contract [1] x [0] : (tensor<8x5xf32>, tensor<5x16xf32>) -> tensor<8x16xf32>
  %w = plx.broadcast %v [1] : (tensor<16xf32>) -> tensor<8x16xf32>
  %e = plx.pointwise add(%d, %w) : (tensor<8x16xf32>, tensor<8x16xf32>) -> tensor<8x16xf32>
  %t = plx.pointwise tanh(%e) : (tensor<8x16xf32>) -> tensor<8x16xf32>
  return %t : tensor<8x16xf32>
}

// -----

// A transposition of the result is where the tile is written.
// CHECK-LABEL: func.func @transposed
// CHECK: plx.kernel map
// CHECK: plx.fold sum
// CHECK-NOT: plx.kernel
func.func @transposed(%a: tensor<8x5xf32>, %b: tensor<5x16xf32>) -> tensor<16x8xf32> {
  %d = plx.dot_general %a, %b batch [] x [] contract [1] x [0] : (tensor<8x5xf32>, tensor<5x16xf32>) -> tensor<8x16xf32>
  %t = plx.transpose %d [1, 0] : (tensor<8x16xf32>) -> tensor<16x8xf32>
  return %t : tensor<16x8xf32>
}

// -----

// Negative twin: a fold of a contraction's results is no epilogue of it.
// CHECK-LABEL: func.func @folded
// CHECK: %[[DOT:.*]] = plx.kernel map ["$i0", "$i1"] < [8, 16]
// CHECK: plx.kernel map ["$i0"] < [8] (%[[DOT]])
// CHECK: plx.fold max
func.func @folded(%a: tensor<8x5xf32>, %b: tensor<5x16xf32>) -> tensor<8xf32> {
  %d = plx.dot_general %a, %b batch [] x [] contract [1] x [0] : (tensor<8x5xf32>, tensor<5x16xf32>) -> tensor<8x16xf32>
  %m = plx.reduce max %d [1] : (tensor<8x16xf32>) -> tensor<8xf32>
  return %m : tensor<8xf32>
}
