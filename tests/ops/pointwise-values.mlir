// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// Exact functions on f32: zeros, infinities, NaN, halves.
func.func @signs(%a0: tensor<5xf32> {plx.input = dense<[1.5, -2.0, -0.0, 0x7F800000, 0x7FC00000]> : tensor<5xf32>})
    -> (tensor<5xf32> {plx.expect = dense<[-1.5, 2.0, 0.0, 0xFF800000, 0x7FC00000]> : tensor<5xf32>}, tensor<5xf32> {plx.expect = dense<[1.5, 2.0, 0.0, 0x7F800000, 0x7FC00000]> : tensor<5xf32>}, tensor<5xf32> {plx.expect = dense<[1.0, -1.0, 0.0, 1.0, 0x7FC00000]> : tensor<5xf32>}) {
  %r0 = plx.pointwise neg(%a0) : (tensor<5xf32>) -> tensor<5xf32>
  %r1 = plx.pointwise abs(%a0) : (tensor<5xf32>) -> tensor<5xf32>
  %r2 = plx.pointwise sign(%a0) : (tensor<5xf32>) -> tensor<5xf32>
  return %r0, %r1, %r2 : tensor<5xf32>, tensor<5xf32>, tensor<5xf32>
}

// round goes half to even.
func.func @rounding(%a0: tensor<6xf32> {plx.input = dense<[0.5, 1.5, 2.5, -0.5, -1.5, -2.7]> : tensor<6xf32>})
    -> (tensor<6xf32> {plx.expect = dense<[0.0, 1.0, 2.0, -1.0, -2.0, -3.0]> : tensor<6xf32>}, tensor<6xf32> {plx.expect = dense<[1.0, 2.0, 3.0, 0.0, -1.0, -2.0]> : tensor<6xf32>}, tensor<6xf32> {plx.expect = dense<[0.0, 1.0, 2.0, 0.0, -1.0, -2.0]> : tensor<6xf32>}, tensor<6xf32> {plx.expect = dense<[0.0, 2.0, 2.0, 0.0, -2.0, -3.0]> : tensor<6xf32>}) {
  %r0 = plx.pointwise floor(%a0) : (tensor<6xf32>) -> tensor<6xf32>
  %r1 = plx.pointwise ceil(%a0) : (tensor<6xf32>) -> tensor<6xf32>
  %r2 = plx.pointwise trunc(%a0) : (tensor<6xf32>) -> tensor<6xf32>
  %r3 = plx.pointwise round(%a0) : (tensor<6xf32>) -> tensor<6xf32>
  return %r0, %r1, %r2, %r3 : tensor<6xf32>, tensor<6xf32>, tensor<6xf32>, tensor<6xf32>
}

func.func @arithmetic(%a0: tensor<3xf32> {plx.input = dense<[7.0, -7.0, 1.0]> : tensor<3xf32>}, %a1: tensor<3xf32> {plx.input = dense<[2.0, 2.0, 0x7FC00000]> : tensor<3xf32>})
    -> (tensor<3xf32> {plx.expect = dense<[9.0, -5.0, 0x7FC00000]> : tensor<3xf32>}, tensor<3xf32> {plx.expect = dense<[5.0, -9.0, 0x7FC00000]> : tensor<3xf32>}, tensor<3xf32> {plx.expect = dense<[14.0, -14.0, 0x7FC00000]> : tensor<3xf32>}, tensor<3xf32> {plx.expect = dense<[3.5, -3.5, 0x7FC00000]> : tensor<3xf32>}, tensor<3xf32> {plx.expect = dense<[1.0, -1.0, 0x7FC00000]> : tensor<3xf32>}, tensor<3xf32> {plx.expect = dense<[7.0, 2.0, 0x7FC00000]> : tensor<3xf32>}, tensor<3xf32> {plx.expect = dense<[2.0, -7.0, 0x7FC00000]> : tensor<3xf32>}) {
  %r0 = plx.pointwise add(%a0, %a1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %r1 = plx.pointwise sub(%a0, %a1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %r2 = plx.pointwise mul(%a0, %a1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %r3 = plx.pointwise div(%a0, %a1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %r4 = plx.pointwise rem(%a0, %a1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %r5 = plx.pointwise max(%a0, %a1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  %r6 = plx.pointwise min(%a0, %a1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %r0, %r1, %r2, %r3, %r4, %r5, %r6 : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

func.func @comparisons(%a0: tensor<3xf32> {plx.input = dense<[1.0, 2.0, 0x7FC00000]> : tensor<3xf32>}, %a1: tensor<3xf32> {plx.input = dense<[1.0, 3.0, 0x7FC00000]> : tensor<3xf32>})
    -> (tensor<3xi1> {plx.expect = dense<[true, false, false]> : tensor<3xi1>}, tensor<3xi1> {plx.expect = dense<[false, true, true]> : tensor<3xi1>}, tensor<3xi1> {plx.expect = dense<[false, true, false]> : tensor<3xi1>}, tensor<3xi1> {plx.expect = dense<[true, true, false]> : tensor<3xi1>}, tensor<3xi1> {plx.expect = dense<[false, false, false]> : tensor<3xi1>}, tensor<3xi1> {plx.expect = dense<[true, false, false]> : tensor<3xi1>}) {
  %r0 = plx.pointwise eq(%a0, %a1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xi1>
  %r1 = plx.pointwise ne(%a0, %a1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xi1>
  %r2 = plx.pointwise lt(%a0, %a1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xi1>
  %r3 = plx.pointwise le(%a0, %a1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xi1>
  %r4 = plx.pointwise gt(%a0, %a1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xi1>
  %r5 = plx.pointwise ge(%a0, %a1) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xi1>
  return %r0, %r1, %r2, %r3, %r4, %r5 : tensor<3xi1>, tensor<3xi1>, tensor<3xi1>, tensor<3xi1>, tensor<3xi1>, tensor<3xi1>
}

// f16 rounds after each function: 2048 + 1 is 2048 there, and 65504 + 32 is infinite.
func.func @half(%a0: tensor<3xf16> {plx.input = dense<[2048.0, 65504.0, 6.0e-8]> : tensor<3xf16>}, %a1: tensor<3xf16> {plx.input = dense<[1.0, 32.0, 0.0]> : tensor<3xf16>})
    -> (tensor<3xf16> {plx.expect = dense<[2048.0, 0x7C00, 0x0001]> : tensor<3xf16>}) {
  %r0 = plx.pointwise add(%a0, %a1) : (tensor<3xf16>, tensor<3xf16>) -> tensor<3xf16>
  return %r0 : tensor<3xf16>
}

func.func @bfloat(%a0: tensor<2xbf16> {plx.input = dense<[256.0, 1.0]> : tensor<2xbf16>}, %a1: tensor<2xbf16> {plx.input = dense<[1.0, 3.0]> : tensor<2xbf16>})
    -> (tensor<2xbf16> {plx.expect = dense<[256.0, 4.0]> : tensor<2xbf16>}, tensor<2xbf16> {plx.expect = dense<[256.0, 3.0]> : tensor<2xbf16>}) {
  %r0 = plx.pointwise add(%a0, %a1) : (tensor<2xbf16>, tensor<2xbf16>) -> tensor<2xbf16>
  %r1 = plx.pointwise mul(%a0, %a1) : (tensor<2xbf16>, tensor<2xbf16>) -> tensor<2xbf16>
  return %r0, %r1 : tensor<2xbf16>, tensor<2xbf16>
}

