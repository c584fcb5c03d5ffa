// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @around_and_between(%x: tensor<2x?xf64, #plx.dims<[2, n]>> {plx.input = dense<0.0> : tensor<2x3xf64>}, %v: tensor<f64> {plx.input = dense<0.0> : tensor<f64>})
    -> tensor<7x?xf64, #plx.dims<[7, 3*n]>> attributes {plx.runs} {
  %y = plx.pad %x, %v [1, 2] [3, 0] [1, 2] : (tensor<2x?xf64, #plx.dims<[2, n]>>, tensor<f64>) -> tensor<7x?xf64, #plx.dims<[7, n + 2*max(n - 1, 0) + 2]>>
  %z = plx.pointwise exp(%y) : (tensor<7x?xf64, #plx.dims<[7, n + 2*max(n - 1, 0) + 2]>>) -> tensor<7x?xf64, #plx.dims<[7, n + 2*max(n - 1, 0) + 2]>>
  %r = plx.rebind %z : (tensor<7x?xf64, #plx.dims<[7, n + 2*max(n - 1, 0) + 2]>>) -> tensor<7x?xf64, #plx.dims<[7, 3*n]>>
  return %r : tensor<7x?xf64, #plx.dims<[7, 3*n]>>
}

// Negative padding: what is cut has derivative 0.
func.func @cut(%x: tensor<6x5xf64> {plx.input = dense<0.0> : tensor<6x5xf64>}, %v: tensor<f64> {plx.input = dense<0.0> : tensor<f64>})
    -> tensor<4x9xf64> attributes {plx.runs} {
  %y = plx.pad %x, %v [-1, 3] [-1, -3] [0, 1] : (tensor<6x5xf64>, tensor<f64>) -> tensor<4x9xf64>
  %r = plx.pointwise exp(%y) : (tensor<4x9xf64>) -> tensor<4x9xf64>
  return %r : tensor<4x9xf64>
}

// The cut goes through values between elements, and past all of them.
func.func @cut_interior(%x: tensor<4x2xf64> {plx.input = dense<0.0> : tensor<4x2xf64>}, %v: tensor<f64> {plx.input = dense<0.0> : tensor<f64>})
    -> tensor<5x1xf64> attributes {plx.runs} {
  %y = plx.pad %x, %v [-2, -3] [-3, 1] [2, 0] : (tensor<4x2xf64>, tensor<f64>) -> tensor<5x0xf64>
  %z = plx.pad %y, %v [0, 1] [0, 0] [0, 0] : (tensor<5x0xf64>, tensor<f64>) -> tensor<5x1xf64>
  %r = plx.pointwise exp(%z) : (tensor<5x1xf64>) -> tensor<5x1xf64>
  return %r : tensor<5x1xf64>
}

func.func @cut_interior_alone(%x: tensor<4xf64> {plx.input = dense<0.0> : tensor<4xf64>}, %v: tensor<f64> {plx.input = dense<0.0> : tensor<f64>})
    -> tensor<5xf64> attributes {plx.runs} {
  %y = plx.pad %x, %v [-2] [-3] [2] : (tensor<4xf64>, tensor<f64>) -> tensor<5xf64>
  %r = plx.pointwise exp(%y) : (tensor<5xf64>) -> tensor<5xf64>
  return %r : tensor<5xf64>
}
