// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @constant_c1() {
  // expected-error @+1 {{constant: `value` must be dense<...> : tensor<...> of static shape and an element type of plx, found type 'vector<2xf32>'}}
  %r = "plx.constant"() {value = dense<[1.0, 2.0]> : vector<2xf32>} : () -> tensor<2xf32>
  return
}

// -----

func.func @constant_c1_element() {
  // expected-error @+1 {{constant: `value` must be dense<...> : tensor<...> of static shape and an element type of plx, found type 'tensor<2xi3>'}}
  %r = "plx.constant"() {value = dense<[1, 2]> : tensor<2xi3>} : () -> tensor<2xi3>
  return
}
