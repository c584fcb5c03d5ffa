// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

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

// Splits, joins, and groups that share no boundary: the index form has another road for each.
func.func @regroup0(%x: tensor<2x3x4xi32> {plx.input = dense<[[[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11]], [[12, 13, 14, 15], [16, 17, 18, 19], [20, 21, 22, 23]]]> : tensor<2x3x4xi32>})
    -> (tensor<6x4xi32> {plx.expect = dense<[[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [12, 13, 14, 15], [16, 17, 18, 19], [20, 21, 22, 23]]> : tensor<6x4xi32>}) {
  %a = plx.reshape %x : (tensor<2x3x4xi32>) -> tensor<6x4xi32>
  return %a : tensor<6x4xi32>
}

func.func @regroup1(%x: tensor<6x4xi32> {plx.input = dense<[[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [12, 13, 14, 15], [16, 17, 18, 19], [20, 21, 22, 23]]> : tensor<6x4xi32>})
    -> (tensor<2x3x2x2xi32> {plx.expect = dense<[[[[0, 1], [2, 3]], [[4, 5], [6, 7]], [[8, 9], [10, 11]]], [[[12, 13], [14, 15]], [[16, 17], [18, 19]], [[20, 21], [22, 23]]]]> : tensor<2x3x2x2xi32>}) {
  %a = plx.reshape %x : (tensor<6x4xi32>) -> tensor<2x3x2x2xi32>
  return %a : tensor<2x3x2x2xi32>
}

func.func @regroup2(%x: tensor<4x6xi32> {plx.input = dense<[[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11], [12, 13, 14, 15, 16, 17], [18, 19, 20, 21, 22, 23]]> : tensor<4x6xi32>})
    -> (tensor<3x8xi32> {plx.expect = dense<[[0, 1, 2, 3, 4, 5, 6, 7], [8, 9, 10, 11, 12, 13, 14, 15], [16, 17, 18, 19, 20, 21, 22, 23]]> : tensor<3x8xi32>}) {
  %a = plx.reshape %x : (tensor<4x6xi32>) -> tensor<3x8xi32>
  return %a : tensor<3x8xi32>
}

func.func @regroup3(%x: tensor<1x24xi32> {plx.input = dense<[[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]]> : tensor<1x24xi32>})
    -> (tensor<2x1x12x1xi32> {plx.expect = dense<[[[[0], [1], [2], [3], [4], [5], [6], [7], [8], [9], [10], [11]]], [[[12], [13], [14], [15], [16], [17], [18], [19], [20], [21], [22], [23]]]]> : tensor<2x1x12x1xi32>}) {
  %a = plx.reshape %x : (tensor<1x24xi32>) -> tensor<2x1x12x1xi32>
  return %a : tensor<2x1x12x1xi32>
}

func.func @regroup4(%x: tensor<2x12xi32> {plx.input = dense<[[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], [12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23]]> : tensor<2x12xi32>})
    -> (tensor<4x3x2xi32> {plx.expect = dense<[[[0, 1], [2, 3], [4, 5]], [[6, 7], [8, 9], [10, 11]], [[12, 13], [14, 15], [16, 17]], [[18, 19], [20, 21], [22, 23]]]> : tensor<4x3x2xi32>}) {
  %a = plx.reshape %x : (tensor<2x12xi32>) -> tensor<4x3x2xi32>
  return %a : tensor<4x3x2xi32>
}

func.func @regroup5(%x: tensor<2x2x6xi32> {plx.input = dense<[[[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]], [[12, 13, 14, 15, 16, 17], [18, 19, 20, 21, 22, 23]]]> : tensor<2x2x6xi32>})
    -> (tensor<4x3x2xi32> {plx.expect = dense<[[[0, 1], [2, 3], [4, 5]], [[6, 7], [8, 9], [10, 11]], [[12, 13], [14, 15], [16, 17]], [[18, 19], [20, 21], [22, 23]]]> : tensor<4x3x2xi32>}) {
  %a = plx.reshape %x : (tensor<2x2x6xi32>) -> tensor<4x3x2xi32>
  return %a : tensor<4x3x2xi32>
}

func.func @symbolic_split(%y: tensor<?xi32, #plx.dims<[n]>> {plx.input = dense<0> : tensor<2xi32>},
    %x: tensor<?x4xi32, #plx.dims<[2*n, 4]>> {plx.input = dense<[[0, 1, 2, 3], [4, 5, 6, 7], [8, 9, 10, 11], [12, 13, 14, 15]]> : tensor<4x4xi32>})
    -> (tensor<?x2x2x2xi32, #plx.dims<[n, 2, 2, 2]>> {plx.expect = dense<[[[[0, 1], [2, 3]], [[4, 5], [6, 7]]], [[[8, 9], [10, 11]], [[12, 13], [14, 15]]]]> : tensor<2x2x2x2xi32>}) {
  %a = plx.reshape %x : (tensor<?x4xi32, #plx.dims<[2*n, 4]>>) -> tensor<?x2x2x2xi32, #plx.dims<[n, 2, 2, 2]>>
  return %a : tensor<?x2x2x2xi32, #plx.dims<[n, 2, 2, 2]>>
}
