// RUN: run-values %s
// RUN: plexus check %s --device cpu
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @not_registered(%x: tensor<2xf32> {plx.input = dense<[1.0, 2.0]> : tensor<2xf32>})
    -> tensor<2xf32> attributes {plx.fails = "no_such_function"} {
  %r = plx.host "no_such_function" (%x) {} : (tensor<2xf32>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}
