// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @line(%x: tensor<2x7x3xf64> {plx.input = dense<0.0> : tensor<2x7x3xf64>}, %w: tensor<3x3x2xf64> {plx.input = dense<0.0> : tensor<3x3x2xf64>})
    -> tensor<2x5x2xf64> attributes {plx.runs} {
  %y = plx.convolution %x, %w strides [1] dilations [1] groups 1
      : (tensor<2x7x3xf64>, tensor<3x3x2xf64>) -> tensor<2x5x2xf64>
  %r = plx.pointwise sin(%y) : (tensor<2x5x2xf64>) -> tensor<2x5x2xf64>
  return %r : tensor<2x5x2xf64>
}

// Strides and dilations that leave a rest.
func.func @strided_and_dilated(%x: tensor<1x8x9x2xf64> {plx.input = dense<0.0> : tensor<1x8x9x2xf64>}, %w: tensor<3x2x2x3xf64> {plx.input = dense<0.0> : tensor<3x2x2x3xf64>})
    -> tensor<1x2x3x3xf64> attributes {plx.runs} {
  %y = plx.convolution %x, %w strides [2, 3] dilations [2, 1] groups 1
      : (tensor<1x8x9x2xf64>, tensor<3x2x2x3xf64>) -> tensor<1x2x3x3xf64>
  %r = plx.pointwise sin(%y) : (tensor<1x2x3x3xf64>) -> tensor<1x2x3x3xf64>
  return %r : tensor<1x2x3x3xf64>
}

func.func @groups(%x: tensor<2x5x4x6xf64> {plx.input = dense<0.0> : tensor<2x5x4x6xf64>}, %w: tensor<2x3x2x6xf64> {plx.input = dense<0.0> : tensor<2x3x2x6xf64>})
    -> tensor<2x4x2x6xf64> attributes {plx.runs} {
  %y = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 3
      : (tensor<2x5x4x6xf64>, tensor<2x3x2x6xf64>) -> tensor<2x4x2x6xf64>
  %r = plx.pointwise sin(%y) : (tensor<2x4x2x6xf64>) -> tensor<2x4x2x6xf64>
  return %r : tensor<2x4x2x6xf64>
}

func.func @depthwise(%x: tensor<2x5x6x3xf64> {plx.input = dense<0.0> : tensor<2x5x6x3xf64>}, %w: tensor<3x3x1x3xf64> {plx.input = dense<0.0> : tensor<3x3x1x3xf64>})
    -> tensor<2x2x2x3xf64> attributes {plx.runs} {
  %y = plx.convolution %x, %w strides [2, 2] dilations [1, 1] groups 3
      : (tensor<2x5x6x3xf64>, tensor<3x3x1x3xf64>) -> tensor<2x2x2x3xf64>
  %r = plx.pointwise sin(%y) : (tensor<2x2x2x3xf64>) -> tensor<2x2x2x3xf64>
  return %r : tensor<2x2x2x3xf64>
}

func.func @depthwise_with_multiplier(%x: tensor<1x4x5x2xf64> {plx.input = dense<0.0> : tensor<1x4x5x2xf64>}, %w: tensor<2x2x1x4xf64> {plx.input = dense<0.0> : tensor<2x2x1x4xf64>})
    -> tensor<1x2x2x4xf64> attributes {plx.runs} {
  %y = plx.convolution %x, %w strides [1, 2] dilations [2, 1] groups 2
      : (tensor<1x4x5x2xf64>, tensor<2x2x1x4xf64>) -> tensor<1x2x2x4xf64>
  %r = plx.pointwise sin(%y) : (tensor<1x2x2x4xf64>) -> tensor<1x2x2x4xf64>
  return %r : tensor<1x2x2x4xf64>
}

func.func @volume(%x: tensor<1x4x3x4x2xf64> {plx.input = dense<0.0> : tensor<1x4x3x4x2xf64>}, %w: tensor<2x2x3x2x1xf64> {plx.input = dense<0.0> : tensor<2x2x3x2x1xf64>})
    -> tensor<1x2x2x2x1xf64> attributes {plx.runs} {
  %y = plx.convolution %x, %w strides [2, 1, 1] dilations [1, 1, 1] groups 1
      : (tensor<1x4x3x4x2xf64>, tensor<2x2x3x2x1xf64>) -> tensor<1x2x2x2x1xf64>
  %r = plx.pointwise sin(%y) : (tensor<1x2x2x2x1xf64>) -> tensor<1x2x2x2x1xf64>
  return %r : tensor<1x2x2x2x1xf64>
}

// Batch and positions symbolic.
func.func @symbolic(%x: tensor<?x?x5x2xf64, #plx.dims<[n, h, 5, 2]>> {plx.input = dense<0.0> : tensor<2x6x5x2xf64>}, %w: tensor<3x2x2x3xf64> {plx.input = dense<0.0> : tensor<3x2x2x3xf64>})
    -> tensor<?x?x2x3xf64, #plx.dims<[n, (h - 3) floordiv 2 + 1, 2, 3]>> attributes {plx.runs} {
  %y = plx.convolution %x, %w strides [2, 2] dilations [1, 1] groups 1
      : (tensor<?x?x5x2xf64, #plx.dims<[n, h, 5, 2]>>, tensor<3x2x2x3xf64>) -> tensor<?x?x2x3xf64, #plx.dims<[n, (h - 3) floordiv 2 + 1, 2, 3]>>
  %r = plx.pointwise sin(%y) : (tensor<?x?x2x3xf64, #plx.dims<[n, (h - 3) floordiv 2 + 1, 2, 3]>>) -> tensor<?x?x2x3xf64, #plx.dims<[n, (h - 3) floordiv 2 + 1, 2, 3]>>
  return %r : tensor<?x?x2x3xf64, #plx.dims<[n, (h - 3) floordiv 2 + 1, 2, 3]>>
}

