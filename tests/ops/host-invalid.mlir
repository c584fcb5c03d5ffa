// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @host_c1(%x: tensor<3xf32>) {
  // expected-error @below {{`function` is empty, expected a host function's name}}
  %r = plx.host "" (%x) {} : (tensor<3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func @host_c2(%x: tensor<3xf32>) {
  // expected-error @below {{`fresh` names "n", which is alone a size of none of the types it is bound by}}
  %r = plx.host "f" (%x) {} fresh ["n"] : (tensor<3xf32>) -> tensor<3xf32>
  return
}
