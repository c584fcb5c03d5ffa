// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func private @nonzeros(%x: tensor<?xf32, #plx.dims<[n]>>) -> (tensor<1x?xi64, #plx.dims<[1, k]>>, tensor<?xf32, #plx.dims<[n]>>) {
  %c = plx.nonzero %x size "k" : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<1x?xi64, #plx.dims<[1, k]>>
  %y = plx.pointwise neg(%x) : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>>
  return %c, %y : tensor<1x?xi64, #plx.dims<[1, k]>>, tensor<?xf32, #plx.dims<[n]>>
}

// The callee's k is another symbol in each call.
func.func @twice(%x: tensor<3xf32> {plx.input = dense<[1.0, 0.0, 2.0]> : tensor<3xf32>},
                 %y: tensor<?xf32, #plx.dims<[m]>> {plx.input = dense<[0.0, 4.0]> : tensor<2xf32>})
    -> (tensor<1x?xi64, #plx.dims<[1, a]>> {plx.expect = dense<[[0, 2]]> : tensor<1x2xi64>},
        tensor<1x?xi64, #plx.dims<[1, b]>> {plx.expect = dense<[[1]]> : tensor<1x1xi64>},
        tensor<?xf32, #plx.dims<[m]>> {plx.expect = dense<[0.0, -4.0]> : tensor<2xf32>}) {
  %a, %p = plx.call @nonzeros(%x) fresh ["a"]
      : (tensor<3xf32>) -> (tensor<1x?xi64, #plx.dims<[1, a]>>, tensor<3xf32>)
  %b, %q = plx.call @nonzeros(%y) fresh ["b"]
      : (tensor<?xf32, #plx.dims<[m]>>) -> (tensor<1x?xi64, #plx.dims<[1, b]>>, tensor<?xf32, #plx.dims<[m]>>)
  return %a, %b, %q : tensor<1x?xi64, #plx.dims<[1, a]>>, tensor<1x?xi64, #plx.dims<[1, b]>>, tensor<?xf32, #plx.dims<[m]>>
}
