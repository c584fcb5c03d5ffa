// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @transpose_c1(%x: tensor<2x3xf32>) {
  // expected-error @+2 {{'plx.transpose' op failed to infer returned types}}
  // expected-error @+1 {{transpose: `permutation` [0, 0] is not a permutation of 0 to rank - 1; operand has rank 2}}
  %r = plx.transpose %x [0, 0] : (tensor<2x3xf32>) -> tensor<2x2xf32>
  return
}
