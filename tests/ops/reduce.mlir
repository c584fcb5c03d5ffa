// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @sum
func.func @sum(%x: tensor<2x3x4xf32>) -> tensor<3xf32> {
  // CHECK: plx.reduce sum %{{.*}} [0, 2] : (tensor<2x3x4xf32>) -> tensor<3xf32>
  %r = plx.reduce sum %x [0, 2]
      : (tensor<2x3x4xf32>) -> tensor<3xf32>
  return %r : tensor<3xf32>
}

// CHECK-LABEL: func.func @symbolic
func.func @symbolic(%x: tensor<?x?xf32, #plx.dims<[n, m]>>) -> tensor<?xf32, #plx.dims<[m]>> {
  // CHECK: plx.reduce max {{.*}} -> tensor<?xf32, #plx.dims<[m]>>
  %r = plx.reduce max %x [0]
      : (tensor<?x?xf32, #plx.dims<[n, m]>>) -> tensor<?xf32, #plx.dims<[m]>>
  return %r : tensor<?xf32, #plx.dims<[m]>>
}
