// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @random_bits_c1(%key: tensor<3xui64>) {
  // expected-error @+1 {{'plx.random_bits' op `key` must be tensor<2xui64>, found 'tensor<3xui64>'}}
  %r = plx.random_bits %key : (tensor<3xui64>) -> tensor<4xui32>
  return
}

// -----

func.func @random_bits_c2(%key: tensor<2xui64>) {
  // expected-error @+1 {{'plx.random_bits' op the result's element type must be ui32, found 'i32'}}
  %r = plx.random_bits %key : (tensor<2xui64>) -> tensor<4xi32>
  return
}
