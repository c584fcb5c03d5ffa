// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @pointwise_c1(%a: tensor<2xf32>) {
  // expected-error @+2 {{'plx.pointwise' op failed to infer returned types}}
  // expected-error @+1 {{pointwise: there is no function `cube`; those there are stand in types/ScalarFn.def}}
  %r = plx.pointwise cube(%a) : (tensor<2xf32>) -> tensor<2xf32>
  return
}

// -----

func.func @pointwise_c2(%a: tensor<2xf32>, %b: tensor<2xi32>) {
  // expected-error @+2 {{'plx.pointwise' op failed to infer returned types}}
  // expected-error @+1 {{pointwise: add: operands must have one element type, found f32 and i32}}
  %r = plx.pointwise add(%a, %b) : (tensor<2xf32>, tensor<2xi32>) -> tensor<2xf32>
  return
}

// -----

func.func @pointwise_c3(%a: tensor<2xf32>, %b: tensor<?xf32, #plx.dims<[n]>>) {
  // expected-error @+2 {{'plx.pointwise' op failed to infer returned types}}
  // expected-error @+1 {{pointwise: add: operand 1 has dims [n], operand 0 [2]; broadcast them first}}
  %r = plx.pointwise add(%a, %b) : (tensor<2xf32>, tensor<?xf32, #plx.dims<[n]>>) -> tensor<2xf32>
  return
}
