// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @sorted(%x: tensor<6xf32> {plx.input = dense<[2.0, 1.0, 1.0, 3.0, 4.0, 3.0]> : tensor<6xf32>})
    -> (tensor<?xf32, #plx.dims<[n]>> {plx.expect = dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>},
        tensor<?xi64, #plx.dims<[n]>> {plx.expect = dense<[1, 0, 3, 4]> : tensor<4xi64>},
        tensor<6xi64> {plx.expect = dense<[1, 0, 0, 2, 3, 2]> : tensor<6xi64>},
        tensor<?xi64, #plx.dims<[n]>> {plx.expect = dense<[2, 1, 2, 1]> : tensor<4xi64>}) {
  %r0, %r1, %r2, %r3 = plx.unique %x size "n"
      : (tensor<6xf32>) -> (tensor<?xf32, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<6xi64>, tensor<?xi64, #plx.dims<[n]>>)
  return %r0, %r1, %r2, %r3 : tensor<?xf32, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<6xi64>, tensor<?xi64, #plx.dims<[n]>>
}

func.func @in_order_of_occurrence(%x: tensor<6xf32> {plx.input = dense<[2.0, 1.0, 1.0, 3.0, 4.0, 3.0]> : tensor<6xf32>})
    -> (tensor<?xf32, #plx.dims<[n]>> {plx.expect = dense<[2.0, 1.0, 3.0, 4.0]> : tensor<4xf32>},
        tensor<?xi64, #plx.dims<[n]>> {plx.expect = dense<[0, 1, 3, 4]> : tensor<4xi64>},
        tensor<6xi64> {plx.expect = dense<[0, 1, 1, 2, 3, 2]> : tensor<6xi64>},
        tensor<?xi64, #plx.dims<[n]>> {plx.expect = dense<[1, 2, 2, 1]> : tensor<4xi64>}) {
  %r0, %r1, %r2, %r3 = plx.unique %x size "n" {sorted = false}
      : (tensor<6xf32>) -> (tensor<?xf32, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<6xi64>, tensor<?xi64, #plx.dims<[n]>>)
  return %r0, %r1, %r2, %r3 : tensor<?xf32, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<6xi64>, tensor<?xi64, #plx.dims<[n]>>
}

func.func @nans_are_one(%x: tensor<3xf32> {plx.input = dense<[0x7FC00000, 1.0, 0x7FC00000]> : tensor<3xf32>})
    -> (tensor<?xf32, #plx.dims<[n]>> {plx.expect = dense<[1.0, 0x7FC00000]> : tensor<2xf32>},
        tensor<?xi64, #plx.dims<[n]>> {plx.expect = dense<[1, 0]> : tensor<2xi64>},
        tensor<3xi64> {plx.expect = dense<[1, 0, 1]> : tensor<3xi64>},
        tensor<?xi64, #plx.dims<[n]>> {plx.expect = dense<[1, 2]> : tensor<2xi64>}) {
  %r0, %r1, %r2, %r3 = plx.unique %x size "n"
      : (tensor<3xf32>) -> (tensor<?xf32, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<3xi64>, tensor<?xi64, #plx.dims<[n]>>)
  return %r0, %r1, %r2, %r3 : tensor<?xf32, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<3xi64>, tensor<?xi64, #plx.dims<[n]>>
}

func.func @rows(%x: tensor<3x3xi32> {plx.input = dense<[[1, 0, 0], [1, 0, 0], [2, 3, 4]]> : tensor<3x3xi32>})
    -> (tensor<?x3xi32, #plx.dims<[n, 3]>> {plx.expect = dense<[[1, 0, 0], [2, 3, 4]]> : tensor<2x3xi32>},
        tensor<?xi64, #plx.dims<[n]>> {plx.expect = dense<[0, 2]> : tensor<2xi64>},
        tensor<3xi64> {plx.expect = dense<[0, 0, 1]> : tensor<3xi64>},
        tensor<?xi64, #plx.dims<[n]>> {plx.expect = dense<[2, 1]> : tensor<2xi64>}) {
  %r0, %r1, %r2, %r3 = plx.unique %x axis 0 size "n"
      : (tensor<3x3xi32>) -> (tensor<?x3xi32, #plx.dims<[n, 3]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<3xi64>, tensor<?xi64, #plx.dims<[n]>>)
  return %r0, %r1, %r2, %r3 : tensor<?x3xi32, #plx.dims<[n, 3]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<3xi64>, tensor<?xi64, #plx.dims<[n]>>
}

func.func @columns(%x: tensor<2x3xi64> {plx.input = dense<[[2, 1, 2], [0, 5, 0]]> : tensor<2x3xi64>})
    -> (tensor<2x?xi64, #plx.dims<[2, n]>> {plx.expect = dense<[[1, 2], [5, 0]]> : tensor<2x2xi64>},
        tensor<?xi64, #plx.dims<[n]>> {plx.expect = dense<[1, 0]> : tensor<2xi64>},
        tensor<3xi64> {plx.expect = dense<[1, 0, 1]> : tensor<3xi64>},
        tensor<?xi64, #plx.dims<[n]>> {plx.expect = dense<[1, 2]> : tensor<2xi64>}) {
  %r0, %r1, %r2, %r3 = plx.unique %x axis 1 size "n"
      : (tensor<2x3xi64>) -> (tensor<2x?xi64, #plx.dims<[2, n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<3xi64>, tensor<?xi64, #plx.dims<[n]>>)
  return %r0, %r1, %r2, %r3 : tensor<2x?xi64, #plx.dims<[2, n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<3xi64>, tensor<?xi64, #plx.dims<[n]>>
}

func.func @flattened(%x: tensor<2x2xui8> {plx.input = dense<[[2, 1], [1, 2]]> : tensor<2x2xui8>})
    -> (tensor<?xui8, #plx.dims<[n]>> {plx.expect = dense<[1, 2]> : tensor<2xui8>},
        tensor<?xi64, #plx.dims<[n]>> {plx.expect = dense<[1, 0]> : tensor<2xi64>},
        tensor<4xi64> {plx.expect = dense<[1, 0, 0, 1]> : tensor<4xi64>},
        tensor<?xi64, #plx.dims<[n]>> {plx.expect = dense<[2, 2]> : tensor<2xi64>}) {
  %r0, %r1, %r2, %r3 = plx.unique %x size "n"
      : (tensor<2x2xui8>) -> (tensor<?xui8, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<4xi64>, tensor<?xi64, #plx.dims<[n]>>)
  return %r0, %r1, %r2, %r3 : tensor<?xui8, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<4xi64>, tensor<?xi64, #plx.dims<[n]>>
}

func.func @empty(%x: tensor<0xf32> {plx.input = dense<> : tensor<0xf32>})
    -> (tensor<?xf32, #plx.dims<[n]>> {plx.expect = dense<> : tensor<0xf32>},
        tensor<?xi64, #plx.dims<[n]>> {plx.expect = dense<> : tensor<0xi64>},
        tensor<0xi64> {plx.expect = dense<> : tensor<0xi64>},
        tensor<?xi64, #plx.dims<[n]>> {plx.expect = dense<> : tensor<0xi64>}) {
  %r0, %r1, %r2, %r3 = plx.unique %x size "n"
      : (tensor<0xf32>) -> (tensor<?xf32, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<0xi64>, tensor<?xi64, #plx.dims<[n]>>)
  return %r0, %r1, %r2, %r3 : tensor<?xf32, #plx.dims<[n]>>, tensor<?xi64, #plx.dims<[n]>>, tensor<0xi64>, tensor<?xi64, #plx.dims<[n]>>
}
