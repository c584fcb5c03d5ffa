// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @scan_c1(%h0: tensor<4xf32>, %x: tensor<9x4xf32>, %z: tensor<8x4xf32>) {
  // expected-error @below {{input 1 has size 8 along dim 0, input 0 has 9; inputs are scanned together}}
  %h, %all = plx.scan (%h0) over (%x, %z) {
  ^bb0(%s: tensor<4xf32>, %p: tensor<4xf32>):
    plx.yield %s, %p : tensor<4xf32>, tensor<4xf32>
  } : (tensor<4xf32>, tensor<9x4xf32>, tensor<8x4xf32>) -> (tensor<4xf32>, tensor<9x4xf32>)
  return
}

// -----

func.func @scan_c2(%h0: tensor<4xf32>, %x: tensor<9x4xf32>) {
  // expected-error @below {{the slice of input 0 has rank 1, expected 2 ('tensor<4xf32>', 'tensor<9x4xf32>')}}
  %h, %all = plx.scan (%h0) over (%x) {
  ^bb0(%s: tensor<4xf32>, %p: tensor<9x4xf32>):
    plx.yield %s, %s : tensor<4xf32>, tensor<4xf32>
  } : (tensor<4xf32>, tensor<9x4xf32>) -> (tensor<4xf32>, tensor<9x4xf32>)
  return
}

// -----

func.func @scan_c3(%h0: tensor<4xf32>, %x: tensor<9x4xf32>) {
  // expected-error @below {{the body yields 1 values for 1 states and 2 results, expected one a state and one for each further result}}
  %h, %all = plx.scan (%h0) over (%x) {
  ^bb0(%s: tensor<4xf32>, %p: tensor<4xf32>):
    plx.yield %s : tensor<4xf32>
  } : (tensor<4xf32>, tensor<9x4xf32>) -> (tensor<4xf32>, tensor<9x4xf32>)
  return
}

// -----

func.func @scan_c4(%h0: tensor<4xf32>, %x: tensor<9x4xf32>) {
  // expected-error @below {{result 1 has size 8 along dim 0, expected that of the inputs, 9}}
  %h, %all = plx.scan (%h0) over (%x) {
  ^bb0(%s: tensor<4xf32>, %p: tensor<4xf32>):
    plx.yield %s, %p : tensor<4xf32>, tensor<4xf32>
  } : (tensor<4xf32>, tensor<9x4xf32>) -> (tensor<4xf32>, tensor<8x4xf32>)
  return
}

// -----

func.func @scan_c5(%h0: tensor<4xf32>, %x: tensor<9x4xf32>) {
  // expected-error @below {{`fresh` names "$t": expected a symbol's name that does not begin with `$`}}
  %h, %all = plx.scan (%h0) over (%x) fresh ["$t"] {
  ^bb0(%s: tensor<4xf32>, %p: tensor<4xf32>):
    plx.yield %s, %p : tensor<4xf32>, tensor<4xf32>
  } : (tensor<4xf32>, tensor<9x4xf32>) -> (tensor<4xf32>, tensor<9x4xf32>)
  return
}
