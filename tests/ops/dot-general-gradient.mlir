// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// Batch, free and contracted axes mixed, the pairs not in order.
func.func @mixed(%a: tensor<3x2x4x?x2xf64, #plx.dims<[3, 2, 4, n, 2]>> {plx.input = dense<0.0> : tensor<3x2x4x3x2xf64>},
                 %b: tensor<2x5x3x?x2xf64, #plx.dims<[2, 5, 3, n, 2]>> {plx.input = dense<0.0> : tensor<2x5x3x3x2xf64>})
    -> tensor<2x2x4x5xf64> attributes {plx.runs} {
  %y = plx.dot_general %a, %b batch [4, 1] x [0, 4] contract [3, 0] x [3, 2]
      : (tensor<3x2x4x?x2xf64, #plx.dims<[3, 2, 4, n, 2]>>, tensor<2x5x3x?x2xf64, #plx.dims<[2, 5, 3, n, 2]>>) -> tensor<2x2x4x5xf64>
  %r = plx.pointwise sin(%y) : (tensor<2x2x4x5xf64>) -> tensor<2x2x4x5xf64>
  return %r : tensor<2x2x4x5xf64>
}

// The contracted sizes have other names.
func.func @square(%a: tensor<2x?xf64, #plx.dims<[2, n]>> {plx.input = dense<0.0> : tensor<2x3xf64>}, %b: tensor<?x4xf64, #plx.dims<[m, 4]>> {plx.input = dense<0.0> : tensor<3x4xf64>})
    -> tensor<2x4xf64> attributes {plx.runs} {
  %y = plx.dot_general %a, %b batch [] x [] contract [1] x [0] : (tensor<2x?xf64, #plx.dims<[2, n]>>, tensor<?x4xf64, #plx.dims<[m, 4]>>) -> tensor<2x4xf64>
  %r = plx.pointwise sin(%y) : (tensor<2x4xf64>) -> tensor<2x4xf64>
  return %r : tensor<2x4xf64>
}

func.func @with_itself(%a: tensor<3x2xf64> {plx.input = dense<0.0> : tensor<3x2xf64>}) -> tensor<3x3xf64> attributes {plx.runs} {
  %r = plx.dot_general %a, %a batch [] x [] contract [1] x [1] : (tensor<3x2xf64>, tensor<3x2xf64>) -> tensor<3x3xf64>
  return %r : tensor<3x3xf64>
}
