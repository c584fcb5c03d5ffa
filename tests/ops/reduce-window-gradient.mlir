// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// Windows that overlap and leave a rest; unrolled where they are small, else over all windows.
func.func @sum(%x: tensor<?x7x2xf64, #plx.dims<[n, 7, 2]>> {plx.input = dense<0.0> : tensor<6x7x2xf64>}) -> tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>> attributes {plx.runs} {
  %y = plx.reduce_window sum %x [3, 2, 1] [2, 2, 1] [1, 2, 1] : (tensor<?x7x2xf64, #plx.dims<[n, 7, 2]>>) -> tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>>
  %r = plx.pointwise exp(%y) : (tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>>) -> tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>>
  return %r : tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>>
}

func.func @product(%x: tensor<?x7x2xf64, #plx.dims<[n, 7, 2]>> {plx.input = dense<0.0> : tensor<6x7x2xf64>}) -> tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>> attributes {plx.runs} {
  %y = plx.reduce_window product %x [3, 2, 1] [2, 2, 1] [1, 2, 1] : (tensor<?x7x2xf64, #plx.dims<[n, 7, 2]>>) -> tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>>
  %r = plx.pointwise exp(%y) : (tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>>) -> tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>>
  return %r : tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>>
}

func.func @max(%x: tensor<?x7x2xf64, #plx.dims<[n, 7, 2]>> {plx.input = dense<0.0> : tensor<6x7x2xf64>}) -> tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>> attributes {plx.runs} {
  %y = plx.reduce_window max %x [3, 2, 1] [2, 2, 1] [1, 2, 1] : (tensor<?x7x2xf64, #plx.dims<[n, 7, 2]>>) -> tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>>
  %r = plx.pointwise exp(%y) : (tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>>) -> tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>>
  return %r : tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>>
}

func.func @min(%x: tensor<?x7x2xf64, #plx.dims<[n, 7, 2]>> {plx.input = dense<0.0> : tensor<6x7x2xf64>}) -> tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>> attributes {plx.runs} {
  %y = plx.reduce_window min %x [3, 2, 1] [2, 2, 1] [1, 2, 1] : (tensor<?x7x2xf64, #plx.dims<[n, 7, 2]>>) -> tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>>
  %r = plx.pointwise exp(%y) : (tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>>) -> tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>>
  return %r : tensor<?x3x2xf64, #plx.dims<[(n - 3) floordiv 2 + 1, 3, 2]>>
}

func.func @large(%x: tensor<1x8x9x2xf64> {plx.input = dense<0.0> : tensor<1x8x9x2xf64>}) -> tensor<1x2x2x2xf64> attributes {plx.runs} {
  %y = plx.reduce_window max %x [1, 6, 7, 1] [1, 2, 2, 1] [1, 1, 1, 1] : (tensor<1x8x9x2xf64>) -> tensor<1x2x2x2xf64>
  %r = plx.pointwise exp(%y) : (tensor<1x2x2x2xf64>) -> tensor<1x2x2x2xf64>
  return %r : tensor<1x2x2x2xf64>
}

// The first in row-major order takes all.
func.func @ties(%x: tensor<2x4xf64> {plx.input = dense<[[0.0, 3.0, 0.0, 1.0], [3.0, 3.0, 1.0, 0.0]]> : tensor<2x4xf64>, plx.gradient = dense<[[0.0, 1.0, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0]]> : tensor<2x4xf64>})
    -> tensor<1x2xf64> attributes {plx.runs} {
  %r = plx.reduce_window max %x [2, 2] [2, 2] [1, 1] : (tensor<2x4xf64>) -> tensor<1x2xf64>
  return %r : tensor<1x2xf64>
}

func.func @ties_large(%x: tensor<40xf64> {plx.input = dense<1.0> : tensor<40xf64>, plx.gradient = dense<[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]> : tensor<40xf64>}) -> tensor<1xf64> attributes {plx.runs, plx.stated} {
  %r = plx.reduce_window max %x [33] [8] [1] : (tensor<40xf64>) -> tensor<1xf64>
  return %r : tensor<1xf64>
}
