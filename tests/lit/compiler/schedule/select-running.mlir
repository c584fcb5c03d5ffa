// RUN: plexus-opt %s --plx-fuse --plx-outline --plx-select-schedule="vector-bytes=64 vector-registers=32" --split-input-file | FileCheck %s

// A running fold along rows: one pass down each column, lanes across columns.
// CHECK-LABEL: plx.kernel_func @kernel_0 row ["$i0", "$i1"] < [100, 48]
// CHECK: lanes = "$i1", outer = 0 : i64, running = "$i0", units = #plx.dims<[1]>
func.func @down(%x: tensor<100x48xf32>) -> tensor<100x48xf32> {
  %r = plx.cumulative sum %x axis 0 : (tensor<100x48xf32>) -> tensor<100x48xf32>
  return %r : tensor<100x48xf32>
}

// -----

// Along rows themselves, from the end: no lanes, a row a unit.
// CHECK-LABEL: plx.kernel_func @kernel_0 row ["$i0", "$i1"] < [100, 48]
// CHECK-NOT: lanes
// CHECK: outer = 1 : i64, running = "$i1", units = #plx.dims<[100]>
func.func @along(%x: tensor<100x48xf32>) -> tensor<100x48xf32> {
  %r = plx.cumulative sum %x axis 1 reverse : (tensor<100x48xf32>) -> tensor<100x48xf32>
  return %r : tensor<100x48xf32>
}

// -----

// What follows point by point goes along with the pass; two directions are two kernels.
// CHECK-LABEL: plx.kernel_func @kernel_1 row
// CHECK: plx.prefix sum
// CHECK-NOT: plx.prefix
// CHECK: running =
// CHECK: plx.kernel_func @kernel_0 row
// CHECK: plx.prefix sum
// CHECK-NOT: plx.prefix
// CHECK: running =
func.func @both_ways(%x: tensor<100x48xf32>) -> tensor<100x48xf32> {
  %a = plx.cumulative sum %x axis 0 : (tensor<100x48xf32>) -> tensor<100x48xf32>
  %b = plx.cumulative sum %x axis 0 reverse : (tensor<100x48xf32>) -> tensor<100x48xf32>
  %r = plx.pointwise mul(%a, %b) : (tensor<100x48xf32>, tensor<100x48xf32>) -> tensor<100x48xf32>
  return %r : tensor<100x48xf32>
}

// -----

// A fold of running folds reads them from memory: inside of it each would be folded from its beginning.
// CHECK-LABEL: func.func @folded
// CHECK: plx.launch
// CHECK: plx.launch
func.func @folded(%x: tensor<100x48xf32>) -> tensor<100xf32> {
  %a = plx.cumulative sum %x axis 1 : (tensor<100x48xf32>) -> tensor<100x48xf32>
  %r = plx.reduce max %a [1] : (tensor<100x48xf32>) -> tensor<100xf32>
  return %r : tensor<100xf32>
}

// -----

// So does one across them: the pass along a row would need all rows at once.
// CHECK-LABEL: func.func @folded_across
// CHECK: plx.launch
// CHECK: plx.launch
func.func @folded_across(%x: tensor<100x48xf32>) -> tensor<48xf32> {
  %a = plx.cumulative sum %x axis 1 : (tensor<100x48xf32>) -> tensor<100x48xf32>
  %r = plx.reduce sum %a [0] : (tensor<100x48xf32>) -> tensor<48xf32>
  return %r : tensor<48xf32>
}
