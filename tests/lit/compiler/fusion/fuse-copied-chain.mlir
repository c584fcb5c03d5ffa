// RUN: plexus-opt %s --plx-fuse --split-input-file | FileCheck %s

// What is scaled and shifted by columns is a cheap function of %x, which another kernel reads too:
// both users compute it for themselves.
// CHECK-LABEL: func.func @chain
// CHECK-SAME: (%[[X:[^:]+]]: tensor<64x32xf32>, %[[S:[^:]+]]: tensor<32xf32>, %[[B:[^:]+]]: tensor<32xf32>)
// CHECK: plx.kernel map ["$i0", "$i1"] < [64, 32] (%[[X]], %[[S]], %[[B]])
// CHECK: plx.apply mul
// CHECK: plx.apply add
// CHECK: plx.kernel map ["$i0"] < [64] (%[[X]], %[[S]], %[[B]])
// CHECK: plx.apply mul
// CHECK: plx.apply add
// CHECK: plx.kernel map ["$i0"] < [32] (%[[X]])
// CHECK-NOT: plx.kernel
func.func @chain(%x: tensor<64x32xf32>, %s: tensor<32xf32>, %b: tensor<32xf32>) -> (tensor<64x32xf32>, tensor<64xf32>, tensor<32xf32>) {
  %sx = plx.broadcast %s [1] : (tensor<32xf32>) -> tensor<64x32xf32>
  %bx = plx.broadcast %b [1] : (tensor<32xf32>) -> tensor<64x32xf32>
  %m = plx.pointwise mul(%x, %sx) : (tensor<64x32xf32>, tensor<64x32xf32>) -> tensor<64x32xf32>
  %a = plx.pointwise add(%m, %bx) : (tensor<64x32xf32>, tensor<64x32xf32>) -> tensor<64x32xf32>
  %n = plx.pointwise abs(%a) : (tensor<64x32xf32>) -> tensor<64x32xf32>
  %r = plx.reduce sum %a [1] : (tensor<64x32xf32>) -> tensor<64xf32>
  %q = plx.reduce sum %x [0] : (tensor<64x32xf32>) -> tensor<32xf32>
  return %n, %r, %q : tensor<64x32xf32>, tensor<64xf32>, tensor<32xf32>
}

// -----

// Negative twin: of two tensors, one load takes less than two.
// CHECK-LABEL: func.func @of_two
// CHECK: %[[A:.*]] = plx.kernel map ["$i0", "$i1"] < [64, 32]
// CHECK: plx.apply add
// CHECK: plx.kernel map ["$i0", "$i1"] < [64, 32] (%[[A]])
// CHECK: plx.kernel map ["$i0"] < [64] (%[[A]])
func.func @of_two(%x: tensor<64x32xf32>, %y: tensor<64x32xf32>, %s: tensor<32xf32>) -> (tensor<64x32xf32>, tensor<64xf32>) {
  %sx = plx.broadcast %s [1] : (tensor<32xf32>) -> tensor<64x32xf32>
  %m = plx.pointwise mul(%x, %sx) : (tensor<64x32xf32>, tensor<64x32xf32>) -> tensor<64x32xf32>
  %a = plx.pointwise add(%m, %y) : (tensor<64x32xf32>, tensor<64x32xf32>) -> tensor<64x32xf32>
  %n = plx.pointwise abs(%a) : (tensor<64x32xf32>) -> tensor<64x32xf32>
  %r = plx.reduce sum %a [1] : (tensor<64x32xf32>) -> tensor<64xf32>
  return %n, %r : tensor<64x32xf32>, tensor<64xf32>
}
