// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @rows
func.func @rows(%x: tensor<10x4xf32>, %u: tensor<3x4xf32>, %i: tensor<3xi64>) -> tensor<10x4xf32> {
  // CHECK: plx.scatter sum {{.*}} -> tensor<10x4xf32>
  %r = plx.scatter sum %x, %u, (%i) axes [0] at 0
      : (tensor<10x4xf32>, tensor<3x4xf32>, tensor<3xi64>) -> tensor<10x4xf32>
  return %r : tensor<10x4xf32>
}

// CHECK-LABEL: func.func @symbolic
func.func @symbolic(%x: tensor<?x?xf32, #plx.dims<[n, m]>>, %u: tensor<?x?xf32, #plx.dims<[k, n]>>, %i: tensor<?xi32, #plx.dims<[k]>>) -> tensor<?x?xf32, #plx.dims<[n, m]>> {
  // CHECK: plx.scatter replace {{.*}} -> tensor<?x?xf32, #plx.dims<[n, m]>>
  %r = plx.scatter replace %x, %u, (%i) axes [1] at 0
      : (tensor<?x?xf32, #plx.dims<[n, m]>>, tensor<?x?xf32, #plx.dims<[k, n]>>, tensor<?xi32, #plx.dims<[k]>>) -> tensor<?x?xf32, #plx.dims<[n, m]>>
  return %r : tensor<?x?xf32, #plx.dims<[n, m]>>
}
