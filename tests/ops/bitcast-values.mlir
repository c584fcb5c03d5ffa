// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @bits(%a0: tensor<2xf32> {plx.input = dense<[1.0, -0.0]> : tensor<2xf32>},
    %a1: tensor<1xi8> {plx.input = dense<[-1]> : tensor<1xi8>},
    %a2: tensor<2xi16> {plx.input = dense<[15360, 1]> : tensor<2xi16>},
    %a3: tensor<1xf64> {plx.input = dense<[1.0]> : tensor<1xf64>},
    %a4: tensor<1xui8> {plx.input = dense<[56]> : tensor<1xui8>})
    -> (tensor<2xui32> {plx.expect = dense<[1065353216, 2147483648]> : tensor<2xui32>},
        tensor<1xui8> {plx.expect = dense<[255]> : tensor<1xui8>},
        tensor<2xf16> {plx.expect = dense<[1.0, 0x0001]> : tensor<2xf16>},
        tensor<1xi64> {plx.expect = dense<[4607182418800017408]> : tensor<1xi64>},
        tensor<1xf8E4M3FN> {plx.expect = dense<[1.0]> : tensor<1xf8E4M3FN>}) attributes {plx.no_gradient = "cannot be taken to f64"} {
  %r0 = plx.bitcast %a0 : (tensor<2xf32>) -> tensor<2xui32>
  %r1 = plx.bitcast %a1 : (tensor<1xi8>) -> tensor<1xui8>
  %r2 = plx.bitcast %a2 : (tensor<2xi16>) -> tensor<2xf16>
  %r3 = plx.bitcast %a3 : (tensor<1xf64>) -> tensor<1xi64>
  %r4 = plx.bitcast %a4 : (tensor<1xui8>) -> tensor<1xf8E4M3FN>
  return %r0, %r1, %r2, %r3, %r4 : tensor<2xui32>, tensor<1xui8>, tensor<2xf16>, tensor<1xi64>, tensor<1xf8E4M3FN>
}

