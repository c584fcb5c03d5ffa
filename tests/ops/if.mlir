// RUN: plexus-opt %s | plexus-opt | FileCheck %s

// CHECK-LABEL: func.func @branches_differ
func.func @branches_differ(%c: tensor<i1>, %a: tensor<2xf32>, %b: tensor<3xf32>) -> tensor<?xf32, #plx.dims<[m]>> {
  // CHECK: plx.if %{{.*}} fresh ["m"] {
  // CHECK-NEXT: plx.yield %{{.*}} : tensor<2xf32>
  // CHECK-NEXT: } else {
  %r = plx.if %c fresh ["m"] {
    plx.yield %a : tensor<2xf32>
  } else {
    plx.yield %b : tensor<3xf32>
  } : (tensor<i1>) -> tensor<?xf32, #plx.dims<[m]>>
  return %r : tensor<?xf32, #plx.dims<[m]>>
}

// CHECK-LABEL: func.func @nothing_yielded
func.func @nothing_yielded(%c: tensor<i1>) {
  // CHECK: plx.if
  // CHECK-NEXT: plx.yield
  plx.if %c {
    plx.yield
  } else {
    plx.yield
  } : (tensor<i1>) -> ()
  return
}
