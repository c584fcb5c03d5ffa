// RUN: plexus-opt %s --plx-fuse --split-input-file | FileCheck %s

// A contraction reads its operands again and again: what computes them comes before it.
// CHECK-LABEL: func.func @computed
// CHECK: %[[RELU:.*]] = plx.kernel map ["$i0", "$i1"] < [8, 5]
// CHECK: plx.apply max
// CHECK: plx.kernel map ["$i0", "$i1"] < [8, 16] (%[[RELU]], %{{.*}})
// CHECK-NOT: plx.apply max
func.func @computed(%a: tensor<8x5xf32>, %b: tensor<5x16xf32>) -> tensor<8x16xf32> {
  %z = plx.constant dense<0.0> : tensor<8x5xf32>
  %r = plx.pointwise max(%a, %z) : (tensor<8x5xf32>, tensor<8x5xf32>) -> tensor<8x5xf32>
  %d = plx.dot_general %r, %b batch [] x [] contract [1] x [0] : (tensor<8x5xf32>, tensor<5x16xf32>) -> tensor<8x16xf32>
  return %d : tensor<8x16xf32>
}

// -----

// Nor through a view of what is computed.
// CHECK-LABEL: func.func @behind_a_view
// CHECK: %[[RELU:.*]] = plx.kernel map ["$i0", "$i1"] < [5, 8]
// CHECK: plx.apply max
// CHECK: plx.kernel map ["$i0", "$i1"] < [8, 16] (%[[RELU]], %{{.*}})
// CHECK-NOT: plx.apply max
func.func @behind_a_view(%a: tensor<5x8xf32>, %b: tensor<5x16xf32>) -> tensor<8x16xf32> {
  %z = plx.constant dense<0.0> : tensor<5x8xf32>
  %r = plx.pointwise max(%a, %z) : (tensor<5x8xf32>, tensor<5x8xf32>) -> tensor<5x8xf32>
  %t = plx.transpose %r [1, 0] : (tensor<5x8xf32>) -> tensor<8x5xf32>
  %d = plx.dot_general %t, %b batch [] x [] contract [1] x [0] : (tensor<8x5xf32>, tensor<5x16xf32>) -> tensor<8x16xf32>
  return %d : tensor<8x16xf32>
}

// -----

// Negative twin: a view of what is in memory costs nothing there, it is an index map.
// CHECK-LABEL: func.func @view
// CHECK: plx.kernel map ["$i0", "$i1"] < [8, 16] (%{{.*}}, %{{.*}})
// CHECK: plx.load %{{.*}} ["$k0", "$i0"]
// CHECK-NOT: plx.kernel
func.func @view(%a: tensor<5x8xf32>, %b: tensor<5x16xf32>) -> tensor<8x16xf32> {
  %t = plx.transpose %a [1, 0] : (tensor<5x8xf32>) -> tensor<8x5xf32>
  %d = plx.dot_general %t, %b batch [] x [] contract [1] x [0] : (tensor<8x5xf32>, tensor<5x16xf32>) -> tensor<8x16xf32>
  return %d : tensor<8x16xf32>
}
