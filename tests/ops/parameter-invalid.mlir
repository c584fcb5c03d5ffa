// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @parameter_c1() {
  // expected-error @+1 {{'plx.parameter' op `name` is empty}}
  %r = plx.parameter "" : tensor<2xf32>
  return
}

// -----

func.func @parameter_c2() {
  // expected-error @+1 {{'plx.parameter' op "w": the type of a parameter is static, found 'tensor<?xf32, #plx.dims<[n]>>'}}
  %r = plx.parameter "w" : tensor<?xf32, #plx.dims<[n]>>
  return
}
