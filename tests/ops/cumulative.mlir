// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @both
func.func @both(%x: tensor<?x?xf32, #plx.dims<[n, m]>>) -> tensor<?x?xf32, #plx.dims<[n, m]>> {
  // CHECK: plx.cumulative product %{{.*}} axis 1 exclusive reverse :
  %r = plx.cumulative product %x axis 1 exclusive reverse
      : (tensor<?x?xf32, #plx.dims<[n, m]>>) -> tensor<?x?xf32, #plx.dims<[n, m]>>
  return %r : tensor<?x?xf32, #plx.dims<[n, m]>>
}
