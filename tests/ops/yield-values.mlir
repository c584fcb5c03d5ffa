// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// Values keep their order; one may be given twice.
func.func @order(%c: tensor<i1> {plx.input = dense<true> : tensor<i1>}, %a: tensor<f32> {plx.input = dense<1.0> : tensor<f32>},
                 %b: tensor<f32> {plx.input = dense<2.0> : tensor<f32>})
    -> (tensor<f32> {plx.expect = dense<2.0> : tensor<f32>}, tensor<f32> {plx.expect = dense<1.0> : tensor<f32>},
        tensor<f32> {plx.expect = dense<2.0> : tensor<f32>}) {
  %r:3 = plx.if %c {
    plx.yield %b, %a, %b : tensor<f32>, tensor<f32>, tensor<f32>
  } else {
    plx.yield %a, %a, %a : tensor<f32>, tensor<f32>, tensor<f32>
  } : (tensor<i1>) -> (tensor<f32>, tensor<f32>, tensor<f32>)
  return %r#0, %r#1, %r#2 : tensor<f32>, tensor<f32>, tensor<f32>
}
