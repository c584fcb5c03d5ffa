// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @cast_c1(%x: tensor<2xf32>) {
  // expected-error @+1 {{'plx.cast' op operand has dims [2], result [3]; they must be the same}}
  %r = plx.cast %x : (tensor<2xf32>) -> tensor<3xi64>
  return
}

// -----

func.func @cast_c2(%x: tensor<2x!plx.string>) {
  // expected-error @+1 {{'plx.cast' op converts numbers and bool, found element type '!plx.string'}}
  %r = plx.cast %x : (tensor<2x!plx.string>) -> tensor<2xi64>
  return
}
