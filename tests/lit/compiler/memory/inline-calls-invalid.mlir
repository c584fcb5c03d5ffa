// RUN: plexus-opt %s --plx-inline-calls --verify-diagnostics

func.func private @f(%x: tensor<3xf32>) -> tensor<3xf32> {
  // expected-error@+1 {{function @f calls itself; recursion cannot be compiled}}
  %r = plx.call @f(%x) : (tensor<3xf32>) -> tensor<3xf32>
  return %r : tensor<3xf32>
}
func.func @main(%x: tensor<3xf32>) -> tensor<3xf32> {
  %r = plx.call @f(%x) : (tensor<3xf32>) -> tensor<3xf32>
  return %r : tensor<3xf32>
}
