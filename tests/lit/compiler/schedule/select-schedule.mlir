// RUN: plexus-opt %s --plx-fuse --plx-outline --plx-select-schedule --split-input-file | FileCheck %s

// A flat loop is cut into blocks of 2048 elements, each a unit of work: 49 of them.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: map ["$i0"] < [100000]
// CHECK: block = 2048
// CHECK-SAME: lanes = "$i0"
// CHECK-SAME: units = #plx.dims<[49]>
func.func @flat(%x: tensor<100000xf32>) -> tensor<100000xf32> {
  %r = plx.pointwise neg(%x) : (tensor<100000xf32>) -> tensor<100000xf32>
  return %r : tensor<100000xf32>
}

// -----

// Negative twin: what fits one block is one unit.
// CHECK-LABEL: plx.kernel_func
// CHECK-NOT: block =
// CHECK: units = #plx.dims<[1]>
func.func @short(%x: tensor<1000xf32>) -> tensor<1000xf32> {
  %r = plx.pointwise neg(%x) : (tensor<1000xf32>) -> tensor<1000xf32>
  return %r : tensor<1000xf32>
}

// -----

// Sums of rows run along the rows: no variable along the lanes, a row a unit.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: row ["$i0"] < [64]
// CHECK-NOT: lanes =
// CHECK: outer = 1
// CHECK-SAME: units = #plx.dims<[64]>
func.func @rows(%x: tensor<64x100xf32>) -> tensor<64xf32> {
  %r = plx.reduce sum %x [1] : (tensor<64x100xf32>) -> tensor<64xf32>
  return %r : tensor<64xf32>
}

// -----

// Negative twin: sums of columns run down the columns, a column a lane.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: row ["$i0"] < [100]
// CHECK: lanes = "$i0"
func.func @columns(%x: tensor<64x100xf32>) -> tensor<100xf32> {
  %r = plx.reduce sum %x [0] : (tensor<64x100xf32>) -> tensor<100xf32>
  return %r : tensor<100xf32>
}

// -----

// Units and grain come from the sizes: the softmax of a row is a unit, and rows are cut one by one as soon as each is work enough.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: row ["$i0", "$i1"] < [s0, 1000] symbols [s0]
// CHECK: grain = 1 : i64
// CHECK-SAME: outer = 1
// CHECK-SAME: units = #plx.dims<[s0]>
func.func @softmax(%x: tensor<?x1000xf32, #plx.dims<[n, 1000]>>) -> tensor<?x1000xf32, #plx.dims<[n, 1000]>> {
  %e = plx.pointwise exp(%x) : (tensor<?x1000xf32, #plx.dims<[n, 1000]>>) -> tensor<?x1000xf32, #plx.dims<[n, 1000]>>
  %s = plx.reduce sum %e [1] : (tensor<?x1000xf32, #plx.dims<[n, 1000]>>) -> tensor<?xf32, #plx.dims<[n]>>
  %b = plx.broadcast %s [0] : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?x1000xf32, #plx.dims<[n, 1000]>>
  %r = plx.pointwise div(%e, %b) : (tensor<?x1000xf32, #plx.dims<[n, 1000]>>, tensor<?x1000xf32, #plx.dims<[n, 1000]>>) -> tensor<?x1000xf32, #plx.dims<[n, 1000]>>
  return %r : tensor<?x1000xf32, #plx.dims<[n, 1000]>>
}

// -----

// Rows of the result are columns of %x: squares of it are read along $i0 and turned. Units count squares.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: map ["$i0", "$i1"] < [100, 200]
// CHECK: lanes = "$i1"
// CHECK-SAME: turned = "$i0"
// CHECK-SAME: units = #plx.dims<[7]>
func.func @turned(%x: tensor<200x100xf32>, %y: tensor<100x200xf32>) -> tensor<100x200xf32> {
  %t = plx.transpose %x [1, 0] : (tensor<200x100xf32>) -> tensor<100x200xf32>
  %r = plx.pointwise add(%t, %y) : (tensor<100x200xf32>, tensor<100x200xf32>) -> tensor<100x200xf32>
  return %r : tensor<100x200xf32>
}

// -----

// Negative twin: ten columns fill no square.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: map ["$i0", "$i1"] < [10, 200]
// CHECK-NOT: turned
// CHECK: func.func @narrow
func.func @narrow(%x: tensor<200x10xf32>, %y: tensor<10x200xf32>) -> tensor<10x200xf32> {
  %t = plx.transpose %x [1, 0] : (tensor<200x10xf32>) -> tensor<10x200xf32>
  %r = plx.pointwise add(%t, %y) : (tensor<10x200xf32>, tensor<10x200xf32>) -> tensor<10x200xf32>
  return %r : tensor<10x200xf32>
}
