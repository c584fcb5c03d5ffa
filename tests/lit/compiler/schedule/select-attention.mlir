// RUN: plexus-opt %s --plx-fuse --plx-outline --plx-select-schedule="vector-bytes=32 vector-registers=16" --split-input-file | FileCheck %s

// Attention is recognised by its three folds of one score: two vectors of rows a unit, 128 keys a
// block.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: attention
// CHECK: scratch = #plx.dims<[24256]>, tile = array<i64: 16, 128>, units = #plx.dims<[((s1 + 15) floordiv 16)*s0]>
func.func @masked(%q: tensor<?x?x8xf32, #plx.dims<[b, s, 8]>>, %k: tensor<?x?x8xf32, #plx.dims<[b, t, 8]>>, %v: tensor<?x?x112xf32, #plx.dims<[b, t, 112]>>, %m: tensor<?x?x?xf32, #plx.dims<[b, s, t]>>) -> tensor<?x?x112xf32, #plx.dims<[b, s, 112]>> {
  %r = plx.attention %q, %k, %v mask %m scale 0.125 causal [t - s]
      : (tensor<?x?x8xf32, #plx.dims<[b, s, 8]>>, tensor<?x?x8xf32, #plx.dims<[b, t, 8]>>, tensor<?x?x112xf32, #plx.dims<[b, t, 112]>>, tensor<?x?x?xf32, #plx.dims<[b, s, t]>>) -> tensor<?x?x112xf32, #plx.dims<[b, s, 112]>>
  return %r : tensor<?x?x112xf32, #plx.dims<[b, s, 112]>>
}

// -----

// Few rows, few keys: one vector of rows. Narrow floats are widened in scratch.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: attention
// CHECK: scratch = #plx.dims<[2560]>, tile = array<i64: 8, 9>, units = #plx.dims<[2]>
func.func @narrow(%q: tensor<2x5x16xf16>, %k: tensor<2x9x16xf16>, %v: tensor<2x9x16xf16>) -> tensor<2x5x16xf16> {
  %r = plx.attention %q, %k, %v scale 0.125 : (tensor<2x5x16xf16>, tensor<2x9x16xf16>, tensor<2x9x16xf16>) -> tensor<2x5x16xf16>
  return %r : tensor<2x5x16xf16>
}

// -----

// Negative twin: the sums of an unknown number of columns fit no register tile.
// CHECK-LABEL: plx.kernel_func
// CHECK-SAME: row
// CHECK-NOT: tile
func.func @columns(%q: tensor<2x5x16xf32>, %k: tensor<2x9x16xf32>, %v: tensor<2x9x?xf32, #plx.dims<[2, 9, e]>>) -> tensor<2x5x?xf32, #plx.dims<[2, 5, e]>> {
  %r = plx.attention %q, %k, %v scale 0.125 : (tensor<2x5x16xf32>, tensor<2x9x16xf32>, tensor<2x9x?xf32, #plx.dims<[2, 9, e]>>) -> tensor<2x5x?xf32, #plx.dims<[2, 5, e]>>
  return %r : tensor<2x5x?xf32, #plx.dims<[2, 5, e]>>
}
