// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @all
func.func @all(%x: tensor<2xf32>) -> tensor<?xf32, #plx.dims<[n]>> {
  // CHECK: %[[O:.*]] = plx.optional %{{.*}} : (tensor<2xf32>) -> !plx.optional<tensor<?xf32>>
  %o = plx.optional %x : (tensor<2xf32>) -> !plx.optional<tensor<?xf32>>
  // CHECK: plx.optional : () -> !plx.optional<!plx.sequence<tensor<f32>>>
  %none = plx.optional : () -> !plx.optional<!plx.sequence<tensor<f32>>>
  // CHECK: plx.optional_has %[[O]] : (!plx.optional<tensor<?xf32>>) -> tensor<i1>
  %has = plx.optional_has %o : (!plx.optional<tensor<?xf32>>) -> tensor<i1>
  // CHECK: plx.optional_get %[[O]] fresh ["n"] :
  %r = plx.optional_get %o fresh ["n"] : (!plx.optional<tensor<?xf32>>) -> tensor<?xf32, #plx.dims<[n]>>
  return %r : tensor<?xf32, #plx.dims<[n]>>
}
