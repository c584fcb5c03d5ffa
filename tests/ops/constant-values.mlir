// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @numbers() -> (tensor<2xf32> {plx.expect = dense<[1.0, 2.5]> : tensor<2xf32>}, tensor<3xi1> {plx.expect = dense<[true, false, true]> : tensor<3xi1>},
    tensor<2x2xf16> {plx.expect = dense<0.5> : tensor<2x2xf16>}, tensor<2xui8> {plx.expect = dense<[0, 255]> : tensor<2xui8>},
    tensor<1xcomplex<f32>> {plx.expect = dense<(1.0, -2.0)> : tensor<1xcomplex<f32>>}, tensor<3xi4> {plx.expect = dense<[-8, 0, 7]> : tensor<3xi4>}) {
  %f = plx.constant dense<[1.0, 2.5]> : tensor<2xf32>
  %b = plx.constant dense<[true, false, true]> : tensor<3xi1>
  %s = plx.constant dense<0.5> : tensor<2x2xf16>
  %u = plx.constant dense<[0, 255]> : tensor<2xui8>
  %c = plx.constant dense<(1.0, -2.0)> : tensor<1xcomplex<f32>>
  %i = plx.constant dense<[-8, 0, 7]> : tensor<3xi4>
  return %f, %b, %s, %u, %c, %i : tensor<2xf32>, tensor<3xi1>, tensor<2x2xf16>, tensor<2xui8>, tensor<1xcomplex<f32>>, tensor<3xi4>
}

func.func @strings() -> (tensor<2x!plx.string> {plx.expect = dense<["a", "bc"]> : tensor<2x!plx.string>}) {
  %s = plx.constant dense<["a", "bc"]> : tensor<2x!plx.string>
  return %s : tensor<2x!plx.string>
}
