// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @broadcast_c1(%x: tensor<3xf32>) {
  // expected-error @+1 {{'plx.broadcast' op operand has element type 'f32', result 'f64'; they must be one}}
  %r = plx.broadcast %x [1] : (tensor<3xf32>) -> tensor<2x3xf64>
  return
}

// -----

func.func @broadcast_c2(%x: tensor<3x2xf32>) {
  // expected-error @+1 {{'plx.broadcast' op `dims` [1, 0] must be strictly increasing, one a dim of the operand (rank 2), and below the result's rank 2}}
  %r = plx.broadcast %x [1, 0] : (tensor<3x2xf32>) -> tensor<2x3xf32>
  return
}

// -----

func.func @broadcast_c3(%x: tensor<3xf32>) {
  // expected-error @+1 {{'plx.broadcast' op dim 0 of the operand is `3`, which is neither 1 nor the result's `4` along dim 1}}
  %r = plx.broadcast %x [1] : (tensor<3xf32>) -> tensor<2x4xf32>
  return
}
