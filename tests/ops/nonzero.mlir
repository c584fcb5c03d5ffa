// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @coordinates
func.func @coordinates(%x: tensor<?x?xf32, #plx.dims<[n, m]>>) -> tensor<2x?xi64, #plx.dims<[2, k]>> {
  // CHECK: plx.nonzero %{{.*}} size "k" : (tensor<?x?xf32, #plx.dims<[n, m]>>) -> tensor<2x?xi64, #plx.dims<[2, k]>>
  %r = plx.nonzero %x size "k"
      : (tensor<?x?xf32, #plx.dims<[n, m]>>) -> tensor<2x?xi64, #plx.dims<[2, k]>>
  return %r : tensor<2x?xi64, #plx.dims<[2, k]>>
}
