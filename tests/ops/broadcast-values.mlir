// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @along(%x: tensor<2x1xf32> {plx.input = dense<[[1.0], [2.0]]> : tensor<2x1xf32>})
    -> (tensor<2x2x3xf32> {plx.expect = dense<[[[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]], [[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]]]> : tensor<2x2x3xf32>},
        tensor<2x2x2xf32> {plx.expect = dense<[[[1.0, 1.0], [1.0, 1.0]], [[2.0, 2.0], [2.0, 2.0]]]> : tensor<2x2x2xf32>}) {
  %a = plx.broadcast %x [1, 2] : (tensor<2x1xf32>) -> tensor<2x2x3xf32>
  %b = plx.broadcast %x [0, 2] : (tensor<2x1xf32>) -> tensor<2x2x2xf32>
  return %a, %b : tensor<2x2x3xf32>, tensor<2x2x2xf32>
}

// Whether m is 1 or n is found out at run time.
func.func @one_at_run_time(%x: tensor<?xf32, #plx.dims<[m]>> {plx.input = dense<[5.0]> : tensor<1xf32>},
                           %y: tensor<?xf32, #plx.dims<[n]>> {plx.input = dense<0.0> : tensor<3xf32>})
    -> (tensor<?xf32, #plx.dims<[n]>> {plx.expect = dense<5.0> : tensor<3xf32>}) {
  %a = plx.broadcast %x [0] : (tensor<?xf32, #plx.dims<[m]>>) -> tensor<?xf32, #plx.dims<[n]>>
  return %a : tensor<?xf32, #plx.dims<[n]>>
}

func.func @equal_at_run_time(%x: tensor<?xf32, #plx.dims<[m]>> {plx.input = dense<[5.0, 6.0, 7.0]> : tensor<3xf32>},
                             %y: tensor<?xf32, #plx.dims<[n]>> {plx.input = dense<0.0> : tensor<3xf32>})
    -> (tensor<?xf32, #plx.dims<[n]>> {plx.expect = dense<[5.0, 6.0, 7.0]> : tensor<3xf32>}) {
  %a = plx.broadcast %x [0] : (tensor<?xf32, #plx.dims<[m]>>) -> tensor<?xf32, #plx.dims<[n]>>
  return %a : tensor<?xf32, #plx.dims<[n]>>
}

func.func @neither(%x: tensor<?xf32, #plx.dims<[m]>> {plx.input = dense<[5.0, 6.0]> : tensor<2xf32>},
                   %y: tensor<?xf32, #plx.dims<[n]>> {plx.input = dense<0.0> : tensor<3xf32>})
    -> tensor<?xf32, #plx.dims<[n]>>
    attributes {plx.fails = "dim 0 of the operand, `m`, is 2; the result's `n` is 3; it must be 1 or that"} {
  %a = plx.broadcast %x [0] : (tensor<?xf32, #plx.dims<[m]>>) -> tensor<?xf32, #plx.dims<[n]>>
  return %a : tensor<?xf32, #plx.dims<[n]>>
}
