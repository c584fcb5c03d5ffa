// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @matmul(%a: tensor<2x3xf32> {plx.input = dense<[[3.0, -4.0, -3.0], [-2.0, -3.0, 3.0]]> : tensor<2x3xf32>},
    %b: tensor<3x4xf32> {plx.input = dense<[[3.0, 1.0, -4.0, -4.0], [-2.0, -1.0, 1.0, 0.0], [-2.0, -3.0, 2.0, 2.0]]> : tensor<3x4xf32>})
    -> (tensor<2x4xf32> {plx.expect = dense<[[23.0, 16.0, -22.0, -18.0], [-6.0, -8.0, 11.0, 14.0]]> : tensor<2x4xf32>}) {
  %r0 = plx.dot_general %a, %b batch [] x [] contract [1] x [0]
      : (tensor<2x3xf32>, tensor<3x4xf32>) -> (tensor<2x4xf32>)
  return %r0 : tensor<2x4xf32>
}

func.func @batched_symbolic(%a: tensor<?x?x3xf32, #plx.dims<[n, s, 3]>> {plx.input = dense<[[[-4.0, -3.0, 0.0], [-1.0, 3.0, 0.0]], [[-1.0, -1.0, 1.0], [1.0, -3.0, 2.0]]]> : tensor<2x2x3xf32>},
    %b: tensor<?x3x?xf32, #plx.dims<[n, 3, t]>> {plx.input = dense<[[[2.0, 4.0], [3.0, -2.0], [-2.0, 1.0]], [[1.0, 2.0], [3.0, -2.0], [4.0, -4.0]]]> : tensor<2x3x2xf32>})
    -> (tensor<?x?x?xf32, #plx.dims<[n, s, t]>> {plx.expect = dense<[[[-17.0, -10.0], [7.0, -10.0]], [[0.0, -4.0], [0.0, 0.0]]]> : tensor<2x2x2xf32>}) {
  %r0 = plx.dot_general %a, %b batch [0] x [0] contract [2] x [1]
      : (tensor<?x?x3xf32, #plx.dims<[n, s, 3]>>, tensor<?x3x?xf32, #plx.dims<[n, 3, t]>>) -> (tensor<?x?x?xf32, #plx.dims<[n, s, t]>>)
  return %r0 : tensor<?x?x?xf32, #plx.dims<[n, s, t]>>
}

func.func @two_contracted_axes(%a: tensor<3x2x2xi32> {plx.input = dense<[[[-4, 4], [4, -2]], [[-3, -2], [-4, 4]], [[1, 1], [-2, 0]]]> : tensor<3x2x2xi32>},
    %b: tensor<2x4x3xi32> {plx.input = dense<[[[-3, 2, 0], [-4, -2, 2], [0, -1, -2], [-4, 1, 1]], [[0, 4, 4], [-3, 1, 1], [-2, -2, 0], [2, -2, 2]]]> : tensor<2x4x3xi32>})
    -> (tensor<2x4xi32> {plx.expect = dense<[[2, 11, -3, 28], [-4, -2, 4, -34]]> : tensor<2x4xi32>}) {
  %r0 = plx.dot_general %a, %b batch [] x [] contract [0, 2] x [2, 0]
      : (tensor<3x2x2xi32>, tensor<2x4x3xi32>) -> (tensor<2x4xi32>)
  return %r0 : tensor<2x4xi32>
}

func.func @inner_batch(%a: tensor<3x2x2xi64> {plx.input = dense<[[[-4, 4], [4, -2]], [[-3, -2], [-4, 4]], [[1, 1], [-2, 0]]]> : tensor<3x2x2xi64>},
    %b: tensor<2x4x3xi64> {plx.input = dense<[[[-3, 2, 0], [-4, -2, 2], [0, -1, -2], [-4, 1, 1]], [[0, 4, 4], [-3, 1, 1], [-2, -2, 0], [2, -2, 2]]]> : tensor<2x4x3xi64>})
    -> (tensor<2x2x4xi64> {plx.expect = dense<[[[6, 24, 1, 14], [-20, -12, 8, -22]], [[-4, -13, -4, 14], [16, 10, -4, -12]]]> : tensor<2x2x4xi64>}) {
  %r0 = plx.dot_general %a, %b batch [2] x [0] contract [0] x [2]
      : (tensor<3x2x2xi64>, tensor<2x4x3xi64>) -> (tensor<2x2x4xi64>)
  return %r0 : tensor<2x2x4xi64>
}

func.func @outer_product(%a: tensor<2xf64> {plx.input = dense<[1.0, 2.0]> : tensor<2xf64>},
    %b: tensor<3xf64> {plx.input = dense<[3.0, 4.0, 5.0]> : tensor<3xf64>})
    -> (tensor<2x3xf64> {plx.expect = dense<[[3.0, 4.0, 5.0], [6.0, 8.0, 10.0]]> : tensor<2x3xf64>}) {
  %r0 = plx.dot_general %a, %b batch [] x [] contract [] x []
      : (tensor<2xf64>, tensor<3xf64>) -> (tensor<2x3xf64>)
  return %r0 : tensor<2x3xf64>
}

func.func @empty_contraction(%a: tensor<2x?xf32, #plx.dims<[2, k]>> {plx.input = dense<> : tensor<2x0xf32>},
    %b: tensor<?x2xf32, #plx.dims<[k, 2]>> {plx.input = dense<> : tensor<0x2xf32>})
    -> (tensor<2x2xf32> {plx.expect = dense<[[0.0, 0.0], [0.0, 0.0]]> : tensor<2x2xf32>}) {
  %r0 = plx.dot_general %a, %b batch [] x [] contract [1] x [0]
      : (tensor<2x?xf32, #plx.dims<[2, k]>>, tensor<?x2xf32, #plx.dims<[k, 2]>>) -> (tensor<2x2xf32>)
  return %r0 : tensor<2x2xf32>
}

func.func @no_rows(%a: tensor<?x2xf32, #plx.dims<[n, 2]>> {plx.input = dense<> : tensor<0x2xf32>},
    %b: tensor<2x2xf32> {plx.input = dense<[[1.0, -3.0], [-1.0, 3.0]]> : tensor<2x2xf32>})
    -> (tensor<?x2xf32, #plx.dims<[n, 2]>> {plx.expect = dense<> : tensor<0x2xf32>}) {
  %r0 = plx.dot_general %a, %b batch [] x [] contract [1] x [0]
      : (tensor<?x2xf32, #plx.dims<[n, 2]>>, tensor<2x2xf32>) -> (tensor<?x2xf32, #plx.dims<[n, 2]>>)
  return %r0 : tensor<?x2xf32, #plx.dims<[n, 2]>>
}

func.func @f16_rounds_once(%a: tensor<1x3xf16> {plx.input = dense<[[2048.0, 1.0, 1.0]]> : tensor<1x3xf16>},
    %b: tensor<3x1xf16> {plx.input = dense<[[1.0], [1.0], [1.0]]> : tensor<3x1xf16>})
    -> (tensor<1x1xf16> {plx.expect = dense<[[2050.0]]> : tensor<1x1xf16>}) {
  %r0 = plx.dot_general %a, %b batch [] x [] contract [1] x [0]
      : (tensor<1x3xf16>, tensor<3x1xf16>) -> (tensor<1x1xf16>)
  return %r0 : tensor<1x1xf16>
}

func.func @i8_wraps(%a: tensor<1x2xi8> {plx.input = dense<[[100, 100]]> : tensor<1x2xi8>},
    %b: tensor<2x1xi8> {plx.input = dense<[[2], [1]]> : tensor<2x1xi8>})
    -> (tensor<1x1xi8> {plx.expect = dense<[[44]]> : tensor<1x1xi8>}) {
  %r0 = plx.dot_general %a, %b batch [] x [] contract [1] x [0]
      : (tensor<1x2xi8>, tensor<2x1xi8>) -> (tensor<1x1xi8>)
  return %r0 : tensor<1x1xi8>
}

func.func @sizes_disagree(%a: tensor<2x?xf32, #plx.dims<[2, k]>> {plx.input = dense<[[3.0, -4.0, -3.0], [-2.0, -3.0, 3.0]]> : tensor<2x3xf32>},
    %b: tensor<?x2xf32, #plx.dims<[l, 2]>> {plx.input = dense<[[3.0, 1.0], [-4.0, 2.0], [-2.0, 3.0], [4.0, -1.0]]> : tensor<4x2xf32>})
    -> tensor<2x2xf32>
    attributes {plx.fails = "dot_general: contracted sizes 3 (lhs dim 1) and 4 (rhs dim 0) disagree",
                plx.fails_compiled = "dim 0 is 4 by `l` but 3 by `k`"} {
  %r = plx.dot_general %a, %b batch [] x [] contract [1] x [0] : (tensor<2x?xf32, #plx.dims<[2, k]>>, tensor<?x2xf32, #plx.dims<[l, 2]>>) -> tensor<2x2xf32>
  return %r : tensor<2x2xf32>
}

// Wide enough for tiles, but without rows.
func.func @no_rows_for_tiles(%a: tensor<0x27xf32> {plx.input = dense<> : tensor<0x27xf32>}, %b: tensor<27x18xf32> {plx.input = dense<1.0> : tensor<27x18xf32>})
    -> (tensor<0x18xf32> {plx.expect = dense<> : tensor<0x18xf32>}) {
  %d = plx.dot_general %a, %b batch [] x [] contract [1] x [0]
      : (tensor<0x27xf32>, tensor<27x18xf32>) -> (tensor<0x18xf32>)
  return %d : tensor<0x18xf32>
}
