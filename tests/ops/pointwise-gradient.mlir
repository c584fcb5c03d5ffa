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
