// RUN: plexus-opt %s --plx-inline-calls --split-input-file | FileCheck %s

// Sizes passed stand for the callee's symbols; what it declares itself gets a new name at each call.
// CHECK-LABEL: func.func @main
// CHECK-SAME: (%[[X:.*]]: tensor<?xf32, #plx.dims<[2*n]>>, %[[V:.*]]: tensor<i64>,
// CHECK: plx.bind %[[V]] ["m.1"] [0]
// CHECK: %[[A:.*]] = plx.broadcast %[[X]] [1] : (tensor<?xf32, #plx.dims<[2*n]>>) -> tensor<?x?xf32, #plx.dims<[m.1, 2*n]>>
// CHECK: %[[D:.*]] = plx.dims [m.1] : tensor<1xi64>
// CHECK: plx.bind %[[D]] ["r"] [0]
// CHECK: %[[R:.*]] = plx.rebind %[[A]] : (tensor<?x?xf32, #plx.dims<[m.1, 2*n]>>) -> tensor<?x?xf32, #plx.dims<[r, 2*n]>>
// CHECK: plx.bind %[[V]] ["m.3"] [0]
// CHECK: plx.broadcast %{{.*}} [1] : (tensor<3xf32>) -> tensor<?x3xf32, #plx.dims<[m.3, 3]>>
// CHECK: plx.bind %{{.*}} ["m.2"] [0]
// CHECK: plx.bind %{{.*}} ["q"] [0]
// CHECK-NOT: func.func
func.func private @stack(%x: tensor<?xf32, #plx.dims<[k]>>, %v: tensor<i64>) -> tensor<?x?xf32, #plx.dims<[m, k]>> {
  plx.bind %v ["m"] [0] : tensor<i64>
  %r = plx.broadcast %x [1] : (tensor<?xf32, #plx.dims<[k]>>) -> tensor<?x?xf32, #plx.dims<[m, k]>>
  return %r : tensor<?x?xf32, #plx.dims<[m, k]>>
}
func.func private @both(%x: tensor<?xf32, #plx.dims<[n]>>, %v: tensor<i64>) -> tensor<?x?xf32, #plx.dims<[m, n]>> {
  %r = plx.call @stack(%x, %v) fresh ["m"] : (tensor<?xf32, #plx.dims<[n]>>, tensor<i64>) -> tensor<?x?xf32, #plx.dims<[m, n]>>
  return %r : tensor<?x?xf32, #plx.dims<[m, n]>>
}
func.func @main(%x: tensor<?xf32, #plx.dims<[2 * n]>>, %v: tensor<i64>, %y: tensor<3xf32>)
    -> (tensor<?x?xf32, #plx.dims<[r, 2 * n]>>, tensor<?x3xf32, #plx.dims<[q, 3]>>) {
  %r = plx.call @stack(%x, %v) fresh ["r"] : (tensor<?xf32, #plx.dims<[2 * n]>>, tensor<i64>) -> tensor<?x?xf32, #plx.dims<[r, 2 * n]>>
  %s = plx.call @both(%y, %v) fresh ["q"] : (tensor<3xf32>, tensor<i64>) -> tensor<?x3xf32, #plx.dims<[q, 3]>>
  return %r, %s : tensor<?x?xf32, #plx.dims<[r, 2 * n]>>, tensor<?x3xf32, #plx.dims<[q, 3]>>
}

// -----

// A lower bound that what is passed may not keep is checked.
// CHECK-LABEL: func.func @main
// CHECK: %[[D:.*]] = plx.dims [n] : tensor<1xi64>
// CHECK: plx.bind %[[D]] ["k.1"] [1]
// CHECK: %[[X:.*]] = plx.rebind %{{.*}} : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[k.1 ge 1]>>
// CHECK: plx.pointwise neg(%[[X]])
func.func private @f(%x: tensor<?xf32, #plx.dims<[k ge 1]>>) -> tensor<?xf32, #plx.dims<[k ge 1]>> {
  %r = plx.pointwise neg(%x) : (tensor<?xf32, #plx.dims<[k ge 1]>>) -> tensor<?xf32, #plx.dims<[k ge 1]>>
  return %r : tensor<?xf32, #plx.dims<[k ge 1]>>
}
func.func @main(%x: tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>> {
  %r = plx.call @f(%x) : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>>
  return %r : tensor<?xf32, #plx.dims<[n]>>
}
