// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @sum(%x: tensor<?x3x2xf32, #plx.dims<[n, 3, 2]>> {plx.input = dense<[[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [[7.0, 8.0], [9.0, 10.0], [11.0, 12.0]]]> : tensor<2x3x2xf32>})
    -> (tensor<3xf32> {plx.expect = dense<[18.0, 26.0, 34.0]> : tensor<3xf32>}) {
  %r0 = plx.reduce sum %x [0, 2]
      : (tensor<?x3x2xf32, #plx.dims<[n, 3, 2]>>) -> (tensor<3xf32>)
  return %r0 : tensor<3xf32>
}

func.func @product(%x: tensor<?x3x2xf32, #plx.dims<[n, 3, 2]>> {plx.input = dense<[[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [[7.0, 8.0], [9.0, 10.0], [11.0, 12.0]]]> : tensor<2x3x2xf32>})
    -> (tensor<3xf32> {plx.expect = dense<[112.0, 1080.0, 3960.0]> : tensor<3xf32>}) {
  %r0 = plx.reduce product %x [0, 2]
      : (tensor<?x3x2xf32, #plx.dims<[n, 3, 2]>>) -> (tensor<3xf32>)
  return %r0 : tensor<3xf32>
}

func.func @max(%x: tensor<?x3x2xf32, #plx.dims<[n, 3, 2]>> {plx.input = dense<[[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [[7.0, 8.0], [9.0, 10.0], [11.0, 12.0]]]> : tensor<2x3x2xf32>})
    -> (tensor<3xf32> {plx.expect = dense<[8.0, 10.0, 12.0]> : tensor<3xf32>}) {
  %r0 = plx.reduce max %x [0, 2]
      : (tensor<?x3x2xf32, #plx.dims<[n, 3, 2]>>) -> (tensor<3xf32>)
  return %r0 : tensor<3xf32>
}

func.func @min(%x: tensor<?x3x2xf32, #plx.dims<[n, 3, 2]>> {plx.input = dense<[[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], [[7.0, 8.0], [9.0, 10.0], [11.0, 12.0]]]> : tensor<2x3x2xf32>})
    -> (tensor<3xf32> {plx.expect = dense<[1.0, 3.0, 5.0]> : tensor<3xf32>}) {
  %r0 = plx.reduce min %x [0, 2]
      : (tensor<?x3x2xf32, #plx.dims<[n, 3, 2]>>) -> (tensor<3xf32>)
  return %r0 : tensor<3xf32>
}

func.func @and(%x: tensor<2x2xi1> {plx.input = dense<[[true, true], [true, false]]> : tensor<2x2xi1>})
    -> (tensor<2xi1> {plx.expect = dense<[true, false]> : tensor<2xi1>}) {
  %r0 = plx.reduce and %x [1]
      : (tensor<2x2xi1>) -> (tensor<2xi1>)
  return %r0 : tensor<2xi1>
}

func.func @or(%x: tensor<2x2xui8> {plx.input = dense<[[5, 2], [8, 8]]> : tensor<2x2xui8>})
    -> (tensor<2xui8> {plx.expect = dense<[7, 8]> : tensor<2xui8>}) {
  %r0 = plx.reduce or %x [1]
      : (tensor<2x2xui8>) -> (tensor<2xui8>)
  return %r0 : tensor<2xui8>
}

func.func @to_a_scalar(%x: tensor<2x3x2xi64> {plx.input = dense<[[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 10], [11, 12]]]> : tensor<2x3x2xi64>})
    -> (tensor<i64> {plx.expect = dense<78> : tensor<i64>}) {
  %r0 = plx.reduce sum %x [0, 1, 2]
      : (tensor<2x3x2xi64>) -> (tensor<i64>)
  return %r0 : tensor<i64>
}

func.func @no_axes(%x: tensor<2xf32> {plx.input = dense<[1.0, 2.0]> : tensor<2xf32>})
    -> (tensor<2xf32> {plx.expect = dense<[1.0, 2.0]> : tensor<2xf32>}) {
  %r0 = plx.reduce sum %x []
      : (tensor<2xf32>) -> (tensor<2xf32>)
  return %r0 : tensor<2xf32>
}

func.func @sum_of_nothing(%x: tensor<2x?xf32, #plx.dims<[2, n]>> {plx.input = dense<> : tensor<2x0xf32>})
    -> (tensor<2xf32> {plx.expect = dense<[0.0, 0.0]> : tensor<2xf32>}) {
  %r0 = plx.reduce sum %x [1]
      : (tensor<2x?xf32, #plx.dims<[2, n]>>) -> (tensor<2xf32>)
  return %r0 : tensor<2xf32>
}

func.func @max_of_nothing(%x: tensor<2x?xf32, #plx.dims<[2, n]>> {plx.input = dense<> : tensor<2x0xf32>})
    -> (tensor<2xf32> {plx.expect = dense<[0xFF800000, 0xFF800000]> : tensor<2xf32>}) {
  %r0 = plx.reduce max %x [1]
      : (tensor<2x?xf32, #plx.dims<[2, n]>>) -> (tensor<2xf32>)
  return %r0 : tensor<2xf32>
}

func.func @min_of_no_ints(%x: tensor<2x?xi8, #plx.dims<[2, n]>> {plx.input = dense<> : tensor<2x0xi8>})
    -> (tensor<2xi8> {plx.expect = dense<[127, 127]> : tensor<2xi8>}) {
  %r0 = plx.reduce min %x [1]
      : (tensor<2x?xi8, #plx.dims<[2, n]>>) -> (tensor<2xi8>)
  return %r0 : tensor<2xi8>
}

func.func @nan_wins(%x: tensor<1x3xf32> {plx.input = dense<[[1.0, 0x7FC00000, 3.0]]> : tensor<1x3xf32>})
    -> (tensor<1xf32> {plx.expect = dense<[0x7FC00000]> : tensor<1xf32>}) {
  %r0 = plx.reduce max %x [1]
      : (tensor<1x3xf32>) -> (tensor<1xf32>)
  return %r0 : tensor<1xf32>
}

func.func @nan_wins_in_min(%x: tensor<1x3xf32> {plx.input = dense<[[1.0, 0x7FC00000, 3.0]]> : tensor<1x3xf32>})
    -> (tensor<1xf32> {plx.expect = dense<[0x7FC00000]> : tensor<1xf32>}) {
  %r0 = plx.reduce min %x [1]
      : (tensor<1x3xf32>) -> (tensor<1xf32>)
  return %r0 : tensor<1xf32>
}

func.func @ints_wrap(%x: tensor<2xi8> {plx.input = dense<[100, 100]> : tensor<2xi8>})
    -> (tensor<i8> {plx.expect = dense<-56> : tensor<i8>}) {
  %r0 = plx.reduce sum %x [0]
      : (tensor<2xi8>) -> (tensor<i8>)
  return %r0 : tensor<i8>
}

// In f16 itself 2048 + 1 + 1 is 2048.
func.func @f16_accumulates_wide(%x: tensor<3xf16> {plx.input = dense<[2048.0, 1.0, 1.0]> : tensor<3xf16>})
    -> (tensor<f16> {plx.expect = dense<2050.0> : tensor<f16>}) {
  %r0 = plx.reduce sum %x [0]
      : (tensor<3xf16>) -> (tensor<f16>)
  return %r0 : tensor<f16>
}
