// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// NaN is last; of equal values the lower index is first.
func.func @ascending(%x: tensor<2x4xf32> {plx.input = dense<[[3.0, 1.0, 0x7FC00000, 1.0], [0xFF800000, 2.0, 2.0, 0x7FC00000]]> : tensor<2x4xf32>})
    -> (tensor<2x4xf32> {plx.expect = dense<[[1.0, 1.0, 3.0, 0x7FC00000], [0xFF800000, 2.0, 2.0, 0x7FC00000]]> : tensor<2x4xf32>},
        tensor<2x4xi64> {plx.expect = dense<[[1, 3, 0, 2], [0, 1, 2, 3]]> : tensor<2x4xi64>}) {
  %r0, %r1 = plx.sort %x axis 1
      : (tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xi64>)
  return %r0, %r1 : tensor<2x4xf32>, tensor<2x4xi64>
}

// NaN is first; of equal values the lower index is first still.
func.func @descending(%x: tensor<2x4xf32> {plx.input = dense<[[3.0, 1.0, 0x7FC00000, 1.0], [0xFF800000, 2.0, 2.0, 0x7FC00000]]> : tensor<2x4xf32>})
    -> (tensor<2x4xf32> {plx.expect = dense<[[0x7FC00000, 3.0, 1.0, 1.0], [0x7FC00000, 2.0, 2.0, 0xFF800000]]> : tensor<2x4xf32>},
        tensor<2x4xi64> {plx.expect = dense<[[2, 0, 1, 3], [3, 1, 2, 0]]> : tensor<2x4xi64>}) {
  %r0, %r1 = plx.sort %x axis 1 descending
      : (tensor<2x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xi64>)
  return %r0, %r1 : tensor<2x4xf32>, tensor<2x4xi64>
}

func.func @first_axis(%x: tensor<?x2xi32, #plx.dims<[n, 2]>> {plx.input = dense<[[3, 1], [1, 2], [2, 0]]> : tensor<3x2xi32>})
    -> (tensor<?x2xi32, #plx.dims<[n, 2]>> {plx.expect = dense<[[1, 0], [2, 1], [3, 2]]> : tensor<3x2xi32>},
        tensor<?x2xi64, #plx.dims<[n, 2]>> {plx.expect = dense<[[1, 2], [2, 0], [0, 1]]> : tensor<3x2xi64>}) {
  %r0, %r1 = plx.sort %x axis 0
      : (tensor<?x2xi32, #plx.dims<[n, 2]>>) -> (tensor<?x2xi32, #plx.dims<[n, 2]>>, tensor<?x2xi64, #plx.dims<[n, 2]>>)
  return %r0, %r1 : tensor<?x2xi32, #plx.dims<[n, 2]>>, tensor<?x2xi64, #plx.dims<[n, 2]>>
}

func.func @unsigned(%x: tensor<3xui8> {plx.input = dense<[200, 100, 255]> : tensor<3xui8>})
    -> (tensor<3xui8> {plx.expect = dense<[100, 200, 255]> : tensor<3xui8>},
        tensor<3xi64> {plx.expect = dense<[1, 0, 2]> : tensor<3xi64>}) {
  %r0, %r1 = plx.sort %x axis 0
      : (tensor<3xui8>) -> (tensor<3xui8>, tensor<3xi64>)
  return %r0, %r1 : tensor<3xui8>, tensor<3xi64>
}

func.func @signed(%x: tensor<3xi8> {plx.input = dense<[-56, 100, -1]> : tensor<3xi8>})
    -> (tensor<3xi8> {plx.expect = dense<[-56, -1, 100]> : tensor<3xi8>},
        tensor<3xi64> {plx.expect = dense<[0, 2, 1]> : tensor<3xi64>}) {
  %r0, %r1 = plx.sort %x axis 0
      : (tensor<3xi8>) -> (tensor<3xi8>, tensor<3xi64>)
  return %r0, %r1 : tensor<3xi8>, tensor<3xi64>
}

func.func @bools(%x: tensor<4xi1> {plx.input = dense<[true, false, true, false]> : tensor<4xi1>})
    -> (tensor<4xi1> {plx.expect = dense<[false, false, true, true]> : tensor<4xi1>},
        tensor<4xi64> {plx.expect = dense<[1, 3, 0, 2]> : tensor<4xi64>}) {
  %r0, %r1 = plx.sort %x axis 0
      : (tensor<4xi1>) -> (tensor<4xi1>, tensor<4xi64>)
  return %r0, %r1 : tensor<4xi1>, tensor<4xi64>
}

func.func @empty(%x: tensor<2x?xf32, #plx.dims<[2, n]>> {plx.input = dense<> : tensor<2x0xf32>})
    -> (tensor<2x?xf32, #plx.dims<[2, n]>> {plx.expect = dense<> : tensor<2x0xf32>},
        tensor<2x?xi64, #plx.dims<[2, n]>> {plx.expect = dense<> : tensor<2x0xi64>}) {
  %r0, %r1 = plx.sort %x axis 1
      : (tensor<2x?xf32, #plx.dims<[2, n]>>) -> (tensor<2x?xf32, #plx.dims<[2, n]>>, tensor<2x?xi64, #plx.dims<[2, n]>>)
  return %r0, %r1 : tensor<2x?xf32, #plx.dims<[2, n]>>, tensor<2x?xi64, #plx.dims<[2, n]>>
}
