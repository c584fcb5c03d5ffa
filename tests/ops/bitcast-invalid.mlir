// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @bitcast_c1(%x: tensor<2xf32>) {
  // expected-error @+1 {{'plx.bitcast' op operand has dims [2], result [3]; they must be the same}}
  %r = plx.bitcast %x : (tensor<2xf32>) -> tensor<3xi32>
  return
}

// -----

func.func @bitcast_c2(%x: tensor<2xf32>) {
  // expected-error @+1 {{'plx.bitcast' op element types must be int or float types of one width, found 'f32' and 'i64'}}
  %r = plx.bitcast %x : (tensor<2xf32>) -> tensor<2xi64>
  return
}
