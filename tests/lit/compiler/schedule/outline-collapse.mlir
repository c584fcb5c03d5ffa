// RUN: plexus-opt %s --plx-fuse --plx-outline --split-input-file | FileCheck %s

// Buffers are flat; variables that run through memory as one in every access are one.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: map ["$i2"] < [192]
// CHECK: (%[[X:.*]]: tensor<192xf32>, %{{.*}}: tensor<192xf32>, %[[R:.*]]: tensor<192xf32>)
// CHECK: plx.load %[[X]] ["$i2"]
// CHECK: plx.store %{{.*}}, %[[R]] ["$i2"]
func.func @add(%x: tensor<4x6x8xf32>, %y: tensor<4x6x8xf32>) -> tensor<4x6x8xf32> {
  %r = plx.pointwise add(%x, %y) : (tensor<4x6x8xf32>, tensor<4x6x8xf32>) -> tensor<4x6x8xf32>
  return %r : tensor<4x6x8xf32>
}

// -----

// Those of a symbolic size too: 6 * n elements.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: ["$i1"] < [6*s0] symbols [s0]
// CHECK: plx.launch @{{.*}} [n]
func.func @symbolic(%x: tensor<?x6xf32, #plx.dims<[n, 6]>>) -> tensor<?x6xf32, #plx.dims<[n, 6]>> {
  %r = plx.pointwise neg(%x) : (tensor<?x6xf32, #plx.dims<[n, 6]>>) -> tensor<?x6xf32, #plx.dims<[n, 6]>>
  return %r : tensor<?x6xf32, #plx.dims<[n, 6]>>
}

// -----

// Folded variables likewise.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: ["$i0"] < [4]
// CHECK: plx.fold sum %{{.*}} over ["$k1"]<[48]
func.func @fold(%x: tensor<4x6x8xf32>) -> tensor<4xf32> {
  %s = plx.reduce sum %x [1, 2] : (tensor<4x6x8xf32>) -> tensor<4xf32>
  return %s : tensor<4xf32>
}

// -----

// Negative twin: a vector along the last dim has no place in a joint variable with that dim. The two before it run as one.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: ["$i1", "$i2"] < [24, 8]
// CHECK: plx.load %{{.*}} [8*"$i1" + "$i2"]
// CHECK: plx.load %{{.*}} ["$i2"] : tensor<8xf32>
func.func @bias(%x: tensor<4x6x8xf32>, %v: tensor<8xf32>) -> tensor<4x6x8xf32> {
  %b = plx.broadcast %v [2] : (tensor<8xf32>) -> tensor<4x6x8xf32>
  %r = plx.pointwise add(%x, %b) : (tensor<4x6x8xf32>, tensor<4x6x8xf32>) -> tensor<4x6x8xf32>
  return %r : tensor<4x6x8xf32>
}

// -----

// Negative twin: a transposition steps through its operand in another order.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: ["$i0", "$i1"] < [100, 64]
// CHECK: plx.load %{{.*}} ["$i0" + 100*"$i1"]
func.func @transposed(%x: tensor<64x100xf32>) -> tensor<100x64xf32> {
  %r = plx.transpose %x [1, 0] : (tensor<64x100xf32>) -> tensor<100x64xf32>
  return %r : tensor<100x64xf32>
}

// -----

// Negative twin: where an element's position matters, so do its coordinates.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: ["$i0", "$i1"] < [4, 8]
// CHECK: plx.position ["$i1"]
func.func @position(%x: tensor<4x8xi64>) -> tensor<4x8xi64> {
  %i = plx.iota 1 : tensor<4x8xi64>
  %r = plx.pointwise add(%x, %i) : (tensor<4x8xi64>, tensor<4x8xi64>) -> tensor<4x8xi64>
  return %r : tensor<4x8xi64>
}
