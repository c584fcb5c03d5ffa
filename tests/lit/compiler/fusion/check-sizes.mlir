// RUN: plexus-opt %s --plx-check-sizes | FileCheck %s

// One or equal, as broadcasting means it.
// CHECK-LABEL: func.func @broadcast
func.func @broadcast(%x: tensor<?xf32, #plx.dims<[m]>>, %y: tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[n]>> {
  // CHECK: %[[M:.*]] = plx.size [m]
  // CHECK-NEXT: %[[N:.*]] = plx.size [n]
  // CHECK-NEXT: %[[ONE:.*]] = plx.size [1]
  // CHECK-NEXT: %[[IS_ONE:.*]] = arith.cmpi eq, %[[M]], %[[ONE]]
  // CHECK-NEXT: %[[ALLOWED:.*]] = arith.select %[[IS_ONE]], %[[M]], %[[N]]
  // CHECK-NEXT: plx.require %[[M]] = %[[ALLOWED]] axis 0 "dim {2} of the operand, `m`, is {0}; the result's `n` is {1}; it must be 1 or that"
  // CHECK-NEXT: plx.broadcast
  %r = plx.broadcast %x [0] : (tensor<?xf32, #plx.dims<[m]>>) -> tensor<?xf32, #plx.dims<[n]>>
  return %r : tensor<?xf32, #plx.dims<[n]>>
}

// What sizes alone prove is not asked at run time.
// CHECK-LABEL: func.func @proved
func.func @proved(%x: tensor<1x?xf32, #plx.dims<[1, n]>>, %y: tensor<?x4xf32, #plx.dims<[n, 4]>>)
    -> (tensor<3x?xf32, #plx.dims<[3, n]>>, tensor<1x4xf32>, tensor<1x?xf32, #plx.dims<[1, n]>>) {
  // CHECK-NOT: plx.require
  // CHECK: return
  %a = plx.broadcast %x [0, 1] : (tensor<1x?xf32, #plx.dims<[1, n]>>) -> tensor<3x?xf32, #plx.dims<[3, n]>>
  %b = plx.dot_general %x, %y batch [] x [] contract [1] x [0]
      : (tensor<1x?xf32, #plx.dims<[1, n]>>, tensor<?x4xf32, #plx.dims<[n, 4]>>) -> tensor<1x4xf32>
  %c = plx.slice %x [0, n - 1] [1, n] [1, -1] : (tensor<1x?xf32, #plx.dims<[1, n]>>) -> tensor<1x?xf32, #plx.dims<[1, n]>>
  return %a, %b, %c : tensor<3x?xf32, #plx.dims<[3, n]>>, tensor<1x4xf32>, tensor<1x?xf32, #plx.dims<[1, n]>>
}

// Asked once a block, and again neither in regions of it; a region does not answer for what stands behind it.
// CHECK-LABEL: func.func @once
func.func @once(%c: tensor<i1>, %x: tensor<?xf32, #plx.dims<[m]>>, %y: tensor<?xf32, #plx.dims<[n]>>, %z: tensor<?xf32, #plx.dims<[k]>>)
    -> (tensor<f32>, tensor<f32>, tensor<f32>) {
  // CHECK: plx.require %{{.*}} = %{{.*}} axis 0 "dim {2} is {0} by `n` but {1} by `m`"
  // CHECK-NOT: by `n` but {1} by `m`
  // CHECK: plx.if
  // CHECK: plx.require %{{.*}} = %{{.*}} axis 0 "dim {2} is {0} by `k` but {1} by `m`"
  // CHECK: else
  // CHECK: plx.require %{{.*}} = %{{.*}} axis 0 "dim {2} is {0} by `k` but {1} by `m`"
  // CHECK: return
  %a = plx.dot_general %x, %y batch [] x [] contract [0] x [0] : (tensor<?xf32, #plx.dims<[m]>>, tensor<?xf32, #plx.dims<[n]>>) -> tensor<f32>
  %b = plx.dot_general %x, %y batch [] x [] contract [0] x [0] : (tensor<?xf32, #plx.dims<[m]>>, tensor<?xf32, #plx.dims<[n]>>) -> tensor<f32>
  %r = plx.if %c {
    %d = plx.dot_general %x, %y batch [] x [] contract [0] x [0] : (tensor<?xf32, #plx.dims<[m]>>, tensor<?xf32, #plx.dims<[n]>>) -> tensor<f32>
    %e = plx.dot_general %x, %z batch [] x [] contract [0] x [0] : (tensor<?xf32, #plx.dims<[m]>>, tensor<?xf32, #plx.dims<[k]>>) -> tensor<f32>
    %f = plx.pointwise add(%d, %e) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    plx.yield %f : tensor<f32>
  } else {
    %e = plx.dot_general %x, %z batch [] x [] contract [0] x [0] : (tensor<?xf32, #plx.dims<[m]>>, tensor<?xf32, #plx.dims<[k]>>) -> tensor<f32>
    plx.yield %e : tensor<f32>
  } : (tensor<i1>) -> tensor<f32>
  return %a, %b, %r : tensor<f32>, tensor<f32>, tensor<f32>
}

// A condition on elements that are not there is none: guarded by their number. Of a range, the bound that is not proved.
// CHECK-LABEL: func.func @slice
func.func @slice(%x: tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[k]>> {
  // CHECK: %[[LAST:.*]] = plx.size [k - 1]
  // CHECK-NEXT: %[[END:.*]] = plx.size [n - 1]
  // CHECK-NEXT: %[[ABOVE:.*]] = arith.cmpi slt, %[[END]], %[[LAST]]
  // CHECK-NEXT: %[[NEAREST:.*]] = arith.select %[[ABOVE]], %[[END]], %[[LAST]]
  // CHECK-NEXT: %[[COUNT:.*]] = plx.size [k]
  // CHECK-NEXT: %[[ZERO:.*]] = plx.size [0]
  // CHECK-NEXT: %[[NONE:.*]] = arith.cmpi eq, %[[COUNT]], %[[ZERO]]
  // CHECK-NEXT: %[[ALLOWED:.*]] = arith.select %[[NONE]], %[[LAST]], %[[NEAREST]]
  // CHECK-NEXT: plx.require %[[LAST]] = %[[ALLOWED]] axis 0 "along dim {2} it reads index {0}; the nearest there is is {1}"
  // CHECK-NEXT: plx.slice
  %r = plx.slice %x [0] [k] [1] : (tensor<?xf32, #plx.dims<[n]>>) -> tensor<?xf32, #plx.dims<[k]>>
  return %r : tensor<?xf32, #plx.dims<[k]>>
}
