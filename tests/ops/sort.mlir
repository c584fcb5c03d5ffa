// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @ascending
func.func @ascending(%x: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xi64>) {
  // CHECK: plx.sort %{{.*}} axis 1 : (tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xi64>)
  %v, %i = plx.sort %x axis 1
      : (tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xi64>)
  return %v, %i : tensor<2x3xf32>, tensor<2x3xi64>
}

// CHECK-LABEL: func.func @descending
func.func @descending(%x: tensor<?x?xf32, #plx.dims<[n, m]>>) -> (tensor<?x?xf32, #plx.dims<[n, m]>>, tensor<?x?xi64, #plx.dims<[n, m]>>) {
  // CHECK: plx.sort %{{.*}} axis 0 descending :
  %v, %i = plx.sort %x axis 0 descending
      : (tensor<?x?xf32, #plx.dims<[n, m]>>) -> (tensor<?x?xf32, #plx.dims<[n, m]>>, tensor<?x?xi64, #plx.dims<[n, m]>>)
  return %v, %i : tensor<?x?xf32, #plx.dims<[n, m]>>, tensor<?x?xi64, #plx.dims<[n, m]>>
}
