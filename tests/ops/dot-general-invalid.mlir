// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @dot_general_c1(%a: tensor<2x3xf32>, %b: tensor<3x4xf16>) {
  // expected-error @below {{dot_general: element types are 'f32' and 'f16', expected one int or float type}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.dot_general %a, %b batch [] x [] contract [1] x [0] : (tensor<2x3xf32>, tensor<3x4xf16>) -> tensor<2x4xf32>
  return
}

// -----

func.func @dot_general_c2(%a: tensor<8x2x3xf32>, %b: tensor<8x3x4xf32>) {
  // expected-error @below {{dot_general: batch [0] x [] contract [2] x [1] do not pair one axis of lhs with one of rhs}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.dot_general %a, %b batch [0] x [] contract [2] x [1] : (tensor<8x2x3xf32>, tensor<8x3x4xf32>) -> tensor<8x2x4xf32>
  return
}

// -----

func.func @dot_general_c3(%a: tensor<8x2x3xf32>, %b: tensor<8x3x4xf32>) {
  // expected-error @below {{dot_general: axes of `lhs`, batch [0] and contract [0], are not distinct axes in [0, rank); it has rank 3}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.dot_general %a, %b batch [0] x [0] contract [0] x [1] : (tensor<8x2x3xf32>, tensor<8x3x4xf32>) -> tensor<8x2x4xf32>
  return
}

// -----

func.func @dot_general_c4(%a: tensor<8x2x3xf32>, %b: tensor<8x3x4xf32>) {
  // expected-error @below {{dot_general: contracted dims disagree: lhs dim 1 has size 2, rhs dim 1 has 3}}
  // expected-error @below {{failed to infer returned types}}
  %r = plx.dot_general %a, %b batch [0] x [0] contract [1] x [1] : (tensor<8x2x3xf32>, tensor<8x3x4xf32>) -> tensor<8x2x4xf32>
  return
}
