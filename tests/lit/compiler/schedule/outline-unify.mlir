// RUN: plexus-opt %s --plx-fuse --plx-outline --split-input-file | FileCheck %s

// Kernels that differ in the names of their sizes alone are one, launched with either size.
// CHECK: plx.kernel_func @[[K:.*]] map
// CHECK-NOT: plx.kernel_func
// CHECK: %[[A:.*]] = plx.launch @[[K]] [n](%{{.*}})
// CHECK: %[[B:.*]] = plx.launch @[[K]] [m](%{{.*}})
// CHECK: return %[[A]], %[[B]]
func.func @names(%x: tensor<?x6xf32, #plx.dims<[n, 6]>>, %y: tensor<?x6xf32, #plx.dims<[m, 6]>>) -> (tensor<?x6xf32, #plx.dims<[n, 6]>>, tensor<?x6xf32, #plx.dims<[m, 6]>>) {
  %a = plx.pointwise exp(%x) : (tensor<?x6xf32, #plx.dims<[n, 6]>>) -> tensor<?x6xf32, #plx.dims<[n, 6]>>
  %b = plx.pointwise exp(%y) : (tensor<?x6xf32, #plx.dims<[m, 6]>>) -> tensor<?x6xf32, #plx.dims<[m, 6]>>
  return %a, %b : tensor<?x6xf32, #plx.dims<[n, 6]>>, tensor<?x6xf32, #plx.dims<[m, 6]>>
}

// -----

// Shapes that are the same when flat too.
// CHECK: plx.kernel_func @[[K:.*]] map
// CHECK-NOT: plx.kernel_func
// CHECK-COUNT-2: plx.launch @[[K]] []
func.func @shapes(%x: tensor<4x6xf32>, %y: tensor<3x8xf32>) -> (tensor<4x6xf32>, tensor<3x8xf32>) {
  %a = plx.pointwise exp(%x) : (tensor<4x6xf32>) -> tensor<4x6xf32>
  %b = plx.pointwise exp(%y) : (tensor<3x8xf32>) -> tensor<3x8xf32>
  return %a, %b : tensor<4x6xf32>, tensor<3x8xf32>
}

// -----

// Negative twin: another function, another kernel.
// CHECK-COUNT-2: plx.kernel_func
// CHECK: plx.launch @[[A:.*]] [](
// CHECK-NOT: plx.launch @[[A]] [](
// CHECK: plx.launch
func.func @functions(%x: tensor<24xf32>, %y: tensor<24xf32>) -> (tensor<24xf32>, tensor<24xf32>) {
  %a = plx.pointwise exp(%x) : (tensor<24xf32>) -> tensor<24xf32>
  %b = plx.pointwise log(%y) : (tensor<24xf32>) -> tensor<24xf32>
  return %a, %b : tensor<24xf32>, tensor<24xf32>
}
