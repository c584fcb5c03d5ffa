// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @unique_c1(%x: tensor<10x4xf32>) {
  // expected-error @below {{unique: `axis` is 2, expected one in [0, rank); the operand has rank 2}}
  // expected-error @below {{failed to infer returned types}}
  %v, %f, %i, %c = plx.unique %x axis 2 size "n" : (tensor<10x4xf32>) -> (tensor<?xf32, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<40xi64>, tensor<?xi64, #plx.dims<[n]>>)
  return
}

// -----

func.func @unique_c2(%x: tensor<40xcomplex<f32>>) {
  // expected-error @below {{unique: element type 'complex<f32>' has no order; expected an int, float or string type}}
  // expected-error @below {{failed to infer returned types}}
  %v, %f, %i, %c = plx.unique %x size "n" : (tensor<40xcomplex<f32>>) -> (tensor<?xf32, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<40xi64>, tensor<?xi64, #plx.dims<[n]>>)
  return
}

// -----

func.func @unique_c3(%x: tensor<10x4xf32>) {
  // expected-error @below {{unique: `size` is "$n", expected a symbol's name that is not empty and does not begin with `$`}}
  // expected-error @below {{failed to infer returned types}}
  %v, %f, %i, %c = plx.unique %x size "$n" : (tensor<10x4xf32>) -> (tensor<?xf32, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<40xi64>, tensor<?xi64, #plx.dims<[n]>>)
  return
}
