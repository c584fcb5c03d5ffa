// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @reshape_c1(%x: tensor<2x3xf32>) {
  // expected-error @+1 {{'plx.reshape' op operand has element type 'f32', result 'i32'; they must be one}}
  %r = plx.reshape %x : (tensor<2x3xf32>) -> tensor<6xi32>
  return
}

// -----

func.func @reshape_c2(%x: tensor<?x3xf32, #plx.dims<[n, 3]>>) {
  // expected-error @+1 {{'plx.reshape' op operand has dims [n, 3], result [n, 4]: their products `3*n` and `4*n` differ}}
  %r = plx.reshape %x : (tensor<?x3xf32, #plx.dims<[n, 3]>>) -> tensor<?x4xf32, #plx.dims<[n, 4]>>
  return
}
