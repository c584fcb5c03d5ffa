// RUN: run-values %s
// RUN: %if plexus %{ plexus check %s --gradient --device cpu %}

// A function with a derivative of its own: twice the true one.
func.func private @square(%x: tensor<?xf64, #plx.dims<[n]>>) -> tensor<?xf64, #plx.dims<[n]>> {
  %r = plx.pointwise mul(%x, %x) : (tensor<?xf64, #plx.dims<[n]>>, tensor<?xf64, #plx.dims<[n]>>) -> tensor<?xf64, #plx.dims<[n]>>
  return %r : tensor<?xf64, #plx.dims<[n]>>
}
func.func private @square_vjp(%x: tensor<?xf64, #plx.dims<[n]>>, %ct: tensor<?xf64, #plx.dims<[n]>>) -> tensor<?xf64, #plx.dims<[n]>> {
  %d = plx.pointwise mul(%x, %ct) : (tensor<?xf64, #plx.dims<[n]>>, tensor<?xf64, #plx.dims<[n]>>) -> tensor<?xf64, #plx.dims<[n]>>
  %e = plx.pointwise add(%d, %d) : (tensor<?xf64, #plx.dims<[n]>>, tensor<?xf64, #plx.dims<[n]>>) -> tensor<?xf64, #plx.dims<[n]>>
  %r = plx.pointwise add(%e, %e) : (tensor<?xf64, #plx.dims<[n]>>, tensor<?xf64, #plx.dims<[n]>>) -> tensor<?xf64, #plx.dims<[n]>>
  return %r : tensor<?xf64, #plx.dims<[n]>>
}

func.func @custom(%x: tensor<2xf64> {plx.input = dense<[1.0, 3.0]> : tensor<2xf64>, plx.gradient = dense<[4.0, 12.0]> : tensor<2xf64>}) -> tensor<2xf64> attributes {plx.runs, plx.stated} {
  %r = plx.call @square(%x) vjp @square_vjp : (tensor<2xf64>) -> tensor<2xf64>
  return %r : tensor<2xf64>
}

// Without one it is differentiated like what it does.
func.func @inlined(%x: tensor<2xf64> {plx.input = dense<[1.0, 3.0]> : tensor<2xf64>, plx.gradient = dense<[2.0, 6.0]> : tensor<2xf64>}) -> tensor<2xf64> attributes {plx.runs} {
  %r = plx.call @square(%x) : (tensor<2xf64>) -> tensor<2xf64>
  return %r : tensor<2xf64>
}
