// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func @transpose
// CHECK: plx.transpose %{{.*}} [1, 0] : (tensor<?x3xf32, #plx.dims<[n, 3]>>) -> tensor<3x?xf32, #plx.dims<[3, n]>>
func.func @transpose(%x: tensor<?x3xf32, #plx.dims<[n, 3]>>) -> tensor<3x?xf32, #plx.dims<[3, n]>> {
  %r = plx.transpose %x [1, 0] : (tensor<?x3xf32, #plx.dims<[n, 3]>>) -> tensor<3x?xf32, #plx.dims<[3, n]>>
  return %r : tensor<3x?xf32, #plx.dims<[3, n]>>
}
