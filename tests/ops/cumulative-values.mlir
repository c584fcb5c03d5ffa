// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @sum(%x: tensor<?x?xf32, #plx.dims<[n, m]>> {plx.input = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>})
    -> (tensor<?x?xf32, #plx.dims<[n, m]>> {plx.expect = dense<[[1.0, 3.0, 6.0], [4.0, 9.0, 15.0]]> : tensor<2x3xf32>}) {
  %r0 = plx.cumulative sum %x axis 1
      : (tensor<?x?xf32, #plx.dims<[n, m]>>) -> (tensor<?x?xf32, #plx.dims<[n, m]>>)
  return %r0 : tensor<?x?xf32, #plx.dims<[n, m]>>
}

func.func @sum_reverse(%x: tensor<?x?xf32, #plx.dims<[n, m]>> {plx.input = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>})
    -> (tensor<?x?xf32, #plx.dims<[n, m]>> {plx.expect = dense<[[6.0, 5.0, 3.0], [15.0, 11.0, 6.0]]> : tensor<2x3xf32>}) {
  %r0 = plx.cumulative sum %x axis 1 reverse
      : (tensor<?x?xf32, #plx.dims<[n, m]>>) -> (tensor<?x?xf32, #plx.dims<[n, m]>>)
  return %r0 : tensor<?x?xf32, #plx.dims<[n, m]>>
}

func.func @sum_exclusive(%x: tensor<?x?xf32, #plx.dims<[n, m]>> {plx.input = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>})
    -> (tensor<?x?xf32, #plx.dims<[n, m]>> {plx.expect = dense<[[0.0, 1.0, 3.0], [0.0, 4.0, 9.0]]> : tensor<2x3xf32>}) {
  %r0 = plx.cumulative sum %x axis 1 exclusive
      : (tensor<?x?xf32, #plx.dims<[n, m]>>) -> (tensor<?x?xf32, #plx.dims<[n, m]>>)
  return %r0 : tensor<?x?xf32, #plx.dims<[n, m]>>
}

func.func @sum_exclusive_reverse(%x: tensor<?x?xf32, #plx.dims<[n, m]>> {plx.input = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>})
    -> (tensor<?x?xf32, #plx.dims<[n, m]>> {plx.expect = dense<[[5.0, 3.0, 0.0], [11.0, 6.0, 0.0]]> : tensor<2x3xf32>}) {
  %r0 = plx.cumulative sum %x axis 1 exclusive reverse
      : (tensor<?x?xf32, #plx.dims<[n, m]>>) -> (tensor<?x?xf32, #plx.dims<[n, m]>>)
  return %r0 : tensor<?x?xf32, #plx.dims<[n, m]>>
}

func.func @product(%x: tensor<2x3xi32> {plx.input = dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>})
    -> (tensor<2x3xi32> {plx.expect = dense<[[1, 2, 3], [4, 10, 18]]> : tensor<2x3xi32>}) {
  %r0 = plx.cumulative product %x axis 0
      : (tensor<2x3xi32>) -> (tensor<2x3xi32>)
  return %r0 : tensor<2x3xi32>
}

func.func @product_exclusive(%x: tensor<2x3xi32> {plx.input = dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi32>})
    -> (tensor<2x3xi32> {plx.expect = dense<[[1, 1, 2], [1, 4, 20]]> : tensor<2x3xi32>}) {
  %r0 = plx.cumulative product %x axis 1 exclusive
      : (tensor<2x3xi32>) -> (tensor<2x3xi32>)
  return %r0 : tensor<2x3xi32>
}

func.func @max(%x: tensor<5xf32> {plx.input = dense<[3.0, 1.0, 4.0, 0x7FC00000, 9.0]> : tensor<5xf32>})
    -> (tensor<5xf32> {plx.expect = dense<[3.0, 3.0, 4.0, 0x7FC00000, 0x7FC00000]> : tensor<5xf32>}) {
  %r0 = plx.cumulative max %x axis 0
      : (tensor<5xf32>) -> (tensor<5xf32>)
  return %r0 : tensor<5xf32>
}

func.func @min_exclusive_ints(%x: tensor<3xi8> {plx.input = dense<[3, 1, 4]> : tensor<3xi8>})
    -> (tensor<3xi8> {plx.expect = dense<[127, 3, 1]> : tensor<3xi8>}) {
  %r0 = plx.cumulative min %x axis 0 exclusive
      : (tensor<3xi8>) -> (tensor<3xi8>)
  return %r0 : tensor<3xi8>
}

func.func @empty(%x: tensor<2x?xf32, #plx.dims<[2, n]>> {plx.input = dense<> : tensor<2x0xf32>})
    -> (tensor<2x?xf32, #plx.dims<[2, n]>> {plx.expect = dense<> : tensor<2x0xf32>}) {
  %r0 = plx.cumulative sum %x axis 1
      : (tensor<2x?xf32, #plx.dims<[2, n]>>) -> (tensor<2x?xf32, #plx.dims<[2, n]>>)
  return %r0 : tensor<2x?xf32, #plx.dims<[2, n]>>
}

// A fold across running folds: of all rows at once there is no pass along a row.
func.func @folded_across(%x: tensor<?x?xf32, #plx.dims<[n, m]>> {plx.input = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>})
    -> (tensor<?xf32, #plx.dims<[m]>> {plx.expect = dense<[5.0, 12.0, 21.0]> : tensor<3xf32>}) {
  %c = plx.cumulative sum %x axis 1
      : (tensor<?x?xf32, #plx.dims<[n, m]>>) -> (tensor<?x?xf32, #plx.dims<[n, m]>>)
  %r0 = plx.reduce sum %c [0] : (tensor<?x?xf32, #plx.dims<[n, m]>>) -> tensor<?xf32, #plx.dims<[m]>>
  return %r0 : tensor<?xf32, #plx.dims<[m]>>
}
