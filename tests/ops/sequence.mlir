// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @all
func.func @all(%a: tensor<2xf32>, %b: tensor<3xf32>, %i: tensor<i64>, %sizes: tensor<2xi64>) {
  // CHECK: %[[S:.*]] = plx.sequence_construct(%{{.*}}, %{{.*}}) : (tensor<2xf32>, tensor<3xf32>) -> !plx.sequence<tensor<?xf32>>
  %s = plx.sequence_construct (%a, %b) : (tensor<2xf32>, tensor<3xf32>) -> !plx.sequence<tensor<?xf32>>
  // CHECK: plx.sequence_construct() : () -> !plx.sequence<tensor<*xf32>>
  %e = plx.sequence_construct () : () -> !plx.sequence<tensor<*xf32>>
  // CHECK: plx.sequence_at %[[S]], %{{.*}} fresh ["n"] :
  %at = plx.sequence_at %s, %i fresh ["n"]
      : (!plx.sequence<tensor<?xf32>>, tensor<i64>) -> tensor<?xf32, #plx.dims<[n]>>
  // CHECK: plx.sequence_insert %[[S]], %{{.*}} at %{{.*}} :
  %in = plx.sequence_insert %s, %a at %i
      : (!plx.sequence<tensor<?xf32>>, tensor<2xf32>, tensor<i64>) -> !plx.sequence<tensor<?xf32>>
  // CHECK: plx.sequence_insert %[[S]], %{{[a-z0-9]*}} :
  %end = plx.sequence_insert %s, %a : (!plx.sequence<tensor<?xf32>>, tensor<2xf32>) -> !plx.sequence<tensor<?xf32>>
  // CHECK: plx.sequence_erase %[[S]] :
  %er = plx.sequence_erase %s : (!plx.sequence<tensor<?xf32>>) -> !plx.sequence<tensor<?xf32>>
  // CHECK: plx.sequence_length %[[S]] : (!plx.sequence<tensor<?xf32>>) -> tensor<i64>
  %l = plx.sequence_length %s : (!plx.sequence<tensor<?xf32>>) -> tensor<i64>
  // CHECK: plx.sequence_concat %[[S]] axis 0 fresh ["m"] :
  %c = plx.sequence_concat %s axis 0 fresh ["m"] : (!plx.sequence<tensor<?xf32>>) -> tensor<?xf32, #plx.dims<[m]>>
  // CHECK: plx.sequence_concat %{{.*}} axis 1 new_axis :
  %k = plx.sequence_concat %e axis 1 new_axis : (!plx.sequence<tensor<*xf32>>) -> tensor<2x3xf32>
  // CHECK: plx.sequence_split %{{.*}} axis 0 sizes %{{.*}} :
  %p = plx.sequence_split %b axis 0 sizes %sizes : (tensor<3xf32>, tensor<2xi64>) -> !plx.sequence<tensor<?xf32>>
  // CHECK: plx.sequence_split %{{.*}} axis 0 drop_axis :
  %q = plx.sequence_split %b axis 0 drop_axis : (tensor<3xf32>) -> !plx.sequence<tensor<f32>>
  return
}
