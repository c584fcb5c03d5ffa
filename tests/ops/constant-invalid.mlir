// RUN: plexus-opt %s -split-input-file -verify-diagnostics

func.func @constant_c1() {
  // expected-error @+2 {{'plx.constant' op failed to infer returned types}}
  // expected-error @+1 {{constant: `value` must be dense<...> : tensor<...> of static shape and an element type of plx, found type 'vector<2xf32>'}}
  %r = "plx.constant"() {value = dense<[1.0, 2.0]> : vector<2xf32>} : () -> tensor<2xf32>
  return
}

// -----

func.func @constant_c1_element() {
  // expected-error @+1 {{'plx.constant' op result 0 has element type 'i3', which plx does not know}}
  %r = "plx.constant"() {value = dense<[1, 2]> : tensor<2xi3>} : () -> tensor<2xi3>
  return
}
