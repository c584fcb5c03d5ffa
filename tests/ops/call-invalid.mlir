// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @call_c1(%x: tensor<2x3xf32>) {
  // expected-error @below {{calls @nobody, which is no func.func of the module}}
  %r = plx.call @nobody(%x) : (tensor<2x3xf32>) -> tensor<3xf32>
  return
}

// -----

func.func private @square(tensor<?x?xf32, #plx.dims<[n, n]>>) -> tensor<?xf32, #plx.dims<[n]>>
func.func @call_c2(%x: tensor<2x3xf32>) {
  // expected-error @below {{operand 0 has size 3 along dim 1, expected 2 ('tensor<2x3xf32>'; function @square: 'tensor<?x?xf32, #plx.dims<[n, n]>>')}}
  %r = plx.call @square(%x) : (tensor<2x3xf32>) -> tensor<?xf32, #plx.dims<[m]>>
  return
}

// -----

func.func private @square(tensor<?x?xf32, #plx.dims<[n, n]>>) -> tensor<?xf32, #plx.dims<[n]>>
func.func @call_c3(%x: tensor<2x2xf32>) {
  // expected-error @below {{`fresh` names "m", which is alone a size of none of the types it is bound by}}
  %r = plx.call @square(%x) fresh ["m"] : (tensor<2x2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func private @square(tensor<2xf32>) -> tensor<2xf32>
func.func private @square_vjp(tensor<2xf32>) -> tensor<2xf32>
func.func @call_c4(%x: tensor<2xf32>) {
  // expected-error @below {{`vjp` is @square_vjp, expected a func.func of the module with 2 arguments (those of @square and cotangents of its results) and 1 results}}
  %r = plx.call @square(%x) vjp @square_vjp : (tensor<2xf32>) -> tensor<2xf32>
  return
}
