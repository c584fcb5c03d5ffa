// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @sum(%x: tensor<?x3x2xf64, #plx.dims<[n, 3, 2]>> {plx.input = dense<0.0> : tensor<2x3x2xf64>}) -> tensor<3xf64> attributes {plx.runs} {
  %y = plx.reduce sum %x [0, 2] : (tensor<?x3x2xf64, #plx.dims<[n, 3, 2]>>) -> tensor<3xf64>
  %r = plx.pointwise exp(%y) : (tensor<3xf64>) -> tensor<3xf64>
  return %r : tensor<3xf64>
}

func.func @product(%x: tensor<?x3x2xf64, #plx.dims<[n, 3, 2]>> {plx.input = dense<0.0> : tensor<2x3x2xf64>}) -> tensor<3xf64> attributes {plx.runs} {
  %y = plx.reduce product %x [0, 2] : (tensor<?x3x2xf64, #plx.dims<[n, 3, 2]>>) -> tensor<3xf64>
  %r = plx.pointwise exp(%y) : (tensor<3xf64>) -> tensor<3xf64>
  return %r : tensor<3xf64>
}

func.func @max(%x: tensor<?x3x2xf64, #plx.dims<[n, 3, 2]>> {plx.input = dense<0.0> : tensor<2x3x2xf64>}) -> tensor<3xf64> attributes {plx.runs} {
  %y = plx.reduce max %x [0, 2] : (tensor<?x3x2xf64, #plx.dims<[n, 3, 2]>>) -> tensor<3xf64>
  %r = plx.pointwise exp(%y) : (tensor<3xf64>) -> tensor<3xf64>
  return %r : tensor<3xf64>
}

func.func @min(%x: tensor<?x3x2xf64, #plx.dims<[n, 3, 2]>> {plx.input = dense<0.0> : tensor<2x3x2xf64>}) -> tensor<3xf64> attributes {plx.runs} {
  %y = plx.reduce min %x [0, 2] : (tensor<?x3x2xf64, #plx.dims<[n, 3, 2]>>) -> tensor<3xf64>
  %r = plx.pointwise exp(%y) : (tensor<3xf64>) -> tensor<3xf64>
  return %r : tensor<3xf64>
}

// Exact with zeros, also where differentiated twice.
func.func @product_with_zeros(%x: tensor<2x4xf64> {plx.input = dense<[[0.0, 2.0, 3.0, 4.0], [0.0, 5.0, 0.0, 6.0]]> : tensor<2x4xf64>, plx.domain = [],
                                                   plx.gradient = dense<[[24.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]]> : tensor<2x4xf64>})
    -> tensor<2xf64> attributes {plx.runs} {
  %r = plx.reduce product %x [1] : (tensor<2x4xf64>) -> tensor<2xf64>
  return %r : tensor<2xf64>
}

// Equal ones share.
func.func @ties(%x: tensor<2x3xf64> {plx.input = dense<[[1.0, 3.0, 3.0], [2.0, 2.0, 2.0]]> : tensor<2x3xf64>, plx.gradient = dense<[[0.0, 0.5, 0.5], [0.3333333333333333, 0.3333333333333333, 0.3333333333333333]]> : tensor<2x3xf64>})
    -> tensor<2xf64> attributes {plx.runs} {
  %r = plx.reduce max %x [1] : (tensor<2x3xf64>) -> tensor<2xf64>
  return %r : tensor<2xf64>
}
