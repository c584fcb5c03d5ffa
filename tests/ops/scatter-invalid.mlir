// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @scatter_c1(%x: tensor<10x4xf32>, %i: tensor<3xi64>, %u: tensor<3x4xf32>) {
  // expected-error @below {{scatter: 1 `indices` for 2 `axes`; expected one an axis, at least one}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.scatter sum %x, %u, (%i) axes [0, 1] at 0 : (tensor<10x4xf32>, tensor<3x4xf32>, tensor<3xi64>) -> tensor<10x4xf32>
  return
}

// -----

func.func @scatter_c2(%x: tensor<10x4xf32>, %i: tensor<3xi64>, %u: tensor<3x4xf32>) {
  // expected-error @below {{scatter: `axes` [2] are not distinct axes in [0, rank); the operand has rank 2}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.scatter sum %x, %u, (%i) axes [2] at 0 : (tensor<10x4xf32>, tensor<3x4xf32>, tensor<3xi64>) -> tensor<10x4xf32>
  return
}

// -----

func.func @scatter_c3(%x: tensor<10x4xf32>, %i: tensor<3xi64>, %u: tensor<3x4xf32>) {
  // expected-error @below {{scatter: position is -1, expected one in [0, 1], the number of axes that are kept}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.scatter sum %x, %u, (%i) axes [0] at -1 : (tensor<10x4xf32>, tensor<3x4xf32>, tensor<3xi64>) -> tensor<10x4xf32>
  return
}

// -----

func.func @scatter_c4(%x: tensor<10x4xf32>, %i: tensor<3xi1>, %u: tensor<3x4xf32>) {
  // expected-error @below {{scatter: `indices 0` has element type 'i1', expected an int type}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.scatter sum %x, %u, (%i) axes [0] at 0 : (tensor<10x4xf32>, tensor<3x4xf32>, tensor<3xi1>) -> tensor<10x4xf32>
  return
}

// -----

func.func @scatter_c5(%x: tensor<10x4xf32>, %i: tensor<3xi64>, %j: tensor<3x1xi64>, %u: tensor<3xf32>) {
  // expected-error @below {{scatter: `indices 1` has rank 2, `indices 0` has rank 1; they must have one shape}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.scatter sum %x, %u, (%i, %j) axes [0, 1] at 0 : (tensor<10x4xf32>, tensor<3xf32>, tensor<3xi64>, tensor<3x1xi64>) -> tensor<10x4xf32>
  return
}

// -----

func.func @scatter_c6(%x: tensor<10x4xf32>, %i: tensor<3xi64>, %u: tensor<3x4xf32>) {
  // expected-error @below {{scatter: kind `and` is not one of replace, sum, product, max, min}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.scatter and %x, %u, (%i) axes [0] at 0 : (tensor<10x4xf32>, tensor<3x4xf32>, tensor<3xi64>) -> tensor<10x4xf32>
  return
}

// -----

func.func @scatter_c7(%x: tensor<10x4xf32>, %i: tensor<3xi64>, %u: tensor<3x5xf32>) {
  // expected-error @below {{scatter: `updates` has size 5 along dim 1, expected 4 (operand and indices make 'tensor<3x4xf32>')}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.scatter sum %x, %u, (%i) axes [0] at 0 : (tensor<10x4xf32>, tensor<3x5xf32>, tensor<3xi64>) -> tensor<10x4xf32>
  return
}
