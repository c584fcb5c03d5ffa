// RUN: plexus-opt %s --canonicalize --cse | FileCheck %s

// An op that gives a symbol its value stays though nothing uses its results, and is never merged with its twin.
// CHECK-LABEL: func.func @count
func.func @count(%x: tensor<4xf32>) -> tensor<2xi64> {
  // CHECK: plx.nonzero %{{.*}} size "n"
  // CHECK: plx.unique %{{.*}} size "m"
  // CHECK: plx.nonzero %{{.*}} size "l"
  %0 = plx.nonzero %x size "n" : (tensor<4xf32>) -> tensor<1x?xi64, #plx.dims<[1, n]>>
  %v, %f, %i, %c = plx.unique %x size "m" : (tensor<4xf32>) -> (tensor<?xf32, #plx.dims<[m]>>, tensor<?xi64, #plx.dims<[m]>>, tensor<4xi64>, tensor<?xi64, #plx.dims<[m]>>)
  %1 = plx.nonzero %x size "l" : (tensor<4xf32>) -> tensor<1x?xi64, #plx.dims<[1, l]>>
  %r = plx.dims [n + l, m] : tensor<2xi64>
  return %r : tensor<2xi64>
}

// CHECK-LABEL: func.func @items
func.func @items(%s: !plx.sequence<tensor<?xf32>>, %i: tensor<i64>) -> tensor<2xi64> {
  // CHECK: plx.sequence_at %{{.*}}, %{{.*}} fresh ["n"]
  // CHECK: plx.sequence_concat %{{.*}} axis 0 fresh ["m"]
  %0 = plx.sequence_at %s, %i fresh ["n"] : (!plx.sequence<tensor<?xf32>>, tensor<i64>) -> tensor<?xf32, #plx.dims<[n]>>
  %1 = plx.sequence_concat %s axis 0 fresh ["m"] : (!plx.sequence<tensor<?xf32>>) -> tensor<?xf32, #plx.dims<[m]>>
  %r = plx.dims [n, m] : tensor<2xi64>
  return %r : tensor<2xi64>
}

// CHECK-LABEL: func.func @branch
func.func @branch(%p: tensor<i1>, %a: tensor<2xf32>, %b: tensor<3xf32>) -> tensor<1xi64> {
  // CHECK: plx.if %{{.*}} fresh ["k"]
  %0 = plx.if %p fresh ["k"] {
    plx.yield %a : tensor<2xf32>
  } else {
    plx.yield %b : tensor<3xf32>
  } : (tensor<i1>) -> tensor<?xf32, #plx.dims<[k]>>
  %r = plx.dims [k] : tensor<1xi64>
  return %r : tensor<1xi64>
}

// Its negative twin: one that names nothing goes when nobody uses it, and twins are merged.
// CHECK-LABEL: func.func @nothing_named
func.func @nothing_named(%s: !plx.sequence<tensor<2xf32>>, %i: tensor<i64>, %p: tensor<i1>, %a: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>) {
  // CHECK-NOT: plx.if
  // CHECK: %[[ITEM:.*]] = plx.sequence_at
  // CHECK-NOT: plx.sequence_at
  // CHECK: return %[[ITEM]], %[[ITEM]]
  %0 = plx.if %p {
    plx.yield %a : tensor<2xf32>
  } else {
    plx.yield %a : tensor<2xf32>
  } : (tensor<i1>) -> tensor<2xf32>
  %1 = plx.sequence_at %s, %i : (!plx.sequence<tensor<2xf32>>, tensor<i64>) -> tensor<2xf32>
  %2 = plx.sequence_at %s, %i : (!plx.sequence<tensor<2xf32>>, tensor<i64>) -> tensor<2xf32>
  return %1, %2 : tensor<2xf32>, tensor<2xf32>
}
