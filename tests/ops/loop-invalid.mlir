// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @loop_c1(%n: tensor<i32>, %c: tensor<i1>, %x: tensor<2xf32>) {
  // expected-error @below {{`trip_count` is 'tensor<i32>', expected 'tensor<i64>'}}
  %s, %all = plx.loop %n, %c, (%x) fresh ["t"] {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %y: tensor<2xf32>):
    plx.yield %go, %y, %i : tensor<i1>, tensor<2xf32>, tensor<i64>
  } : (tensor<i32>, tensor<i1>, tensor<2xf32>) -> (tensor<2xf32>, tensor<?xi64, #plx.dims<[t]>>)
  return
}

// -----

func.func @loop_c2(%n: tensor<i64>, %c: tensor<i1>, %x: tensor<2xf32>) {
  // expected-error @below {{the initial state 0 has size 2 along dim 0, expected 3 ('tensor<2xf32>', 'tensor<3xf32>')}}
  %s, %all = plx.loop %n, %c, (%x) fresh ["t"] {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %y: tensor<3xf32>):
    plx.yield %go, %y, %i : tensor<i1>, tensor<3xf32>, tensor<i64>
  } : (tensor<i64>, tensor<i1>, tensor<2xf32>) -> (tensor<2xf32>, tensor<?xi64, #plx.dims<[t]>>)
  return
}

// -----

func.func @loop_c3(%n: tensor<i64>, %c: tensor<i1>, %x: tensor<2xf32>) {
  // expected-error @below {{the condition yielded is 'tensor<i64>', expected 'tensor<i1>'}}
  %s, %all = plx.loop %n, %c, (%x) fresh ["t"] {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %y: tensor<2xf32>):
    plx.yield %i, %y, %i : tensor<i64>, tensor<2xf32>, tensor<i64>
  } : (tensor<i64>, tensor<i1>, tensor<2xf32>) -> (tensor<2xf32>, tensor<?xi64, #plx.dims<[t]>>)
  return
}

// -----

func.func @loop_c4(%n: tensor<i64>, %c: tensor<i1>, %x: tensor<2xf32>) {
  // expected-error @below {{result 1 is 'tensor<i64>', expected a tensor that stacks 'tensor<i64>' along a new dim 0}}
  %s, %all = plx.loop %n, %c, (%x) {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %y: tensor<2xf32>):
    plx.yield %go, %y, %i : tensor<i1>, tensor<2xf32>, tensor<i64>
  } : (tensor<i64>, tensor<i1>, tensor<2xf32>) -> (tensor<2xf32>, tensor<i64>)
  return
}

// -----

func.func @loop_c5(%n: tensor<i64>, %c: tensor<i1>, %x: tensor<2xf32>) {
  // expected-error @below {{`carried` names "k", which is alone a size of none of the types it is bound by}}
  %s, %all = plx.loop %n, %c, (%x) fresh ["t"] carried ["k"] {
  ^bb0(%i: tensor<i64>, %go: tensor<i1>, %y: tensor<2xf32>):
    plx.yield %go, %y, %i : tensor<i1>, tensor<2xf32>, tensor<i64>
  } : (tensor<i64>, tensor<i1>, tensor<2xf32>) -> (tensor<2xf32>, tensor<?xi64, #plx.dims<[t]>>)
  return
}
