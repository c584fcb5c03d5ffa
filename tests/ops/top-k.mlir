// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @largest
func.func @largest(%x: tensor<4x3xf32>) -> (tensor<4x2xf32>, tensor<4x2xi64>) {
  // CHECK: plx.top_k %{{.*}} axis 1 k [2] :
  %v, %i = plx.top_k %x axis 1 k [2]
      : (tensor<4x3xf32>) -> (tensor<4x2xf32>, tensor<4x2xi64>)
  return %v, %i : tensor<4x2xf32>, tensor<4x2xi64>
}

// CHECK-LABEL: func.func @smallest
func.func @smallest(%x: tensor<?x?xf32, #plx.dims<[n, m]>>) -> (tensor<?x?xf32, #plx.dims<[k, m]>>, tensor<?x?xi64, #plx.dims<[k, m]>>) {
  // CHECK: plx.top_k %{{.*}} axis 0 k [k] smallest :
  %v, %i = plx.top_k %x axis 0 k [k] smallest
      : (tensor<?x?xf32, #plx.dims<[n, m]>>) -> (tensor<?x?xf32, #plx.dims<[k, m]>>, tensor<?x?xi64, #plx.dims<[k, m]>>)
  return %v, %i : tensor<?x?xf32, #plx.dims<[k, m]>>, tensor<?x?xi64, #plx.dims<[k, m]>>
}
