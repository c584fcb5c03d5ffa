// RUN: plexus-opt %s --plx-lower-irregular | FileCheck %s

// Kernels stand once each, with what a launch needs to know of them.
// CHECK-DAG: plx.irregular_func @[[SORT:sort\.[0-9]+]] "sort" [tensor<?x5xf32, #plx.dims<[s0, 5]>>, tensor<?x5xf32, #plx.dims<[s0, 5]>>, tensor<?x5xi64, #plx.dims<[s0, 5]>>] inputs 1 symbols [s0] {axis = 1 : i64, descending} {grain = {{[0-9]+}} : i64, scratch = #plx.dims<[80]>, units = #plx.dims<[s0]>}
// CHECK-DAG: plx.irregular_func @[[ASCENDING:sort\.[0-9]+]] "sort" {{.*}} {axis = 1 : i64} {
// CHECK-DAG: plx.irregular_func @[[SCATTER:scatter\.[0-9]+]] "scatter" {{.*}} inputs 3 symbols [] {axes = array<i64: 0>, combine = "sum", position = 0 : i64} {{.*}}units = #plx.dims<[10]>
// CHECK-DAG: plx.irregular_func @[[NONZERO:nonzero\.[0-9]+]] "nonzero" [tensor<?x4xf32, #plx.dims<[s0, 4]>>, tensor<2x?xi64, #plx.dims<[2, s1]>>, tensor<i64>] {{.*}} {} {{.*}}units = #plx.dims<[1]>
// CHECK-DAG: plx.irregular_func @[[UNIQUE:unique\.[0-9]+]] "unique" {{.*}} {axis = 1 : i64, sorted = true}
// CHECK-DAG: plx.irregular_func @[[BOXES:non_max_suppression\.[0-9]+]] {{.*}}, tensor<6x3xi64>, tensor<i64>] inputs 5

// Sorts that differ in the names of sizes alone share a kernel; another order makes another one.
// CHECK-LABEL: @sorts
func.func @sorts(%x: tensor<?x5xf32, #plx.dims<[n, 5]>>, %y: tensor<?x5xf32, #plx.dims<[2*m, 5]>>)
    -> (tensor<?x5xf32, #plx.dims<[n, 5]>>, tensor<?x5xi64, #plx.dims<[2*m, 5]>>, tensor<?x5xf32, #plx.dims<[n, 5]>>) {
  // CHECK: plx.launch @[[SORT]] [n]({{.*}})
  %v, %i = plx.sort %x axis 1 descending : (tensor<?x5xf32, #plx.dims<[n, 5]>>) -> (tensor<?x5xf32, #plx.dims<[n, 5]>>, tensor<?x5xi64, #plx.dims<[n, 5]>>)
  // CHECK: plx.launch @[[SORT]] [2*m]({{.*}})
  %w, %j = plx.sort %y axis 1 descending : (tensor<?x5xf32, #plx.dims<[2*m, 5]>>) -> (tensor<?x5xf32, #plx.dims<[2*m, 5]>>, tensor<?x5xi64, #plx.dims<[2*m, 5]>>)
  // CHECK: plx.launch @[[SORT]] [n]({{.*}})
  %a, %b = plx.sort %v axis 1 descending : (tensor<?x5xf32, #plx.dims<[n, 5]>>) -> (tensor<?x5xf32, #plx.dims<[n, 5]>>, tensor<?x5xi64, #plx.dims<[n, 5]>>)
  // CHECK: plx.launch @[[ASCENDING]] [n]({{.*}})
  %c, %d = plx.sort %a axis 1 : (tensor<?x5xf32, #plx.dims<[n, 5]>>) -> (tensor<?x5xf32, #plx.dims<[n, 5]>>, tensor<?x5xi64, #plx.dims<[n, 5]>>)
  return %v, %j, %c : tensor<?x5xf32, #plx.dims<[n, 5]>>, tensor<?x5xi64, #plx.dims<[2*m, 5]>>, tensor<?x5xf32, #plx.dims<[n, 5]>>
}

// CHECK-LABEL: @scatter
func.func @scatter(%x: tensor<10x4xf32>, %u: tensor<3x4xf32>, %i: tensor<3xi64>) -> tensor<10x4xf32> {
  // CHECK: plx.launch @[[SCATTER]] []({{.*}}) : (tensor<10x4xf32>, tensor<3x4xf32>, tensor<3xi64>) -> tensor<10x4xf32>
  %r = plx.scatter sum %x, %u, (%i) axes [0] at 0 : (tensor<10x4xf32>, tensor<3x4xf32>, tensor<3xi64>) -> tensor<10x4xf32>
  return %r : tensor<10x4xf32>
}

// What depends on data gets memory for the worst case, and a result that holds the number.
// CHECK-LABEL: @found
func.func @found(%x: tensor<?x4xf32, #plx.dims<[n, 4]>>) -> (tensor<2x?xi64, #plx.dims<[2, k]>>, tensor<?x?xf32, #plx.dims<[n, u]>>) {
  // CHECK: plx.launch @[[NONZERO]] [n, 4*n]({{.*}}) {bounds = [#plx.dims<[2, 4*n]>, #plx.dims<[]>], counts = [{lower = 0 : i64, result = 1 : i64, symbol = "k"}]} : {{.*}} -> (tensor<2x?xi64, #plx.dims<[2, k]>>, tensor<i64>)
  %r = plx.nonzero %x size "k" : (tensor<?x4xf32, #plx.dims<[n, 4]>>) -> tensor<2x?xi64, #plx.dims<[2, k]>>
  // CHECK: plx.launch @[[UNIQUE]] [n]({{.*}}) {bounds = [#plx.dims<[n, 4]>, #plx.dims<[4]>, #plx.dims<[4]>, #plx.dims<[4]>, #plx.dims<[]>], counts = [{lower = 0 : i64, result = 4 : i64, symbol = "u"}]}
  %v, %f, %i, %c = plx.unique %x axis 1 size "u" : (tensor<?x4xf32, #plx.dims<[n, 4]>>)
      -> (tensor<?x?xf32, #plx.dims<[n, u]>>, tensor<?xi64, #plx.dims<[u]>>, tensor<4xi64>, tensor<?xi64, #plx.dims<[u]>>)
  return %r, %v : tensor<2x?xi64, #plx.dims<[2, k]>>, tensor<?x?xf32, #plx.dims<[n, u]>>
}

// A known limit of boxes a class bounds the rows.
// CHECK-LABEL: @boxes
func.func @boxes(%b: tensor<1x9x4xf32>, %s: tensor<1x2x9xf32>, %iou: tensor<f32>, %t: tensor<f32>) -> tensor<?x3xi64, #plx.dims<[n, 3]>> {
  %max = plx.constant dense<3> : tensor<i64>
  // CHECK: plx.launch @[[BOXES]] []({{.*}}) {bounds = [#plx.dims<[6, 3]>, #plx.dims<[]>]
  %r = plx.non_max_suppression %b, %s, %max, %iou, %t size "n" : (tensor<1x9x4xf32>, tensor<1x2x9xf32>, tensor<i64>, tensor<f32>, tensor<f32>) -> tensor<?x3xi64, #plx.dims<[n, 3]>>
  return %r : tensor<?x3xi64, #plx.dims<[n, 3]>>
}

// Strings are ordered on the host.
// CHECK-LABEL: @strings
func.func @strings(%x: tensor<3x!plx.string>) -> tensor<3x!plx.string> {
  // CHECK: plx.sort
  %v, %i = plx.sort %x axis 0 : (tensor<3x!plx.string>) -> (tensor<3x!plx.string>, tensor<3xi64>)
  return %v : tensor<3x!plx.string>
}
