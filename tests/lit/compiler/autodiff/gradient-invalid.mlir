// RUN: plexus-opt %s --plx-gradient -split-input-file -verify-diagnostics

func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %s = plx.sequence_construct (%x) : (tensor<2xf32>) -> !plx.sequence<tensor<2xf32>>
  %zero = plx.constant dense<0> : tensor<i64>
  // expected-error @below {{has no derivative (sequences are values of the host), but lies on the path to a value that is differentiated}}
  %r = plx.sequence_at %s, %zero : (!plx.sequence<tensor<2xf32>>, tensor<i64>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// -----

// Elements of any rank carry derivatives as well.
func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> {
  %empty = plx.sequence_construct () : () -> !plx.sequence<tensor<*xf32>>
  %s = plx.sequence_insert %empty, %x : (!plx.sequence<tensor<*xf32>>, tensor<2xf32>) -> !plx.sequence<tensor<*xf32>>
  %zero = plx.constant dense<0> : tensor<i64>
  // expected-error @below {{has no derivative (sequences are values of the host), but lies on the path to a value that is differentiated}}
  %r = plx.sequence_at %s, %zero : (!plx.sequence<tensor<*xf32>>, tensor<i64>) -> tensor<2xf32>
  return %r : tensor<2xf32>
}

// -----

// expected-error @below {{`of` names result 0 of @main, expected a float tensor among its 1 results}}
func.func @main(%x: tensor<2xi32>) -> tensor<2xi32> {
  return %x : tensor<2xi32>
}

// -----

// expected-error @below {{the module has no function @main}}
module {
  func.func @other(%x: tensor<2xf32>) -> tensor<2xf32> {
    return %x : tensor<2xf32>
  }
}

// -----

// Beside the path nothing is asked for.
func.func @main(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<i64>) {
  %s = plx.sequence_construct (%x) : (tensor<2xf32>) -> !plx.sequence<tensor<2xf32>>
  %n = plx.sequence_length %s : (!plx.sequence<tensor<2xf32>>) -> tensor<i64>
  return %x, %n : tensor<2xf32>, tensor<i64>
}
