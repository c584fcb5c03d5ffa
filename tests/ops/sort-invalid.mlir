// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @sort_c1(%x: tensor<10x4xf32>) {
  // expected-error @below {{sort: `axis` is 2, expected one in [0, rank); the operand has rank 2}}
  // expected-error @below {{failed to infer returned types}}
  %v, %i = plx.sort %x axis 2 : (tensor<10x4xf32>) -> (tensor<10x4xf32>, tensor<10x4xi64>)
  return
}

// -----

func.func @sort_c2(%x: tensor<3xcomplex<f32>>) {
  // expected-error @below {{sort: element type 'complex<f32>' has no order; expected an int, float or string type}}
  // expected-error @below {{failed to infer returned types}}
  %v, %i = plx.sort %x axis 0 : (tensor<3xcomplex<f32>>) -> (tensor<3xcomplex<f32>>, tensor<3xi64>)
  return
}
