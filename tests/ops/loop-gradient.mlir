// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// x <- sin(x k), %n times, with the iteration's number in the output.
func.func @counted(%n: tensor<i64> {plx.input = dense<3> : tensor<i64>}, %x: tensor<2xf64> {plx.input = dense<0.0> : tensor<2xf64>}, %k: tensor<2xf64> {plx.input = dense<0.0> : tensor<2xf64>})
    -> (tensor<2xf64>, tensor<?x2xf64, #plx.dims<[t, 2]>>) attributes {plx.runs} {
  %go = plx.constant dense<true> : tensor<i1>
  %r, %all = plx.loop %n, %go, (%x) fresh ["t"] {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %s: tensor<2xf64>):
    %p = plx.pointwise mul(%s, %k) : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64>
    %q = plx.pointwise sin(%p) : (tensor<2xf64>) -> tensor<2xf64>
    %f = plx.cast %i : (tensor<i64>) -> tensor<f64>
    %b = plx.broadcast %f [] : (tensor<f64>) -> tensor<2xf64>
    %o = plx.pointwise mul(%q, %b) : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64>
    plx.yield %c, %q, %o : tensor<i1>, tensor<2xf64>, tensor<2xf64>
  } : (tensor<i64>, tensor<i1>, tensor<2xf64>) -> (tensor<2xf64>, tensor<?x2xf64, #plx.dims<[t, 2]>>)
  return %r, %all : tensor<2xf64>, tensor<?x2xf64, #plx.dims<[t, 2]>>
}

// While x < 10, x <- 2 x + k: how often is known at run time, and no output says it.
func.func @while(%x: tensor<f64> {plx.input = dense<1.5> : tensor<f64>, plx.domain = [1.1, 1.9]}, %k: tensor<f64> {plx.input = dense<0.1> : tensor<f64>, plx.domain = [0.1, 0.2]})
    -> tensor<f64> attributes {plx.runs} {
  %many = plx.constant dense<9223372036854775807> : tensor<i64>
  %go = plx.constant dense<true> : tensor<i1>
  %ten = plx.constant dense<10.0> : tensor<f64>
  %r = plx.loop %many, %go, (%x) {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %s: tensor<f64>):
    %sq = plx.pointwise mul(%s, %s) : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %d = plx.pointwise add(%sq, %s) : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %n = plx.pointwise add(%d, %k) : (tensor<f64>, tensor<f64>) -> tensor<f64>
    %less = plx.pointwise lt(%n, %ten) : (tensor<f64>, tensor<f64>) -> tensor<i1>
    plx.yield %less, %n : tensor<i1>, tensor<f64>
  } : (tensor<i64>, tensor<i1>, tensor<f64>) -> tensor<f64>
  return %r : tensor<f64>
}
