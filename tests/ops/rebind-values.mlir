// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @equal(%x: tensor<?xf32, #plx.dims<[n]>> {plx.input = dense<[1.0, 2.0]> : tensor<2xf32>},
                 %y: tensor<?xf32, #plx.dims<[m]>> {plx.input = dense<0.0> : tensor<2xf32>})
    -> (tensor<?xf32, #plx.dims<[m]>> {plx.expect = dense<[1.0, 2.0]> : tensor<2xf32>}) {
  %r = plx.rebind %x : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[m]>>
  return %r : tensor<?xf32, #plx.dims<[m]>>
}

func.func @differ(%x: tensor<?xf32, #plx.dims<[n]>> {plx.input = dense<[1.0, 2.0]> : tensor<2xf32>},
                  %y: tensor<?xf32, #plx.dims<[m]>> {plx.input = dense<0.0> : tensor<3xf32>})
    -> tensor<?xf32, #plx.dims<[m]>>
    attributes {plx.fails = "rebind: dim 0: `n` is 2, but `m` is 3; they must be equal",
                plx.fails_compiled = "dim 0 is 2 by `n` but 3 by `m`"} {
  %r = plx.rebind %x : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[m]>>
  return %r : tensor<?xf32, #plx.dims<[m]>>
}
