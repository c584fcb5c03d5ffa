// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @image(%x: tensor<1x4x4x2xf32> {plx.input = dense<[[[[4.0, 2.0], [-2.0, 3.0], [-1.0, -4.0], [1.0, 3.0]], [[1.0, -1.0], [4.0, 0.0], [-1.0, -3.0], [-3.0, 2.0]], [[3.0, -2.0], [1.0, 3.0], [-3.0, -2.0], [0.0, 1.0]], [[-1.0, -1.0], [-3.0, 1.0], [4.0, -3.0], [3.0, -3.0]]]]> : tensor<1x4x4x2xf32>},
    %w: tensor<3x2x2x3xf32> {plx.input = dense<[[[[-4.0, 2.0, -3.0], [2.0, -2.0, 1.0]], [[4.0, 4.0, 0.0], [-3.0, -2.0, 3.0]]], [[[1.0, -3.0, 3.0], [4.0, 4.0, 1.0]], [[4.0, 1.0, 0.0], [4.0, 1.0, 3.0]]], [[[-1.0, 3.0, 4.0], [-4.0, 0.0, -1.0]], [[-4.0, -4.0, -2.0], [-3.0, 2.0, -3.0]]]]> : tensor<3x2x2x3xf32>})
    -> (tensor<1x2x3x3xf32> {plx.expect = dense<[[[[-24.0, -2.0, 4.0], [15.0, -11.0, 13.0], [-18.0, -13.0, -5.0]], [[35.0, 18.0, 12.0], [-26.0, -17.0, -33.0], [-22.0, -16.0, 20.0]]]]> : tensor<1x2x3x3xf32>}) {
  %r0 = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 1
      : (tensor<1x4x4x2xf32>, tensor<3x2x2x3xf32>) -> (tensor<1x2x3x3xf32>)
  return %r0 : tensor<1x2x3x3xf32>
}

func.func @strided_and_dilated(%x: tensor<1x5x6x1xf32> {plx.input = dense<[[[[1.0], [3.0], [0.0], [-3.0], [-4.0], [-2.0]], [[-1.0], [0.0], [-2.0], [3.0], [1.0], [4.0]], [[4.0], [2.0], [-4.0], [-3.0], [2.0], [0.0]], [[4.0], [2.0], [3.0], [-4.0], [-2.0], [2.0]], [[1.0], [-1.0], [-3.0], [1.0], [-4.0], [2.0]]]]> : tensor<1x5x6x1xf32>},
    %w: tensor<2x3x1x2xf32> {plx.input = dense<[[[[3.0, 2.0]], [[-4.0, 0.0]], [[-2.0, 0.0]]], [[[2.0, -3.0]], [[-4.0, 0.0]], [[1.0, -3.0]]]]> : tensor<2x3x1x2xf32>})
    -> (tensor<1x1x2x2xf32> {plx.expect = dense<[[[[5.0, -4.0], [47.0, -6.0]]]]> : tensor<1x1x2x2xf32>}) {
  %r0 = plx.convolution %x, %w strides [2, 1] dilations [3, 2] groups 1
      : (tensor<1x5x6x1xf32>, tensor<2x3x1x2xf32>) -> (tensor<1x1x2x2xf32>)
  return %r0 : tensor<1x1x2x2xf32>
}

func.func @groups(%x: tensor<1x3x3x4xf32> {plx.input = dense<[[[[4.0, 0.0, 4.0, 0.0], [2.0, 2.0, 0.0, -1.0], [2.0, -4.0, 1.0, 0.0]], [[-3.0, -3.0, -4.0, 2.0], [2.0, -1.0, 4.0, -1.0], [-2.0, 4.0, -4.0, -1.0]], [[-4.0, -1.0, 2.0, -1.0], [0.0, 0.0, -4.0, -4.0], [-2.0, 0.0, -4.0, 4.0]]]]> : tensor<1x3x3x4xf32>},
    %w: tensor<2x2x2x4xf32> {plx.input = dense<[[[[3.0, 1.0, 2.0, 2.0], [-4.0, 4.0, -4.0, 3.0]], [[3.0, 2.0, -3.0, 3.0], [4.0, 3.0, 2.0, -2.0]]], [[[0.0, 0.0, 3.0, -1.0], [-1.0, -2.0, 0.0, 1.0]], [[0.0, -2.0, 0.0, 1.0], [-3.0, 1.0, 2.0, -4.0]]]]> : tensor<2x2x2x4xf32>})
    -> (tensor<1x2x2x4xf32> {plx.expect = dense<[[[[32.0, 15.0, -8.0, 24.0], [-23.0, 12.0, 11.0, -5.0]], [[6.0, -12.0, -32.0, 21.0], [20.0, 10.0, 18.0, -25.0]]]]> : tensor<1x2x2x4xf32>}) {
  %r0 = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 2
      : (tensor<1x3x3x4xf32>, tensor<2x2x2x4xf32>) -> (tensor<1x2x2x4xf32>)
  return %r0 : tensor<1x2x2x4xf32>
}

// Two outputs a channel.
func.func @depthwise(%x: tensor<1x3x3x3xf32> {plx.input = dense<[[[[1.0, -1.0, 4.0], [-1.0, -2.0, 2.0], [3.0, -4.0, -4.0]], [[-3.0, -1.0, 0.0], [1.0, -1.0, 3.0], [1.0, -3.0, -2.0]], [[-3.0, -3.0, 3.0], [4.0, -1.0, -2.0], [3.0, -3.0, -3.0]]]]> : tensor<1x3x3x3xf32>},
    %w: tensor<2x2x1x6xf32> {plx.input = dense<[[[[-2.0, -1.0, -1.0, -2.0, -2.0, 1.0]], [[0.0, 1.0, 4.0, 4.0, -3.0, 3.0]]], [[[-1.0, 3.0, 2.0, -4.0, 3.0, 4.0]], [[4.0, -4.0, -3.0, 1.0, 0.0, -4.0]]]]> : tensor<2x2x1x6xf32>})
    -> (tensor<1x2x2x6xf32> {plx.expect = dense<[[[[5.0, -15.0, -6.0, -3.0, -14.0, -2.0], [5.0, 3.0, -7.0, -11.0, 17.0, 10.0]], [[25.0, -21.0, -6.0, 9.0, 0.0, 29.0], [6.0, 0.0, -4.0, -9.0, -6.0, 1.0]]]]> : tensor<1x2x2x6xf32>}) {
  %r0 = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 3
      : (tensor<1x3x3x3xf32>, tensor<2x2x1x6xf32>) -> (tensor<1x2x2x6xf32>)
  return %r0 : tensor<1x2x2x6xf32>
}

func.func @line(%x: tensor<2x5x2xf32> {plx.input = dense<[[[3.0, -2.0], [-4.0, 3.0], [1.0, -4.0], [-3.0, 3.0], [2.0, 3.0]], [[4.0, -2.0], [0.0, -1.0], [-4.0, -2.0], [-4.0, -3.0], [-1.0, 4.0]]]> : tensor<2x5x2xf32>},
    %w: tensor<2x2x1xf32> {plx.input = dense<[[[3.0], [1.0]], [[-2.0], [-3.0]]]> : tensor<2x2x1xf32>})
    -> (tensor<2x2x1xf32> {plx.expect = dense<[[[6.0], [-4.0]], [[13.0], [3.0]]]> : tensor<2x2x1xf32>}) {
  %r0 = plx.convolution %x, %w strides [2] dilations [1] groups 1
      : (tensor<2x5x2xf32>, tensor<2x2x1xf32>) -> (tensor<2x2x1xf32>)
  return %r0 : tensor<2x2x1xf32>
}

func.func @volume(%x: tensor<1x3x2x3x1xi32> {plx.input = dense<[[[[[2], [2], [-1]], [[-3], [-2], [4]]], [[[2], [1], [-2]], [[3], [-1], [0]]], [[[2], [-1], [0]], [[-4], [3], [-2]]]]]> : tensor<1x3x2x3x1xi32>},
    %w: tensor<2x2x2x1x1xi32> {plx.input = dense<[[[[[0]], [[0]]], [[[-3]], [[-2]]]], [[[[-1]], [[-4]]], [[[3]], [[-1]]]]]> : tensor<2x2x2x1x1xi32>})
    -> (tensor<1x2x1x2x1xi32> {plx.expect = dense<[[[[[17], [2]]], [[[-20], [15]]]]]> : tensor<1x2x1x2x1xi32>}) {
  %r0 = plx.convolution %x, %w strides [1, 1, 1] dilations [1, 1, 1] groups 1
      : (tensor<1x3x2x3x1xi32>, tensor<2x2x2x1x1xi32>) -> (tensor<1x2x1x2x1xi32>)
  return %r0 : tensor<1x2x1x2x1xi32>
}

func.func @pointwise_symbolic(%x: tensor<?x?x?x2xf32, #plx.dims<[n, h, w, 2]>> {plx.input = dense<[[[[1.0, -3.0], [4.0, 0.0]], [[-4.0, -1.0], [-1.0, -2.0]], [[2.0, 4.0], [2.0, -3.0]]], [[[1.0, 0.0], [1.0, 3.0]], [[3.0, 3.0], [2.0, 0.0]], [[0.0, -3.0], [1.0, 0.0]]]]> : tensor<2x3x2x2xf32>},
    %w: tensor<1x1x2x2xf32> {plx.input = dense<[[[[1.0, 0.0], [-2.0, 0.0]]]]> : tensor<1x1x2x2xf32>})
    -> (tensor<?x?x?x2xf32, #plx.dims<[n, h, w, 2]>> {plx.expect = dense<[[[[7.0, 0.0], [4.0, 0.0]], [[-2.0, 0.0], [3.0, 0.0]], [[-6.0, 0.0], [8.0, 0.0]]], [[[1.0, 0.0], [-5.0, 0.0]], [[-3.0, 0.0], [2.0, 0.0]], [[6.0, 0.0], [1.0, 0.0]]]]> : tensor<2x3x2x2xf32>}) {
  %r0 = plx.convolution %x, %w strides [1, 1] dilations [1, 1] groups 1
      : (tensor<?x?x?x2xf32, #plx.dims<[n, h, w, 2]>>, tensor<1x1x2x2xf32>) -> (tensor<?x?x?x2xf32, #plx.dims<[n, h, w, 2]>>)
  return %r0 : tensor<?x?x?x2xf32, #plx.dims<[n, h, w, 2]>>
}

func.func @no_images(%x: tensor<?x3x2xf32, #plx.dims<[n, 3, 2]>> {plx.input = dense<> : tensor<0x3x2xf32>},
    %w: tensor<2x2x2xf32> {plx.input = dense<[[[2.0, -3.0], [1.0, -1.0]], [[3.0, 1.0], [0.0, -4.0]]]> : tensor<2x2x2xf32>})
    -> (tensor<?x2x2xf32, #plx.dims<[n, 2, 2]>> {plx.expect = dense<> : tensor<0x2x2xf32>}) {
  %r0 = plx.convolution %x, %w strides [1] dilations [1] groups 1
      : (tensor<?x3x2xf32, #plx.dims<[n, 3, 2]>>, tensor<2x2x2xf32>) -> (tensor<?x2x2xf32, #plx.dims<[n, 2, 2]>>)
  return %r0 : tensor<?x2x2xf32, #plx.dims<[n, 2, 2]>>
}

func.func @channels_disagree(%x: tensor<1x3x?xf32, #plx.dims<[1, 3, c]>> {plx.input = dense<1.0> : tensor<1x3x4xf32>},
    %w: tensor<2x?x2xf32, #plx.dims<[2, d, 2]>> {plx.input = dense<1.0> : tensor<2x3x2xf32>})
    -> tensor<1x2x2xf32>
    attributes {plx.fails = "convolution: 1 groups, 4 input channels, 3 in the weights, 2 output channels do not fit",
                plx.fails_compiled = "dim 2 is 4 by `c` but 3 by `d`"} {
  %r0 = plx.convolution %x, %w strides [1] dilations [1] groups 1
      : (tensor<1x3x?xf32, #plx.dims<[1, 3, c]>>, tensor<2x?x2xf32, #plx.dims<[2, d, 2]>>) -> tensor<1x2x2xf32>
  return %r0 : tensor<1x2x2xf32>
}
