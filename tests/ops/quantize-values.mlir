// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// 3 / 2 and 2.5 / 2 round half to even: 2, 1.
func.func @to_ui8(%x: tensor<8xf32> {plx.input = dense<[0.0, 2.0, 3.0, 1000.0, -254.0, -1000.0, 2.5, -2.5]> : tensor<8xf32>},
    %s: tensor<8xf32> {plx.input = dense<[2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0]> : tensor<8xf32>},
    %z: tensor<8xui8> {plx.input = dense<[128, 128, 128, 128, 128, 128, 128, 128]> : tensor<8xui8>})
    -> (tensor<8xui8> {plx.expect = dense<[128, 129, 130, 255, 1, 0, 129, 127]> : tensor<8xui8>}) {
  %r0 = plx.quantize %x, %s, %z
      : (tensor<8xf32>, tensor<8xf32>, tensor<8xui8>) -> (tensor<8xui8>)
  return %r0 : tensor<8xui8>
}

// 5 / 2 = 2.5 rounds to 2.
func.func @to_i8(%x: tensor<6xf32> {plx.input = dense<[5.0, -5.0, 1000000000.0, -1000000000.0, 0x7FC00000, 0x7F800000]> : tensor<6xf32>},
    %s: tensor<6xf32> {plx.input = dense<[2.0, 2.0, 2.0, 2.0, 2.0, 2.0]> : tensor<6xf32>},
    %z: tensor<6xi8> {plx.input = dense<[1, 1, 1, 1, 1, 1]> : tensor<6xi8>})
    -> (tensor<6xi8> {plx.expect = dense<[3, -1, 127, -128, 0, 127]> : tensor<6xi8>}) {
  %r0 = plx.quantize %x, %s, %z
      : (tensor<6xf32>, tensor<6xf32>, tensor<6xi8>) -> (tensor<6xi8>)
  return %r0 : tensor<6xi8>
}

func.func @to_i4(%x: tensor<3xf32> {plx.input = dense<[3.0, -30.0, 30.0]> : tensor<3xf32>},
    %s: tensor<3xf32> {plx.input = dense<[1.0, 1.0, 2.0]> : tensor<3xf32>},
    %z: tensor<3xi4> {plx.input = dense<[0, 0, 1]> : tensor<3xi4>})
    -> (tensor<3xi4> {plx.expect = dense<[3, -8, 7]> : tensor<3xi4>}) {
  %r0 = plx.quantize %x, %s, %z
      : (tensor<3xf32>, tensor<3xf32>, tensor<3xi4>) -> (tensor<3xi4>)
  return %r0 : tensor<3xi4>
}

func.func @from_f16(%x: tensor<2xf16> {plx.input = dense<[1000.0, -3.0]> : tensor<2xf16>},
    %s: tensor<2xf16> {plx.input = dense<[0.5, 0.5]> : tensor<2xf16>},
    %z: tensor<2xi16> {plx.input = dense<[0, 100]> : tensor<2xi16>})
    -> (tensor<2xi16> {plx.expect = dense<[2000, 94]> : tensor<2xi16>}) {
  %r0 = plx.quantize %x, %s, %z
      : (tensor<2xf16>, tensor<2xf16>, tensor<2xi16>) -> (tensor<2xi16>)
  return %r0 : tensor<2xi16>
}

func.func @symbolic(%x: tensor<?xf32, #plx.dims<[n]>> {plx.input = dense<[1.5]> : tensor<1xf32>},
    %s: tensor<?xf32, #plx.dims<[n]>> {plx.input = dense<[0.5]> : tensor<1xf32>},
    %z: tensor<?xui16, #plx.dims<[n]>> {plx.input = dense<[10]> : tensor<1xui16>})
    -> (tensor<?xui16, #plx.dims<[n]>> {plx.expect = dense<[13]> : tensor<1xui16>}) {
  %r0 = plx.quantize %x, %s, %z
      : (tensor<?xf32, #plx.dims<[n]>>, tensor<?xf32, #plx.dims<[n]>>, tensor<?xui16, #plx.dims<[n]>>) -> (tensor<?xui16, #plx.dims<[n]>>)
  return %r0 : tensor<?xui16, #plx.dims<[n]>>
}

func.func @dequantize_ui8(%x: tensor<3xui8> {plx.input = dense<[0, 128, 255]> : tensor<3xui8>},
    %s: tensor<3xf32> {plx.input = dense<[2.0, 2.0, 0.5]> : tensor<3xf32>},
    %z: tensor<3xui8> {plx.input = dense<[128, 128, 0]> : tensor<3xui8>})
    -> (tensor<3xf32> {plx.expect = dense<[-256.0, 0.0, 127.5]> : tensor<3xf32>}) {
  %r0 = plx.dequantize %x, %s, %z
      : (tensor<3xui8>, tensor<3xf32>, tensor<3xui8>) -> (tensor<3xf32>)
  return %r0 : tensor<3xf32>
}

func.func @dequantize_i8_to_f16(%x: tensor<2xi8> {plx.input = dense<[-128, 127]> : tensor<2xi8>},
    %s: tensor<2xf16> {plx.input = dense<[1.0, 0.25]> : tensor<2xf16>},
    %z: tensor<2xi8> {plx.input = dense<[127, -128]> : tensor<2xi8>})
    -> (tensor<2xf16> {plx.expect = dense<[-255.0, 63.75]> : tensor<2xf16>}) {
  %r0 = plx.dequantize %x, %s, %z
      : (tensor<2xi8>, tensor<2xf16>, tensor<2xi8>) -> (tensor<2xf16>)
  return %r0 : tensor<2xf16>
}

func.func @sizes_differ(%x: tensor<?xf32, #plx.dims<[n]>> {plx.input = dense<[1.0, 2.0]> : tensor<2xf32>},
    %s: tensor<?xf32, #plx.dims<[m]>> {plx.input = dense<[1.0]> : tensor<1xf32>},
    %z: tensor<?xi8, #plx.dims<[n]>> {plx.input = dense<[0, 0]> : tensor<2xi8>})
    -> tensor<?xi8, #plx.dims<[n]>>
    attributes {plx.fails = "quantize: operand 1 has shape [1], operand 0 has [2]; they must have one shape",
                plx.fails_compiled = "dim 0 is 1 by `m` but 2 by `n`"} {
  %r = plx.quantize %x, %s, %z : (tensor<?xf32, #plx.dims<[n]>>, tensor<?xf32, #plx.dims<[m]>>, tensor<?xi8, #plx.dims<[n]>>) -> tensor<?xi8, #plx.dims<[n]>>
  return %r : tensor<?xi8, #plx.dims<[n]>>
}
