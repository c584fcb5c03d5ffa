// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @axes(%x: tensor<?xf32, #plx.dims<[n]>> {plx.input = dense<0.0> : tensor<3xf32>})
    -> (tensor<2x?xi64, #plx.dims<[2, n]>> {plx.expect = dense<[[0, 1, 2], [0, 1, 2]]> : tensor<2x3xi64>},
        tensor<2x?xf32, #plx.dims<[2, n]>> {plx.expect = dense<[[0.0, 0.0, 0.0], [1.0, 1.0, 1.0]]> : tensor<2x3xf32>}) {
  %a = plx.iota 1 : tensor<2x?xi64, #plx.dims<[2, n]>>
  %b = plx.iota 0 : tensor<2x?xf32, #plx.dims<[2, n]>>
  return %a, %b : tensor<2x?xi64, #plx.dims<[2, n]>>, tensor<2x?xf32, #plx.dims<[2, n]>>
}

// Positions wrap in narrow ints.
func.func @wraps() -> (tensor<5xi2> {plx.expect = dense<[0, 1, -2, -1, 0]> : tensor<5xi2>}) {
  %a = plx.iota 0 : tensor<5xi2>
  return %a : tensor<5xi2>
}
