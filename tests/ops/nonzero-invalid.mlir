// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @nonzero_c1(%x: tensor<3x!plx.string>) {
  // expected-error @below {{nonzero: element type '!plx.string' has no zero; expected an int, float or complex type}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.nonzero %x size "n" : (tensor<3x!plx.string>) -> tensor<1x?xi64, #plx.dims<[1, n]>>
  return
}

// -----

func.func @nonzero_c2(%x: tensor<10x4xf32>) {
  // expected-error @below {{nonzero: `size` is "", expected a symbol's name that is not empty and does not begin with `$`}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.nonzero %x size "" : (tensor<10x4xf32>) -> tensor<2x?xi64, #plx.dims<[2, n]>>
  return
}
