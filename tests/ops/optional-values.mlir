// RUN: run-values %s
// RUN: plexus check %s --device cpu
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @holds(%x: tensor<2xf32> {plx.input = dense<[1.0, 2.0]> : tensor<2xf32>})
    -> (tensor<?xf32, #plx.dims<[n]>> {plx.expect = dense<[1.0, 2.0]> : tensor<2xf32>},
        tensor<i1> {plx.expect = dense<true> : tensor<i1>}, tensor<i1> {plx.expect = dense<false> : tensor<i1>}) attributes {plx.no_gradient = "optionals are values of the host"} {
  %o = plx.optional %x : (tensor<2xf32>) -> !plx.optional<tensor<?xf32>>
  %none = plx.optional : () -> !plx.optional<tensor<?xf32>>
  %r = plx.optional_get %o fresh ["n"] : (!plx.optional<tensor<?xf32>>) -> tensor<?xf32, #plx.dims<[n]>>
  %a = plx.optional_has %o : (!plx.optional<tensor<?xf32>>) -> tensor<i1>
  %b = plx.optional_has %none : (!plx.optional<tensor<?xf32>>) -> tensor<i1>
  return %r, %a, %b : tensor<?xf32, #plx.dims<[n]>>, tensor<i1>, tensor<i1>
}

func.func @holds_nothing() -> tensor<f32> attributes {plx.fails = "the optional holds nothing"} {
  %none = plx.optional : () -> !plx.optional<tensor<f32>>
  %r = plx.optional_get %none : (!plx.optional<tensor<f32>>) -> tensor<f32>
  return %r : tensor<f32>
}
