// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @dims(%x: tensor<?x?xf32, #plx.dims<[n, 2*m]>> {plx.input = dense<0.0> : tensor<3x4xf32>},
                %y: tensor<?xf32, #plx.dims<[m]>> {plx.input = dense<0.0> : tensor<2xf32>})
    -> (tensor<2xi64> {plx.expect = dense<[3, 5]> : tensor<2xi64>}, tensor<i32> {plx.expect = dense<6> : tensor<i32>}) {
  %a = plx.dims [n, 2*m + 1] : tensor<2xi64>
  %b = plx.dims [n*m] : tensor<i32>
  return %a, %b : tensor<2xi64>, tensor<i32>
}

func.func @none() -> (tensor<0xi64> {plx.expect = dense<> : tensor<0xi64>}) {
  %r = plx.dims [] : tensor<0xi64>
  return %r : tensor<0xi64>
}

func.func @no_such_m(%x: tensor<?xf32, #plx.dims<[2*m]>> {plx.input = dense<0.0> : tensor<3xf32>})
    attributes {plx.fails = "dim 0 of argument 0 is 3; no `m` gives that for `2*m`",
                plx.fails_compiled = "dim 0 of input 0 is `2*m`, but no input has a dim that is `m` alone, so its value cannot be known"} {
  return
}

func.func @inconsistent(%x: tensor<?xf32, #plx.dims<[n]>> {plx.input = dense<0.0> : tensor<3xf32>},
                        %y: tensor<?xf32, #plx.dims<[n]>> {plx.input = dense<0.0> : tensor<4xf32>})
    attributes {plx.fails = "dim 0 of argument 1 is 4, expected `n` = 3; `n` is 3 (dim 0 of argument 0)",
                plx.fails_compiled = "dim 'n' is 3 by input 'input0' but 4 by dim 0 of input 'input1'"} {
  return
}
