// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// The same row twice.
func.func @rows(%x: tensor<4x3xf64> {plx.input = dense<0.0> : tensor<4x3xf64>}, %i: tensor<2x2xi64> {plx.input = dense<[[1, -1], [3, 0]]> : tensor<2x2xi64>})
    -> tensor<2x2x3xf64> attributes {plx.runs} {
  %y = plx.gather %x, (%i) axes [0] at 0 : (tensor<4x3xf64>, tensor<2x2xi64>) -> tensor<2x2x3xf64>
  %r = plx.pointwise exp(%y) : (tensor<2x2x3xf64>) -> tensor<2x2x3xf64>
  return %r : tensor<2x2x3xf64>
}

func.func @axes_out_of_order(%x: tensor<2x3x4xf64> {plx.input = dense<0.0> : tensor<2x3x4xf64>}, %i: tensor<?xi64, #plx.dims<[n]>> {plx.input = dense<[3, 1, 3]> : tensor<3xi64>},
                             %j: tensor<?xi64, #plx.dims<[n]>> {plx.input = dense<[1, 0, 1]> : tensor<3xi64>}) -> tensor<3x?xf64, #plx.dims<[3, n]>> attributes {plx.runs} {
  %y = plx.gather %x, (%i, %j) axes [2, 0] at 1 : (tensor<2x3x4xf64>, tensor<?xi64, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>) -> tensor<3x?xf64, #plx.dims<[3, n]>>
  %r = plx.pointwise exp(%y) : (tensor<3x?xf64, #plx.dims<[3, n]>>) -> tensor<3x?xf64, #plx.dims<[3, n]>>
  return %r : tensor<3x?xf64, #plx.dims<[3, n]>>
}
