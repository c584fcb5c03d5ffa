// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// A cell h = tanh(x + h w), of which both all states and the last one are used.
func.func @cell(%h0: tensor<2xf64> {plx.input = dense<0.0> : tensor<2xf64>}, %x: tensor<?x2xf64, #plx.dims<[t, 2]>> {plx.input = dense<0.0> : tensor<4x2xf64>},
                %w: tensor<2x2xf64> {plx.input = dense<0.0> : tensor<2x2xf64>}) -> (tensor<2xf64>, tensor<?x2xf64, #plx.dims<[t, 2]>>) attributes {plx.runs} {
  %h, %all = plx.scan (%h0) over (%x) {
  ^bb0(%s: tensor<2xf64>, %slice: tensor<2xf64>):
    %p = plx.dot_general %s, %w batch [] x [] contract [0] x [0] : (tensor<2xf64>, tensor<2x2xf64>) -> tensor<2xf64>
    %a = plx.pointwise add(%p, %slice) : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64>
    %n = plx.pointwise tanh(%a) : (tensor<2xf64>) -> tensor<2xf64>
    plx.yield %n, %n : tensor<2xf64>, tensor<2xf64>
  } : (tensor<2xf64>, tensor<?x2xf64, #plx.dims<[t, 2]>>) -> (tensor<2xf64>, tensor<?x2xf64, #plx.dims<[t, 2]>>)
  return %h, %all : tensor<2xf64>, tensor<?x2xf64, #plx.dims<[t, 2]>>
}

// An int state counts; the output alone is used; a scan in a scan.
func.func @nested(%x: tensor<3x2xf64> {plx.input = dense<0.0> : tensor<3x2xf64>}, %k: tensor<f64> {plx.input = dense<0.0> : tensor<f64>}) -> tensor<3xf64> attributes {plx.runs} {
  %zero = plx.constant dense<0> : tensor<i64>
  %one = plx.constant dense<1> : tensor<i64>
  %start = plx.constant dense<0.5> : tensor<f64>
  %n, %s, %all = plx.scan (%zero, %start) over (%x) {
  ^bb0(%count: tensor<i64>, %sum: tensor<f64>, %row: tensor<2xf64>):
    %next = plx.pointwise add(%count, %one) : (tensor<i64>, tensor<i64>) -> tensor<i64>
    %f = plx.cast %next : (tensor<i64>) -> tensor<f64>
    %inner = plx.scan (%sum) over (%row) {
    ^bb0(%acc: tensor<f64>, %e: tensor<f64>):
      %a = plx.pointwise mul(%e, %k) : (tensor<f64>, tensor<f64>) -> tensor<f64>
      %b = plx.pointwise add(%acc, %a) : (tensor<f64>, tensor<f64>) -> tensor<f64>
      %c = plx.pointwise sin(%b) : (tensor<f64>) -> tensor<f64>
      plx.yield %c : tensor<f64>
    } : (tensor<f64>, tensor<2xf64>) -> tensor<f64>
    %scaled = plx.pointwise mul(%inner, %f) : (tensor<f64>, tensor<f64>) -> tensor<f64>
    plx.yield %next, %inner, %scaled : tensor<i64>, tensor<f64>, tensor<f64>
  } : (tensor<i64>, tensor<f64>, tensor<3x2xf64>) -> (tensor<i64>, tensor<f64>, tensor<3xf64>)
  return %all : tensor<3xf64>
}

// No iteration: the state is what it begins with.
func.func @empty(%h0: tensor<2xf64> {plx.input = dense<0.0> : tensor<2xf64>}, %x: tensor<?x2xf64, #plx.dims<[t, 2]>> {plx.input = dense<> : tensor<0x2xf64>})
    -> tensor<2xf64> attributes {plx.runs} {
  %h = plx.scan (%h0) over (%x) {
  ^bb0(%s: tensor<2xf64>, %slice: tensor<2xf64>):
    %n = plx.pointwise mul(%s, %slice) : (tensor<2xf64>, tensor<2xf64>) -> tensor<2xf64>
    plx.yield %n : tensor<2xf64>
  } : (tensor<2xf64>, tensor<?x2xf64, #plx.dims<[t, 2]>>) -> tensor<2xf64>
  return %h : tensor<2xf64>
}
