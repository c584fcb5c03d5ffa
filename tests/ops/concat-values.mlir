// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --device cpu %}
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

func.func @axes(%a: tensor<1x2xi32> {plx.input = dense<[[1, 2]]> : tensor<1x2xi32>}, %b: tensor<?x2xi32, #plx.dims<[n, 2]>> {plx.input = dense<[[3, 4], [5, 6]]> : tensor<2x2xi32>})
    -> (tensor<?x2xi32, #plx.dims<[n + 1, 2]>> {plx.expect = dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi32>},
        tensor<1x4xi32> {plx.expect = dense<[[1, 2, 1, 2]]> : tensor<1x4xi32>}) {
  %r = plx.concat 0 (%a, %b) : (tensor<1x2xi32>, tensor<?x2xi32, #plx.dims<[n, 2]>>) -> tensor<?x2xi32, #plx.dims<[n + 1, 2]>>
  %s = plx.concat 1 (%a, %a) : (tensor<1x2xi32>, tensor<1x2xi32>) -> tensor<1x4xi32>
  return %r, %s : tensor<?x2xi32, #plx.dims<[n + 1, 2]>>, tensor<1x4xi32>
}

func.func @empty_piece(%a: tensor<0xi32> {plx.input = dense<> : tensor<0xi32>})
    -> (tensor<0xi32> {plx.expect = dense<> : tensor<0xi32>}) {
  %r = plx.concat 0 (%a, %a) : (tensor<0xi32>, tensor<0xi32>) -> tensor<0xi32>
  return %r : tensor<0xi32>
}

func.func @strings(%b: tensor<2x!plx.string> {plx.input = dense<["p", "q"]> : tensor<2x!plx.string>})
    -> (tensor<4x!plx.string> {plx.expect = dense<["p", "q", "p", "q"]> : tensor<4x!plx.string>}) {
  %s = plx.concat 0 (%b, %b) : (tensor<2x!plx.string>, tensor<2x!plx.string>) -> tensor<4x!plx.string>
  return %s : tensor<4x!plx.string>
}
