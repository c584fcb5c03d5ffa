// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// Both branches use values from above; one of them ignores %y.
func.func private @body(%c: tensor<i1>, %x: tensor<3xf64>, %y: tensor<3xf64>) -> tensor<3xf64> {
  %s = plx.pointwise sin(%x) : (tensor<3xf64>) -> tensor<3xf64>
  %r = plx.if %c {
    %a = plx.pointwise mul(%s, %y) : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    %b = plx.pointwise mul(%a, %x) : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    plx.yield %b : tensor<3xf64>
  } else {
    %a = plx.pointwise mul(%s, %s) : (tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
    plx.yield %a : tensor<3xf64>
  } : (tensor<i1>) -> tensor<3xf64>
  return %r : tensor<3xf64>
}

func.func @taken(%c: tensor<i1> {plx.input = dense<true> : tensor<i1>}, %x: tensor<3xf64> {plx.input = dense<0.0> : tensor<3xf64>}, %y: tensor<3xf64> {plx.input = dense<0.0> : tensor<3xf64>})
    -> tensor<3xf64> attributes {plx.runs} {
  %r = plx.call @body(%c, %x, %y) : (tensor<i1>, tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
  return %r : tensor<3xf64>
}

func.func @not_taken(%c: tensor<i1> {plx.input = dense<false> : tensor<i1>}, %x: tensor<3xf64> {plx.input = dense<0.0> : tensor<3xf64>}, %y: tensor<3xf64> {plx.input = dense<0.0> : tensor<3xf64>})
    -> tensor<3xf64> attributes {plx.runs} {
  %r = plx.call @body(%c, %x, %y) : (tensor<i1>, tensor<3xf64>, tensor<3xf64>) -> tensor<3xf64>
  return %r : tensor<3xf64>
}

// Sizes that only the branch taken tells, and a branch that yields a value from above.
func.func @fresh(%c: tensor<i1> {plx.input = dense<true> : tensor<i1>}, %x: tensor<?xf64, #plx.dims<[n]>> {plx.input = dense<0.0> : tensor<2xf64>})
    -> tensor<?xf64, #plx.dims<[m]>> attributes {plx.runs} {
  %r = plx.if %c fresh ["m"] {
    %a = plx.concat 0 (%x, %x) : (tensor<?xf64, #plx.dims<[n]>>, tensor<?xf64, #plx.dims<[n]>>) -> tensor<?xf64, #plx.dims<[2*n]>>
    plx.yield %a : tensor<?xf64, #plx.dims<[2*n]>>
  } else {
    plx.yield %x : tensor<?xf64, #plx.dims<[n]>>
  } : (tensor<i1>) -> tensor<?xf64, #plx.dims<[m]>>
  %s = plx.pointwise sin(%r) : (tensor<?xf64, #plx.dims<[m]>>) -> tensor<?xf64, #plx.dims<[m]>>
  return %s : tensor<?xf64, #plx.dims<[m]>>
}
