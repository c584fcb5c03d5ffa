// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// New dims, and dims of size 1.
func.func @along(%x: tensor<2x1x3xf64> {plx.input = dense<0.0> : tensor<2x1x3xf64>}) -> tensor<5x2x4x3xf64> attributes {plx.runs} {
  %y = plx.broadcast %x [1, 2, 3] : (tensor<2x1x3xf64>) -> tensor<5x2x4x3xf64>
  %r = plx.pointwise mul(%y, %y) : (tensor<5x2x4x3xf64>, tensor<5x2x4x3xf64>) -> tensor<5x2x4x3xf64>
  return %r : tensor<5x2x4x3xf64>
}

// Whether %x is repeated along m is known at run time: here it is,
func.func @one_at_run_time(%x: tensor<2x?xf64, #plx.dims<[2, n]>> {plx.input = dense<0.0> : tensor<2x1xf64>},
                           %like: tensor<?xi64, #plx.dims<[m]>> {plx.input = dense<0> : tensor<3xi64>})
    -> tensor<2x?xf64, #plx.dims<[2, m]>> attributes {plx.runs} {
  %y = plx.broadcast %x [0, 1] : (tensor<2x?xf64, #plx.dims<[2, n]>>) -> tensor<2x?xf64, #plx.dims<[2, m]>>
  %r = plx.pointwise mul(%y, %y) : (tensor<2x?xf64, #plx.dims<[2, m]>>, tensor<2x?xf64, #plx.dims<[2, m]>>) -> tensor<2x?xf64, #plx.dims<[2, m]>>
  return %r : tensor<2x?xf64, #plx.dims<[2, m]>>
}

// and here it is not.
func.func @equal_at_run_time(%x: tensor<2x?xf64, #plx.dims<[2, n]>> {plx.input = dense<0.0> : tensor<2x3xf64>},
                             %like: tensor<?xi64, #plx.dims<[m]>> {plx.input = dense<0> : tensor<3xi64>})
    -> tensor<2x?xf64, #plx.dims<[2, m]>> attributes {plx.runs} {
  %y = plx.broadcast %x [0, 1] : (tensor<2x?xf64, #plx.dims<[2, n]>>) -> tensor<2x?xf64, #plx.dims<[2, m]>>
  %r = plx.pointwise mul(%y, %y) : (tensor<2x?xf64, #plx.dims<[2, m]>>, tensor<2x?xf64, #plx.dims<[2, m]>>) -> tensor<2x?xf64, #plx.dims<[2, m]>>
  return %r : tensor<2x?xf64, #plx.dims<[2, m]>>
}
