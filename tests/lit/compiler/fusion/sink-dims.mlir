// RUN: plexus-opt %s --plx-sink-dims | FileCheck %s

// Folders leave dims at the front; they are computed after the bind that gives their symbols values.
// CHECK-LABEL: func.func @after_bind
func.func @after_bind(%v: tensor<i64>, %x: tensor<1xi64>) -> (tensor<1xi64>, tensor<1xi64>) {
  // CHECK-NOT: plx.dims
  // CHECK: plx.bind
  // CHECK: %[[D:.*]] = plx.dims [n + 1] : tensor<1xi64>
  // CHECK: plx.pointwise add(%[[D]], %{{.*}})
  // CHECK-NOT: plx.dims
  // CHECK: return %{{.*}}, %[[D]]
  %d = plx.dims [n + 1] : tensor<1xi64>
  plx.bind %v ["n"] [0] : tensor<i64>
  %r = plx.pointwise add(%d, %x) : (tensor<1xi64>, tensor<1xi64>) -> tensor<1xi64>
  return %r, %d : tensor<1xi64>, tensor<1xi64>
}

// A symbol that a region binds has a value inside of it alone; each block has its own.
// CHECK-LABEL: func.func @in_regions
func.func @in_regions(%p: tensor<i1>, %v: tensor<i64>) -> tensor<1xi64> {
  // CHECK-NOT: plx.dims
  // CHECK: plx.if
  // CHECK: plx.bind %{{.*}} ["n"] [0]
  // CHECK-NEXT: plx.dims [n]
  // CHECK: else
  // CHECK: plx.dims [n]
  %d = plx.dims [n] : tensor<1xi64>
  %r = plx.if %p {
    plx.bind %v ["n"] [0] : tensor<i64>
    plx.yield %d : tensor<1xi64>
  } else {
    %0 = plx.pointwise neg(%d) : (tensor<1xi64>) -> tensor<1xi64>
    plx.yield %0 : tensor<1xi64>
  } : (tensor<i1>) -> tensor<1xi64>
  return %r : tensor<1xi64>
}
