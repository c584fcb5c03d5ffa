// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// Transcendentals against values of an independent implementation (mpmath, 30 digits, rounded to f64).
func.func @transcendental(%a0: tensor<4xf64> {plx.input = dense<[0.0, 0.25, 0.75, -0.5]> : tensor<4xf64>})
    -> (tensor<4xf64> {plx.expect = dense<[0x3FF0000000000000, 0x3FF48B5E3C3E8186, 0x4000EF9DB467DCF8, 0x3FE368B2FC6F960A]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}, tensor<4xf64> {plx.expect = dense<[0x0000000000000000, 0x3FD22D78F0FA061A, 0x3FF1DF3B68CFB9EF, 0xBFD92E9A0720D3EC]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}, tensor<4xf64> {plx.expect = dense<[0x0000000000000000, 0x3FCFAAEED4F31577, 0x3FE5CFFC16BF8F0D, 0xBFDEAEE8744B05F0]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}, tensor<4xf64> {plx.expect = dense<[0x3FF0000000000000, 0x3FEF01549F7DEEA1, 0x3FE769FEC655211F, 0x3FEC1528065B7D50]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}, tensor<4xf64> {plx.expect = dense<[0x0000000000000000, 0x3FD05785A43C4C56, 0x3FEDCFA36110EEEC, 0xBFE17B4F5BF3474A]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}, tensor<4xf64> {plx.expect = dense<[0x0000000000000000, 0x3FD02BE9CE0B87CD, 0x3FEB235315C680DC, 0xBFE0C152382D7366]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}, tensor<4xf64> {plx.expect = dense<[0x3FF921FB54442D18, 0x3FF51700E0C14B25, 0x3FE720A392C1D955, 0x4000C152382D7366]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}, tensor<4xf64> {plx.expect = dense<[0x0000000000000000, 0x3FCF5B75F92C80DD, 0x3FE4978FA3269EE1, 0xBFDDAC670561BB4F]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}, tensor<4xf64> {plx.expect = dense<[0x0000000000000000, 0x3FD02ACCD9D08102, 0x3FEA506B2DD3C690, 0xBFE0ACD00FE63B97]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}, tensor<4xf64> {plx.expect = dense<[0x3FF0000000000000, 0x3FF080AB05CA6146, 0x3FF4B705D1E5D6A8, 0x3FF20AC1862AE8D0]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}, tensor<4xf64> {plx.expect = dense<[0x0000000000000000, 0x3FCF597EA69A1C86, 0x3FE45323E552F228, 0xBFDD9353D7568AF3]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}, tensor<4xf64> {plx.expect = dense<[0x0000000000000000, 0x3FCFACFB2399E637, 0x3FE62E42FEFA39EF, 0xBFDECC2CAEC5160A]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}, tensor<4xf64> {plx.expect = dense<[0x0000000000000000, 0x3FD058AEFA811452, 0x3FEF2272AE325A57, 0xBFE193EA7AAD030B]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}, tensor<4xf64> {plx.expect = dense<[0x0000000000000000, 0x3FD1AF54E232D609, 0x3FE6C1C9759D0E5F, 0xBFE0A7EF5C18EDD2]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}, tensor<4xf64> {plx.expect = dense<[0x0000000000000000, 0x3FCC8FF7C79A9A22, 0x3FE1E85F5E7040D0, 0xBFE62E42FEFA39EF]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}, tensor<4xf64> {plx.expect = dense<[0x3FE0000000000000, 0x3FE1FD5992BC4B83, 0x3FE5BBD4F7A323EC, 0x3FD829A0565978DF]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}) {
  %r0 = plx.pointwise exp(%a0) : (tensor<4xf64>) -> tensor<4xf64>
  %r1 = plx.pointwise expm1(%a0) : (tensor<4xf64>) -> tensor<4xf64>
  %r2 = plx.pointwise sin(%a0) : (tensor<4xf64>) -> tensor<4xf64>
  %r3 = plx.pointwise cos(%a0) : (tensor<4xf64>) -> tensor<4xf64>
  %r4 = plx.pointwise tan(%a0) : (tensor<4xf64>) -> tensor<4xf64>
  %r5 = plx.pointwise asin(%a0) : (tensor<4xf64>) -> tensor<4xf64>
  %r6 = plx.pointwise acos(%a0) : (tensor<4xf64>) -> tensor<4xf64>
  %r7 = plx.pointwise atan(%a0) : (tensor<4xf64>) -> tensor<4xf64>
  %r8 = plx.pointwise sinh(%a0) : (tensor<4xf64>) -> tensor<4xf64>
  %r9 = plx.pointwise cosh(%a0) : (tensor<4xf64>) -> tensor<4xf64>
  %r10 = plx.pointwise tanh(%a0) : (tensor<4xf64>) -> tensor<4xf64>
  %r11 = plx.pointwise asinh(%a0) : (tensor<4xf64>) -> tensor<4xf64>
  %r12 = plx.pointwise atanh(%a0) : (tensor<4xf64>) -> tensor<4xf64>
  %r13 = plx.pointwise erf(%a0) : (tensor<4xf64>) -> tensor<4xf64>
  %r14 = plx.pointwise log1p(%a0) : (tensor<4xf64>) -> tensor<4xf64>
  %r15 = plx.pointwise sigmoid(%a0) : (tensor<4xf64>) -> tensor<4xf64>
  return %r0, %r1, %r2, %r3, %r4, %r5, %r6, %r7, %r8, %r9, %r10, %r11, %r12, %r13, %r14, %r15 : tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>, tensor<4xf64>
}

func.func @roots(%a0: tensor<4xf64> {plx.domain = [0.5, 2.0], plx.input = dense<[0.0, 1.0, 2.5, 1.0e300]> : tensor<4xf64>})
    -> (tensor<4xf64> {plx.expect = dense<[0x0000000000000000, 0x3FF0000000000000, 0x3FF94C583ADA5B53, 0x5F138D352E5096AF]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}, tensor<4xf64> {plx.expect = dense<[0xFFF0000000000000, 0.0, 0x3FED5240F0E0E078, 0x4085963447F87FB5]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}) {
  %r0 = plx.pointwise sqrt(%a0) : (tensor<4xf64>) -> tensor<4xf64>
  %r1 = plx.pointwise log(%a0) : (tensor<4xf64>) -> tensor<4xf64>
  return %r0, %r1 : tensor<4xf64>, tensor<4xf64>
}

func.func @acosh(%a0: tensor<2xf64> {plx.domain = [1.5, 2.5], plx.input = dense<[1.0, 2.0]> : tensor<2xf64>})
    -> (tensor<2xf64> {plx.expect = dense<[0.0, 0x3FF5124271980435]> : tensor<2xf64>, plx.rtol = 4.0e-16 : f64}) {
  %r0 = plx.pointwise acosh(%a0) : (tensor<2xf64>) -> tensor<2xf64>
  return %r0 : tensor<2xf64>
}

func.func @powers(%a0: tensor<4xf64> {plx.domain = [0.5, 2.0], plx.input = dense<[2.0, -2.0, 0.0, 9.0]> : tensor<4xf64>}, %a1: tensor<4xf64> {plx.input = dense<[10.0, 3.0, -1.0, 0.5]> : tensor<4xf64>})
    -> (tensor<4xf64> {plx.expect = dense<[1024.0, -8.0, 0x7FF0000000000000, 3.0]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}, tensor<4xf64> {plx.expect = dense<[0x3FC94441F8F7260B, 0xBFE2D0EAD6066395, 0x400921FB54442D18, 0x3FF83EA8EDB40F72]> : tensor<4xf64>, plx.rtol = 4.0e-16 : f64}) {
  %r0 = plx.pointwise pow(%a0, %a1) : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>
  %r1 = plx.pointwise atan2(%a0, %a1) : (tensor<4xf64>, tensor<4xf64>) -> tensor<4xf64>
  return %r0, %r1 : tensor<4xf64>, tensor<4xf64>
}

// Far out, sigmoid neither overflows nor loses its sign.
func.func @sigmoid_far(%a0: tensor<2xf32> {plx.input = dense<[-1000.0, 1000.0]> : tensor<2xf32>})
    -> (tensor<2xf32> {plx.expect = dense<[0.0, 1.0]> : tensor<2xf32>}) {
  %r0 = plx.pointwise sigmoid(%a0) : (tensor<2xf32>) -> tensor<2xf32>
  return %r0 : tensor<2xf32>
}

