// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @pad_c1(%x: tensor<2x3xf32>, %v: tensor<f32>) {
  // expected-error @+2 {{'plx.pad' op failed to infer returned types}}
  // expected-error @+1 {{pad: `low`, `high` and `interior` have 1, 2 and 2 entries; operand has rank 2}}
  %r = plx.pad %x, %v [1] [1, 1] [0, 0] : (tensor<2x3xf32>, tensor<f32>) -> tensor<4x5xf32>
  return
}

// -----

func.func @pad_c2(%x: tensor<3xf32>, %v: tensor<f32>) {
  // expected-error @+2 {{'plx.pad' op failed to infer returned types}}
  // expected-error @+1 {{pad: `interior` is `-1` along dim 0; it must not be negative}}
  %r = plx.pad %x, %v [0] [0] [-1] : (tensor<3xf32>, tensor<f32>) -> tensor<1xf32>
  return
}

// -----

func.func @pad_c3(%x: tensor<3xf32>, %v: tensor<f64>) {
  // expected-error @+2 {{'plx.pad' op failed to infer returned types}}
  // expected-error @+1 {{pad: `value` must be a 'f32' of rank 0, found 'tensor<f64>'}}
  %r = plx.pad %x, %v [0] [1] [0] : (tensor<3xf32>, tensor<f64>) -> tensor<4xf32>
  return
}

// -----

func.func @pad_c4(%x: tensor<3xf32>, %v: tensor<f32>) {
  // expected-error @+2 {{'plx.pad' op failed to infer returned types}}
  // expected-error @+1 {{pad: dim 0 of the result would be -1: low `-2`, high `-2`, interior `0`}}
  %r = plx.pad %x, %v [-2] [-2] [0] : (tensor<3xf32>, tensor<f32>) -> tensor<1xf32>
  return
}
