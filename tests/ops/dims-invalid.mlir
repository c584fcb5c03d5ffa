// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @dims_c1() {
  // expected-error @+1 {{'plx.dims' op the result must be static, of ints of 32 bits or more, with 2 elements, found 'tensor<3xi64>'}}
  %r = plx.dims [n, m] : tensor<3xi64>
  return
}
