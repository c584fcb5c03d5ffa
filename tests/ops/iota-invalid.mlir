// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @iota_c1() {
  // expected-error @+1 {{'plx.iota' op `axis` is 2, the result has rank 2}}
  %r = plx.iota 2 : tensor<2x3xi64>
  return
}

// -----

func.func @iota_c2() {
  // expected-error @+1 {{'plx.iota' op element type must be an int or float type, found 'i1'}}
  %r = plx.iota 0 : tensor<2xi1>
  return
}

// -----

func.func @question_mark() {
  // expected-error @+1 {{'plx.iota' op result 0: dim 0 of 'tensor<?xi64>' is `?` without an expression; write #plx.dims<[...]>}}
  %r = plx.iota 0 : tensor<?xi64>
  return
}
