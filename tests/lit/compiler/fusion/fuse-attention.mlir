// Attention nests sums of products in folds: its own nest is not work repeated by fusion.
// RUN: plexus-opt %s --plx-fuse --split-input-file | FileCheck %s

// A transpose that keeps its columns last is where it stores; a cast goes with it.
// CHECK-LABEL: @transposed
// CHECK-COUNT-1: plx.kernel
// CHECK: plx.convert {{.*}} f32 -> f64
// CHECK: plx.store {{.*}} ["$i0", "$i1", "$i2", "$i3"]
// CHECK-NOT: plx.kernel
// CHECK: return
func.func @transposed(%q: tensor<2x3x5x8xf32>, %k: tensor<2x3x7x8xf32>, %v: tensor<2x3x7x8xf32>) -> tensor<2x5x3x8xf64> {
  %r = plx.attention %q, %k, %v scale 0.25 causal [2] : (tensor<2x3x5x8xf32>, tensor<2x3x7x8xf32>, tensor<2x3x7x8xf32>) -> tensor<2x3x5x8xf32>
  %t = plx.transpose %r [0, 2, 1, 3] : (tensor<2x3x5x8xf32>) -> tensor<2x5x3x8xf32>
  %c = plx.cast %t : (tensor<2x5x3x8xf32>) -> tensor<2x5x3x8xf64>
  return %c : tensor<2x5x3x8xf64>
}

// -----

// Negative twin: with other variables inside, a row's max and total would be computed for each
// column.
// CHECK-LABEL: @columns_outside
// CHECK: plx.kernel
// CHECK: plx.kernel
// CHECK: return
func.func @columns_outside(%q: tensor<3x5x8xf32>, %k: tensor<3x7x8xf32>, %v: tensor<3x7x8xf32>) -> tensor<3x8x5xf32> {
  %r = plx.attention %q, %k, %v scale 0.25 : (tensor<3x5x8xf32>, tensor<3x7x8xf32>, tensor<3x7x8xf32>) -> tensor<3x5x8xf32>
  %t = plx.transpose %r [0, 2, 1] : (tensor<3x5x8xf32>) -> tensor<3x8x5xf32>
  return %t : tensor<3x8x5xf32>
}
