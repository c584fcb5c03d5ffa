// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @gather_c1(%x: tensor<10x4xf32>, %i: tensor<3xi64>) {
  // expected-error @below {{gather: 1 `indices` for 2 `axes`; expected one an axis, at least one}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.gather %x, (%i) axes [0, 1] at 0 : (tensor<10x4xf32>, tensor<3xi64>) -> tensor<3xf32>
  return
}

// -----

func.func @gather_c2(%x: tensor<10x4xf32>, %i: tensor<3xi64>) {
  // expected-error @below {{gather: `axes` [1, 1] are not distinct axes in [0, rank); the operand has rank 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.gather %x, (%i, %i) axes [1, 1] at 0 : (tensor<10x4xf32>, tensor<3xi64>, tensor<3xi64>) -> tensor<3xf32>
  return
}

// -----

func.func @gather_c3(%x: tensor<10x4xf32>, %i: tensor<3xi64>) {
  // expected-error @below {{gather: position is 2, expected one in [0, 1], the number of axes that are kept}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.gather %x, (%i) axes [0] at 2 : (tensor<10x4xf32>, tensor<3xi64>) -> tensor<4x3xf32>
  return
}

// -----

func.func @gather_c4(%x: tensor<10x4xf32>, %i: tensor<3xf32>) {
  // expected-error @below {{gather: `indices 0` has element type 'f32', expected an int type}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.gather %x, (%i) axes [0] at 0 : (tensor<10x4xf32>, tensor<3xf32>) -> tensor<3x4xf32>
  return
}

// -----

func.func @gather_c5(%x: tensor<10x4xf32>, %i: tensor<3xi64>, %j: tensor<2xi64>) {
  // expected-error @below {{gather: `indices 1` has size 2 along dim 0, `indices 0` has 3; they must have one shape}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.gather %x, (%i, %j) axes [0, 1] at 0 : (tensor<10x4xf32>, tensor<3xi64>, tensor<2xi64>) -> tensor<3xf32>
  return
}
