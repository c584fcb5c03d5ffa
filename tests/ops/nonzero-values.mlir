// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// NaN is nonzero, -0 is zero.
func.func @floats(%x: tensor<2x3xf32> {plx.input = dense<[[0.0, 2.0, 0x7FC00000], [-0.0, 0.0, -1.0]]> : tensor<2x3xf32>})
    -> (tensor<2x?xi64, #plx.dims<[2, n]>> {plx.expect = dense<[[0, 0, 1], [1, 2, 2]]> : tensor<2x3xi64>}) {
  %r0 = plx.nonzero %x size "n"
      : (tensor<2x3xf32>) -> (tensor<2x?xi64, #plx.dims<[2, n]>>)
  return %r0 : tensor<2x?xi64, #plx.dims<[2, n]>>
}

func.func @bools(%x: tensor<?xi1, #plx.dims<[k]>> {plx.input = dense<[true, false, true]> : tensor<3xi1>})
    -> (tensor<1x?xi64, #plx.dims<[1, n]>> {plx.expect = dense<[[0, 2]]> : tensor<1x2xi64>}) {
  %r0 = plx.nonzero %x size "n"
      : (tensor<?xi1, #plx.dims<[k]>>) -> (tensor<1x?xi64, #plx.dims<[1, n]>>)
  return %r0 : tensor<1x?xi64, #plx.dims<[1, n]>>
}

func.func @none(%x: tensor<2x2xi32> {plx.input = dense<[[0, 0], [0, 0]]> : tensor<2x2xi32>})
    -> (tensor<2x?xi64, #plx.dims<[2, n]>> {plx.expect = dense<> : tensor<2x0xi64>}) {
  %r0 = plx.nonzero %x size "n"
      : (tensor<2x2xi32>) -> (tensor<2x?xi64, #plx.dims<[2, n]>>)
  return %r0 : tensor<2x?xi64, #plx.dims<[2, n]>>
}

// The symbol has its value for what follows.
func.func @size_is_used(%x: tensor<3xi32> {plx.input = dense<[5, 0, 7]> : tensor<3xi32>})
    -> (tensor<?xi64, #plx.dims<[n]>> {plx.expect = dense<[0, 1]> : tensor<2xi64>}) {
  %c = plx.nonzero %x size "n" : (tensor<3xi32>) -> tensor<1x?xi64, #plx.dims<[1, n]>>
  %r0 = plx.iota 0 : tensor<?xi64, #plx.dims<[n]>>
  return %r0 : tensor<?xi64, #plx.dims<[n]>>
}
