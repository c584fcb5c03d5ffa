// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @if_c1(%c: tensor<1xi1>, %a: tensor<2xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{`condition` is 'tensor<1xi1>', expected 'tensor<i1>'}}
  %r = plx.if %c fresh ["m"] {
    plx.yield %a : tensor<2xf32>
  } else {
    plx.yield %b : tensor<3xf32>
  } : (tensor<1xi1>) -> tensor<?xf32, #plx.dims<[m]>>
  return
}

// -----

func.func @if_c2(%c: tensor<i1>, %a: tensor<2xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{the else region yields 2 values, expected one for each of the 1 results}}
  %r = plx.if %c fresh ["m"] {
    plx.yield %a : tensor<2xf32>
  } else {
    plx.yield %b, %b : tensor<3xf32>, tensor<3xf32>
  } : (tensor<i1>) -> tensor<?xf32, #plx.dims<[m]>>
  return
}

// -----

func.func @if_c3(%c: tensor<i1>, %a: tensor<2xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{the else region's value 0 has size 3 along dim 0, expected 2 ('tensor<3xf32>', 'tensor<2xf32>')}}
  %r = plx.if %c {
    plx.yield %a : tensor<2xf32>
  } else {
    plx.yield %b : tensor<3xf32>
  } : (tensor<i1>) -> tensor<2xf32>
  return
}

// -----

func.func @if_c4(%c: tensor<i1>, %a: tensor<2xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{`fresh` names "k", which is alone a size of none of the types it is bound by}}
  %r = plx.if %c fresh ["m", "k"] {
    plx.yield %a : tensor<2xf32>
  } else {
    plx.yield %b : tensor<3xf32>
  } : (tensor<i1>) -> tensor<?xf32, #plx.dims<[m]>>
  return
}

// -----

func.func @fresh_named_twice(%c: tensor<i1>, %a: tensor<2xf32>, %b: tensor<3xf32>) {
  // expected-error @below {{`fresh` names "m" twice}}
  %r = plx.if %c fresh ["m", "m"] {
    plx.yield %a : tensor<2xf32>
  } else {
    plx.yield %b : tensor<3xf32>
  } : (tensor<i1>) -> tensor<?xf32, #plx.dims<[m]>>
  return
}
