// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @last
func.func @last(%x: tensor<2x3xf32>) -> tensor<2xi64> {
  // CHECK: plx.arg_reduce max %{{.*}} axis 1 last :
  %r = plx.arg_reduce max %x axis 1 last
      : (tensor<2x3xf32>) -> tensor<2xi64>
  return %r : tensor<2xi64>
}

// CHECK-LABEL: func.func @symbolic
func.func @symbolic(%x: tensor<?x?xf32, #plx.dims<[n, m]>>) -> tensor<?xi64, #plx.dims<[m]>> {
  // CHECK: plx.arg_reduce min {{.*}} -> tensor<?xi64, #plx.dims<[m]>>
  %r = plx.arg_reduce min %x axis 0
      : (tensor<?x?xf32, #plx.dims<[n, m]>>) -> tensor<?xi64, #plx.dims<[m]>>
  return %r : tensor<?xi64, #plx.dims<[m]>>
}
