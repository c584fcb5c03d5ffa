// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @pool
func.func @pool(%x: tensor<1x4x6x3xf32>) -> tensor<1x2x3x3xf32> {
  // CHECK: plx.reduce_window max %{{.*}} [1, 2, 2, 1] [1, 2, 2, 1] [1, 1, 1, 1] :
  %r = plx.reduce_window max %x [1, 2, 2, 1] [1, 2, 2, 1] [1, 1, 1, 1]
      : (tensor<1x4x6x3xf32>) -> tensor<1x2x3x3xf32>
  return %r : tensor<1x2x3x3xf32>
}

// CHECK-LABEL: func.func @symbolic
func.func @symbolic(%x: tensor<?x?xf32, #plx.dims<[n, m]>>) -> tensor<?x?xf32, #plx.dims<[n, (m - 5) floordiv 2 + 1]>> {
  // CHECK: plx.reduce_window sum %{{.*}} [1, 3] [1, 2] [1, 2] :
  %r = plx.reduce_window sum %x [1, 3] [1, 2] [1, 2]
      : (tensor<?x?xf32, #plx.dims<[n, m]>>) -> tensor<?x?xf32, #plx.dims<[n, (m - 5) floordiv 2 + 1]>>
  return %r : tensor<?x?xf32, #plx.dims<[n, (m - 5) floordiv 2 + 1]>>
}
