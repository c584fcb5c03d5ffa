// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @batched
func.func @batched(%a: tensor<8x2x3xf32>, %b: tensor<8x3x4xf32>) -> tensor<8x2x4xf32> {
  // CHECK: batch [0] x [0] contract [2] x [1] :
  %r = plx.dot_general %a, %b batch [0] x [0] contract [2] x [1]
      : (tensor<8x2x3xf32>, tensor<8x3x4xf32>) -> tensor<8x2x4xf32>
  return %r : tensor<8x2x4xf32>
}

// CHECK-LABEL: func.func @outer
func.func @outer(%a: tensor<?xf32, #plx.dims<[n]>>, %b: tensor<?xf32, #plx.dims<[m]>>) -> tensor<?x?xf32, #plx.dims<[n, m]>> {
  // CHECK: plx.dot_general {{.*}} -> tensor<?x?xf32, #plx.dims<[n, m]>>
  %r = plx.dot_general %a, %b batch [] x [] contract [] x []
      : (tensor<?xf32, #plx.dims<[n]>>, tensor<?xf32, #plx.dims<[m]>>) -> tensor<?x?xf32, #plx.dims<[n, m]>>
  return %r : tensor<?x?xf32, #plx.dims<[n, m]>>
}
