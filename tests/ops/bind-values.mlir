// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @sizes(%v: tensor<2xi64> {plx.input = dense<[2, 3]> : tensor<2xi64>})
    -> (tensor<?x?xi32, #plx.dims<[a, b ge 1]>> {plx.expect = dense<[[0, 1, 2], [0, 1, 2]]> : tensor<2x3xi32>},
        tensor<2xi64> {plx.expect = dense<[5, 6]> : tensor<2xi64>}) {
  plx.bind %v ["a", "b"] [0, 1] : tensor<2xi64>
  %r = plx.iota 1 : tensor<?x?xi32, #plx.dims<[a, b ge 1]>>
  %s = plx.dims [a + b ge 1, a*b ge 1] : tensor<2xi64>
  return %r, %s : tensor<?x?xi32, #plx.dims<[a, b ge 1]>>, tensor<2xi64>
}

func.func @below_bound(%v: tensor<i64> {plx.input = dense<0> : tensor<i64>}) attributes {plx.fails = "bind: `b` is 0, but symbol `b` is at least 1",
                plx.fails_compiled = "dim 'b' is 0: expected at least 1"} {
  plx.bind %v ["b"] [1] : tensor<i64>
  return
}
