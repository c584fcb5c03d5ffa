// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// NaN is the most extreme of all.
func.func @max_first(%x: tensor<2x4xf32> {plx.input = dense<[[1.0, 3.0, 3.0, 2.0], [0x7FC00000, 5.0, 0x7FC00000, 1.0]]> : tensor<2x4xf32>})
    -> (tensor<2xi64> {plx.expect = dense<[1, 0]> : tensor<2xi64>}) {
  %r0 = plx.arg_reduce max %x axis 1
      : (tensor<2x4xf32>) -> (tensor<2xi64>)
  return %r0 : tensor<2xi64>
}

func.func @max_last(%x: tensor<2x4xf32> {plx.input = dense<[[1.0, 3.0, 3.0, 2.0], [0x7FC00000, 5.0, 0x7FC00000, 1.0]]> : tensor<2x4xf32>})
    -> (tensor<2xi64> {plx.expect = dense<[2, 2]> : tensor<2xi64>}) {
  %r0 = plx.arg_reduce max %x axis 1 last
      : (tensor<2x4xf32>) -> (tensor<2xi64>)
  return %r0 : tensor<2xi64>
}

func.func @min_first(%x: tensor<2x3xf32> {plx.input = dense<[[2.0, 1.0, 1.0], [0.0, 0x7FC00000, -1.0]]> : tensor<2x3xf32>})
    -> (tensor<2xi64> {plx.expect = dense<[1, 1]> : tensor<2xi64>}) {
  %r0 = plx.arg_reduce min %x axis 1
      : (tensor<2x3xf32>) -> (tensor<2xi64>)
  return %r0 : tensor<2xi64>
}

func.func @min_last(%x: tensor<2x3xf32> {plx.input = dense<[[2.0, 1.0, 1.0], [0x7FC00000, 0x7FC00000, -1.0]]> : tensor<2x3xf32>})
    -> (tensor<2xi64> {plx.expect = dense<[2, 1]> : tensor<2xi64>}) {
  %r0 = plx.arg_reduce min %x axis 1 last
      : (tensor<2x3xf32>) -> (tensor<2xi64>)
  return %r0 : tensor<2xi64>
}

func.func @first_axis(%x: tensor<?x2xi32, #plx.dims<[n, 2]>> {plx.input = dense<[[2, 1], [5, 1], [5, 0]]> : tensor<3x2xi32>})
    -> (tensor<2xi64> {plx.expect = dense<[1, 0]> : tensor<2xi64>}) {
  %r0 = plx.arg_reduce max %x axis 0
      : (tensor<?x2xi32, #plx.dims<[n, 2]>>) -> (tensor<2xi64>)
  return %r0 : tensor<2xi64>
}

func.func @unsigned(%x: tensor<3xui8> {plx.input = dense<[1, 255, 3]> : tensor<3xui8>})
    -> (tensor<i64> {plx.expect = dense<1> : tensor<i64>}) {
  %r0 = plx.arg_reduce max %x axis 0
      : (tensor<3xui8>) -> (tensor<i64>)
  return %r0 : tensor<i64>
}

func.func @no_lines(%x: tensor<?x2xf32, #plx.dims<[n, 2]>> {plx.input = dense<> : tensor<0x2xf32>})
    -> (tensor<?xi64, #plx.dims<[n]>> {plx.expect = dense<> : tensor<0xi64>}) {
  %r0 = plx.arg_reduce max %x axis 1
      : (tensor<?x2xf32, #plx.dims<[n, 2]>>) -> (tensor<?xi64, #plx.dims<[n]>>)
  return %r0 : tensor<?xi64, #plx.dims<[n]>>
}

func.func @nothing_to_choose(%x: tensor<2x?xf32, #plx.dims<[2, n]>> {plx.input = dense<> : tensor<2x0xf32>})
    -> tensor<2xi64>
    attributes {plx.fails = "the size along axis 1 is 0; expected at least one element to choose from"} {
  %r = plx.arg_reduce max %x axis 1 : (tensor<2x?xf32, #plx.dims<[2, n]>>) -> tensor<2xi64>
  return %r : tensor<2xi64>
}
