// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// Conventions at kinks: relu, abs, clip between bounds (the bounds first, as the ONNX importer writes them).
func.func @relu(%x: tensor<3xf32> {plx.input = dense<[-1.0, 0.0, 2.0]> : tensor<3xf32>, plx.gradient = dense<[0.0, 0.0, 1.0]> : tensor<3xf32>}) -> tensor<3xf32> attributes {plx.runs} {
  %zero = plx.constant dense<0.0> : tensor<3xf32>
  %r = plx.pointwise max(%x, %zero) : (tensor<3xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %r : tensor<3xf32>
}

func.func @abs(%x: tensor<3xf32> {plx.input = dense<[-1.0, 0.0, 2.0]> : tensor<3xf32>, plx.gradient = dense<[-1.0, 0.0, 1.0]> : tensor<3xf32>}) -> tensor<3xf32> attributes {plx.runs} {
  %r = plx.pointwise abs(%x) : (tensor<3xf32>) -> tensor<3xf32>
  return %r : tensor<3xf32>
}

func.func @clip(%x: tensor<5xf32> {plx.input = dense<[-2.0, -1.0, 0.0, 1.0, 2.0]> : tensor<5xf32>, plx.gradient = dense<[0.0, 1.0, 1.0, 1.0, 0.0]> : tensor<5xf32>}) -> tensor<5xf32> attributes {plx.runs} {
  %low = plx.constant dense<-1.0> : tensor<5xf32>
  %high = plx.constant dense<1.0> : tensor<5xf32>
  %a = plx.pointwise max(%low, %x) : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xf32>
  %r = plx.pointwise min(%high, %a) : (tensor<5xf32>, tensor<5xf32>) -> tensor<5xf32>
  return %r : tensor<5xf32>
}

// What a select leaves out has no part in the gradient, though its slope is infinite or NaN there: of sqrt at 0, of 0 / 0, of
// exp(inf - inf).
func.func @left_out(%x: tensor<2xf32> {plx.input = dense<[0.0, 4.0]> : tensor<2xf32>, plx.gradient = dense<[0.0, 0.25]> : tensor<2xf32>}) -> tensor<2xf32> attributes {plx.runs, plx.stated} {
  %zero = plx.constant dense<0.0> : tensor<2xf32>
  %root = plx.pointwise sqrt(%x) : (tensor<2xf32>) -> tensor<2xf32>
  %is = plx.pointwise gt(%x, %zero) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xi1>
  %r = plx.pointwise select(%is, %root, %zero) : (tensor<2xi1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}

func.func @left_out_quotient(%x: tensor<2xf32> {plx.input = dense<[0.0, 4.0]> : tensor<2xf32>, plx.gradient = dense<[0.0, 0.0]> : tensor<2xf32>}) -> tensor<2xf32> attributes {plx.runs, plx.stated} {
  %zero = plx.constant dense<0.0> : tensor<2xf32>
  %one = plx.pointwise div(%x, %x) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  %is = plx.pointwise gt(%x, %zero) : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xi1>
  %r = plx.pointwise select(%is, %one, %zero) : (tensor<2xi1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}

func.func @left_out_row(%x: tensor<2x2xf32> {plx.input = dense<[[0xFF800000, 0xFF800000], [0.0, 0.0]]> : tensor<2x2xf32>, plx.gradient = dense<[[0.0, 0.0], [0.0, 0.0]]> : tensor<2x2xf32>}) -> tensor<2x2xf32> attributes {plx.runs, plx.stated} {
  %max = plx.reduce max %x [1] : (tensor<2x2xf32>) -> tensor<2xf32>
  %maxs = plx.broadcast %max [0] : (tensor<2xf32>) -> tensor<2x2xf32>
  %shifted = plx.pointwise sub(%x, %maxs) : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %exp = plx.pointwise exp(%shifted) : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %sum = plx.reduce sum %exp [1] : (tensor<2x2xf32>) -> tensor<2xf32>
  %sums = plx.broadcast %sum [0] : (tensor<2xf32>) -> tensor<2x2xf32>
  %softmax = plx.pointwise div(%exp, %sums) : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %zero = plx.constant dense<0.0> : tensor<2x2xf32>
  %is = plx.pointwise ne(%softmax, %softmax) : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xi1>
  %r = plx.pointwise select(%is, %zero, %softmax) : (tensor<2x2xi1>, tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  return %r : tensor<2x2xf32>
}

// The second derivative of exp(x^2) at 0, where the first one is 0: 2.
func.func @second(%x: tensor<1xf32> {plx.input = dense<0.0> : tensor<1xf32>, plx.domain = []}) -> tensor<1xf32> attributes {plx.runs} {
  %square = plx.pointwise mul(%x, %x) : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
  %r = plx.pointwise exp(%square) : (tensor<1xf32>) -> tensor<1xf32>
  return %r : tensor<1xf32>
}
