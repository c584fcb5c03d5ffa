// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @top_k_c1(%x: tensor<10x4xf32>) {
  // expected-error @below {{top_k: `axis` is -1, expected one in [0, rank); the operand has rank 2}}
  // expected-error @below {{failed to infer returned types}}
  %v, %i = plx.top_k %x axis -1 k [2] : (tensor<10x4xf32>) -> (tensor<10x2xf32>, tensor<10x2xi64>)
  return
}

// -----

func.func @top_k_c2(%x: tensor<3x!plx.string>) {
  // expected-error @below {{top_k: element type '!plx.string' has no order; expected an int or float type}}
  // expected-error @below {{failed to infer returned types}}
  %v, %i = plx.top_k %x axis 0 k [2] : (tensor<3x!plx.string>) -> (tensor<2x!plx.string>, tensor<2xi64>)
  return
}

// -----

func.func @top_k_c3(%x: tensor<10x4xf32>) {
  // expected-error @below {{top_k: `k` is 5, expected one in [0, 4], the size along axis 1}}
  // expected-error @below {{failed to infer returned types}}
  %v, %i = plx.top_k %x axis 1 k [5] : (tensor<10x4xf32>) -> (tensor<10x5xf32>, tensor<10x5xi64>)
  return
}

// -----

func.func @top_k_of_two_sizes(%x: tensor<10x4xf32>) {
  // expected-error @below {{top_k: `k` has 2 entries, expected 1}}
  // expected-error @below {{failed to infer returned types}}
  %v, %i = plx.top_k %x axis 1 k [1, 1] : (tensor<10x4xf32>) -> (tensor<10x1xf32>, tensor<10x1xi64>)
  return
}
