// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @largest(%x: tensor<2x4xf32> {plx.input = dense<[[3.0, 1.0, 0x7FC00000, 1.0], [0xFF800000, 2.0, 2.0, 0x7FC00000]]> : tensor<2x4xf32>})
    -> (tensor<2x3xf32> {plx.expect = dense<[[0x7FC00000, 3.0, 1.0], [0x7FC00000, 2.0, 2.0]]> : tensor<2x3xf32>},
        tensor<2x3xi64> {plx.expect = dense<[[2, 0, 1], [3, 1, 2]]> : tensor<2x3xi64>}) {
  %r0, %r1 = plx.top_k %x axis 1 k [3]
      : (tensor<2x4xf32>) -> (tensor<2x3xf32>, tensor<2x3xi64>)
  return %r0, %r1 : tensor<2x3xf32>, tensor<2x3xi64>
}

func.func @smallest(%x: tensor<2x4xf32> {plx.input = dense<[[3.0, 1.0, 0x7FC00000, 1.0], [0xFF800000, 2.0, 2.0, 0x7FC00000]]> : tensor<2x4xf32>})
    -> (tensor<2x2xf32> {plx.expect = dense<[[1.0, 1.0], [0xFF800000, 2.0]]> : tensor<2x2xf32>},
        tensor<2x2xi64> {plx.expect = dense<[[1, 3], [0, 1]]> : tensor<2x2xi64>}) {
  %r0, %r1 = plx.top_k %x axis 1 k [2] smallest
      : (tensor<2x4xf32>) -> (tensor<2x2xf32>, tensor<2x2xi64>)
  return %r0, %r1 : tensor<2x2xf32>, tensor<2x2xi64>
}

func.func @first_axis_symbolic(%x: tensor<?x2xi64, #plx.dims<[n, 2]>> {plx.input = dense<[[3, 1], [1, 2], [2, 0]]> : tensor<3x2xi64>})
    -> (tensor<?x2xi64, #plx.dims<[n - 1, 2]>> {plx.expect = dense<[[3, 2], [2, 1]]> : tensor<2x2xi64>},
        tensor<?x2xi64, #plx.dims<[n - 1, 2]>> {plx.expect = dense<[[0, 1], [2, 0]]> : tensor<2x2xi64>}) {
  %r0, %r1 = plx.top_k %x axis 0 k [n - 1]
      : (tensor<?x2xi64, #plx.dims<[n, 2]>>) -> (tensor<?x2xi64, #plx.dims<[n - 1, 2]>>, tensor<?x2xi64, #plx.dims<[n - 1, 2]>>)
  return %r0, %r1 : tensor<?x2xi64, #plx.dims<[n - 1, 2]>>, tensor<?x2xi64, #plx.dims<[n - 1, 2]>>
}

func.func @none(%x: tensor<2xf32> {plx.input = dense<[1.0, 2.0]> : tensor<2xf32>})
    -> (tensor<0xf32> {plx.expect = dense<> : tensor<0xf32>},
        tensor<0xi64> {plx.expect = dense<> : tensor<0xi64>}) {
  %r0, %r1 = plx.top_k %x axis 0 k [0]
      : (tensor<2xf32>) -> (tensor<0xf32>, tensor<0xi64>)
  return %r0, %r1 : tensor<0xf32>, tensor<0xi64>
}

func.func @too_many(%x: tensor<?xf32, #plx.dims<[n]>> {plx.input = dense<[1.0, 2.0]> : tensor<2xf32>})
    -> (tensor<3xf32>, tensor<3xi64>)
    attributes {plx.fails = "top_k: k = 3 is not in [0, 2], the size along axis 0",
                plx.fails_compiled = "index 3 is out of range: expected 0 to 2"} {
  %v, %i = plx.top_k %x axis 0 k [3] : (tensor<?xf32, #plx.dims<[n]>>) -> (tensor<3xf32>, tensor<3xi64>)
  return %v, %i : tensor<3xf32>, tensor<3xi64>
}
