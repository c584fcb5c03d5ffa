// RUN: plexus-opt %s --canonicalize | FileCheck %s

// What the body does not read, and what nothing reads of its outputs, is dropped.
// CHECK-LABEL: func.func @unread
// CHECK: %[[R:.*]]:2 = plx.scan(%arg0) over(%arg2) {
// CHECK-NEXT: ^bb0(%[[S:.*]]: tensor<4xf32>, %[[Y:.*]]: tensor<4xf32>):
// CHECK-NEXT: %[[T:.*]] = plx.pointwise add(%[[S]], %[[Y]])
// CHECK-NEXT: plx.yield %[[T]], %[[S]] : tensor<4xf32>, tensor<4xf32>
// CHECK: return %[[R]]#0, %[[R]]#1
func.func @unread(%h0: tensor<4xf32>, %x: tensor<9x4xf32>, %y: tensor<9x4xf32>) -> (tensor<4xf32>, tensor<9x4xf32>) {
  %h, %a, %b = plx.scan (%h0) over (%x, %y) {
  ^bb0(%s: tensor<4xf32>, %p: tensor<4xf32>, %q: tensor<4xf32>):
    %t = plx.pointwise add(%s, %q) : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
    plx.yield %t, %t, %s : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
  } : (tensor<4xf32>, tensor<9x4xf32>, tensor<9x4xf32>) -> (tensor<4xf32>, tensor<9x4xf32>, tensor<9x4xf32>)
  return %h, %b : tensor<4xf32>, tensor<9x4xf32>
}

// The one input left says how often the body runs; one of another size stays, to be held against it.
// CHECK-LABEL: func.func @sizes
// CHECK: plx.scan(%arg0) over(%arg1, %arg3) {
func.func @sizes(%h0: tensor<4xf32>, %x: tensor<?x4xf32, #plx.dims<[n, 4]>>, %y: tensor<?x4xf32, #plx.dims<[n, 4]>>, %z: tensor<?x4xf32, #plx.dims<[m, 4]>>) -> tensor<4xf32> {
  %h = plx.scan (%h0) over (%x, %y, %z) {
  ^bb0(%s: tensor<4xf32>, %p: tensor<4xf32>, %q: tensor<4xf32>, %r: tensor<4xf32>):
    %t = plx.pointwise exp(%s) : (tensor<4xf32>) -> tensor<4xf32>
    plx.yield %t : tensor<4xf32>
  } : (tensor<4xf32>, tensor<?x4xf32, #plx.dims<[n, 4]>>, tensor<?x4xf32, #plx.dims<[n, 4]>>, tensor<?x4xf32, #plx.dims<[m, 4]>>) -> tensor<4xf32>
  return %h : tensor<4xf32>
}
