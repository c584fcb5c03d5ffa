// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @steps(%x: tensor<2x4xf32> {plx.input = dense<[[0.0, 1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0]]> : tensor<2x4xf32>})
    -> (tensor<2x2xf32> {plx.expect = dense<[[1.0, 3.0], [5.0, 7.0]]> : tensor<2x2xf32>},
        tensor<2x2xf32> {plx.expect = dense<[[7.0, 5.0], [3.0, 1.0]]> : tensor<2x2xf32>},
        tensor<0x4xf32> {plx.expect = dense<> : tensor<0x4xf32>}) {
  %a = plx.slice %x [0, 1] [2, 2] [1, 2] : (tensor<2x4xf32>) -> tensor<2x2xf32>
  %b = plx.slice %x [1, 3] [2, 2] [-1, -2] : (tensor<2x4xf32>) -> tensor<2x2xf32>
  %c = plx.slice %x [2, 0] [0, 4] [1, 1] : (tensor<2x4xf32>) -> tensor<0x4xf32>
  return %a, %b, %c : tensor<2x2xf32>, tensor<2x2xf32>, tensor<0x4xf32>
}

func.func @reverse(%x: tensor<?xi64, #plx.dims<[n]>> {plx.input = dense<[1, 2, 3]> : tensor<3xi64>})
    -> (tensor<?xi64, #plx.dims<[n]>> {plx.expect = dense<[3, 2, 1]> : tensor<3xi64>}) {
  %a = plx.slice %x [n - 1] [n] [-1] : (tensor<?xi64, #plx.dims<[n]>>) -> tensor<?xi64, #plx.dims<[n]>>
  return %a : tensor<?xi64, #plx.dims<[n]>>
}

func.func @outside(%x: tensor<?xi64, #plx.dims<[n]>> {plx.input = dense<[1, 2, 3]> : tensor<3xi64>})
    -> tensor<3xi64>
    attributes {plx.fails = "slice: along dim 0 it starts at 1 and takes 3 elements by step 1; the operand has 3",
                plx.fails_compiled = "along dim 0 it reads index 3; the nearest there is is 2"} {
  %a = plx.slice %x [1] [3] [1] : (tensor<?xi64, #plx.dims<[n]>>) -> tensor<3xi64>
  return %a : tensor<3xi64>
}
