// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// To ints: truncated, saturated, NaN is 0; to bool: not zero.
func.func @float_to_int(%a0: tensor<6xf32> {plx.input = dense<[2.9, -2.9, 3.0e9, -3.0e9, 0x7FC00000, 0x7F800000]> : tensor<6xf32>},
    %a1: tensor<3xf32> {plx.input = dense<[-1.0, 255.9, 256.0]> : tensor<3xf32>},
    %a2: tensor<3xf32> {plx.input = dense<[0.5, -0.0, 0x7FC00000]> : tensor<3xf32>},
    %a3: tensor<2xf64> {plx.input = dense<[1.0e20, 1.0e19]> : tensor<2xf64>})
    -> (tensor<6xi32> {plx.expect = dense<[2, -2, 2147483647, -2147483648, 0, 2147483647]> : tensor<6xi32>},
        tensor<3xui8> {plx.expect = dense<[0, 255, 255]> : tensor<3xui8>},
        tensor<3xi1> {plx.expect = dense<[true, false, true]> : tensor<3xi1>},
        tensor<2xui64> {plx.expect = dense<[18446744073709551615, 10000000000000000000]> : tensor<2xui64>}) {
  %r0 = plx.cast %a0 : (tensor<6xf32>) -> tensor<6xi32>
  %r1 = plx.cast %a1 : (tensor<3xf32>) -> tensor<3xui8>
  %r2 = plx.cast %a2 : (tensor<3xf32>) -> tensor<3xi1>
  %r3 = plx.cast %a3 : (tensor<2xf64>) -> tensor<2xui64>
  return %r0, %r1, %r2, %r3 : tensor<6xi32>, tensor<3xui8>, tensor<3xi1>, tensor<2xui64>
}

// Ints wrap.
func.func @int_to_int(%a0: tensor<2xi32> {plx.input = dense<[300, -1]> : tensor<2xi32>},
    %a1: tensor<1xui8> {plx.input = dense<[200]> : tensor<1xui8>},
    %a2: tensor<2xi32> {plx.input = dense<[2, 0]> : tensor<2xi32>},
    %a3: tensor<2xi32> {plx.input = dense<[9, -9]> : tensor<2xi32>})
    -> (tensor<2xui8> {plx.expect = dense<[44, 255]> : tensor<2xui8>},
        tensor<1xi8> {plx.expect = dense<[-56]> : tensor<1xi8>},
        tensor<2xi1> {plx.expect = dense<[true, false]> : tensor<2xi1>},
        tensor<2xi4> {plx.expect = dense<[-7, 7]> : tensor<2xi4>}) {
  %r0 = plx.cast %a0 : (tensor<2xi32>) -> tensor<2xui8>
  %r1 = plx.cast %a1 : (tensor<1xui8>) -> tensor<1xi8>
  %r2 = plx.cast %a2 : (tensor<2xi32>) -> tensor<2xi1>
  %r3 = plx.cast %a3 : (tensor<2xi32>) -> tensor<2xi4>
  return %r0, %r1, %r2, %r3 : tensor<2xui8>, tensor<1xi8>, tensor<2xi1>, tensor<2xi4>
}

// 2^53 + 1 lies halfway for f32 only by what f64 would lose: rounded once, not twice.
func.func @int_to_float(%a0: tensor<2xi64> {plx.input = dense<[16777217, 9007199791611905]> : tensor<2xi64>},
    %a1: tensor<1xui64> {plx.input = dense<[18446744073709551615]> : tensor<1xui64>},
    %a2: tensor<2xi1> {plx.input = dense<[true, false]> : tensor<2xi1>})
    -> (tensor<2xf32> {plx.expect = dense<[16777216.0, 9007200328482816.0]> : tensor<2xf32>},
        tensor<1xf32> {plx.expect = dense<[18446744073709551616.0]> : tensor<1xf32>},
        tensor<2xf16> {plx.expect = dense<[1.0, 0.0]> : tensor<2xf16>}) {
  %r0 = plx.cast %a0 : (tensor<2xi64>) -> tensor<2xf32>
  %r1 = plx.cast %a1 : (tensor<1xui64>) -> tensor<1xf32>
  %r2 = plx.cast %a2 : (tensor<2xi1>) -> tensor<2xf16>
  return %r0, %r1, %r2 : tensor<2xf32>, tensor<1xf32>, tensor<2xf16>
}

// The f8 kinds: largest finite values 448, 240, 57344, 57344.
func.func @saturating(%a0: tensor<7xf32> {plx.input = dense<[448.0, 464.0, 465.0, 1.0e6, -1.0e6, 0x7F800000, 0x7FC00000]> : tensor<7xf32>},
    %a1: tensor<5xf32> {plx.input = dense<[240.0, 1.0e6, 0xFF800000, 0x7FC00000, -0.0]> : tensor<5xf32>},
    %a2: tensor<4xf32> {plx.input = dense<[57344.0, 1.0e6, 0xFF800000, 0x7FC00000]> : tensor<4xf32>},
    %a3: tensor<4xf32> {plx.input = dense<[57344.0, 1.0e6, 0xFF800000, 0x7FC00000]> : tensor<4xf32>})
    -> (tensor<7xf8E4M3FN> {plx.expect = dense<[448.0, 448.0, 448.0, 448.0, -448.0, 448.0, 0x7F]> : tensor<7xf8E4M3FN>},
        tensor<5xf8E4M3FNUZ> {plx.expect = dense<[240.0, 240.0, -240.0, 0x80, 0.0]> : tensor<5xf8E4M3FNUZ>},
        tensor<4xf8E5M2> {plx.expect = dense<[57344.0, 57344.0, -57344.0, 0x7E]> : tensor<4xf8E5M2>},
        tensor<4xf8E5M2FNUZ> {plx.expect = dense<[57344.0, 57344.0, -57344.0, 0x80]> : tensor<4xf8E5M2FNUZ>}) {
  %r0 = plx.cast %a0 : (tensor<7xf32>) -> tensor<7xf8E4M3FN>
  %r1 = plx.cast %a1 : (tensor<5xf32>) -> tensor<5xf8E4M3FNUZ>
  %r2 = plx.cast %a2 : (tensor<4xf32>) -> tensor<4xf8E5M2>
  %r3 = plx.cast %a3 : (tensor<4xf32>) -> tensor<4xf8E5M2FNUZ>
  return %r0, %r1, %r2, %r3 : tensor<7xf8E4M3FN>, tensor<5xf8E4M3FNUZ>, tensor<4xf8E5M2>, tensor<4xf8E5M2FNUZ>
}

func.func @not_saturating(%a0: tensor<7xf32> {plx.input = dense<[448.0, 464.0, 465.0, 1.0e6, -1.0e6, 0x7F800000, 0x7FC00000]> : tensor<7xf32>},
    %a1: tensor<4xf32> {plx.input = dense<[240.0, 1.0e6, 0xFF800000, 0x7FC00000]> : tensor<4xf32>},
    %a2: tensor<4xf32> {plx.input = dense<[57344.0, 1.0e6, 0xFF800000, 0x7FC00000]> : tensor<4xf32>},
    %a3: tensor<2xf32> {plx.input = dense<[57344.0, 1.0e6]> : tensor<2xf32>})
    -> (tensor<7xf8E4M3FN> {plx.expect = dense<[448.0, 448.0, 0x7F, 0x7F, 0xFF, 0x7F, 0x7F]> : tensor<7xf8E4M3FN>},
        tensor<4xf8E4M3FNUZ> {plx.expect = dense<[240.0, 0x80, 0x80, 0x80]> : tensor<4xf8E4M3FNUZ>},
        tensor<4xf8E5M2> {plx.expect = dense<[57344.0, 0x7C, 0xFC, 0x7E]> : tensor<4xf8E5M2>},
        tensor<2xf8E5M2FNUZ> {plx.expect = dense<[57344.0, 0x80]> : tensor<2xf8E5M2FNUZ>}) {
  %r0 = plx.cast %a0 {saturate = false} : (tensor<7xf32>) -> tensor<7xf8E4M3FN>
  %r1 = plx.cast %a1 {saturate = false} : (tensor<4xf32>) -> tensor<4xf8E4M3FNUZ>
  %r2 = plx.cast %a2 {saturate = false} : (tensor<4xf32>) -> tensor<4xf8E5M2>
  %r3 = plx.cast %a3 {saturate = false} : (tensor<2xf32>) -> tensor<2xf8E5M2FNUZ>
  return %r0, %r1, %r2, %r3 : tensor<7xf8E4M3FN>, tensor<4xf8E4M3FNUZ>, tensor<4xf8E5M2>, tensor<2xf8E5M2FNUZ>
}

// f4 has neither infinity nor NaN; 5 lies between 4 and 6, and 4 is even.
func.func @four_bits(%a0: tensor<6xf32> {plx.input = dense<[0.25, 0.3, 5.0, 100.0, 0xFF800000, 0x7FC00000]> : tensor<6xf32>})
    -> (tensor<6xf4E2M1FN> {plx.expect = dense<[0.0, 0.5, 4.0, 6.0, -6.0, 0.0]> : tensor<6xf4E2M1FN>}) {
  %r0 = plx.cast %a0 : (tensor<6xf32>) -> tensor<6xf4E2M1FN>
  return %r0 : tensor<6xf4E2M1FN>
}

// Powers of two: nearest, ties up.
// Powers of two without a sign; infinity (0x7F800000) has no place, however large it may be.
func.func @exponents(%a0: tensor<8xf32> {plx.input = dense<[1.0, 1.4, 1.5, 3.0, 0.0, -1.6, 0x7F800000, 3.4e38]> : tensor<8xf32>})
    -> (tensor<8xf8E8M0FNU> {plx.expect = dense<[1.0, 1.0, 2.0, 4.0, 0x00, 2.0, 0xFF, 0xFE]> : tensor<8xf8E8M0FNU>},
        tensor<8xf8E8M0FNU> {plx.expect = dense<[1.0, 1.0, 2.0, 4.0, 0x00, 2.0, 0xFF, 0xFF]> : tensor<8xf8E8M0FNU>}) {
  %r0 = plx.cast %a0 : (tensor<8xf32>) -> tensor<8xf8E8M0FNU>
  %r1 = plx.cast %a0 {saturate = false} : (tensor<8xf32>) -> tensor<8xf8E8M0FNU>
  return %r0, %r1 : tensor<8xf8E8M0FNU>, tensor<8xf8E8M0FNU>
}

func.func @narrowing(%a0: tensor<4xf32> {plx.input = dense<[65519.0, 65520.0, 1.0e-8, 5.97e-8]> : tensor<4xf32>},
    %a1: tensor<3xf32> {plx.input = dense<[1.00390625, 1.01171875, 3.4e38]> : tensor<3xf32>},
    %a2: tensor<1xf64> {plx.input = dense<[1.0000000298023224]> : tensor<1xf64>})
    -> (tensor<4xf16> {plx.expect = dense<[65504.0, 0x7C00, 0.0, 0x0001]> : tensor<4xf16>},
        tensor<3xbf16> {plx.expect = dense<[1.0, 1.015625, 0x7F80]> : tensor<3xbf16>},
        tensor<1xf32> {plx.expect = dense<[1.0]> : tensor<1xf32>}) {
  %r0 = plx.cast %a0 : (tensor<4xf32>) -> tensor<4xf16>
  %r1 = plx.cast %a1 : (tensor<3xf32>) -> tensor<3xbf16>
  %r2 = plx.cast %a2 : (tensor<1xf64>) -> tensor<1xf32>
  return %r0, %r1, %r2 : tensor<4xf16>, tensor<3xbf16>, tensor<1xf32>
}

func.func @complex(%a0: tensor<1xcomplex<f64>> {plx.input = dense<[(1.5, 2.0)]> : tensor<1xcomplex<f64>>},
    %a1: tensor<1xf32> {plx.input = dense<[1.5]> : tensor<1xf32>})
    -> (tensor<1xi32> {plx.expect = dense<[1]> : tensor<1xi32>},
        tensor<1xcomplex<f32>> {plx.expect = dense<[(1.5, 0.0)]> : tensor<1xcomplex<f32>>})
    attributes {plx.fails_compiled = "these ops cannot be compiled yet:\0A  complex numbers of"} {
  %r0 = plx.cast %a0 : (tensor<1xcomplex<f64>>) -> tensor<1xi32>
  %r1 = plx.cast %a1 : (tensor<1xf32>) -> tensor<1xcomplex<f32>>
  return %r0, %r1 : tensor<1xi32>, tensor<1xcomplex<f32>>
}

