// RUN: plexus-opt %s --canonicalize | FileCheck %s

// Shape arithmetic of an exporter: the list it builds out of sizes and numbers is one plx.dims.
// CHECK-LABEL: func @list
// CHECK: %[[LIST:.*]] = plx.dims [n, 2*m, 3, -1] : tensor<4xi64>
// CHECK-NEXT: return %[[LIST]]
func.func @list() -> tensor<4xi64> {
  %d = plx.dims [n, 2*m] : tensor<2xi64>
  %c = plx.constant dense<[3, -1]> : tensor<2xi64>
  %r = plx.concat 0 (%d, %c) : (tensor<2xi64>, tensor<2xi64>) -> tensor<4xi64>
  return %r : tensor<4xi64>
}

// Gathering and slicing by known numbers move expressions like any element.
// CHECK-LABEL: func @moved
// CHECK-DAG: %[[M:.*]] = plx.dims [m, n] : tensor<2xi64>
// CHECK-DAG: %[[N:.*]] = plx.dims [n] : tensor<1xi32>
// CHECK: return %[[M]], %[[N]]
func.func @moved() -> (tensor<2xi64>, tensor<1xi32>) {
  %d = plx.dims [n, m] : tensor<2xi64>
  %i = plx.constant dense<[1, -2]> : tensor<2xi64>
  %r = plx.gather %d, (%i) axes [0] at 0 : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  %s = plx.slice %d [0] [1] [1] : (tensor<2xi64>) -> tensor<1xi64>
  %t = plx.cast %s : (tensor<1xi64>) -> tensor<1xi32>
  return %r, %t : tensor<2xi64>, tensor<1xi32>
}

// CHECK-LABEL: func @arithmetic
// CHECK-DAG: %[[P:.*]] = plx.dims [2*m*n] : tensor<i64>
// CHECK-DAG: %[[Q:.*]] = plx.dims [n floordiv 2, m] : tensor<2xi64>
// CHECK: return %[[P]], %[[Q]]
func.func @arithmetic() -> (tensor<i64>, tensor<2xi64>) {
  %d = plx.dims [n, 2*m] : tensor<2xi64>
  %two = plx.constant dense<2> : tensor<2xi64>
  %p = plx.reduce product %d [0] : (tensor<2xi64>) -> tensor<i64>
  %q = plx.pointwise div(%d, %two) : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi64>
  return %p, %q : tensor<i64>, tensor<2xi64>
}

// A size is never -1; whether it is 3 is not known before the run.
// CHECK-LABEL: func @comparisons
// CHECK-DAG: %[[FALSE:.*]] = plx.constant dense<false> : tensor<2xi1>
// CHECK: %[[THREE:.*]] = plx.pointwise eq
// CHECK: return %[[FALSE]], %[[THREE]]
func.func @comparisons() -> (tensor<2xi1>, tensor<2xi1>) {
  %d = plx.dims [n, m] : tensor<2xi64>
  %minus = plx.constant dense<-1> : tensor<2xi64>
  %three = plx.constant dense<3> : tensor<2xi64>
  %a = plx.pointwise eq(%d, %minus) : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi1>
  %b = plx.pointwise eq(%d, %three) : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi1>
  return %a, %b : tensor<2xi1>, tensor<2xi1>
}

// Half a length by way of floats.
// CHECK-LABEL: func @through_floats
// CHECK: %[[HALF:.*]] = plx.dims [n floordiv 2, (n + 2) floordiv 3] : tensor<2xi64>
// CHECK-NEXT: return %[[HALF]]
func.func @through_floats() -> tensor<2xi64> {
  %n = plx.dims [n] : tensor<1xi64>
  %f = plx.cast %n : (tensor<1xi64>) -> tensor<1xf32>
  %half = plx.constant dense<0.5> : tensor<1xf32>
  %three = plx.constant dense<3.0> : tensor<1xf32>
  %m = plx.pointwise mul(%f, %half) : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
  %q = plx.pointwise div(%f, %three) : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xf32>
  %c = plx.pointwise ceil(%q) : (tensor<1xf32>) -> tensor<1xf32>
  %a = plx.cast %m : (tensor<1xf32>) -> tensor<1xi64>
  %b = plx.cast %c : (tensor<1xf32>) -> tensor<1xi64>
  %r = plx.concat 0 (%a, %b) : (tensor<1xi64>, tensor<1xi64>) -> tensor<2xi64>
  return %r : tensor<2xi64>
}

// What depends on the values of sizes is left: the larger of n and 5, the order of n and m.
// CHECK-LABEL: func @not_known
// CHECK: plx.sort
func.func @not_known() -> (tensor<2xi64>, tensor<2xi64>) {
  %d = plx.dims [n, m] : tensor<2xi64>
  %v, %i = plx.sort %d axis 0 : (tensor<2xi64>) -> (tensor<2xi64>, tensor<2xi64>)
  return %v, %i : tensor<2xi64>, tensor<2xi64>
}
