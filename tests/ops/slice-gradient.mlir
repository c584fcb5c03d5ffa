// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// Forwards and backwards, in steps that leave a rest.
func.func @steps(%x: tensor<6x8x?xf64, #plx.dims<[6, 8, n]>> {plx.input = dense<0.0> : tensor<6x8x3xf64>}) -> tensor<2x3x?xf64, #plx.dims<[2, 3, n]>> attributes {plx.runs} {
  %y = plx.slice %x [1, 7, n - 1] [2, 3, n] [3, -3, -1] : (tensor<6x8x?xf64, #plx.dims<[6, 8, n]>>) -> tensor<2x3x?xf64, #plx.dims<[2, 3, n]>>
  %r = plx.pointwise exp(%y) : (tensor<2x3x?xf64, #plx.dims<[2, 3, n]>>) -> tensor<2x3x?xf64, #plx.dims<[2, 3, n]>>
  return %r : tensor<2x3x?xf64, #plx.dims<[2, 3, n]>>
}

// A step of zero repeats an element.
func.func @no_step(%x: tensor<3x4xf64> {plx.input = dense<0.0> : tensor<3x4xf64>}) -> tensor<5x2xf64> attributes {plx.runs} {
  %y = plx.slice %x [1, 1] [5, 2] [0, 2] : (tensor<3x4xf64>) -> tensor<5x2xf64>
  %r = plx.pointwise exp(%y) : (tensor<5x2xf64>) -> tensor<5x2xf64>
  return %r : tensor<5x2xf64>
}

// Starts and a step that are data.
func.func @unknown_step(%x: tensor<2x9xf64> {plx.input = dense<0.0> : tensor<2x9xf64>}, %v: tensor<2xi64> {plx.input = dense<[8, -3]> : tensor<2xi64>})
    -> tensor<2x3xf64> attributes {plx.runs} {
  plx.bind %v ["start", "step"] [-9223372036854775808, -9223372036854775808] : tensor<2xi64>
  %y = plx.slice %x [0, start ge -9223372036854775808] [2, 3] [1, step ge -9223372036854775808] : (tensor<2x9xf64>) -> tensor<2x3xf64>
  %r = plx.pointwise exp(%y) : (tensor<2x3xf64>) -> tensor<2x3xf64>
  return %r : tensor<2x3xf64>
}
