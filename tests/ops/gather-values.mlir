// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// Negative indices count from the end.
func.func @embedding(%x: tensor<4x3xf32> {plx.input = dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0], [9.0, 10.0, 11.0]]> : tensor<4x3xf32>},
    %i: tensor<2x2xi64> {plx.input = dense<[[0, -1], [3, -4]]> : tensor<2x2xi64>})
    -> (tensor<2x2x3xf32> {plx.expect = dense<[[[0.0, 1.0, 2.0], [9.0, 10.0, 11.0]], [[9.0, 10.0, 11.0], [0.0, 1.0, 2.0]]]> : tensor<2x2x3xf32>}) {
  %r0 = plx.gather %x, (%i) axes [0] at 0
      : (tensor<4x3xf32>, tensor<2x2xi64>) -> (tensor<2x2x3xf32>)
  return %r0 : tensor<2x2x3xf32>
}

func.func @behind_kept_axis(%x: tensor<4x3xi32> {plx.input = dense<[[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]> : tensor<4x3xi32>},
    %i: tensor<3xi32> {plx.input = dense<[2, -3, 1]> : tensor<3xi32>})
    -> (tensor<4x3xi32> {plx.expect = dense<[[2, 0, 1], [5, 3, 4], [8, 6, 7], [11, 9, 10]]> : tensor<4x3xi32>}) {
  %r0 = plx.gather %x, (%i) axes [1] at 1
      : (tensor<4x3xi32>, tensor<3xi32>) -> (tensor<4x3xi32>)
  return %r0 : tensor<4x3xi32>
}

func.func @in_front_of_kept_axis(%x: tensor<4x3xi32> {plx.input = dense<[[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]> : tensor<4x3xi32>},
    %i: tensor<3xi32> {plx.input = dense<[2, -3, 1]> : tensor<3xi32>})
    -> (tensor<3x4xi32> {plx.expect = dense<[[2, 5, 8, 11], [0, 3, 6, 9], [1, 4, 7, 10]]> : tensor<3x4xi32>}) {
  %r0 = plx.gather %x, (%i) axes [1] at 0
      : (tensor<4x3xi32>, tensor<3xi32>) -> (tensor<3x4xi32>)
  return %r0 : tensor<3x4xi32>
}

func.func @all_axes(%x: tensor<4x3xf16> {plx.input = dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0], [9.0, 10.0, 11.0]]> : tensor<4x3xf16>},
    %i: tensor<2xi64> {plx.input = dense<[3, -1]> : tensor<2xi64>},
    %j: tensor<2xui8> {plx.input = dense<[1, 2]> : tensor<2xui8>})
    -> (tensor<2xf16> {plx.expect = dense<[10.0, 11.0]> : tensor<2xf16>}) {
  %r0 = plx.gather %x, (%i, %j) axes [0, 1] at 0
      : (tensor<4x3xf16>, tensor<2xi64>, tensor<2xui8>) -> (tensor<2xf16>)
  return %r0 : tensor<2xf16>
}

// Axes need not ascend: the first index goes along dim 2, the second along dim 0.
func.func @axes_out_of_order(%x: tensor<2x2x2xi8> {plx.input = dense<[[[0, 1], [2, 3]], [[4, 5], [6, 7]]]> : tensor<2x2x2xi8>},
    %i: tensor<2xi64> {plx.input = dense<[0, 1]> : tensor<2xi64>},
    %j: tensor<2xi64> {plx.input = dense<[1, 1]> : tensor<2xi64>})
    -> (tensor<2x2xi8> {plx.expect = dense<[[4, 5], [6, 7]]> : tensor<2x2xi8>}) {
  %r0 = plx.gather %x, (%i, %j) axes [2, 0] at 1
      : (tensor<2x2x2xi8>, tensor<2xi64>, tensor<2xi64>) -> (tensor<2x2xi8>)
  return %r0 : tensor<2x2xi8>
}

// ONNX GatherElements along axis 0: the other coordinate is an iota.
func.func @elements(%x: tensor<4x3xf64> {plx.input = dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0], [9.0, 10.0, 11.0]]> : tensor<4x3xf64>},
    %i: tensor<2x3xi64> {plx.input = dense<[[1, 0, 2], [3, -1, 0]]> : tensor<2x3xi64>})
    -> (tensor<2x3xf64> {plx.expect = dense<[[3.0, 1.0, 8.0], [9.0, 10.0, 2.0]]> : tensor<2x3xf64>}) {
  %j = plx.iota 1 : tensor<2x3xi64>
  %r0 = plx.gather %x, (%i, %j) axes [0, 1] at 0
      : (tensor<4x3xf64>, tensor<2x3xi64>, tensor<2x3xi64>) -> tensor<2x3xf64>
  return %r0 : tensor<2x3xf64>
}

func.func @scalar_index(%x: tensor<4x3xi64> {plx.input = dense<[[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]> : tensor<4x3xi64>},
    %i: tensor<i64> {plx.input = dense<-2> : tensor<i64>})
    -> (tensor<3xi64> {plx.expect = dense<[6, 7, 8]> : tensor<3xi64>}) {
  %r0 = plx.gather %x, (%i) axes [0] at 0
      : (tensor<4x3xi64>, tensor<i64>) -> (tensor<3xi64>)
  return %r0 : tensor<3xi64>
}

func.func @no_indices(%x: tensor<4x3xf32> {plx.input = dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0], [9.0, 10.0, 11.0]]> : tensor<4x3xf32>},
    %i: tensor<?xi64, #plx.dims<[n]>> {plx.input = dense<> : tensor<0xi64>})
    -> (tensor<?x3xf32, #plx.dims<[n, 3]>> {plx.expect = dense<> : tensor<0x3xf32>}) {
  %r0 = plx.gather %x, (%i) axes [0] at 0
      : (tensor<4x3xf32>, tensor<?xi64, #plx.dims<[n]>>) -> (tensor<?x3xf32, #plx.dims<[n, 3]>>)
  return %r0 : tensor<?x3xf32, #plx.dims<[n, 3]>>
}

func.func @too_large(%x: tensor<4x3xf32> {plx.input = dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0], [9.0, 10.0, 11.0]]> : tensor<4x3xf32>},
    %i: tensor<2xi64> {plx.input = dense<[1, 4]> : tensor<2xi64>})
    -> tensor<2x3xf32>
    attributes {plx.fails = "gather: index 4 (element 1 of indices 0) is out of range [-4, 4) along axis 0",
                plx.fails_compiled = "index 4 is out of range: expected -4 to 3"} {
  %r = plx.gather %x, (%i) axes [0] at 0 : (tensor<4x3xf32>, tensor<2xi64>) -> tensor<2x3xf32>
  return %r : tensor<2x3xf32>
}

func.func @too_small(%x: tensor<4x3xf32> {plx.input = dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0], [9.0, 10.0, 11.0]]> : tensor<4x3xf32>},
    %i: tensor<1xi32> {plx.input = dense<[-5]> : tensor<1xi32>})
    -> tensor<1x3xf32>
    attributes {plx.fails = "index -5 (element 0 of indices 0) is out of range [-4, 4) along axis 0",
                plx.fails_compiled = "index -5 is out of range: expected -4 to 3"} {
  %r = plx.gather %x, (%i) axes [0] at 0 : (tensor<4x3xf32>, tensor<1xi32>) -> tensor<1x3xf32>
  return %r : tensor<1x3xf32>
}

func.func @indices_disagree(%x: tensor<2x2xf32> {plx.input = dense<1.0> : tensor<2x2xf32>},
    %i: tensor<?xi64, #plx.dims<[n]>> {plx.input = dense<[0, 1]> : tensor<2xi64>},
    %j: tensor<?xi64, #plx.dims<[m]>> {plx.input = dense<[0]> : tensor<1xi64>})
    -> tensor<?xf32, #plx.dims<[n]>>
    attributes {plx.fails = "gather: operand 1 has shape [1], operand 0 has [2]; they must have one shape",
                plx.fails_compiled = "dim 0 is 1 by `m` but 2 by `n`"} {
  %r = plx.gather %x, (%i, %j) axes [0, 1] at 0 : (tensor<2x2xf32>, tensor<?xi64, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[m]>>) -> tensor<?xf32, #plx.dims<[n]>>
  return %r : tensor<?xf32, #plx.dims<[n]>>
}
