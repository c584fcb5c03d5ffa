// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @reduce_window_c1(%x: tensor<10x4xf32>) {
  // expected-error @below {{reduce_window: kind `mean` is not one of sum, product, max, min, and, or}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.reduce_window mean %x [2, 1] [1, 1] [1, 1] : (tensor<10x4xf32>) -> tensor<9x4xf32>
  return
}

// -----

func.func @reduce_window_c2(%x: tensor<10x4xf32>) {
  // expected-error @below {{reduce_window: `strides` is [0, 1], expected one entry >= 1 for each of the 2 dims}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.reduce_window sum %x [2, 1] [0, 1] [1, 1] : (tensor<10x4xf32>) -> tensor<9x4xf32>
  return
}

// -----

func.func @reduce_window_c3(%x: tensor<10x4xf32>) {
  // expected-error @below {{reduce_window: size of the result along dim 0 would be negative: -2}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.reduce_window sum %x [5, 1] [1, 1] [3, 1] : (tensor<10x4xf32>) -> tensor<0x4xf32>
  return
}
