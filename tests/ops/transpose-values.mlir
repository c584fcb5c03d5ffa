// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @three(%x: tensor<?x1x3xi32, #plx.dims<[n, 1, 3]>> {plx.input = dense<[[[1, 2, 3]], [[4, 5, 6]]]> : tensor<2x1x3xi32>})
    -> (tensor<3x?x1xi32, #plx.dims<[3, n, 1]>> {plx.expect = dense<[[[1], [4]], [[2], [5]], [[3], [6]]]> : tensor<3x2x1xi32>}) {
  %r = plx.transpose %x [2, 0, 1] : (tensor<?x1x3xi32, #plx.dims<[n, 1, 3]>>) -> tensor<3x?x1xi32, #plx.dims<[3, n, 1]>>
  return %r : tensor<3x?x1xi32, #plx.dims<[3, n, 1]>>
}
