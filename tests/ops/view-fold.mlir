// RUN: plexus-opt %s --canonicalize | FileCheck %s

// CHECK-LABEL: func @chains
// CHECK-SAME: (%[[X:.*]]: tensor<2x3x4xf32>)
// CHECK-DAG: %[[R:.*]] = plx.reshape %[[X]] : (tensor<2x3x4xf32>) -> tensor<24xf32>
// CHECK-DAG: %[[S:.*]] = plx.slice %[[X]] [1, 2, 1] [1, 1, 1] [1, -2, 4] : (tensor<2x3x4xf32>) -> tensor<1x1x1xf32>
// CHECK-DAG: %[[B:.*]] = plx.broadcast %[[X]] [1, 3, 4] : (tensor<2x3x4xf32>) -> tensor<5x2x6x3x4xf32>
// CHECK: return %[[R]], %[[S]], %[[B]]
func.func @chains(%x: tensor<2x3x4xf32>) -> (tensor<24xf32>, tensor<1x1x1xf32>, tensor<5x2x6x3x4xf32>) {
  %r0 = plx.reshape %x : (tensor<2x3x4xf32>) -> tensor<6x4xf32>
  %r1 = plx.reshape %r0 : (tensor<6x4xf32>) -> tensor<24xf32>
  %s0 = plx.slice %x [0, 2, 1] [2, 2, 2] [1, -1, 2] : (tensor<2x3x4xf32>) -> tensor<2x2x2xf32>
  %s1 = plx.slice %s0 [1, 0, 0] [1, 1, 1] [1, 2, 2] : (tensor<2x2x2xf32>) -> tensor<1x1x1xf32>
  %b0 = plx.broadcast %x [1, 2, 3] : (tensor<2x3x4xf32>) -> tensor<5x2x3x4xf32>
  %b1 = plx.broadcast %b0 [0, 1, 3, 4] : (tensor<5x2x3x4xf32>) -> tensor<5x2x6x3x4xf32>
  return %r1, %s1, %b1 : tensor<24xf32>, tensor<1x1x1xf32>, tensor<5x2x6x3x4xf32>
}

// CHECK-LABEL: func @identities
// CHECK-SAME: (%[[X:.*]]: tensor<?x3xf32, #plx.dims<[n, 3]>>, %[[V:.*]]: tensor<f32>)
// CHECK-NEXT: return %[[X]], %[[X]], %[[X]], %[[X]], %[[X]], %[[X]]
func.func @identities(%x: tensor<?x3xf32, #plx.dims<[n, 3]>>, %v: tensor<f32>) -> (tensor<?x3xf32, #plx.dims<[n, 3]>>, tensor<?x3xf32, #plx.dims<[n, 3]>>, tensor<?x3xf32, #plx.dims<[n, 3]>>, tensor<?x3xf32, #plx.dims<[n, 3]>>, tensor<?x3xf32, #plx.dims<[n, 3]>>, tensor<?x3xf32, #plx.dims<[n, 3]>>) {
  %a = plx.reshape %x : (tensor<?x3xf32, #plx.dims<[n, 3]>>) -> tensor<?x3xf32, #plx.dims<[n, 3]>>
  %b = plx.broadcast %x [0, 1] : (tensor<?x3xf32, #plx.dims<[n, 3]>>) -> tensor<?x3xf32, #plx.dims<[n, 3]>>
  %c = plx.slice %x [0, 0] [n, 3] [1, 1] : (tensor<?x3xf32, #plx.dims<[n, 3]>>) -> tensor<?x3xf32, #plx.dims<[n, 3]>>
  %d = plx.pad %x, %v [0, 0] [0, 0] [0, 0] : (tensor<?x3xf32, #plx.dims<[n, 3]>>, tensor<f32>) -> tensor<?x3xf32, #plx.dims<[n, 3]>>
  %e = plx.concat 1 (%x) : (tensor<?x3xf32, #plx.dims<[n, 3]>>) -> tensor<?x3xf32, #plx.dims<[n, 3]>>
  %f = plx.rebind %x : (tensor<?x3xf32, #plx.dims<[n, 3]>>) -> tensor<?x3xf32, #plx.dims<[n, 3]>>
  return %a, %b, %c, %d, %e, %f : tensor<?x3xf32, #plx.dims<[n, 3]>>, tensor<?x3xf32, #plx.dims<[n, 3]>>, tensor<?x3xf32, #plx.dims<[n, 3]>>, tensor<?x3xf32, #plx.dims<[n, 3]>>, tensor<?x3xf32, #plx.dims<[n, 3]>>, tensor<?x3xf32, #plx.dims<[n, 3]>>
}
