// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @reduce_c1(%x: tensor<10x4xf32>) {
  // expected-error @below {{reduce: kind `mean` is not one of sum, product, max, min, and, or}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.reduce mean %x [0] : (tensor<10x4xf32>) -> tensor<4xf32>
  return
}

// -----

func.func @reduce_c2(%x: tensor<10x4xf32>) {
  // expected-error @below {{reduce: `axes` [1, 0] are not ascending in [0, rank); the operand has rank 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.reduce sum %x [1, 0] : (tensor<10x4xf32>) -> tensor<f32>
  return
}

// -----

func.func @wrong_result(%x: tensor<10x4xf32>) {
  // expected-error @below {{inferred type(s) 'tensor<4xf32>' are incompatible with return type(s) of operation 'tensor<10xf32>'}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.reduce sum %x [0] : (tensor<10x4xf32>) -> tensor<10xf32>
  return
}
