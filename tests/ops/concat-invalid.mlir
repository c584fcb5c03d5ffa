// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @concat_c1() {
  // expected-error @+2 {{'plx.concat' op failed to infer returned types}}
  // expected-error @+1 {{concat: there is no operand}}
  %r = "plx.concat"() {axis = 0 : i64} : () -> tensor<2xf32>
  return
}

// -----

func.func @concat_c2(%a: tensor<2xf32>) {
  // expected-error @+2 {{'plx.concat' op failed to infer returned types}}
  // expected-error @+1 {{concat: `axis` is 1, operand 0 has rank 1}}
  %r = plx.concat 1 (%a) : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @concat_c3(%a: tensor<2x3xf32>, %b: tensor<2x4xf32>) {
  // expected-error @+2 {{'plx.concat' op failed to infer returned types}}
  // expected-error @+1 {{concat: operand 1 is 'tensor<2x4xf32>', operand 0 'tensor<2x3xf32>'; they must agree but for dim 0}}
  %r = plx.concat 0 (%a, %b) : (tensor<2x3xf32>, tensor<2x4xf32>) -> tensor<4x3xf32>
  return
}
