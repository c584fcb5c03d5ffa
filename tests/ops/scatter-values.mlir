// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// The last of two writes stays.
func.func @replace(%x: tensor<4x3xf32> {plx.input = dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0], [9.0, 10.0, 11.0]]> : tensor<4x3xf32>},
    %u: tensor<2x3xf32> {plx.input = dense<[[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]]> : tensor<2x3xf32>},
    %i: tensor<2xi64> {plx.input = dense<[0, 0]> : tensor<2xi64>})
    -> (tensor<4x3xf32> {plx.expect = dense<[[40.0, 50.0, 60.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0], [9.0, 10.0, 11.0]]> : tensor<4x3xf32>}) {
  %r0 = plx.scatter replace %x, %u, (%i) axes [0] at 0
      : (tensor<4x3xf32>, tensor<2x3xf32>, tensor<2xi64>) -> (tensor<4x3xf32>)
  return %r0 : tensor<4x3xf32>
}

func.func @sum(%x: tensor<4x3xf32> {plx.input = dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0], [9.0, 10.0, 11.0]]> : tensor<4x3xf32>},
    %u: tensor<2x3xf32> {plx.input = dense<[[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]]> : tensor<2x3xf32>},
    %i: tensor<2xi64> {plx.input = dense<[2, 2]> : tensor<2xi64>})
    -> (tensor<4x3xf32> {plx.expect = dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [56.0, 77.0, 98.0], [9.0, 10.0, 11.0]]> : tensor<4x3xf32>}) {
  %r0 = plx.scatter sum %x, %u, (%i) axes [0] at 0
      : (tensor<4x3xf32>, tensor<2x3xf32>, tensor<2xi64>) -> (tensor<4x3xf32>)
  return %r0 : tensor<4x3xf32>
}

func.func @product(%x: tensor<4x3xf32> {plx.input = dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0], [9.0, 10.0, 11.0]]> : tensor<4x3xf32>},
    %u: tensor<2x3xf32> {plx.input = dense<[[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]]> : tensor<2x3xf32>},
    %i: tensor<2xi64> {plx.input = dense<[2, 2]> : tensor<2xi64>})
    -> (tensor<4x3xf32> {plx.expect = dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [2400.0, 7000.0, 14400.0], [9.0, 10.0, 11.0]]> : tensor<4x3xf32>}) {
  %r0 = plx.scatter product %x, %u, (%i) axes [0] at 0
      : (tensor<4x3xf32>, tensor<2x3xf32>, tensor<2xi64>) -> (tensor<4x3xf32>)
  return %r0 : tensor<4x3xf32>
}

func.func @max(%x: tensor<4x3xf32> {plx.input = dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0], [9.0, 10.0, 11.0]]> : tensor<4x3xf32>},
    %u: tensor<2x3xf32> {plx.input = dense<[[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]]> : tensor<2x3xf32>},
    %i: tensor<2xi64> {plx.input = dense<[2, 2]> : tensor<2xi64>})
    -> (tensor<4x3xf32> {plx.expect = dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [40.0, 50.0, 60.0], [9.0, 10.0, 11.0]]> : tensor<4x3xf32>}) {
  %r0 = plx.scatter max %x, %u, (%i) axes [0] at 0
      : (tensor<4x3xf32>, tensor<2x3xf32>, tensor<2xi64>) -> (tensor<4x3xf32>)
  return %r0 : tensor<4x3xf32>
}

func.func @min(%x: tensor<4x3xf32> {plx.input = dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0], [9.0, 10.0, 11.0]]> : tensor<4x3xf32>},
    %u: tensor<2x3xf32> {plx.input = dense<[[10.0, 20.0, 30.0], [40.0, 50.0, 60.0]]> : tensor<2x3xf32>},
    %i: tensor<2xi64> {plx.input = dense<[2, 2]> : tensor<2xi64>})
    -> (tensor<4x3xf32> {plx.expect = dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0], [6.0, 7.0, 8.0], [9.0, 10.0, 11.0]]> : tensor<4x3xf32>}) {
  %r0 = plx.scatter min %x, %u, (%i) axes [0] at 0
      : (tensor<4x3xf32>, tensor<2x3xf32>, tensor<2xi64>) -> (tensor<4x3xf32>)
  return %r0 : tensor<4x3xf32>
}

func.func @negative_indices(%x: tensor<4x3xi32> {plx.input = dense<[[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]> : tensor<4x3xi32>},
    %u: tensor<2x3xi32> {plx.input = dense<[[10, 20, 30], [40, 50, 60]]> : tensor<2x3xi32>},
    %i: tensor<2xi32> {plx.input = dense<[1, -1]> : tensor<2xi32>})
    -> (tensor<4x3xi32> {plx.expect = dense<[[0, 1, 2], [13, 24, 35], [6, 7, 8], [49, 60, 71]]> : tensor<4x3xi32>}) {
  %r0 = plx.scatter sum %x, %u, (%i) axes [0] at 0
      : (tensor<4x3xi32>, tensor<2x3xi32>, tensor<2xi32>) -> (tensor<4x3xi32>)
  return %r0 : tensor<4x3xi32>
}

func.func @elements(%x: tensor<4x3xi64> {plx.input = dense<[[0, 1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 11]]> : tensor<4x3xi64>},
    %u: tensor<2xi64> {plx.input = dense<[7, 8]> : tensor<2xi64>},
    %i: tensor<2xi64> {plx.input = dense<[3, 0]> : tensor<2xi64>},
    %j: tensor<2xi64> {plx.input = dense<[0, -1]> : tensor<2xi64>})
    -> (tensor<4x3xi64> {plx.expect = dense<[[0, 1, 8], [3, 4, 5], [6, 7, 8], [7, 10, 11]]> : tensor<4x3xi64>}) {
  %r0 = plx.scatter replace %x, %u, (%i, %j) axes [0, 1] at 0
      : (tensor<4x3xi64>, tensor<2xi64>, tensor<2xi64>, tensor<2xi64>) -> (tensor<4x3xi64>)
  return %r0 : tensor<4x3xi64>
}

func.func @columns(%x: tensor<2x3xf32> {plx.input = dense<[[0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]> : tensor<2x3xf32>},
    %u: tensor<2x2xf32> {plx.input = dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32>},
    %i: tensor<2xi64> {plx.input = dense<[2, 0]> : tensor<2xi64>})
    -> (tensor<2x3xf32> {plx.expect = dense<[[2.0, 0.0, 1.0], [4.0, 0.0, 3.0]]> : tensor<2x3xf32>}) {
  %r0 = plx.scatter sum %x, %u, (%i) axes [1] at 1
      : (tensor<2x3xf32>, tensor<2x2xf32>, tensor<2xi64>) -> (tensor<2x3xf32>)
  return %r0 : tensor<2x3xf32>
}

func.func @nan_in_max(%x: tensor<2xf32> {plx.input = dense<[1.0, 2.0]> : tensor<2xf32>},
    %u: tensor<2xf32> {plx.input = dense<[0x7FC00000, 1.0]> : tensor<2xf32>},
    %i: tensor<2xi64> {plx.input = dense<[0, 1]> : tensor<2xi64>})
    -> (tensor<2xf32> {plx.expect = dense<[0x7FC00000, 2.0]> : tensor<2xf32>}) {
  %r0 = plx.scatter max %x, %u, (%i) axes [0] at 0
      : (tensor<2xf32>, tensor<2xf32>, tensor<2xi64>) -> (tensor<2xf32>)
  return %r0 : tensor<2xf32>
}

func.func @wraps(%x: tensor<1xui8> {plx.input = dense<[250]> : tensor<1xui8>},
    %u: tensor<2xui8> {plx.input = dense<[10, 1]> : tensor<2xui8>},
    %i: tensor<2xi64> {plx.input = dense<[0, 0]> : tensor<2xi64>})
    -> (tensor<1xui8> {plx.expect = dense<[5]> : tensor<1xui8>}) {
  %r0 = plx.scatter sum %x, %u, (%i) axes [0] at 0
      : (tensor<1xui8>, tensor<2xui8>, tensor<2xi64>) -> (tensor<1xui8>)
  return %r0 : tensor<1xui8>
}

func.func @no_updates(%x: tensor<2xf32> {plx.input = dense<[1.0, 2.0]> : tensor<2xf32>},
    %u: tensor<?xf32, #plx.dims<[n]>> {plx.input = dense<> : tensor<0xf32>},
    %i: tensor<?xi64, #plx.dims<[n]>> {plx.input = dense<> : tensor<0xi64>})
    -> (tensor<2xf32> {plx.expect = dense<[1.0, 2.0]> : tensor<2xf32>}) {
  %r0 = plx.scatter sum %x, %u, (%i) axes [0] at 0
      : (tensor<2xf32>, tensor<?xf32, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>) -> (tensor<2xf32>)
  return %r0 : tensor<2xf32>
}

func.func @out_of_range(%x: tensor<2xf32> {plx.input = dense<[1.0, 2.0]> : tensor<2xf32>},
    %u: tensor<1xf32> {plx.input = dense<[1.0]> : tensor<1xf32>},
    %i: tensor<1xi64> {plx.input = dense<[2]> : tensor<1xi64>})
    -> tensor<2xf32>
    attributes {plx.fails = "scatter: index 2 (element 0 of indices 0) is out of range [-2, 2) along axis 0",
                plx.fails_compiled = "index 2 is out of range: expected -2 to 1"} {
  %r = plx.scatter sum %x, %u, (%i) axes [0] at 0 : (tensor<2xf32>, tensor<1xf32>, tensor<1xi64>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}

func.func @fewer_updates(%x: tensor<2xf32> {plx.input = dense<[1.0, 2.0]> : tensor<2xf32>},
    %u: tensor<?xf32, #plx.dims<[m]>> {plx.input = dense<[1.0]> : tensor<1xf32>},
    %i: tensor<?xi64, #plx.dims<[n]>> {plx.input = dense<[0, 1]> : tensor<2xi64>})
    -> tensor<2xf32>
    attributes {plx.fails = "scatter: `updates` has another shape than operand and indices make",
                plx.fails_compiled = "dim 0 is 1 by `m` but 2 by `n`"} {
  %r = plx.scatter sum %x, %u, (%i) axes [0] at 0 : (tensor<2xf32>, tensor<?xf32, #plx.dims<[m]>>, tensor<?xi64, #plx.dims<[n]>>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}
