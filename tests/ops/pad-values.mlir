// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @edges(%x: tensor<2x3xf32> {plx.input = dense<[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]> : tensor<2x3xf32>}, %v: tensor<f32> {plx.input = dense<9.0> : tensor<f32>})
    -> (tensor<4x4xf32> {plx.expect = dense<[[9.0, 9.0, 9.0, 9.0], [1.0, 9.0, 2.0, 9.0], [4.0, 9.0, 5.0, 9.0], [9.0, 9.0, 9.0, 9.0]]> : tensor<4x4xf32>},
        tensor<1x2xf32> {plx.expect = dense<[[5.0, 6.0]]> : tensor<1x2xf32>}) {
  %a = plx.pad %x, %v [1, 0] [1, -1] [0, 1] : (tensor<2x3xf32>, tensor<f32>) -> tensor<4x4xf32>
  %b = plx.pad %x, %v [-1, -1] [0, 0] [0, 0] : (tensor<2x3xf32>, tensor<f32>) -> tensor<1x2xf32>
  return %a, %b : tensor<4x4xf32>, tensor<1x2xf32>
}

// Cutting may begin between elements: 1 . . 2 . . 3 without its first two places.
func.func @cut_interior(%x: tensor<?xi32, #plx.dims<[n]>> {plx.input = dense<[1, 2, 3]> : tensor<3xi32>}, %v: tensor<i32> {plx.input = dense<0> : tensor<i32>})
    -> (tensor<?xi32, #plx.dims<[n + 2*max(n - 1, 0) - 2]>> {plx.expect = dense<[0, 2, 0, 0, 3]> : tensor<5xi32>}) {
  %a = plx.pad %x, %v [-2] [0] [2] : (tensor<?xi32, #plx.dims<[n]>>, tensor<i32>) -> tensor<?xi32, #plx.dims<[n + 2*max(n - 1, 0) - 2]>>
  return %a : tensor<?xi32, #plx.dims<[n + 2*max(n - 1, 0) - 2]>>
}

func.func @empty(%x: tensor<0xi32> {plx.input = dense<> : tensor<0xi32>}, %v: tensor<i32> {plx.input = dense<7> : tensor<i32>})
    -> (tensor<3xi32> {plx.expect = dense<7> : tensor<3xi32>}) {
  %a = plx.pad %x, %v [1] [2] [4] : (tensor<0xi32>, tensor<i32>) -> tensor<3xi32>
  return %a : tensor<3xi32>
}

func.func @negative_interior(%x: tensor<?xi32, #plx.dims<[n]>> {plx.input = dense<1> : tensor<3xi32>}, %v: tensor<i32> {plx.input = dense<7> : tensor<i32>})
    -> tensor<?xi32, #plx.dims<[n + max(n - 1, 0)*(2 - n) + 9]>>
    attributes {plx.fails = "`interior` is -1 along dim 0; it must not be negative"} {
  %a = plx.pad %x, %v [0] [9] [2 - n] : (tensor<?xi32, #plx.dims<[n]>>, tensor<i32>) -> tensor<?xi32, #plx.dims<[n + max(n - 1, 0)*(2 - n) + 9]>>
  return %a : tensor<?xi32, #plx.dims<[n + max(n - 1, 0)*(2 - n) + 9]>>
}
