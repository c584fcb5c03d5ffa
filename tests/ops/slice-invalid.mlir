// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @slice_c1(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{'plx.slice' op failed to infer returned types}}
  // expected-error @+1 {{slice: `starts`, `sizes` and `steps` have 1, 2 and 2 entries; operand has rank 2}}
  %r = plx.slice %x [0] [1, 1] [1, 1] : (tensor<2x3xf32>) -> tensor<1x1xf32>
  return
}

// -----

func.func @slice_c2(%x: tensor<3xf32>) {
  // expected-error @+2 {{'plx.slice' op failed to infer returned types}}
  // expected-error @+1 {{slice: size `-1` along dim 0 is negative}}
  %r = plx.slice %x [0] [-1] [1] : (tensor<3xf32>) -> tensor<0xf32>
  return
}

// -----

func.func @slice_c3(%x: tensor<3xf32>) {
  // expected-error @+2 {{'plx.slice' op failed to infer returned types}}
  // expected-error @+1 {{slice: along dim 0 it reads index `4`, which is outside [0, 3)}}
  %r = plx.slice %x [0] [3] [2] : (tensor<3xf32>) -> tensor<3xf32>
  return
}
