// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @bind_c1(%v: tensor<2xf32>) {
  // expected-error @+1 {{'plx.bind' op the operand must be a static tensor of i64 or i32, of rank 0 or 1, found 'tensor<2xf32>'}}
  plx.bind %v ["a", "b"] [0, 0] : tensor<2xf32>
  return
}

// -----

func.func @bind_c2(%v: tensor<2xi64>) {
  // expected-error @+1 {{'plx.bind' op the operand has 2 elements, `names` 1 entries, `lowerBounds` 2}}
  plx.bind %v ["a"] [0, 0] : tensor<2xi64>
  return
}

// -----

func.func @bind_c2_repeated(%v: tensor<2xi64>) {
  // expected-error @+1 {{'plx.bind' op names are not empty and not repeated, found "a"}}
  plx.bind %v ["a", "a"] [0, 0] : tensor<2xi64>
  return
}
