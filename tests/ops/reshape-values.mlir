// RUN: run-values %s

func.func @row_major(%x: tensor<?x3xf32, #plx.dims<[n, 3]>> {plx.input = dense<[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]> : tensor<2x3xf32>})
    -> (tensor<3x?xf32, #plx.dims<[3, n]>> {plx.expect = dense<[[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]> : tensor<3x2xf32>},
        tensor<?xf32, #plx.dims<[3*n]>> {plx.expect = dense<[0.0, 1.0, 2.0, 3.0, 4.0, 5.0]> : tensor<6xf32>}) {
  %a = plx.reshape %x : (tensor<?x3xf32, #plx.dims<[n, 3]>>) -> tensor<3x?xf32, #plx.dims<[3, n]>>
  %b = plx.reshape %x : (tensor<?x3xf32, #plx.dims<[n, 3]>>) -> tensor<?xf32, #plx.dims<[3*n]>>
  return %a, %b : tensor<3x?xf32, #plx.dims<[3, n]>>, tensor<?xf32, #plx.dims<[3*n]>>
}

func.func @scalar(%x: tensor<1x1xi64> {plx.input = dense<7> : tensor<1x1xi64>}) -> (tensor<i64> {plx.expect = dense<7> : tensor<i64>}) {
  %a = plx.reshape %x : (tensor<1x1xi64>) -> tensor<i64>
  return %a : tensor<i64>
}
