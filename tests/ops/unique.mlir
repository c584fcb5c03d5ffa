// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @elements
func.func @elements(%x: tensor<?x?xf32, #plx.dims<[n, m]>>) -> (tensor<?xf32, #plx.dims<[k]>>, tensor<?xi64, #plx.dims<[k]>>, tensor<?xi64, #plx.dims<[m*n]>>, tensor<?xi64, #plx.dims<[k]>>) {
  // CHECK: plx.unique %{{.*}} size "k" :
  %v, %f, %i, %c = plx.unique %x size "k"
      : (tensor<?x?xf32, #plx.dims<[n, m]>>) -> (tensor<?xf32, #plx.dims<[k]>>, tensor<?xi64, #plx.dims<[k]>>, tensor<?xi64, #plx.dims<[m*n]>>, tensor<?xi64, #plx.dims<[k]>>)
  return %v, %f, %i, %c : tensor<?xf32, #plx.dims<[k]>>, tensor<?xi64, #plx.dims<[k]>>, tensor<?xi64, #plx.dims<[m*n]>>, tensor<?xi64, #plx.dims<[k]>>
}

// CHECK-LABEL: func.func @slices
func.func @slices(%x: tensor<2x3xf32>) -> (tensor<2x?xf32, #plx.dims<[2, k]>>, tensor<?xi64, #plx.dims<[k]>>, tensor<3xi64>, tensor<?xi64, #plx.dims<[k]>>) {
  // CHECK: plx.unique %{{.*}} axis 1 size "k" {sorted = false} :
  %v, %f, %i, %c = plx.unique %x axis 1 size "k" {sorted = false}
      : (tensor<2x3xf32>) -> (tensor<2x?xf32, #plx.dims<[2, k]>>, tensor<?xi64, #plx.dims<[k]>>, tensor<3xi64>, tensor<?xi64, #plx.dims<[k]>>)
  return %v, %f, %i, %c : tensor<2x?xf32, #plx.dims<[2, k]>>, tensor<?xi64, #plx.dims<[k]>>, tensor<3xi64>, tensor<?xi64, #plx.dims<[k]>>
}
