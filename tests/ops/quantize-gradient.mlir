// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @dequantize(%x: tensor<3xi8> {plx.input = dense<[3, -2, 5]> : tensor<3xi8>}, %s: tensor<3xf64> {plx.input = dense<0.0> : tensor<3xf64>}, %z: tensor<3xi8> {plx.input = dense<[1, 2, 3]> : tensor<3xi8>})
    -> tensor<3xf64> attributes {plx.runs} {
  %y = plx.dequantize %x, %s, %z : (tensor<3xi8>, tensor<3xf64>, tensor<3xi8>) -> tensor<3xf64>
  %r = plx.pointwise sin(%y) : (tensor<3xf64>) -> tensor<3xf64>
  return %r : tensor<3xf64>
}

// Rounded, it is piecewise constant.
func.func @quantize(%x: tensor<2xf32> {plx.input = dense<[0.3, 0.7]> : tensor<2xf32>, plx.domain = []}, %s: tensor<2xf32> {plx.input = dense<1.0> : tensor<2xf32>, plx.domain = []}, %z: tensor<2xi8> {plx.input = dense<0> : tensor<2xi8>})
    -> tensor<2xf32> attributes {plx.runs} {
  %q = plx.quantize %x, %s, %z : (tensor<2xf32>, tensor<2xf32>, tensor<2xi8>) -> tensor<2xi8>
  %y = plx.dequantize %q, %s, %z : (tensor<2xi8>, tensor<2xf32>, tensor<2xi8>) -> tensor<2xf32>
  return %y : tensor<2xf32>
}
