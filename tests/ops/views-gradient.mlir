// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// What moves elements and does nothing else: reshape, transpose, concat, rebind, cast.
func.func @move(%x: tensor<2x?xf64, #plx.dims<[2, n]>> {plx.input = dense<0.0> : tensor<2x3xf64>}, %y: tensor<2x2xf64> {plx.input = dense<0.0> : tensor<2x2xf64>})
    -> tensor<?x2xf64, #plx.dims<[n + 2, 2]>> attributes {plx.runs} {
  %c = plx.concat 1 (%x, %y) : (tensor<2x?xf64, #plx.dims<[2, n]>>, tensor<2x2xf64>) -> tensor<2x?xf64, #plx.dims<[2, n + 2]>>
  %t = plx.transpose %c [1, 0] : (tensor<2x?xf64, #plx.dims<[2, n + 2]>>) -> tensor<?x2xf64, #plx.dims<[n + 2, 2]>>
  %f = plx.reshape %t : (tensor<?x2xf64, #plx.dims<[n + 2, 2]>>) -> tensor<?xf64, #plx.dims<[2*n + 4]>>
  %s = plx.pointwise sin(%f) : (tensor<?xf64, #plx.dims<[2*n + 4]>>) -> tensor<?xf64, #plx.dims<[2*n + 4]>>
  %g = plx.reshape %s : (tensor<?xf64, #plx.dims<[2*n + 4]>>) -> tensor<?x2xf64, #plx.dims<[n + 2, 2]>>
  %r = plx.pointwise mul(%g, %t) : (tensor<?x2xf64, #plx.dims<[n + 2, 2]>>, tensor<?x2xf64, #plx.dims<[n + 2, 2]>>) -> tensor<?x2xf64, #plx.dims<[n + 2, 2]>>
  return %r : tensor<?x2xf64, #plx.dims<[n + 2, 2]>>
}

func.func @transpose(%x: tensor<2x3x4xf64> {plx.input = dense<0.0> : tensor<2x3x4xf64>}) -> tensor<4x2x3xf64> attributes {plx.runs} {
  %t = plx.transpose %x [2, 0, 1] : (tensor<2x3x4xf64>) -> tensor<4x2x3xf64>
  %r = plx.pointwise mul(%t, %t) : (tensor<4x2x3xf64>, tensor<4x2x3xf64>) -> tensor<4x2x3xf64>
  return %r : tensor<4x2x3xf64>
}

// x * stop(x): the derivative is x, not 2 x.
func.func @stop_gradient(%x: tensor<3xf32> {plx.input = dense<[1.0, 2.0, -3.0]> : tensor<3xf32>, plx.gradient = dense<[1.0, 2.0, -3.0]> : tensor<3xf32>})
    -> tensor<3xf32> attributes {plx.runs, plx.stated} {
  %s = plx.rebind %x {stop_gradient} : (tensor<3xf32>) -> tensor<3xf32>
  %r = plx.pointwise mul(%x, %s) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// Through int types nothing comes back.
func.func @ints(%x: tensor<2xf32> {plx.input = dense<[0.3, 0.6]> : tensor<2xf32>, plx.domain = [0.1, 0.9]}) -> tensor<2xf32> attributes {plx.runs} {
  %i = plx.cast %x : (tensor<2xf32>) -> tensor<2xi32>
  %f = plx.cast %i : (tensor<2xi32>) -> tensor<2xf32>
  %r = plx.pointwise add(%x, %f) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}
