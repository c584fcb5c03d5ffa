// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// Ints wrap at their width; unsigned types compare and divide as such.
func.func @wrap8(%a0: tensor<3xi8> {plx.input = dense<[127, -128, 100]> : tensor<3xi8>}, %a1: tensor<3xi8> {plx.input = dense<[1, 1, 3]> : tensor<3xi8>})
    -> (tensor<3xi8> {plx.expect = dense<[-128, -127, 103]> : tensor<3xi8>}, tensor<3xi8> {plx.expect = dense<[126, 127, 97]> : tensor<3xi8>}, tensor<3xi8> {plx.expect = dense<[127, -128, 44]> : tensor<3xi8>}) {
  %r0 = plx.pointwise add(%a0, %a1) : (tensor<3xi8>, tensor<3xi8>) -> tensor<3xi8>
  %r1 = plx.pointwise sub(%a0, %a1) : (tensor<3xi8>, tensor<3xi8>) -> tensor<3xi8>
  %r2 = plx.pointwise mul(%a0, %a1) : (tensor<3xi8>, tensor<3xi8>) -> tensor<3xi8>
  return %r0, %r1, %r2 : tensor<3xi8>, tensor<3xi8>, tensor<3xi8>
}

func.func @divide(%a0: tensor<3xi32> {plx.input = dense<[7, -7, -2147483648]> : tensor<3xi32>}, %a1: tensor<3xi32> {plx.input = dense<[2, 2, -1]> : tensor<3xi32>})
    -> (tensor<3xi32> {plx.expect = dense<[3, -3, -2147483648]> : tensor<3xi32>}, tensor<3xi32> {plx.expect = dense<[1, -1, 0]> : tensor<3xi32>}) {
  %r0 = plx.pointwise div(%a0, %a1) : (tensor<3xi32>, tensor<3xi32>) -> tensor<3xi32>
  %r1 = plx.pointwise rem(%a0, %a1) : (tensor<3xi32>, tensor<3xi32>) -> tensor<3xi32>
  return %r0, %r1 : tensor<3xi32>, tensor<3xi32>
}

func.func @unsigned64(%a0: tensor<2xui64> {plx.input = dense<[18446744073709551615, 1]> : tensor<2xui64>}, %a1: tensor<2xui64> {plx.input = dense<[2, 2]> : tensor<2xui64>})
    -> (tensor<2xui64> {plx.expect = dense<[9223372036854775807, 0]> : tensor<2xui64>}, tensor<2xui64> {plx.expect = dense<[18446744073709551615, 2]> : tensor<2xui64>}) {
  %r0 = plx.pointwise div(%a0, %a1) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
  %r1 = plx.pointwise max(%a0, %a1) : (tensor<2xui64>, tensor<2xui64>) -> tensor<2xui64>
  return %r0, %r1 : tensor<2xui64>, tensor<2xui64>
}

func.func @unsigned_order(%a0: tensor<2xui8> {plx.input = dense<[255, 1]> : tensor<2xui8>}, %a1: tensor<2xui8> {plx.input = dense<[1, 255]> : tensor<2xui8>})
    -> (tensor<2xi1> {plx.expect = dense<[true, false]> : tensor<2xi1>}) {
  %r0 = plx.pointwise gt(%a0, %a1) : (tensor<2xui8>, tensor<2xui8>) -> tensor<2xi1>
  return %r0 : tensor<2xi1>
}

func.func @shifts(%a0: tensor<3xi32> {plx.input = dense<[1, -8, 3]> : tensor<3xi32>}, %a1: tensor<3xi32> {plx.input = dense<[31, 1, 32]> : tensor<3xi32>})
    -> (tensor<3xi32> {plx.expect = dense<[-2147483648, -16, 0]> : tensor<3xi32>}, tensor<3xi32> {plx.expect = dense<[0, -4, 0]> : tensor<3xi32>}) {
  %r0 = plx.pointwise shl(%a0, %a1) : (tensor<3xi32>, tensor<3xi32>) -> tensor<3xi32>
  %r1 = plx.pointwise shr(%a0, %a1) : (tensor<3xi32>, tensor<3xi32>) -> tensor<3xi32>
  return %r0, %r1 : tensor<3xi32>, tensor<3xi32>
}

func.func @bits(%a0: tensor<2xui8> {plx.input = dense<[12, 10]> : tensor<2xui8>}, %a1: tensor<2xui8> {plx.input = dense<[10, 255]> : tensor<2xui8>})
    -> (tensor<2xui8> {plx.expect = dense<[8, 10]> : tensor<2xui8>}, tensor<2xui8> {plx.expect = dense<[14, 255]> : tensor<2xui8>}, tensor<2xui8> {plx.expect = dense<[6, 245]> : tensor<2xui8>}) {
  %r0 = plx.pointwise and(%a0, %a1) : (tensor<2xui8>, tensor<2xui8>) -> tensor<2xui8>
  %r1 = plx.pointwise or(%a0, %a1) : (tensor<2xui8>, tensor<2xui8>) -> tensor<2xui8>
  %r2 = plx.pointwise xor(%a0, %a1) : (tensor<2xui8>, tensor<2xui8>) -> tensor<2xui8>
  return %r0, %r1, %r2 : tensor<2xui8>, tensor<2xui8>, tensor<2xui8>
}

func.func @not_bits(%a0: tensor<2xi16> {plx.input = dense<[0, 5]> : tensor<2xi16>})
    -> (tensor<2xi16> {plx.expect = dense<[-1, -6]> : tensor<2xi16>}) {
  %r0 = plx.pointwise not(%a0) : (tensor<2xi16>) -> tensor<2xi16>
  return %r0 : tensor<2xi16>
}

func.func @not_bool(%a0: tensor<2xi1> {plx.input = dense<[true, false]> : tensor<2xi1>})
    -> (tensor<2xi1> {plx.expect = dense<[false, true]> : tensor<2xi1>}) {
  %r0 = plx.pointwise not(%a0) : (tensor<2xi1>) -> tensor<2xi1>
  return %r0 : tensor<2xi1>
}

func.func @powers(%a0: tensor<4xi32> {plx.input = dense<[3, -2, 2, 2]> : tensor<4xi32>}, %a1: tensor<4xi32> {plx.input = dense<[4, 3, 31, -1]> : tensor<4xi32>})
    -> (tensor<4xi32> {plx.expect = dense<[81, -8, -2147483648, 0]> : tensor<4xi32>}) {
  %r0 = plx.pointwise pow(%a0, %a1) : (tensor<4xi32>, tensor<4xi32>) -> tensor<4xi32>
  return %r0 : tensor<4xi32>
}

func.func @unary(%a0: tensor<3xi8> {plx.input = dense<[-128, 5, 0]> : tensor<3xi8>})
    -> (tensor<3xi8> {plx.expect = dense<[-128, -5, 0]> : tensor<3xi8>}, tensor<3xi8> {plx.expect = dense<[-128, 5, 0]> : tensor<3xi8>}, tensor<3xi8> {plx.expect = dense<[-1, 1, 0]> : tensor<3xi8>}) {
  %r0 = plx.pointwise neg(%a0) : (tensor<3xi8>) -> tensor<3xi8>
  %r1 = plx.pointwise abs(%a0) : (tensor<3xi8>) -> tensor<3xi8>
  %r2 = plx.pointwise sign(%a0) : (tensor<3xi8>) -> tensor<3xi8>
  return %r0, %r1, %r2 : tensor<3xi8>, tensor<3xi8>, tensor<3xi8>
}

func.func @four_bits(%a0: tensor<2xi4> {plx.input = dense<[7, -8]> : tensor<2xi4>}, %a1: tensor<2xi4> {plx.input = dense<[1, -1]> : tensor<2xi4>})
    -> (tensor<2xi4> {plx.expect = dense<[-8, 7]> : tensor<2xi4>}) {
  %r0 = plx.pointwise add(%a0, %a1) : (tensor<2xi4>, tensor<2xi4>) -> tensor<2xi4>
  return %r0 : tensor<2xi4>
}

func.func @by_zero(%a: tensor<1xi32> {plx.input = dense<[1]> : tensor<1xi32>}, %b: tensor<1xi32> {plx.input = dense<[0]> : tensor<1xi32>}) -> tensor<1xi32> attributes {plx.fails = "pointwise: div: integer division by zero",
                plx.fails_compiled = "integer division by zero"} {
  %r = plx.pointwise div(%a, %b) : (tensor<1xi32>, tensor<1xi32>) -> tensor<1xi32>
  return %r : tensor<1xi32>
}

func.func @complex(%a0: tensor<1xcomplex<f32>> {plx.input = dense<[(1.0, 2.0)]> : tensor<1xcomplex<f32>>}, %a1: tensor<1xcomplex<f32>> {plx.input = dense<[(3.0, -1.0)]> : tensor<1xcomplex<f32>>})
    -> (tensor<1xcomplex<f32>> {plx.expect = dense<[(4.0, 1.0)]> : tensor<1xcomplex<f32>>, plx.rtol = 1.0e-6 : f64}, tensor<1xcomplex<f32>> {plx.expect = dense<[(5.0, 5.0)]> : tensor<1xcomplex<f32>>, plx.rtol = 1.0e-6 : f64}, tensor<1xcomplex<f32>> {plx.expect = dense<[(0.1, 0.7)]> : tensor<1xcomplex<f32>>, plx.rtol = 1.0e-6 : f64})
    attributes {plx.fails_compiled = "these ops cannot be compiled yet:\0A  complex numbers of"} {
  %r0 = plx.pointwise add(%a0, %a1) : (tensor<1xcomplex<f32>>, tensor<1xcomplex<f32>>) -> tensor<1xcomplex<f32>>
  %r1 = plx.pointwise mul(%a0, %a1) : (tensor<1xcomplex<f32>>, tensor<1xcomplex<f32>>) -> tensor<1xcomplex<f32>>
  %r2 = plx.pointwise div(%a0, %a1) : (tensor<1xcomplex<f32>>, tensor<1xcomplex<f32>>) -> tensor<1xcomplex<f32>>
  return %r0, %r1, %r2 : tensor<1xcomplex<f32>>, tensor<1xcomplex<f32>>, tensor<1xcomplex<f32>>
}

func.func @choose(%c: tensor<2xi1> {plx.input = dense<[true, false]> : tensor<2xi1>}, %a: tensor<2x!plx.string> {plx.input = dense<["x", "y"]> : tensor<2x!plx.string>}, %b: tensor<2x!plx.string> {plx.input = dense<["p", "q"]> : tensor<2x!plx.string>})
    -> (tensor<2x!plx.string> {plx.expect = dense<["x", "q"]> : tensor<2x!plx.string>}) {
  %r = plx.pointwise select(%c, %a, %b) : (tensor<2xi1>, tensor<2x!plx.string>, tensor<2x!plx.string>) -> tensor<2x!plx.string>
  return %r : tensor<2x!plx.string>
}

// Kernels compare no strings; the importer writes a host function for that.
func.func @equal_strings(%a: tensor<2x!plx.string> {plx.input = dense<["x", "y"]> : tensor<2x!plx.string>}, %b: tensor<2x!plx.string> {plx.input = dense<["x", "q"]> : tensor<2x!plx.string>})
    -> (tensor<2xi1> {plx.expect = dense<[true, false]> : tensor<2xi1>})
    attributes {plx.fails_compiled = "these ops cannot be compiled yet:\0A  plx.launch of strings of"} {
  %e = plx.pointwise eq(%a, %b) : (tensor<2x!plx.string>, tensor<2x!plx.string>) -> tensor<2xi1>
  return %e : tensor<2xi1>
}
