// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// The branch taken gives the fresh size its value.
func.func @then_branch(%c: tensor<i1> {plx.input = dense<true> : tensor<i1>})
    -> (tensor<?xi64, #plx.dims<[m]>> {plx.expect = dense<[0, 1]> : tensor<2xi64>},
        tensor<?xi64, #plx.dims<[2*m]>> {plx.expect = dense<[0, 1, 2, 3]> : tensor<4xi64>}) {
  %r = plx.if %c fresh ["m"] {
    %a = plx.iota 0 : tensor<2xi64>
    plx.yield %a : tensor<2xi64>
  } else {
    %b = plx.iota 0 : tensor<3xi64>
    plx.yield %b : tensor<3xi64>
  } : (tensor<i1>) -> tensor<?xi64, #plx.dims<[m]>>
  %s = plx.iota 0 : tensor<?xi64, #plx.dims<[2*m]>>
  return %r, %s : tensor<?xi64, #plx.dims<[m]>>, tensor<?xi64, #plx.dims<[2*m]>>
}

// Values from above; a size that both branches have.
func.func @else_branch(%c: tensor<i1> {plx.input = dense<false> : tensor<i1>},
                       %x: tensor<?xf32, #plx.dims<[n]>> {plx.input = dense<[1.0, -2.0]> : tensor<2xf32>})
    -> (tensor<?xf32, #plx.dims<[n]>> {plx.expect = dense<[-1.0, 2.0]> : tensor<2xf32>}) {
  %r = plx.if %c {
    plx.yield %x : tensor<?xf32, #plx.dims<[n]>>
  } else {
    %y = plx.pointwise neg(%x) : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>>
    plx.yield %y : tensor<?xf32, #plx.dims<[n]>>
  } : (tensor<i1>) -> tensor<?xf32, #plx.dims<[n]>>
  return %r : tensor<?xf32, #plx.dims<[n]>>
}

// A size that cannot be known to differ before the run is checked in it.
func.func @other_size(%c: tensor<i1> {plx.input = dense<false> : tensor<i1>},
                      %x: tensor<?xf32, #plx.dims<[n]>> {plx.input = dense<[1.0, -2.0]> : tensor<2xf32>},
                      %y: tensor<?xf32, #plx.dims<[m]>> {plx.input = dense<[1.0]> : tensor<1xf32>})
    -> tensor<?xf32, #plx.dims<[n]>>
    attributes {plx.fails = "if: dim 0 of result 0 is 1, expected `n` = 2",
                plx.fails_compiled = "dim 0 is 1 by `m` but 2 by `n`"} {
  %r = plx.if %c {
    plx.yield %x : tensor<?xf32, #plx.dims<[n]>>
  } else {
    plx.yield %y : tensor<?xf32, #plx.dims<[m]>>
  } : (tensor<i1>) -> tensor<?xf32, #plx.dims<[n]>>
  return %r : tensor<?xf32, #plx.dims<[n]>>
}
